"""Segments one vertebra in a patch around its centre.

The idea of one patch per vertebra, told which one by a Gaussian at its centre, is that of Payer et
al. 2020 (doi:10.5220/0008975201240133). The picture is folded to half resolution with eight times
the channels before the U-Net and unfolded after it, which costs a fifth of the full-resolution net.
"""

import torch
from torch import Tensor, nn

from inference.nets.blocks import UNet, convolution

PATCH = (64, 96, 96)
"""Patch size in voxels of 1 mm along j (inferior), i (posterior) and k (right)."""


class Segmenter(nn.Module):
    """From (b, 2, j, i, k) patches, picture and Gaussian, to logits (b, j, i, k)."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = convolution(3, (16, widths[0]))
        self.unet = UNet(3, widths)
        self.head = nn.Conv3d(widths[0], 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        return unfolded(self.head(self.unet(self.stem(folded(x)))[0]).float())


def folded(x: Tensor) -> Tensor:
    """Turn (b, c, j, i, k) into (b, 8c, j/2, i/2, k/2) without loss."""
    b, c, j, i, k = x.shape
    blocks = x.reshape(b, c, j // 2, 2, i // 2, 2, k // 2, 2)
    return blocks.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(b, 8 * c, j // 2, i // 2, k // 2)


def unfolded(x: Tensor) -> Tensor:
    """Turn (b, 8, j, i, k) into (b, 2j, 2i, 2k), the inverse of `folded` for one channel."""
    b, _, j, i, k = x.shape
    blocks = x.reshape(b, 2, 2, 2, j, i, k).permute(0, 4, 1, 5, 2, 6, 3)
    return torch.reshape(blocks, (b, 2 * j, 2 * i, 2 * k))
