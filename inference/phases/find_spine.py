"""Finds the neighbourhood of the spine in a volume: a coarse heat map, the axis in it and a box."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from annotation.domain.geometry import Volume
from inference.config import Machine
from inference.nets.blocks import channels_last, padded
from inference.nets.spine_heat import STEP_MM, SpineHeat
from inference.phases.sampling import resampled

Floats = NDArray[np.float64]

HOT: Final = 0.4
"""Heat from which a cell belongs to the spine."""
BEFORE_MM: Final = np.array([24.0, 44.0, 64.0])
"""How far the box reaches above the axis, in front of it and to its left."""
BEHIND_MM: Final = np.array([24.0, 68.0, 64.0])
"""How far it reaches below the axis, behind it and to its right."""
_SMALLEST_SHARE: Final = 0.1
_GAP_MM: Final = 40.0
_CALM_STEPS: Final = 2.0
_WINDOW_HU: Final = (-200.0, 1000.0)


@dataclass(frozen=True)
class Neighbourhood:
    """Where the spine is, in grid millimetres (j, i, k).

    Attributes:
        low, high: (3,) corners of the box, within the volume.
        axis: (n, 3) points of the spine's axis, one per 4 mm axial step, from the cranial to the
            caudal hot cell; empty where no spine was found.
        warmest: highest heat, 0-1.
    """

    low: Floats
    high: Floats
    axis: Floats
    warmest: float

    @property
    def is_empty(self) -> bool:
        """Whether no spine was found."""
        return len(self.axis) == 0

    def across(self, heights: Floats) -> Floats:
        """Return (i, k) of the axis at heights along j, (n, 2); the ends go straight on."""
        known = self.axis[:, 0]
        return np.stack([np.interp(heights, known, self.axis[:, n]) for n in (1, 2)], axis=1)


def normalised(hu: Tensor) -> Tensor:
    """Return what the network reads of Hounsfield units, 0-1."""
    low, high = _WINDOW_HU
    return ((hu - low) / (high - low)).clamp(0.0, 1.0)


def find_spine(volume: Volume, net: SpineHeat, machine: Machine) -> Neighbourhood:
    """Find the spine in a volume of any size and spacing."""
    picture = normalised(resampled(volume, (STEP_MM,) * 3))
    x = padded(picture[None, None], net.multiples, 0.0).to(machine.device)
    with torch.inference_mode(), machine.autocast():
        heat = torch.sigmoid(net(channels_last(x)))[0]
    j, i, k = picture.shape
    return decode(heat[:j, :i, :k].float().cpu().numpy())


def decode(heat: NDArray[np.float32]) -> Neighbourhood:
    """Turn a heat map (j, i, k) at 4 mm into axis and box."""
    extent = (np.array(heat.shape) - 1) * STEP_MM
    kept = np.where(spine_cells(heat > HOT, heat), heat, 0.0)
    rows = np.flatnonzero(kept.any(axis=(1, 2)))
    if len(rows) == 0:
        nowhere = np.zeros((0, 3))
        return Neighbourhood(np.zeros(3), extent, nowhere, float(heat.max(initial=0.0)))
    return around(_axis(kept, rows), extent, float(kept.max()))


def around(axis: Floats, extent: Floats, warmest: float) -> Neighbourhood:
    """Return the neighbourhood of an axis (n, 3), n > 0, in a volume of an extent (3,)."""
    low = np.clip(axis.min(axis=0) - BEFORE_MM, 0.0, extent)
    high = np.clip(axis.max(axis=0) + BEHIND_MM, 0.0, extent)
    return Neighbourhood(low, high, axis, warmest)


def spine_cells(hot: NDArray[np.bool_], heat: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the warmest piece and those that continue it; what is warm elsewhere is left out.

    A piece continues the spine where it holds at least a tenth of the warmest one's heat, shares
    hardly a slice with what is kept and begins within 40 mm of it.
    """
    pieces, n = ndimage.label(hot)
    if n == 0:
        return hot
    warmth = np.asarray(ndimage.sum_labels(heat, pieces, np.arange(1, n + 1)))
    cells = {place: np.argwhere(pieces == place) for place in range(1, n + 1)}
    order = [int(place) + 1 for place in np.argsort(-warmth)]
    kept = [order[0]]
    for place in order[1:]:
        if warmth[place - 1] < _SMALLEST_SHARE * warmth[order[0] - 1]:
            break
        if any(_continues(cells[place], cells[other]) for other in kept):
            kept.append(place)
    return np.asarray(np.isin(pieces, kept))


def _continues(one: NDArray[np.intp], other: NDArray[np.intp]) -> bool:
    upper, lower = (one, other) if one[:, 0].mean() < other[:, 0].mean() else (other, one)
    end = upper[upper[:, 0] == upper[:, 0].max()].mean(axis=0)
    start = lower[lower[:, 0] == lower[:, 0].min()].mean(axis=0)
    return bool(start[0] > end[0] - 2 and np.linalg.norm(start - end) * STEP_MM < _GAP_MM)


def _axis(kept: NDArray[np.float32], rows: NDArray[np.intp]) -> Floats:
    """Return the heat-weighted middle of every slice between the first and the last hot one."""
    weight = kept[rows].astype(np.float64)
    total = weight.sum(axis=(1, 2))
    steps = [np.arange(n) for n in kept.shape[1:]]
    middles = np.stack(
        [weight.sum(axis=2) @ steps[0] / total, weight.sum(axis=1) @ steps[1] / total], axis=1
    )
    every = np.arange(rows[0], rows[-1] + 1)
    path = np.stack([np.interp(every, rows, middles[:, n]) for n in (0, 1)], axis=1)
    path = ndimage.gaussian_filter1d(path, _CALM_STEPS, axis=0, mode="nearest")
    return np.concatenate([every[:, None], path], axis=1) * STEP_MM
