"""Projects the neighbourhood of the spine: a sagittal and a coronal maximum, row by row.

Only what lies near the spine's axis is projected, so that neither ribs nor breast bone nor pelvis
hide the vertebrae. Columns stay straight lines of the volume; a cell of either picture is a place
in grid millimetres, and the two together are a point in space.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from annotation.domain.geometry import Volume
from inference.nets.btrfly import STEP_MM
from inference.phases.find_spine import Neighbourhood
from inference.phases.sampling import AIR_HU, boxed

Floats = NDArray[np.float64]

WIDTH_MM: Final = (26.0, 26.0)
"""The sagittal picture shows what lies so near to the axis on its left and on its right,"""
LENGTH_MM: Final = (44.0, 68.0)
"""and so near in front of it and behind it."""
DEPTH_MM: Final = (26.0, 58.0)
"""The coronal picture shows what lies so near in front of the axis and behind it."""


@dataclass(frozen=True)
class Reformations:
    """Two projections of one neighbourhood.

    Attributes:
        pictures: Hounsfield units, (2, rows, columns): sagittal with columns along i, coronal with
            columns along k; the narrower one is filled up with air.
        origin: (3,) grid millimetres (j, i, k) of row 0 and of column 0 of either picture.
    """

    pictures: Tensor
    origin: Floats

    def to_cells(self, points: Floats) -> Floats:
        """Return (row, sagittal column, coronal column) of grid millimetres, (..., 3)."""
        return np.asarray((points - self.origin) / STEP_MM)

    def to_space(self, cells: Floats) -> Floats:
        """Return grid millimetres of (row, sagittal column, coronal column), (..., 3)."""
        return np.asarray(cells * STEP_MM + self.origin)


def normalised(hu: Tensor) -> Tensor:
    """Return what the Btrfly network reads of Hounsfield units."""
    return ((hu - 250.0) / 400.0).clamp(-2.0, 3.0)


def reformat(volume: Volume, where: Neighbourhood) -> Reformations:
    """Project the neighbourhood of a spine that was found.

    Raises:
        ValueError: if there is none.
    """
    if where.is_empty:
        raise ValueError("no spine was found, so there is no neighbourhood to project")
    axes = [
        low + np.arange(int((high - low) / STEP_MM) + 1) * STEP_MM
        for low, high in zip(where.low, where.high, strict=True)
    ]
    box = boxed(volume, axes)
    across, air = where.across(axes[0]), torch.tensor(AIR_HU)
    away_i, away_k = axes[1][None] - across[:, :1], axes[2][None] - across[:, 1:]
    shown = _within(away_k, WIDTH_MM)[:, None, :] & _within(away_i, LENGTH_MM)[:, :, None]
    sagittal = torch.where(shown, box, air).amax(dim=2)
    coronal = torch.where(_within(away_i, DEPTH_MM)[:, :, None], box, air).amax(dim=1)
    columns = max(sagittal.shape[1], coronal.shape[1])
    pictures = torch.full((2, len(axes[0]), columns), AIR_HU)
    pictures[0, :, : sagittal.shape[1]] = sagittal
    pictures[1, :, : coronal.shape[1]] = coronal
    return Reformations(pictures, np.array([axis[0] for axis in axes]))


def _within(away_mm: Floats, reach_mm: tuple[float, float]) -> Tensor:
    before, behind = reach_mm
    return torch.from_numpy((away_mm >= -before) & (away_mm <= behind))
