"""Segments every vertebra in a patch of its own and fuses the patches by probability."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from annotation.domain.geometry import Grid, Volume
from inference.config import Machine
from inference.nets.blocks import channels_last
from inference.nets.segmenter import PATCH, Segmenter
from inference.phases.sampling import boxed, spacing_jik, tent

Floats = NDArray[np.float64]

AHEAD_MM: Final = np.array([6.0, 20.0, 0.0])
"""From a body's centre to its patch's centre, along j, i, k: the arch lies behind and below."""
_SIGMA_MM: Final = 6.0
_SMALLEST_SHARE: Final = 0.05


def normalised(hu: Tensor) -> Tensor:
    """Return what the segmenter reads of Hounsfield units."""
    return ((hu - 200.0) / 500.0).clamp(-2.0, 3.0)


def patch_axes(centre: Floats, size: Sequence[int] = PATCH) -> list[Floats]:
    """Return the grid millimetres along j, i and k of the patch of a body's centre."""
    middle = centre + AHEAD_MM
    return [
        np.asarray(float(place) - (n - 1) / 2 + np.arange(n), dtype=np.float64)
        for place, n in zip(middle, size, strict=True)
    ]


def beacon(axes: Sequence[Floats], centre: Floats) -> Tensor:
    """Return the Gaussian that tells the net which vertebra is meant, float32 (j, i, k)."""
    sides = [
        torch.from_numpy(np.exp(-0.5 * ((axis - place) / _SIGMA_MM) ** 2)).float()
        for axis, place in zip(axes, centre, strict=True)
    ]
    return torch.einsum("j,i,k->jik", *sides)


def segment(volume: Volume, centres: Floats, net: Segmenter, machine: Machine) -> NDArray[np.uint8]:
    """Segment vertebrae.

    Args:
        volume: the CT.
        centres: (n, 3) grid millimetres (j, i, k) of the bodies, n <= 255.
        net: the patch network.
        machine: what it runs on.

    Returns:
        uint8 mask of shape (k, j, i): 1 + place in `centres`, 0 elsewhere.
    """
    shape = volume.grid.shape
    fused = _Fused(np.zeros(shape, dtype=np.uint8), np.full(shape, 127, dtype=np.uint8))
    for start in range(0, len(centres), machine.patches):
        group = centres[start : start + machine.patches]
        axes = [patch_axes(centre) for centre in group]
        for offset, chance in enumerate(_chances(volume, (group, axes), net, machine)):
            _fuse(fused, (start + offset + 1, chance, axes[offset]), volume.grid)
    return fused.mask


@dataclass(frozen=True)
class _Fused:
    mask: NDArray[np.uint8]
    best: NDArray[np.uint8]


def _chances(
    volume: Volume,
    group: tuple[Floats, list[list[Floats]]],
    net: Segmenter,
    machine: Machine,
) -> Tensor:
    inputs = [
        torch.stack(
            [
                normalised(boxed(volume, axes, machine.device)),
                beacon(axes, centre).to(machine.device),
            ]
        )
        for centre, axes in zip(*group, strict=True)
    ]
    with torch.inference_mode(), machine.autocast():
        logits = net(channels_last(torch.stack(inputs)))
    return torch.sigmoid(logits.float())


def _fuse(fused: _Fused, one: tuple[int, Tensor, list[Floats]], grid: Grid) -> None:
    """Write one vertebra where it is more probable than what stands there."""
    number, chance, axes = one
    spacing = spacing_jik(grid)
    sizes = (grid.dims[1], grid.dims[0], grid.dims[2])
    windows, matrices = [], []
    for axis, step, n in zip(axes, spacing, sizes, strict=True):
        low = min(max(int(np.ceil(axis[0] / step)), 0), n)
        high = min(max(int(np.floor(axis[-1] / step)) + 1, low), n)
        windows.append(slice(low, high))
        rows = tent(np.arange(low, high) * step, axis, 1.0) if high > low else None
        matrices.append(None if rows is None else rows.to(chance.device))
    inferior, posterior, right = matrices
    if inferior is None or posterior is None or right is None:
        return
    level = torch.einsum("jik,yi,zk->jyz", chance, posterior, right)
    level = torch.tensordot(inferior, level, dims=1)
    probability = (level * 255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
    probability = probability.transpose(2, 0, 1)  # (j, i, k) -> (k, j, i)
    box = (windows[2], windows[0], windows[1])
    better = _cleaned(probability > fused.best[box])
    fused.best[box][better] = probability[better]
    fused.mask[box][better] = number


def _cleaned(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop pieces smaller than a twentieth of the largest."""
    pieces, n = ndimage.label(region)
    if n < 2:
        return region
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    kept = sizes >= _SMALLEST_SHARE * sizes.max()
    return np.asarray(kept[pieces])
