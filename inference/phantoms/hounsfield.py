"""Turns distances and soft tissue into Hounsfield units: partial volume, texture, kernel, noise."""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter1d

from inference.phantoms.distance import Box, Canvas, Field
from inference.phantoms.features import Features

LOWEST_HU: Final = -1024
HIGHEST_HU: Final = 3071
_TILE: Final = (60, 72, 64)
# kernel: strength of edge enhancement, blur in voxels
_KERNELS: Final = {"soft": (0.0, 0.9), "standard": (0.0, 0.0), "sharp": (0.9, 0.0)}


@dataclass
class Parts:
    """Table of drawn parts: which label they carry and how dense they are; part 0 is nothing."""

    label: list[int] = field(default_factory=lambda: [0])
    is_body: list[bool] = field(default_factory=lambda: [False])
    core_hu: list[float] = field(default_factory=lambda: [0.0])
    shell_hu: list[float] = field(default_factory=lambda: [0.0])
    shell_mm: list[float] = field(default_factory=lambda: [1.0])

    def add(
        self,
        bone: tuple[float, float, float],
        *,
        label: int = 0,
        is_body: bool = False,
    ) -> int:
        """Add a part of (core HU, shell HU, shell thickness in mm) and return its number."""
        self.label.append(label)
        self.is_body.append(is_body)
        self.core_hu.append(bone[0])
        self.shell_hu.append(bone[1])
        self.shell_mm.append(bone[2])
        return len(self.label) - 1


def noise_tile(rng: np.random.Generator, finest: float, coarsest: float) -> Field:
    """Return periodic noise of standard deviation one, made of a band of frequencies.

    Args:
        rng: source of the noise.
        finest: standard deviation in voxels of the blur that limits high frequencies.
        coarsest: standard deviation in voxels below which slow waves are removed; 0 keeps all.
    """
    white = np.fft.rfftn(rng.standard_normal(_TILE, dtype=np.float32))
    k2 = sum(
        np.reshape(f**2, [-1 if a == n else 1 for a in range(3)])
        for n, f in enumerate(
            (np.fft.fftfreq(_TILE[0]), np.fft.fftfreq(_TILE[1]), np.fft.rfftfreq(_TILE[2]))
        )
    )
    gain = np.exp(-2 * (np.pi * finest) ** 2 * k2)
    if coarsest > 0:
        gain = gain * (1 - np.exp(-2 * (np.pi * coarsest) ** 2 * k2))
    tile = np.fft.irfftn(white * gain, _TILE, axes=(0, 1, 2)).astype(np.float32)
    return np.asarray(tile / max(float(tile.std()), 1e-6))


def render_bones(
    canvas: Canvas, parts: Parts, hu: Field, extra_hu: Field | None, texture: tuple[Field, float]
) -> None:
    """Blend bone into soft tissue by the share of each voxel that it fills, in place.

    Args:
        canvas: distances and owners.
        parts: densities.
        hu: soft tissue on the canvas's grid; receives the bone.
        extra_hu: added to the core of bones, or None.
        texture: periodic noise and its amplitude in HU for the core.
    """
    blur = 1.25 * float(np.prod(canvas.grid.spacing_mm)) ** (1 / 3)
    where = np.flatnonzero(canvas.depth.ravel() < 0.5 * blur)
    depth = canvas.depth.ravel()[where]
    owner = canvas.owner.ravel()[where]
    core, shell, thick = (
        np.asarray(column, np.float32)[owner]
        for column in (parts.core_hu, parts.shell_hu, parts.shell_mm)
    )
    inside = _filled(depth, blur)
    kernel = np.minimum(_filled(depth + thick, blur), inside)
    tile, amplitude = texture
    k, j, i = np.unravel_index(where, canvas.depth.shape)
    core += np.float32(amplitude) * tile[k % _TILE[0], j % _TILE[1], i % _TILE[2]]
    if extra_hu is not None:
        core += extra_hu.ravel()[where]
    flat = hu.reshape(-1)
    soft = flat[where]
    flat[where] = soft * (1 - inside) + shell * (inside - kernel) + core * kernel


