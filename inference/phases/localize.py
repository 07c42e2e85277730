"""Finds the spine's curve and its two ends in a volume."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter
from torch import Tensor

from annotation.domain.geometry import Volume
from inference.config import Machine
from inference.nets.blocks import channels_last, padded
from inference.nets.localizer import CELL_MM, STEP_MM, Localizer, soft_argmax
from inference.phases.sampling import resampled

Floats = NDArray[np.float64]

SHORTEST_MM: Final = 12.0
_GAP_MM: Final = 28.0


@dataclass(frozen=True)
class Localization:
    """Where the spine is.

    Attributes:
        knots: (n, 3) grid millimetres (j, i, k), one per 4 mm axial step within the limits, from
            cranial to caudal; empty where no spine was found.
        inside: probability of each 4 mm step of the whole volume to hold the spine.
    """

    knots: Floats
    inside: Floats

    @property
    def is_empty(self) -> bool:
        """Whether no spine was found."""
        return len(self.knots) < 2


def normalised(hu: Tensor) -> Tensor:
    """Return what the localizer reads of Hounsfield units."""
    return hu.clamp(-1000.0, 1000.0) / 2000.0 + 0.5


def localize(volume: Volume, net: Localizer, machine: Machine) -> Localization:
    """Find the spine in a volume of any size and spacing."""
    picture = normalised(resampled(volume, STEP_MM, machine.device))
    n_slices = picture.shape[0]
    x = padded(picture[None, None], net.multiples, 0.0)
    with torch.inference_mode(), machine.autocast():
        position, limits = net(channels_last(x))
    cells = soft_argmax(position)[0, :n_slices].cpu().double().numpy()
    inside = torch.sigmoid(limits)[0, :n_slices].cpu().double().numpy()
    return decode(cells, inside)


def decode(cells: Floats, inside: Floats) -> Localization:
    """Turn slice-wise answers into a smooth curve between two limits.

    Args:
        cells: (n, 2) expected cell (i, k) in each 4 mm step.
        inside: (n,) probability that the step holds the spine.
    """
    run = longest_run(inside)
    empty = np.zeros((0, 3))
    if run is None:
        return Localization(empty, inside)
    first, last = run
    if (last - first + 1) * STEP_MM[0] < SHORTEST_MM:
        return Localization(empty, inside)
    path = median_filter(cells[first : last + 1], size=(5, 1), mode="nearest")
    path = _smooth(path * CELL_MM)
    height = np.arange(first, last + 1)[:, None] * STEP_MM[0]
    return Localization(np.concatenate([height, path], axis=1), inside)


def longest_run(inside: Floats) -> tuple[int, int] | None:
    """Return first and last step of the weightiest stretch above one half, short gaps closed."""
    calm = median_filter(inside, size=min(5, len(inside)), mode="nearest")
    above = np.flatnonzero(calm > 0.5)
    if len(above) == 0:
        return None
    cuts = np.flatnonzero(np.diff(above) > _GAP_MM / STEP_MM[0]) + 1
    stretches = np.split(above, cuts)
    best = max(stretches, key=lambda stretch: float(calm[stretch].sum()))
    return int(best[0]), int(best[-1])


def _smooth(path: Floats) -> Floats:
    """Smooth by a Gaussian of two steps, continuing the ends by point reflection."""
    n = len(path)
    reach = min(6, n - 1)
    before = 2 * path[:1] - path[reach:0:-1]
    after = 2 * path[-1:] - path[-2 : -2 - reach : -1]
    whole = np.concatenate([before, path, after])
    return np.asarray(gaussian_filter1d(whole, 2.0, axis=0, mode="nearest")[reach : reach + n])
