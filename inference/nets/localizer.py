"""Finds the spine in every axial slice, and whether a slice belongs to it.

After the first step of Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646): a 3-D U-Net, a
soft-argmax in each axial slice, and limits. Here the stem halves both in-plane axes, so that maps
are 4 mm in all directions, and the limits come from features pooled around the found point.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.nets.blocks import UNet, convolution

STEP_MM = (4.0, 2.0, 2.0)
"""Voxel size of the input along j (inferior), i (posterior) and k (right)."""
CELL_MM = 4.0
"""Cell size of the output in all directions."""


class Localizer(nn.Module):
    """3-D U-Net from (b, 1, j, i, k) pictures to a map of the spine and logits of the limits."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.multiples = (2 ** (len(widths) - 1), *(2 ** len(widths),) * 2)
        self.stem = convolution(3, (1, widths[0]), stride=(1, 2, 2))
        self.unet = UNet(3, widths)
        self.position = nn.Conv3d(widths[0], 1, 1)
        self.limits = nn.Sequential(
            nn.Conv1d(2 + sum(2 * width for width in widths[1:]), 48, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv1d(48, 48, 5, padding=4, dilation=2),
            nn.ReLU(inplace=True),
            nn.Conv1d(48, 48, 5, padding=8, dilation=4),
            nn.ReLU(inplace=True),
            nn.Conv1d(48, 1, 3, padding=1),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return position logits (b, j, i/2, k/2) and limit logits (b, j)."""
        maps = self.unet(self.stem(x))
        position = self.position(maps[0]).squeeze(1).float()
        return position, self._limits(position, [each.float() for each in maps[1:]])

    def _limits(self, position: Tensor, maps: list[Tensor]) -> Tensor:
        """Judge each slice by how clearly it holds the spine and by what is around it."""
        flat = position.flatten(2)
        sharpness = flat.softmax(dim=2).amax(dim=2).log()
        features = [torch.stack([flat.amax(dim=2), sharpness], dim=1)]
        for coarse in maps:
            slices = torch.cat([coarse.mean(dim=(3, 4)), coarse.amax(dim=(3, 4))], dim=1)
            wide = functional.interpolate(slices, size=position.shape[1], mode="linear")
            features.append(wide)
        logits: Tensor = self.limits(torch.cat(features, dim=1))
        return logits.squeeze(1)


def soft_argmax(position: Tensor) -> Tensor:
    """Return the expected cell (i, k) of every slice, (b, j, 2), of logits (b, j, i, k)."""
    weight = functional.softmax(position.flatten(2), dim=2).view_as(position)
    rows = torch.arange(position.shape[2], device=position.device, dtype=weight.dtype)
    columns = torch.arange(position.shape[3], device=position.device, dtype=weight.dtype)
    return torch.stack(
        [(weight.sum(dim=3) * rows).sum(dim=2), (weight.sum(dim=2) * columns).sum(dim=2)], dim=2
    )