def _filled(distance: Field, blur: float) -> Field:
    t = np.clip(np.float32(0.5) - distance * np.float32(1 / blur), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def blend(hu: Field, box: Box, distance: Field, value: float, blur: float) -> None:
    """Paint a region of one density, in place."""
    part = hu[box]
    part += _filled(distance, blur) * (np.float32(value) - part)


def masks(canvas: Canvas, parts: Parts) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return label masks of whole vertebrae and of their bodies."""
    where = np.flatnonzero(canvas.depth.ravel() <= 0)
    owner = canvas.owner.ravel()[where]
    label = np.asarray(parts.label, np.uint8)
    whole, body = np.zeros(canvas.depth.size, np.uint8), np.zeros(canvas.depth.size, np.uint8)
    whole[where] = label[owner]
    body[where] = np.where(parts.is_body, label, 0)[owner]
    return whole.reshape(canvas.depth.shape), body.reshape(canvas.depth.shape)


@dataclass(frozen=True)
class Scanner:
    """How the picture is taken.

    Attributes:
        noise_hu: standard deviation of the noise.
        grain: standard deviation of the noise's blur in voxels.
        sharpen: strength of an edge-enhancing kernel, 0 for none.
        blur_vox: standard deviation of extra blur in voxels.
        slice_vox: slice thickness in voxels along the body's axis; 1 adds nothing.
        coarse_vox: the volume is reduced by this factor and brought back; 1 adds nothing.
    """

    noise_hu: float
    grain: float
    sharpen: float
    blur_vox: float
    slice_vox: int
    coarse_vox: int


def draw_scanner(rng: np.random.Generator, spacing_mm: tuple[float, float, float]) -> Scanner:
    """Draw how a picture is taken; thick slices only where voxels are fine enough to show them."""
    fine = max(spacing_mm) <= 1.6
    draw = rng.random()
    loudest = 90.0 / max(1.0, float(np.prod(spacing_mm)) ** (0.7 / 3))
    noise = float(np.exp(rng.uniform(np.log(4), np.log(loudest))))
    return Scanner(
        noise_hu=noise,
        grain=float(rng.uniform(0.3, 1.0)),
        sharpen=float(rng.uniform(0.3, 1.2)) if rng.random() < 0.3 else 0.0,
        blur_vox=float(rng.uniform(0.5, 1.1)) if rng.random() < 0.3 else 0.0,
        slice_vox=int(rng.integers(2, 6)) if fine and draw < 0.3 else 1,
        coarse_vox=int(rng.integers(2, 4)) if fine and 0.3 <= draw < 0.42 else 1,
    )


def as_asked(scanner: Scanner, asked: Features, spacing_mm: tuple[float, float, float]) -> Scanner:
    """Return a scanner with what is asked for in place of what was drawn.

    Raises:
        ValueError: if slices are asked for that are thinner than the voxels are tall.
    """
    if asked.noise_hu is not None:
        scanner = replace(scanner, noise_hu=asked.noise_hu)
    if asked.kernel is not None:
        sharpen, blur = _KERNELS[asked.kernel]
        scanner = replace(scanner, sharpen=sharpen, blur_vox=blur)
    if asked.slice_mm is not None:
        if asked.slice_mm < spacing_mm[1] - 1e-9:
            raise ValueError(
                f"slices of {asked.slice_mm} mm cannot be shown in voxels {spacing_mm[1]} mm tall"
            )
        thick = round(asked.slice_mm / spacing_mm[1])
        scanner = replace(scanner, slice_vox=thick, coarse_vox=1)
    return scanner


def take_picture(rng: np.random.Generator, hu: Field, scanner: Scanner) -> NDArray[np.int16]:
    """Apply blur, kernel, noise and slice thickness; the input is used up."""
    if scanner.blur_vox:
        hu = gaussian_filter(hu, scanner.blur_vox, truncate=2.0)
    if scanner.sharpen:
        soft = uniform_filter1d(uniform_filter1d(hu, 3, axis=1), 3, axis=2)
        hu += np.float32(scanner.sharpen) * (hu - soft)
    _add_noise(rng, hu, scanner)
    if scanner.slice_vox > 1:
        hu = _thick(hu, scanner.slice_vox, 1)
    if scanner.coarse_vox > 1:
        for axis in range(3):
            hu = _thick(hu, scanner.coarse_vox, axis)
    np.clip(hu, LOWEST_HU, HIGHEST_HU, out=hu)
    return np.rint(hu, out=hu).astype(np.int16)


def _add_noise(rng: np.random.Generator, hu: Field, scanner: Scanner) -> None:
    tile = noise_tile(rng, scanner.grain, 3.0)
    boost = np.sqrt(scanner.slice_vox * scanner.coarse_vox)
    tile *= np.float32(scanner.noise_hu * boost)
    for k in range(0, hu.shape[0], _TILE[0]):
        for j in range(0, hu.shape[1], _TILE[1]):
            for i in range(0, hu.shape[2], _TILE[2]):
                block = hu[k : k + _TILE[0], j : j + _TILE[1], i : i + _TILE[2]]
                block += tile[: block.shape[0], : block.shape[1], : block.shape[2]]


def _thick(hu: Field, factor: int, axis: int) -> Field:
    """Average over slices of a thickness, keep one per slice, and interpolate back."""
    averaged = uniform_filter1d(hu, factor, axis=axis)
    n = hu.shape[axis]
    kept = np.arange(0, n, factor)
    few = np.take(averaged, kept, axis=axis)
    centre = 0.5 if factor % 2 == 0 else 0.0
    place = np.clip((np.arange(n) + centre) / factor, 0, len(kept) - 1)
    low = place.astype(int)
    high = np.minimum(low + 1, len(kept) - 1)
    shape = [1, 1, 1]
    shape[axis] = n
    share = (place - low).astype(np.float32).reshape(shape)
    first = np.take(few, low, axis=axis)
    first += share * (np.take(few, high, axis=axis) - first)
    return np.asarray(first)
