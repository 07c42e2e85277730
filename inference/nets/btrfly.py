"""Labels vertebrae on a sagittal and a coronal projection at once: the Btrfly network.

After Sekuboyina et al. 2018 (doi:10.1007/978-3-030-00937-3_74) and 2020
(doi:10.1148/ryai.2020190074): one arm per view, joined at depth, where each view learns what the
other one saw in the same rows, and parted again. Every view answers with one heat map per level and
one of the background. An energy-based prior, an auto-encoder of plausible heat maps per view, may
be taught beside it; it is not asked when a case is read.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.nets.blocks import Residual, UNet, convolution
from inference.nets.detector import CLASSES

STEP_MM: Final = 2.0
"""Pixel size of both projections and of the heat maps."""
CHANNELS: Final[tuple[str, ...]] = ("C1", *CLASSES)
"""Levels with a heat map, C1 to L6 with T13; the background's map follows as the last."""
MAPS: Final = len(CHANNELS) + 1
_FUSED: Final = 2
"""Coarsest levels of the network that both views share."""
_SLOPE: Final = 0.1


@dataclass(frozen=True)
class Views:
    """Logits of the heat maps, (b, 27, rows, columns) each; rows are common to both.

    Attributes:
        sagittal: columns run posteriorly (i).
        coronal: columns run to the patient's right (k).
    """

    sagittal: Tensor
    coronal: Tensor

    def each(self) -> tuple[Tensor, Tensor]:
        """Return both, sagittal first."""
        return self.sagittal, self.coronal

    def heat(self) -> "Views":
        """Return the heat maps of logits: shares that sum to 1 over the maps of a cell."""
        return Views(self.sagittal.softmax(dim=1), self.coronal.softmax(dim=1))


class Btrfly(nn.Module):
    """2-D network from (b, 2, rows, columns), sagittal and coronal picture, to `Views`.

    Args:
        widths: channels from the finest to the coarsest level, three or more.
        prior: channels of the energy-based prior; empty: the network has none.
    """

    def __init__(self, widths: tuple[int, ...], prior: tuple[int, ...] = ()) -> None:
        super().__init__()
        if len(widths) <= _FUSED:
            raise ValueError(f"a Btrfly network needs more than {_FUSED} widths, not {widths}")
        own, shared = widths[: len(widths) - _FUSED + 1], widths[len(widths) - _FUSED :]
        self.multiple = 2 ** (len(widths) - 1)
        self.arms = nn.ModuleList(Arm(own) for _ in range(2))
        self.join = convolution(2, (2 * shared[0], shared[0]), kernel=1)
        self.body = UNet(2, shared)
        self.prior = Prior(prior) if prior else None

    def forward(self, x: Tensor) -> Views:
        maps = [arm.encoded(x[:, n : n + 1]) for n, arm in enumerate(self._arms())]
        joined = self.body(self.join(torch.cat([each[-1] for each in maps], dim=1)))[0]
        sagittal, coronal = (
            arm.decoded(joined, each) for arm, each in zip(self._arms(), maps, strict=True)
        )
        return Views(sagittal, coronal)

    def _arms(self) -> list["Arm"]:
        return [arm for arm in self.arms if isinstance(arm, Arm)]


class Arm(nn.Module):
    """One view's way down to the joint and up again."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        steps = list(pairwise(widths))
        self.stem = nn.Sequential(convolution(2, (1, widths[0])), Residual(2, (widths[0],) * 2))
        self.down = nn.ModuleList(
            nn.Sequential(convolution(2, step, stride=2), Residual(2, (step[1],) * 2))
            for step in steps
        )
        self.narrow = nn.ModuleList(
            convolution(2, (coarse, fine), kernel=1) for fine, coarse in steps
        )
        self.up = nn.ModuleList(Residual(2, (fine, fine)) for fine, _ in steps)
        self.head = nn.Conv2d(widths[0], MAPS, 1)

    def encoded(self, x: Tensor) -> list[Tensor]:
        """Return the maps of all levels, the finest first."""
        maps = [self.stem(x)]
        for down in self.down:
            maps.append(down(maps[-1]))
        return maps

    def decoded(self, joined: Tensor, maps: list[Tensor]) -> Tensor:
        """Return logits at the finest level."""
        x = joined + maps[-1]
        for level in range(len(self.up) - 1, -1, -1):
            wide = functional.interpolate(self.narrow[level](x), scale_factor=2.0, mode="nearest")
            x = self.up[level](wide + maps[level])
        logits: Tensor = self.head(x)
        return logits.float()


class Prior(nn.Module):
    """How implausible heat maps are: an auto-encoder per view that knows true ones only.

    The energy of maps is what the auto-encoder cannot rebuild of them. It sees a part of the spine
    at a time, so it knows the order and distance of neighbours, not the whole.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.views = nn.ModuleList(_auto_encoder(widths) for _ in range(2))

    def forward(self, heat: Views) -> Tensor:
        """Return the energy of each example, (b,): both views' squared errors per picture row."""
        energies = [
            (view(maps)[..., : maps.shape[2], : maps.shape[3]] - maps).square().sum(dim=(1, 2, 3))
            / maps.shape[2]
            for view, maps in zip(self.views, heat.each(), strict=True)
        ]
        return torch.stack(energies).sum(dim=0)


def _auto_encoder(widths: tuple[int, ...]) -> nn.Sequential:
    """Return strided convolutions down to a narrow, dilated bottom and up again; no short cut."""
    layers: list[nn.Module] = []
    for source, target in pairwise((MAPS, *widths)):
        layers += [nn.Conv2d(source, target, 3, 2, 1), nn.LeakyReLU(_SLOPE)]
    bottom = widths[-1]
    layers += [nn.Conv2d(bottom, bottom, 3, 1, 2, dilation=2), nn.LeakyReLU(_SLOPE)]
    for source, target in pairwise((*reversed(widths), MAPS)):
        layers += [nn.Upsample(scale_factor=2.0), nn.Conv2d(source, target, 3, 1, 1)]
        layers += [nn.LeakyReLU(_SLOPE)] if target != MAPS else []
    return nn.Sequential(*layers)
