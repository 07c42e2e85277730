"""What the networks learn from: a volume whose vertebrae are known, simulated or finalised."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import height_ratio, heights_mm
from annotation.domain.geometry import Volume
from annotation.domain.vertebrae import label_of
from inference.nets.detector import CLASSES
from inference.phantoms.phantom import Phantom
from inference.phases.sampling import spacing_jik, to_grid

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Body:
    """One known vertebra.

    Attributes:
        level: anatomical name.
        label: its number in the specimen's mask.
        points: six points in grid millimetres (j, i, k), shape (3, 2, 3).
        g: height ratio of the six points in space.
        is_partial: cut by the border of the volume.
    """

    level: str
    label: int
    points: Floats
    g: float
    is_partial: bool

    @property
    def centre(self) -> Floats:
        """Mean of the six points, (3,)."""
        return np.asarray(self.points.mean(axis=(0, 1)))


@dataclass(frozen=True)
class Specimen:
    """A volume with its truth.

    Attributes:
        volume: the CT.
        mask: uint8 (k, j, i); a body's voxels carry its `label`.
        bodies: from cranial to caudal, those with six points.
        shows: anchors of the count that are in view.
    """

    volume: Volume
    mask: NDArray[np.uint8]
    bodies: tuple[Body, ...]
    shows: frozenset[str]

    def knots(self) -> Floats:
        """Return points of the spine's axis from cranial to caudal, (n, 3) grid millimetres."""
        axis = [
            place
            for body in self.bodies
            for place in (body.points[1, 0], body.centre, body.points[1, 1])
        ]
        knots = np.array(axis).reshape(-1, 3)
        return knots[np.argsort(knots[:, 0], kind="stable")]

    def limits_mm(self) -> tuple[float, float] | None:
        """Return where the known spine begins and ends along j, within the volume."""
        if not self.bodies:
            return None
        spacing = float(spacing_jik(self.volume.grid)[0])
        bottom = (self.volume.grid.dims[1] - 1) * spacing
        heights = np.concatenate([body.points[..., 0].ravel() for body in self.bodies])
        low, high = max(float(heights.min()), 0.0), min(float(heights.max()), bottom)
        return (low, high) if high > low else None

    def path(self, heights: Floats) -> Floats:
        """Return (i, k) millimetres of the spine's axis at heights along j, (n, 2)."""
        knots = self.knots()
        return np.stack([np.interp(heights, knots[:, 0], knots[:, axis]) for axis in (1, 2)], 1)


def from_phantom(phantom: Phantom, levels: Sequence[str] = CLASSES) -> Specimen:
    """Return a phantom as a specimen, with the bodies of the levels that are to be learnt."""
    grid = phantom.volume.grid
    bodies = tuple(
        Body(
            level=one.level,
            label=label_of(one.level),
            points=to_grid(one.six_points_mm, grid),
            g=float(one.g),
            is_partial=bool(one.is_partial),
        )
        for one in phantom.vertebrae
        if one.level in levels
    )
    return Specimen(phantom.volume, phantom.mask, bodies, frozenset(phantom.shows))


def body_of(level: str, label: int, points_mm: Floats, volume: Volume) -> Body:
    """Return a body from six points in patient millimetres, (3, 2, 3)."""
    from_border = _border_distance(points_mm, volume)
    return Body(
        level=level,
        label=label,
        points=to_grid(points_mm, volume.grid),
        g=height_ratio(heights_mm(points_mm)),
        is_partial=from_border < 0,
    )


def _border_distance(points_mm: Floats, volume: Volume) -> float:
    index = volume.grid.to_ijk(points_mm)
    return float(min((index + 0.5).min(), (np.array(volume.grid.dims) - 0.5 - index).min()))
