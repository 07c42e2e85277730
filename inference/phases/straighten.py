"""Straightens a curved spine, and finds the way back.

Own implementation of the straightening of Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646).
The frame along the curve is the tangent, a posterior direction v that stays in the sagittal plane,
and u across, to the right; it has no inflection problem of a Frenet frame. A point of the picture
is ``C(s) + v n_v(s) + u n_u(s)`` with curve and normals linear between samples, and the way back
solves this equation, so the round trip is exact. Millimetres are grid millimetres (j, i, k).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

from annotation.domain.geometry import Volume
from annotation.domain.proposal import StraightenedPicture
from inference.phases.sampling import CPU, directions_to_patient, sample, to_patient

Floats = NDArray[np.float64]

STEP_MM: Final = 1.0
V_BEFORE: Final = 44
"""Columns in front of the curve; the picture is 128 columns wide."""
WIDTH: Final = 128
_SLAB_MM: Final = np.arange(-4.0, 4.1, 2.0)
_BESIDE_MM: Final = np.arange(23.0, 40.1, 2.0)


@dataclass(frozen=True)
class Curve:
    """A curve with a frame, sampled every millimetre from cranial to caudal.

    Attributes:
        points: (s, 3) grid millimetres (j, i, k).
        normal_v: (s, 3) unit vectors backwards, in the sagittal plane.
        normal_u: (s, 3) unit vectors to the right.
    """

    points: Floats
    normal_v: Floats
    normal_u: Floats

    def __len__(self) -> int:
        return len(self.points)


def make_curve(knots: Floats, extend_mm: float = 0.0) -> Curve:
    """Lay a frame along a curve through knots, extended straight at both ends.

    Args:
        knots: (n, 3) grid millimetres from cranial to caudal, n >= 2, no two equal neighbours.
        extend_mm: length added at each end.
    """
    points = _extended(_equidistant(np.asarray(knots, dtype=np.float64)), extend_mm)
    tangent = np.gradient(points, axis=0)
    tangent = gaussian_filter1d(tangent, 4.0 / STEP_MM, axis=0, mode="nearest")
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    sagittal = np.stack([-tangent[:, 1], tangent[:, 0], np.zeros(len(tangent))], axis=1)
    normal_v = sagittal / np.linalg.norm(sagittal, axis=1, keepdims=True)
    return Curve(points, normal_v, np.cross(tangent, normal_v))


def to_space(curve: Curve, sv: Floats, u: float = 0.0) -> Floats:
    """Return grid millimetres, (..., 3), of picture coordinates (s, v), (..., 2)."""
    sv = np.asarray(sv, dtype=np.float64)
    base, normal_v, normal_u = _frame(curve, sv[..., 0])
    return np.asarray(base + sv[..., 1:] * normal_v + u * normal_u)


def to_local(curve: Curve, points: Floats) -> Floats:
    """Return (s, v, u), (..., 3), of grid millimetres (j, i, k), (..., 3)."""
    flat = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    local = np.stack([_nearest_row(curve, flat), np.zeros(len(flat)), np.zeros(len(flat))], axis=1)
    for _ in range(8):
        base, normal_v, normal_u = _frame(curve, local[:, 0])
        ahead, ahead_v, ahead_u = _frame(curve, local[:, 0] + 0.5)
        v, u = local[:, 1:2], local[:, 2:3]
        here = base + v * normal_v + u * normal_u
        along = 2 * (ahead + v * ahead_v + u * ahead_u - here)
        columns = np.stack([along, normal_v, normal_u], axis=2)
        local += np.linalg.solve(columns, (flat - here)[..., None])[..., 0]
    return np.asarray(local.reshape(np.shape(points)))


def straighten(volume: Volume, curve: Curve, device: torch.device = CPU) -> Tensor:
    """Return the straightened picture, float32 Hounsfield units of shape (3, s, 128).

    Channel 0 is the sagittal slice that holds the curve, channel 1 the mean of 9 mm around it,
    channel 2 the maximum 23 to 40 mm to both sides, where ribs and transverse processes lie.
    """
    middle = _layers(volume, curve, _SLAB_MM, device)
    beside = _layers(volume, curve, np.concatenate([-_BESIDE_MM, _BESIDE_MM]), device)
    return torch.stack([middle[len(_SLAB_MM) // 2], middle.mean(dim=0), beside.amax(dim=0)])


def kept_picture(picture: Tensor, curve: Curve, volume: Volume) -> StraightenedPicture:
    """Return the middle channel and its way back to patient millimetres."""
    grid = volume.grid
    return StraightenedPicture(
        hu=picture[0].round().clamp(-32768, 32767).to(torch.int16).cpu().numpy(),
        step_mm=STEP_MM,
        curve_mm=to_patient(curve.points, grid),
        normal_v=directions_to_patient(curve.normal_v, grid),
        normal_u=directions_to_patient(curve.normal_u, grid),
        v_origin=float(V_BEFORE),
    )


def _layers(volume: Volume, curve: Curve, across: Floats, device: torch.device) -> Tensor:
    v = np.arange(WIDTH) - V_BEFORE
    plane = curve.points[:, None] + v[None, :, None] * curve.normal_v[:, None]
    points = plane[None] + across[:, None, None, None] * curve.normal_u[None, :, None]
    return sample(volume, points, device)


def _equidistant(knots: Floats) -> Floats:
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))])
    steps = np.arange(0.0, length[-1] + 1e-6, STEP_MM)
    return np.asarray(np.stack([np.interp(steps, length, each) for each in knots.T], axis=1))


def _extended(points: Floats, extend_mm: float) -> Floats:
    n = round(extend_mm / STEP_MM)
    if n == 0 or len(points) < 2:
        return points
    reach = min(25, len(points) - 1)
    up = (points[0] - points[reach]) / np.linalg.norm(points[0] - points[reach])
    down = (points[-1] - points[-1 - reach]) / np.linalg.norm(points[-1] - points[-1 - reach])
    steps = np.arange(1, n + 1)[:, None] * STEP_MM
    return np.concatenate([points[0] + up * steps[::-1], points, points[-1] + down * steps])


def _frame(curve: Curve, s: Floats) -> tuple[Floats, Floats, Floats]:
    last = len(curve) - 1
    low = np.clip(np.floor(s).astype(int), 0, last - 1)
    part = (s - low)[..., None]
    inside = np.clip(part, 0.0, 1.0)
    base = curve.points[low] + part * (curve.points[low + 1] - curve.points[low])
    v = curve.normal_v[low] + inside * (curve.normal_v[low + 1] - curve.normal_v[low])
    u = curve.normal_u[low] + inside * (curve.normal_u[low + 1] - curve.normal_u[low])
    return base, v, u


def _nearest_row(curve: Curve, points: Floats) -> Floats:
    """Return the row whose cross-section passes nearest to each point."""
    apart = points[:, None] - curve.points[None]
    tangent = np.cross(curve.normal_v, curve.normal_u)
    ahead = np.abs(np.einsum("nsd,sd->ns", apart, tangent))
    distance = np.linalg.norm(apart, axis=2)
    return np.asarray(np.argmin(ahead + 0.05 * distance, axis=1), dtype=np.float64)
