"""Lateral radiographs of phantoms, with the exact truth of what the shadow shows.

A phantom's sagittal slices are projected along the rays of a tube that stands at its side: each
slice is enlarged by how far it stands from the detector, and its attenuation is added up. Scatter
is a smooth veil in proportion to what arrives, noise is that of the photons, and the shown value is
the logarithm, as a detector's is. The vertebrae's six points take the same rays, so their truth is
exact in the millimetres of the detector.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform, gaussian_filter

from annotation.domain.frames import Frame
from annotation.domain.genant import measure_points
from annotation.domain.geometry import Grid, Volume
from annotation.domain.vertebrae import LEVELS, label_of, place_of
from inference.phantoms.make import PARTIAL_MARGIN_MM, PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom, PhantomVertebra

Picture = NDArray[np.float32]
Vector = NDArray[np.float64]

WATER_PER_MM: Final = 0.0195
"""Linear attenuation of water near 70 keV (Hubbell and Seltzer 1995, doi:10.18434/T4D01F)."""
BONE_HU: Final = 200.0
BONE_SHARE: Final = 1.25
"""Bone attenuates more against its Hounsfield units below the energy of a CT."""
SECTION_MM: Final = 6.0
"""An outline is that of a body's middle section, up to this far from the plane of the six points: a
concave plate's rims would hide its floor."""
OUTLINE_SHARE: Final = 0.5
"""The outline lies where the section's shadow is this share of its thickness."""
WINDOWS: Final = (("T10", "L5"), ("T11", "L4"), ("T4", "L1"), ("T6", "L5"), ("L1", "L5"))
_STEPS_MM: Final = (1.0, 0.7)
_ACROSS_MM: Final = 4.0
_SHAPES: Final = ("wedge", "biconcave", "crush")
_NEVER_ASKED: Final = ("T12", "T13", "L5", "L6")
"""Levels that some persons lack are not asked to be fractured."""
_TOP_VALUE: Final = 4095.0


@dataclass(frozen=True)
class Beam:
    """How a radiograph is taken.

    Attributes:
        source_mm: from the tube to the detector; infinite for parallel rays.
        gap_mm: from the detector to the nearest side of the volume.
        photons: that would reach a detector's pixel through air.
        scatter: scattered over direct radiation behind the body.
        veil_mm: standard deviation of the scatter's spread.
        blur_px: standard deviation of the detector's blur.
        gamma: bends the shown values; 1 leaves them straight.
    """

    source_mm: float
    gap_mm: float
    photons: float
    scatter: float
    veil_mm: float
    blur_px: float
    gamma: float

    def magnification(self, above_mm: Vector) -> Vector:
        """Return by how much things at distances over the detector are enlarged."""
        if not np.isfinite(self.source_mm):
            return np.ones_like(above_mm)
        return np.asarray(self.source_mm / (self.source_mm - above_mm))


def draw_beam(rng: np.random.Generator) -> Beam:
    """Draw a beam: two of three from a tube, the rest parallel as in computed projections."""
    is_cone = rng.random() < 0.67
    return Beam(
        source_mm=float(rng.uniform(1000, 1800)) if is_cone else float("inf"),
        gap_mm=float(rng.uniform(10, 80)),
        photons=float(np.exp(rng.uniform(np.log(2e5), np.log(2e7)))),
        scatter=float(rng.uniform(0.1, 1.2)),
        veil_mm=float(rng.uniform(15, 60)),
        blur_px=float(rng.uniform(0.2, 0.8)),
        gamma=float(rng.uniform(0.75, 1.3)),
    )


