"""Random variation of pictures: what scanners, doses and windows do to Hounsfield units.

Billot et al. 2023 (doi:10.1016/j.media.2023.102789) found that randomising appearance far beyond
what is plausible carries networks trained on synthetic pictures over to real ones.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

_KNOTS_HU: Final = np.array([-1000.0, -200.0, 0.0, 100.0, 300.0, 800.0, 1500.0])
_SPREAD_HU: Final = np.array([40.0, 60.0, 25.0, 40.0, 80.0, 200.0, 300.0])
_LOWEST: Final = -1024
_HIGHEST: Final = 3071


def varied(picture: NDArray[np.int16], rng: np.random.Generator) -> Tensor:
    """Return a picture with other intensities, sharpness, sampling and noise, float32.

    Args:
        picture: Hounsfield units, (..., a, b) or (a, b, c); all axes but a leading channel axis of
            three may be resampled.
        rng: draws everything.
    """
    within = np.clip(picture, _LOWEST, _HIGHEST).astype(np.int32)  # metal and padding lie beyond
    x = torch.from_numpy(_intensity_table(rng)[within - _LOWEST])
    if rng.random() < 0.5:
        x = _coarsened(x, rng)
    if rng.random() < 0.3:
        x = _sharpened(x, float(rng.uniform(-0.5, 0.8)))
    if rng.random() < 0.7:
        x = x + _noise(x.shape, rng)
    return x


def _intensity_table(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return new Hounsfield units for -1024 to 3071, monotone."""
    levels = np.arange(_LOWEST, _HIGHEST + 1, dtype=np.float64)
    if rng.random() < 0.2:
        return levels.astype(np.float32)
    moved = _KNOTS_HU + rng.normal(0, 1, size=7) * _SPREAD_HU * rng.uniform(0.3, 1.2)
    moved = np.maximum.accumulate(moved + np.arange(7) * 1e-3)
    ends = np.concatenate([[-1100.0], _KNOTS_HU, [3100.0]])
    values = np.concatenate([[moved[0] - 60.0], moved, [moved[-1] + 1400.0]])
    return np.asarray(np.interp(levels, ends, values), dtype=np.float32)


def _noise(shape: torch.Size, rng: np.random.Generator) -> Tensor:
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    noise = torch.randn(shape, generator=generator)
    if rng.random() < 0.5:
        noise = _mixed(noise) * 2.0
    return noise * float(rng.uniform(0, 60.0))


def _sharpened(x: Tensor, amount: float) -> Tensor:
    return x + amount * (x - _mixed(x))


def _mixed(x: Tensor) -> Tensor:
    """Return the mean of neighbours along the last two axes."""
    planes = x.reshape(1, -1, *x.shape[-2:])
    return functional.avg_pool2d(planes, 3, 1, 1, count_include_pad=False).reshape(x.shape)


def _coarsened(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Sample coarser along each axis, as thick slices do, and interpolate back."""
    spatial = x.shape[-2:] if x.shape[0] == 3 else x.shape
    isotropic = rng.random() < 0.3
    common = rng.uniform(1.0, 3.0)
    factors = [common if isotropic else max(1.0, rng.uniform(-1.0, 3.2)) for _ in spatial]
    small = [max(2, round(n / factor)) for n, factor in zip(spatial, factors, strict=True)]
    batch = x[None] if x.shape[0] == 3 else x[None, None]
    mode = "bilinear" if len(spatial) == 2 else "trilinear"
    coarse = functional.interpolate(batch, size=small, mode="area")
    return functional.interpolate(coarse, size=list(spatial), mode=mode).reshape(x.shape)
