"""Cuts specimens into what the networks of the VerSe framework learn from."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from annotation.domain.vertebrae import label_of
from inference.learning.specimen import Specimen
from inference.nets.btrfly import CHANNELS
from inference.nets.btrfly import STEP_MM as PIXEL_MM
from inference.nets.spine_heat import STEP_MM
from inference.phases.find_spine import Neighbourhood, around
from inference.phases.reformat import reformat
from inference.phases.sampling import resampled, spacing_jik

Arrays = dict[str, NDArray[np.generic]]
Floats = NDArray[np.float64]

NOT_NAMED: Final = tuple(label_of(level) for level in ("S1", "Co"))
"""Labels of a mask that no network of the framework names."""
SPREAD_MM: Final = 10.0
"""Standard deviation of the spine's heat around its axis."""
_SHORTEST_MM: Final = 20.0


def heat_example(specimen: Specimen) -> Arrays:
    """Return what the spine's network learns from.

    Returns:
        picture: int16 (j, i, k) Hounsfield units at 4 mm; heat: uint8 of the same shape, 255 on
        the spine's axis, falling off like a Gaussian around it and beyond its ends. Only rows of
        which all is known are there.
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
    rows = _rows_between(known_stretch(specimen), picture.shape[0], STEP_MM)
    return {"picture": picture[rows], "heat": heat[rows]}


def known_stretch(specimen: Specimen) -> tuple[float, float]:
    """Return the longest stretch along j, millimetres, without any vertebra that lacks its truth.

    In a finished case vertebrae that nobody reads, as in the neck, are in the mask without points;
    rows that show them would teach that they are none.
    """
    known = {body.label for body in specimen.bodies} | {0, *NOT_NAMED}
    lacking = [label for label in np.unique(specimen.mask).tolist() if label not in known]
    is_known = ~np.isin(specimen.mask, lacking).any(axis=(0, 2))  # (k, j, i)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_known.astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    if len(starts) == 0:
        return 0.0, 0.0
    longest = int((ends - starts).argmax())
    step = float(spacing_jik(specimen.volume.grid)[0])
    return (float(starts[longest]) - 0.5) * step, (float(ends[longest]) - 0.5) * step


def _rows_between(stretch: tuple[float, float], n: int, step: float, first: float = 0.0) -> slice:
    """Return which of n rows, the first at `first`, lie within a stretch along j."""
    low, high = (int(np.clip(np.ceil((end - first) / step), 0, n)) for end in stretch)
    return slice(low, high)


def _bell(away_mm: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * (away_mm / SPREAD_MM) ** 2))


def pair_example(specimen: Specimen, rng: np.random.Generator) -> Arrays | None:
    """Return what the Btrfly network learns from, seen along an axis as imperfect as a found one.

    Returns:
        pictures: int16 (2, rows, columns) Hounsfield units of both projections; marks: float32
        (n, 3) row, sagittal column and coronal column of each body's centre; level: int64 (n,)
        places in `CHANNELS`. Only rows of which all is known are there. None where there is too
        little spine.
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
    pictures = seen.pictures.round().clamp(-1024, 3071).to(torch.int16).numpy()
    rows = _rows_between(
        known_stretch(specimen), pictures.shape[1], PIXEL_MM, float(seen.origin[0])
    )
    level = np.array([CHANNELS.index(body.level) for body in bodies], dtype=np.int64)
    kept = (marks[:, 0] > rows.start - 0.5) & (marks[:, 0] < rows.stop - 0.5)
    if not kept.any():
        return None
    return {
        "pictures": pictures[:, rows],
        "marks": (marks - (rows.start, 0, 0))[kept].astype(np.float32),
        "level": level[kept],
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