def film_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom that radiographs are taken of: a body over a window of levels.

    It is fine in the plane of the picture and coarse across it, where rays add up. Every second one
    surely has a moderate or severe fracture, every second one what `PhantomOptions.rich` adds.
    """
    step = float(rng.choice(_STEPS_MM, p=(0.7, 0.3)))
    first, last = WINDOWS[int(rng.integers(len(WINDOWS)))]
    fracture = None
    if rng.random() < 0.5:
        window = LEVELS[place_of(first) : place_of(last) + 1]
        level = str(rng.choice([one for one in window if one not in _NEVER_ASKED]))
        shape = str(rng.choice(_SHAPES, p=(0.45, 0.35, 0.2)))
        fracture = (level, shape, float(rng.uniform(0.4, 0.76)))
    spacing = (step, step, _ACROSS_MM)
    is_rich = bool(rng.random() < 0.5)
    return PhantomOptions(spacing, "body", (first, last), fracture, rich=is_rich)


def make_radiograph(seed: int, options: PhantomOptions | None = None) -> Phantom:
    """Make the radiograph of a seed; the same seed and options give the same one.

    Args:
        seed: of the phantom, the beam and the noise.
        options: of the phantom that is seen through; its spacing along i and j is the detector's.
            By default those of `film_options`.

    Returns:
        A phantom of one sagittal slice in the frame of the detector. Its mask and body mask are the
        bodies' shadows; the vertebrae's points, heights, grade and shape are those of the shadow.
    """
    rng = np.random.default_rng([seed, 0xF117])
    options = options or film_options(rng)
    return taken(make_phantom(seed, options), draw_beam(rng), rng)


def taken(phantom: Phantom, beam: Beam, rng: np.random.Generator) -> Phantom:
    """Take a lateral radiograph of a phantom."""
    view = View.of(phantom.volume.grid, beam)
    grey = _developed(view.shadow(_attenuation(phantom.volume.hu)), beam, rng)
    mask = _outlines(phantom, view)
    left, right = _collimated(mask, rng)
    grid = _picture_grid(phantom.volume.grid, mask.shape, left)
    vertebrae = tuple(
        _shown(one, view.points_mm(one.six_points_mm), grid, right - left)
        for one in phantom.vertebrae
        if (mask[:, left:right] == label_of(one.level)).any()
    )
    mask = np.ascontiguousarray(mask[None, :, left:right])
    grid = replace(grid, dims=(right - left, grid.dims[1], 1))
    volume = Volume(np.ascontiguousarray(grey[None, :, left:right]), grid)
    return Phantom(phantom.seed, volume, mask, mask, vertebrae, phantom.shows)


@dataclass(frozen=True)
class View:
    """Where the slices of a grid fall on the detector.

    Attributes:
        grid: of what is seen through.
        beam: how.
        centre: row and column (j, i) where the central ray meets every slice.
        scale: magnification of each slice, (nk,).
    """

    grid: Grid
    beam: Beam
    centre: tuple[float, float]
    scale: Vector

    @classmethod
    def of(cls, grid: Grid, beam: Beam) -> "View":
        ni, nj, nk = grid.dims
        above = beam.gap_mm + np.arange(nk, dtype=np.float64) * grid.spacing_mm[2]
        scale = beam.magnification(np.asarray(above, dtype=np.float64))
        return cls(grid, beam, ((nj - 1) / 2, (ni - 1) / 2), scale)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the detector: no larger than the volume's middle casts."""
        largest = float(self.scale.min())
        return (int(self.grid.dims[1] * largest), int(self.grid.dims[0] * largest))

    def shadow(self, density: Picture) -> Picture:
        """Return the integral of a density, (nk, nj, ni) per mm, along the rays."""
        total = np.zeros(self.shape, np.float32)
        middle = np.subtract(self.shape, 1) / 2
        for plane, scale in zip(density, self.scale, strict=True):
            if not plane.any():
                continue
            if scale == 1.0:
                total += plane
                continue
            offset = np.array(self.centre) - middle / scale
            total += affine_transform(
                plane, [1 / scale] * 2, offset, self.shape, np.float32, order=1, mode="nearest"
            )
        return total * np.float32(self.grid.spacing_mm[2])

    def points_mm(self, points_mm: Vector) -> Vector:
        """Return where points of the volume fall, as (column, row) on the detector."""
        index = self.grid.to_ijk(points_mm)
        above = self.beam.gap_mm + index[..., 2] * np.float64(self.grid.spacing_mm[2])
        scale = self.beam.magnification(np.asarray(above, dtype=np.float64))
        middle = np.subtract(self.shape, 1)[::-1] / 2
        return np.asarray((index[..., :2] - self.centre[::-1]) * scale[..., None] + middle)


def _attenuation(hu: NDArray[np.generic]) -> Picture:
    values = hu.astype(np.float32)
    per_mm = np.maximum(values + 1000, 0) * np.float32(WATER_PER_MM / 1000)
    return np.where(values > BONE_HU, per_mm * np.float32(BONE_SHARE), per_mm)


