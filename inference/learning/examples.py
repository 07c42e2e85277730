"""Cuts specimens into training examples: small arrays that fit a cache.

Everything costly (rendering, straightening, resampling) happens here once; what varies from step to
step (crops, intensities, noise) happens in `augment`.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from annotation.domain.geometry import Volume
from inference.learning.specimen import Body, Specimen
from inference.nets.detector import ANCHORS, CLASSES
from inference.nets.localizer import STEP_MM
from inference.nets.segmenter import PATCH
from inference.phases.sampling import resampled, sample
from inference.phases.segment import patch_axes
from inference.phases.straighten import V_BEFORE, WIDTH, Curve, make_curve, straighten, to_local

Arrays = dict[str, NDArray[np.generic]]
Floats = NDArray[np.float64]

EXTEND_MM: Final = 60.0
_BEYOND_MM: Final = 8.0


def wide_example(specimen: Specimen) -> Arrays:
    """Return what the localizer learns from.

    Returns:
        picture: int16 (j, i, k) Hounsfield units at 4 x 2 x 2 mm; path: float32 (j, 2)
        millimetres (i, k) of the spine's axis; inside: float32 (j,), 1 within the limits.
    """
    picture = resampled(specimen.volume, STEP_MM).round().to(torch.int16).numpy()
    heights = np.arange(picture.shape[0], dtype=np.float64) * STEP_MM[0]
    limits = specimen.limits_mm()
    inside = np.zeros(len(heights), dtype=np.float32)
    path = np.zeros((len(heights), 2), dtype=np.float32)
    if limits is not None:
        inside[(heights >= limits[0]) & (heights <= limits[1])] = 1.0
        path = specimen.path(heights).astype(np.float32)
    return {"picture": picture, "path": path, "inside": inside}


def picture_example(specimen: Specimen, rng: np.random.Generator) -> Arrays | None:
    """Return what the detector learns from, along a curve as imperfect as a localizer's.

    Returns:
        picture: int16 (3, s, 128); points: float32 (n, 3, 2, 2) in (s, v) millimetres; g: float32
        (n,); level: int64 (n,), places in `CLASSES`; partial: bool (n,); anchors: float32 (3, 3):
        visible, s, v for each of `ANCHORS`. None where there is too little spine for a curve.
    """
    curve = wobbly_curve(specimen, rng)
    if curve is None:
        return None
    picture = straighten(specimen.volume, curve).round().clamp(-1024, 3071)
    points = np.array([to_local(curve, body.points)[..., :2] for body in specimen.bodies])
    low, high = points.min(axis=(1, 2)), points.max(axis=(1, 2))
    is_off = (low < (0, -V_BEFORE)).any(axis=1)
    is_off |= (high > (len(curve) - 1, WIDTH - 1 - V_BEFORE)).any(axis=1)
    is_cut = np.array([body.is_partial for body in specimen.bodies])
    return {
        "picture": picture.to(torch.int16).numpy(),
        "points": points.astype(np.float32),
        "g": np.array([body.g for body in specimen.bodies], dtype=np.float32),
        "level": np.array([CLASSES.index(body.level) for body in specimen.bodies]),
        "partial": is_off | is_cut,
        "anchors": _anchors(specimen, points.mean(axis=(1, 2))),
    }


def wobbly_curve(specimen: Specimen, rng: np.random.Generator) -> Curve | None:
    """Return a curve near the spine's axis: smooth errors of 1-2 mm, limits off by some mm."""
    limits = specimen.limits_mm()
    if limits is None or limits[1] - limits[0] < 20.0:
        return None
    low, high = limits[0] + rng.normal(0, 4), limits[1] + rng.normal(0, 4)
    heights = np.arange(low, max(high, low + 16.0), STEP_MM[0])
    path = specimen.path(heights)
    error = gaussian_filter1d(rng.normal(size=path.shape), 6.0, axis=0, mode="nearest")
    error *= rng.uniform(0.2, 1.8) / max(float(error.std()), 1e-6)
    path = path + error + rng.normal(0, 1.0, size=2)
    path = gaussian_filter1d(path, 2.0, axis=0, mode="nearest")
    return make_curve(np.concatenate([heights[:, None], path], axis=1), EXTEND_MM)


def patch_example(specimen: Specimen, body: Body, rng: np.random.Generator) -> Arrays:
    """Return what the segmenter learns from: a patch slightly turned and scaled.

    Returns:
        picture: int16 (j, i, k) of size `PATCH`; target: packed bits of the vertebra's mask.
    """
    jitter = rng.normal(0, 1.5, size=3)
    centre = body.centre + jitter
    axes = patch_axes(centre)
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    points = (points - centre) @ _turn(rng).T + centre
    grid = specimen.volume.grid
    only = Volume(np.asarray(specimen.mask == body.label, dtype=np.float32), grid)
    target = sample(only, points) > 0.5
    picture = sample(specimen.volume, points).round().clamp(-1024, 3071)
    return {
        "picture": picture.to(torch.int16).numpy(),
        "target": np.packbits(target.numpy()),
    }


def unpacked(target: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return the mask of `PATCH` of its packed bits."""
    return np.unpackbits(target, count=int(np.prod(PATCH))).reshape(PATCH).astype(bool)


def _turn(rng: np.random.Generator) -> Floats:
    """Return a small random rotation and scaling."""
    a, b, c = np.deg2rad(rng.normal(0, 5.0, size=3))
    about_j = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_i = np.array([[np.cos(b), 0, -np.sin(b)], [0, 1, 0], [np.sin(b), 0, np.cos(b)]])
    about_k = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_j @ about_i @ about_k * rng.uniform(0.88, 1.15))


def _anchors(specimen: Specimen, centres: Floats) -> NDArray[np.float32]:
    rows = np.zeros((len(ANCHORS), 3), dtype=np.float32)
    place = {body.level: index for index, body in enumerate(specimen.bodies)}
    holders = {"C2": ("C2",), "T1_rib": ("T1",), "L5_sacrum": ("L6", "L5", "L4")}
    for row, name in zip(rows, ANCHORS, strict=True):
        holder = next((level for level in holders[name] if level in place), None)
        if name in specimen.shows and holder is not None:
            row[:] = (1.0, *centres[place[holder]])
    return rows
