"""Reads a volume at points in millimetres.

The phases work in *grid millimetres*: voxel index times spacing, ordered (j inferior, i posterior,
k right), the order of torch's last three axes after `as_picture`. It is a rigid motion away from
patient millimetres.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from annotation.domain.geometry import Grid, Volume

AIR_HU: Final = -1024.0
"""What lies outside a volume."""

CPU: Final = torch.device("cpu")

Floats = NDArray[np.float64]


def spacing_jik(grid: Grid) -> Floats:
    """Return the voxel size along j, i and k in millimetres."""
    i, j, k = grid.spacing_mm
    return np.array([j, i, k])


def as_picture(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return a (k, j, i) array seen as (j, i, k); no copy."""
    return array.transpose(1, 2, 0)  # (k, j, i) -> (j, i, k)


def to_patient(points: Floats, grid: Grid) -> Floats:
    """Return LPS millimetres, (..., 3), of grid millimetres (j, i, k), (..., 3)."""
    index = np.asarray(points) / spacing_jik(grid)
    return grid.to_mm(index[..., [1, 0, 2]])  # (j, i, k) -> (i, j, k)


def to_grid(points_mm: Floats, grid: Grid) -> Floats:
    """Return grid millimetres (j, i, k), (..., 3), of LPS millimetres, (..., 3)."""
    index = grid.to_ijk(points_mm)[..., [1, 0, 2]]  # (i, j, k) -> (j, i, k)
    return np.asarray(index * spacing_jik(grid))


def directions_to_patient(vectors: Floats, grid: Grid) -> Floats:
    """Return unit vectors in LPS of unit vectors (j, i, k) of the grid, (..., 3)."""
    axes = grid.affine_lps[:3, :3] / np.array(grid.spacing_mm)
    turned = np.asarray(vectors)[..., [1, 0, 2]] @ axes.T  # (j, i, k) -> (i, j, k)
    return np.asarray(turned / np.linalg.norm(turned, axis=-1, keepdims=True))


def sample(volume: Volume, points: Floats, device: torch.device = CPU) -> Tensor:
    """Return Hounsfield units by trilinear interpolation, `AIR_HU` outside the volume.

    Args:
        volume: the CT.
        points: grid millimetres (j, i, k), shape (a, b, c, 3).
        device: that computes.

    Returns:
        float32 tensor of shape (a, b, c) on the device.
    """
    index = points / spacing_jik(volume.grid)
    picture = as_picture(volume.hu)
    low = np.clip(np.floor(index.min(axis=(0, 1, 2))).astype(int) - 1, 0, None)
    high = np.ceil(index.max(axis=(0, 1, 2))).astype(int) + 2
    low = np.minimum(low, np.array(picture.shape) - 1)
    high = np.maximum(np.minimum(high, picture.shape), low + 1)
    box = picture[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    values = _moved(box, device) - AIR_HU
    return interpolate(values, torch.from_numpy(index - low).to(device, torch.float32)) + AIR_HU


def interpolate(values: Tensor, index: Tensor) -> Tensor:
    """Return values (x, y, z) at fractional indices (a, b, c, 3), zero outside."""
    size = torch.tensor(values.shape, dtype=torch.float32, device=values.device)
    where = (index * 2 + 1) / size - 1
    out = functional.grid_sample(
        values[None, None],
        where[None].flip(-1),
        mode="bilinear",
        padding_mode="zeros",
        align_corners=False,
    )
    return out[0, 0]


def resampled(
    volume: Volume, step_mm: tuple[float, float, float], device: torch.device = CPU
) -> Tensor:
    """Return the whole volume at a coarser, axis-parallel step, averaged by a tent filter.

    Args:
        volume: the CT.
        step_mm: voxel size wanted along j, i and k. The centre of the first voxel is the centre
            of the volume's first voxel.
        device: that computes.

    Returns:
        float32 tensor (j, i, k) on the device.
    """
    picture = as_picture(volume.hu)
    spacing = spacing_jik(volume.grid)
    targets = [
        np.arange(max(1, round(n * have / want))) * want
        for n, have, want in zip(picture.shape, spacing, step_mm, strict=True)
    ]
    return boxed(volume, targets, device)


def boxed(volume: Volume, targets: list[Floats], device: torch.device = CPU) -> Tensor:
    """Return the volume on an axis-parallel box of points, `AIR_HU` outside.

    Each axis is averaged by a tent as wide as the coarser of both steps, so that fine volumes do
    not alias.

    Args:
        volume: the CT.
        targets: grid millimetres wanted along j, i and k, each evenly spaced.
        device: that computes.

    Returns:
        float32 tensor (len(j), len(i), len(k)) on the device.
    """
    picture = as_picture(volume.hu)
    spacing = spacing_jik(volume.grid)
    windows = [
        _window(target, n, float(step))
        for target, n, step in zip(targets, picture.shape, spacing, strict=True)
    ]
    if min(window.stop - window.start for window in windows) < 1:
        return torch.full([len(target) for target in targets], AIR_HU, device=device)
    inferior, posterior, right = (
        tent(target, np.arange(window.start, window.stop) * step, step).to(device)
        for target, window, step in zip(targets, windows, spacing, strict=True)
    )
    box = picture[windows[0], windows[1], windows[2]]
    planes = [
        torch.einsum("jik,xi,yk->jxy", slab - AIR_HU, posterior, right)
        for slab in _slabs(box, device)
    ]
    lifted: Tensor = torch.tensordot(inferior, torch.cat(planes), dims=1)
    return lifted + AIR_HU


def tent(target: Floats, source: Floats, step: float) -> Tensor:
    """Return the (m, n) matrix that takes samples at `source` to `target`; rows sum to 1 or 0.

    Args:
        target: evenly spaced positions wanted, (m,).
        source: evenly spaced positions known, (n,).
        step: distance of neighbouring sources.
    """
    wanted = float(target[1] - target[0]) if len(target) > 1 else step
    width = max(step, wanted)
    weight = np.clip(1 - np.abs(target[:, None] - source[None]) / width, 0, None)
    weight[(target < source[0] - step / 2) | (target > source[-1] + max(step, wanted) / 2)] = 0
    total = weight.sum(axis=1, keepdims=True)
    return torch.as_tensor(weight / np.where(total > 0, total, 1), dtype=torch.float32)


def _window(target: Floats, n: int, step: float) -> slice:
    reach = 1 + (float(target[1] - target[0]) / step if len(target) > 1 else 1.0)
    low = int(np.floor(target[0] / step - reach))
    high = int(np.ceil(target[-1] / step + reach)) + 1
    return slice(min(max(low, 0), n), max(min(high, n), 0))


def _slabs(box: NDArray[np.generic], device: torch.device, rows: int = 32) -> Iterator[Tensor]:
    for start in range(0, box.shape[0], rows):
        yield _moved(box[start : start + rows], device)


def _moved(box: NDArray[np.generic], device: torch.device) -> Tensor:
    """Return an array as float32 on a device; what travels there has the array's own type."""
    if device.type == "cpu":
        return torch.from_numpy(np.ascontiguousarray(box, dtype=np.float32))
    return torch.from_numpy(np.ascontiguousarray(box)).to(device).float()