def _developed(depth: Picture, beam: Beam, rng: np.random.Generator) -> NDArray[np.int16]:
    """Return the grey picture behind an optical depth: scatter, noise, blur, logarithm."""
    direct = np.exp(-depth)
    veil = gaussian_filter(direct, beam.veil_mm, mode="nearest", truncate=2.0)
    counts = rng.poisson(np.clip((direct + beam.scatter * veil) * beam.photons, 0, 1e9))
    seen = gaussian_filter(counts.astype(np.float32), beam.blur_px)
    dark = -np.log(np.maximum(seen, 0.5) / beam.photons)
    low, high = np.percentile(dark, (0.5, 99.8))
    share = np.clip((dark - low) / max(float(high - low), 1e-6), 0, 1) ** beam.gamma
    return np.asarray(np.rint(share * _TOP_VALUE).astype(np.int16))


def _outlines(phantom: Phantom, view: View) -> NDArray[np.uint8]:
    """Return the shadows of the bodies' middle sections; labels as in the mask."""
    outline = np.zeros(view.shape, np.uint8)
    thickest = np.full(view.shape, OUTLINE_SHARE, np.float32)
    for one in phantom.vertebrae:
        section = _section(phantom.body_mask == label_of(one.level), one, view.grid)
        share = view.shadow(section.astype(np.float32))
        if not share.any():
            continue
        share /= float(np.percentile(share[share > 0], 90))
        is_here = share >= thickest
        outline[is_here], thickest[is_here] = label_of(one.level), share[is_here]
    return outline


def _section(body: NDArray[np.bool_], one: PhantomVertebra, grid: Grid) -> NDArray[np.bool_]:
    """Return the part of a body near the plane of its six points, within its own box."""
    front, back = one.six_points_mm[0].mean(axis=0), one.six_points_mm[2].mean(axis=0)
    upward = one.six_points_mm[1, 0] - one.six_points_mm[1, 1]
    across = np.cross(back - front, upward)
    across /= np.linalg.norm(across)
    k, j, i = np.nonzero(body)
    apart = np.abs((grid.to_mm(np.stack([i, j, k], axis=-1).astype(float)) - front) @ across)
    near = apart <= SECTION_MM
    section = np.zeros_like(body)
    section[k[near], j[near], i[near]] = True
    return section


def _collimated(mask: NDArray[np.uint8], rng: np.random.Generator) -> tuple[int, int]:
    """Return first and last column of the picture: the field is set around the spine."""
    columns = np.flatnonzero(mask.any(axis=0))
    if not len(columns):
        return 0, mask.shape[1]
    front, back = rng.uniform(25, 130), rng.uniform(25, 90)
    left = max(0, int(columns[0] - front))
    return left, min(mask.shape[1], int(columns[-1] + back))


def _picture_grid(grid: Grid, shape: tuple[int, int], left: int) -> Grid:
    """Return the detector's grid before it is cut at its right side."""
    affine = np.eye(4)
    affine[:3, 0] = (0, grid.spacing_mm[0], 0)
    affine[:3, 1] = (0, 0, -grid.spacing_mm[1])
    affine[:3, 2] = (-1, 0, 0)
    affine[1, 3] = left * grid.spacing_mm[0]
    return Grid((shape[1], shape[0], 1), affine, Frame.DETECTOR_MM)


def _shown(one: PhantomVertebra, place: Vector, grid: Grid, width: int) -> PhantomVertebra:
    """Return a vertebra as its shadow shows it; `place` is (3, 2, 2) columns and rows."""
    left = round(float(grid.affine_lps[1, 3]) / grid.spacing_mm[0])
    index = np.concatenate([place - (left, 0), np.zeros((*place.shape[:2], 1))], axis=-1)
    points = grid.to_mm(index)
    measured = measure_points(points)
    margin = PARTIAL_MARGIN_MM / np.array(grid.spacing_mm[:2])
    last = np.array([width, grid.dims[1]]) - 1 - margin
    is_whole = bool((index[..., :2] >= margin).all() and (index[..., :2] <= last).all())
    return replace(
        one,
        centroid_mm=points.reshape(6, 3).mean(axis=0),
        six_points_mm=points,
        heights_mm=np.array(measured.heights_mm),
        g=measured.g,
        grade=measured.grade,
        shape=str(measured.shape),
        is_partial=not is_whole,
    )
