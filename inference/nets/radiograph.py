"""Networks that outline vertebral bodies on lateral radiographs.

MDR2-UNet after Kim et al. 2021 (doi:10.1007/s10278-021-00471-0): a multi-dilated residual block
sees the picture at four distances at once, recurrent residual blocks (Alom et al. 2019,
doi:10.1117/1.JMI.6.1.014006) gather features at every level of a U-Net. The plain U-Net that the
paper compares with (Ronneberger et al. 2015) stands beside it.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.nets.blocks import convolution

DILATIONS: Final = (2, 4, 8, 16)
REPEATS: Final = 2
"""How often a recurrent convolution sees its own output again."""

NewBlock = Callable[[tuple[int, int]], nn.Module]


class MultiDilatedResidual(nn.Module):
    """Four dilated convolutions side by side, a bottleneck over all, and a short cut."""

    def __init__(self, channels: tuple[int, int]) -> None:
        super().__init__()
        source, target = channels
        self.branches = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(source, target, 3, padding=rate, dilation=rate, bias=False),
                nn.BatchNorm2d(target),
                nn.ReLU(inplace=True),
            )
            for rate in DILATIONS
        )
        self.bottleneck = convolution(2, (len(DILATIONS) * target, target), kernel=1)
        self.short_cut = nn.Conv2d(source, target, 1)

    def forward(self, x: Tensor) -> Tensor:
        seen = torch.cat([branch(x) for branch in self.branches], dim=1)
        return self.bottleneck(seen) + self.short_cut(x)  # type: ignore[no-any-return]


class Recurrent(nn.Module):
    """One convolution that is applied again to its input plus its own output.

    The kernel is shared by all times; each time has a normalisation of its own, so that the
    statistics kept for later are those of that time.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.kernel = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(REPEATS + 1))

    def forward(self, x: Tensor) -> Tensor:
        said = torch.zeros_like(x)
        for norm in self.norms:
            said = torch.relu(norm(self.kernel(x + said)))
        return said


class RecurrentResidual(nn.Module):
    """Two recurrent convolutions and a short cut."""

    def __init__(self, channels: tuple[int, int]) -> None:
        super().__init__()
        self.enter = nn.Conv2d(*channels, 1)
        self.inner = nn.Sequential(Recurrent(channels[1]), Recurrent(channels[1]))

    def forward(self, x: Tensor) -> Tensor:
        entered = self.enter(x)
        return entered + self.inner(entered)  # type: ignore[no-any-return]  # Module is untyped


def _double(channels: tuple[int, int]) -> nn.Module:
    return nn.Sequential(convolution(2, channels), convolution(2, (channels[1], channels[1])))


class Outliner(nn.Module):
    """A U-Net from (b, 1, side, side) films to logits (b, side, side) of vertebral bodies.

    Maximum pooling on the way down, maps joined by concatenation on the way up, and a 1 x 1
    convolution at the end. The side is a multiple of ``2 ** (len(widths) - 1)``.

    Attributes:
        side: of the films it is made for.
    """

    def __init__(
        self, widths: tuple[int, ...], side: int, first: NewBlock, further: NewBlock
    ) -> None:
        super().__init__()
        if side % 2 ** (len(widths) - 1):
            raise ValueError(f"a film of {side} pixels cannot be halved {len(widths) - 1} times")
        self.side = side
        steps = list(pairwise(widths))
        self.encode = nn.ModuleList([first((1, widths[0])), *(further(step) for step in steps)])
        self.narrow = nn.ModuleList(
            convolution(2, (coarse, fine), kernel=1) for fine, coarse in steps
        )
        self.decode = nn.ModuleList(further((2 * fine, fine)) for fine, _ in steps)
        self.head = nn.Conv2d(widths[0], 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        maps = [self.encode[0](x)]
        for encode in self.encode[1:]:
            maps.append(encode(functional.max_pool2d(maps[-1], 2)))
        out = maps.pop()
        for narrow, decode, beside in zip(
            reversed(self.narrow), reversed(self.decode), reversed(maps), strict=True
        ):
            wide = functional.interpolate(narrow(out), scale_factor=2.0, mode="nearest")
            out = decode(torch.cat([wide, beside], dim=1))
        return self.head(out).float().squeeze(1)  # type: ignore[no-any-return]


class MDR2UNet(Outliner):
    """The paper's network."""

    def __init__(self, widths: tuple[int, ...], side: int) -> None:
        super().__init__(widths, side, MultiDilatedResidual, RecurrentResidual)


class PlainUNet(Outliner):
    """The baseline that the paper compares with: two convolutions at every level."""

    def __init__(self, widths: tuple[int, ...], side: int) -> None:
        super().__init__(widths, side, _double, _double)
