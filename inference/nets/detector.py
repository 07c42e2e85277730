"""Finds vertebrae on the straightened mid-sagittal picture without anchor boxes.

After the second step of Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646): every cell says
whether it is near the centre of a vertebra (objectness) and where, seen from there, the six points
lie. Added here: a heat map for each of the six points, class logits for the level, and maps of
three anchors of the count (C2, T1 with its rib, the last vertebra above the sacrum).
"""

from dataclasses import dataclass

from torch import Tensor, nn

from inference.nets.blocks import UNet, convolution

STRIDE = 2
"""Picture millimetres per output cell."""
CLASSES: tuple[str, ...] = (
    *(f"C{n}" for n in range(2, 8)),
    *(f"T{n}" for n in range(1, 14)),
    *(f"L{n}" for n in range(1, 7)),
)
"""Levels that have a body with six points, from cranial to caudal."""
ANCHORS: tuple[str, ...] = ("C2", "T1_rib", "L5_sacrum")
_SPLIT = (1, 12, len(CLASSES), 6, len(ANCHORS))


@dataclass(frozen=True)
class Maps:
    """What the detector says about each cell; logits but for `offsets`.

    Attributes:
        objectness: (b, r, c).
        offsets: (b, 12, r, c): the six points seen from the cell, in units of 16 mm, ordered
            (position, end, (s, v)).
        classes: (b, 25, r, c).
        heat: (b, 6, r, c).
        anchors: (b, 3, r, c).
    """

    objectness: Tensor
    offsets: Tensor
    classes: Tensor
    heat: Tensor
    anchors: Tensor


class Detector(nn.Module):
    """2-D U-Net from (b, 3, s, v) pictures at 1 mm to maps at 2 mm."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.multiple = 2 ** len(widths)
        self.stem = convolution(2, (3, widths[0]), kernel=5, stride=2)
        self.unet = UNet(2, widths)
        self.head = nn.Sequential(
            convolution(2, (widths[0], widths[1])), nn.Conv2d(widths[1], sum(_SPLIT), 1)
        )

    def forward(self, x: Tensor) -> Maps:
        out = self.head(self.unet(self.stem(x))[0]).float()
        objectness, offsets, classes, heat, anchors = out.split(_SPLIT, dim=1)
        return Maps(objectness.squeeze(1), offsets, classes, heat, anchors)
