"""Cuts specimens into what the networks of the VerSe framework learn from."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from inference.learning.specimen import Specimen
from inference.nets.btrfly import CHANNELS
from inference.nets.spine_heat import STEP_MM
from inference.phases.find_spine import Neighbourhood, around
from inference.phases.reformat import reformat
from inference.phases.sampling import resampled, spacing_jik

Arrays = dict[str, NDArray[np.generic]]
Floats = NDArray[np.float64]

SPREAD_MM: Final = 10.0
"""Standard deviation of the spine's heat around its axis."""
_SHORTEST_MM: Final = 20.0


def heat_example(specimen: Specimen) -> Arrays:
    """Return what the spine's network learns from.

    Returns:
        picture: int16 (j, i, k) Hounsfield units at 4 mm; heat: uint8 of the same shape, 255 on
        the spine's axis, falling off like a Gaussian around it and beyond its ends.
    """
    picture = resampled(specimen.volume, (STEP_MM,) * 3).round().to(torch.int16).numpy()
    heat = np.zeros(picture.shape, dtype=np.uint8)
    limits = specimen.limits_mm()
    if limits is not None:
        j, i, k = (np.arange(n, dtype=np.float64) * STEP_MM for n in picture.shape)
        beyond = np.clip(limits[0] - j, 0, None) + np.clip(j - limits[1], 0, None)
        path = specimen.path(np.clip(j, *limits))
        sides = [
            _bell(beyond)[:, None, None],
            _bell(i[None] - path[:, :1])[:, :, None],
            _bell(k[None] - path[:, 1:])[:, None, :],
        ]
        heat = (sides[0] * sides[1] * sides[2] * 255).round().astype(np.uint8)
    return {"picture": picture, "heat": heat}


def _bell(away_mm: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * (away_mm / SPREAD_MM) ** 2))


def pair_example(specimen: Specimen, rng: np.random.Generator) -> Arrays | None:
    """Return what the Btrfly network learns from, seen along an axis as imperfect as a found one.

    Returns:
        pictures: int16 (2, rows, columns) Hounsfield units of both projections; marks: float32
        (n, 3) row, sagittal column and coronal column of each body's centre; level: int64 (n,)
        places in `CHANNELS`. None where there is too little spine.
    """
    where = wobbly_neighbourhood(specimen, rng)
    if where is None:
        return None
    seen = reformat(specimen.volume, where)
    spacing = spacing_jik(specimen.volume.grid)
    extent = np.array(specimen.volume.hu.transpose(1, 2, 0).shape) * spacing  # (k, j, i): j, i, k
    bodies = [
        body
        for body in specimen.bodies
        if (body.centre >= -spacing / 2).all() and (body.centre < extent - spacing / 2).all()
    ]
    marks = seen.to_cells(np.array([body.centre for body in bodies]).reshape(-1, 3))
    return {
        "pictures": seen.pictures.round().clamp(-1024, 3071).to(torch.int16).numpy(),
        "marks": marks.astype(np.float32),
        "level": np.array([CHANNELS.index(body.level) for body in bodies], dtype=np.int64),
    }


def wobbly_neighbourhood(specimen: Specimen, rng: np.random.Generator) -> Neighbourhood | None:
    """Return a neighbourhood near the true one: the axis off by millimetres, ends by more."""
    limits = specimen.limits_mm()
    if limits is None or limits[1] - limits[0] < _SHORTEST_MM:
        return None
    spacing = spacing_jik(specimen.volume.grid)
    i, j, k = specimen.volume.grid.dims
    extent = (np.array([j, i, k]) - 1) * spacing
    low, high = limits[0] - rng.normal(8, 6), limits[1] + rng.normal(8, 6)
    heights = np.arange(max(low, 0.0), min(max(high, low + 24.0), extent[0]), STEP_MM)
    path = specimen.path(heights) + rng.normal(0, 2.0, size=2)
    path += gaussian_filter1d(rng.normal(0, 6.0, size=path.shape), 5.0, axis=0, mode="nearest")
    axis = np.concatenate([heights[:, None], path], axis=1)
    return around(axis, np.asarray(extent), 1.0)
