"""Sees where the spine is in a coarse picture of the whole volume: a fully convolutional network.

The first step of the framework behind the VerSe data (Loeffler et al. 2020,
doi:10.1148/ryai.2020190138). Any volume fits; the answer is one heat map at the input's step.
"""

from torch import Tensor, nn

from inference.nets.blocks import UNet, convolution

STEP_MM = 4.0
"""Voxel size of input and output in all directions."""


class SpineHeat(nn.Module):
    """3-D U-Net from (b, 1, j, i, k) pictures to logits of the spine's heat, (b, j, i, k)."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.multiples = (2 ** (len(widths) - 1),) * 3
        self.stem = convolution(3, (1, widths[0]))
        self.unet = UNet(3, widths)
        self.head = nn.Conv3d(widths[0], 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.unet(self.stem(x))[0])
        return logits.squeeze(1).float()
