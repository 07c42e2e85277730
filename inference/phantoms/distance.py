"""Signed distances of bones, drawn into small boxes of one canvas.

A canvas holds, per voxel, the distance to the nearest bone surface (negative inside) and which part
that surface belongs to. Cost grows with the volume of the bones and not with the field of view.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid
from inference.phantoms.spine import (
    HOLLOW_SHARE,
    KEYPOINT_SHARE,
    RIM_SHARE,
    WALL_POWER,
    Body,
    parabola,
)

FAR_MM: Final = 50.0
_AXIS_OF_IJK: Final = (1, 2, 0)
"""World axis (x, y, z) along which each index of an axis-aligned canonical grid runs."""
ROUNDING_MM: Final = 1.6
Field = NDArray[np.float32]
Box = tuple[slice, slice, slice]


class Capsule(NamedTuple):
    """A rod with round ends from a to b (LPS mm), radius going from ra to rb; `part` owns it."""

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    ra: float
    rb: float
    part: int


class Plate(NamedTuple):
    """A flat triangle (three LPS points) with a half thickness; its rim is drawn by capsules."""

    corners: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
    half_mm: float
    part: int


@dataclass
class Canvas:
    """Distances on an axis-aligned canonical grid.

    Attributes:
        grid: the grid; arrays have its shape (k, j, i).
        depth: signed distance to the nearest bone surface, millimetres, at most `FAR_MM`.
        owner: number of the part whose surface is nearest; 0 where there is none near.
        margin_mm: distance around a bone within which `depth` is filled.
    """

    grid: Grid
    depth: Field
    owner: NDArray[np.uint16]
    margin_mm: float

    @classmethod
    def blank(cls, grid: Grid, margin_mm: float) -> "Canvas":
        """Return a canvas without bones."""
        return cls(
            grid,
            np.full(grid.shape, FAR_MM, np.float32),
            np.zeros(grid.shape, np.uint16),
            margin_mm,
        )

    def box(self, low_mm: NDArray[np.float64], high_mm: NDArray[np.float64]) -> Box | None:
        """Return the slices (k, j, i) that cover a box in LPS millimetres, None if outside."""
        origin = self.grid.affine_lps[:3, 3]
        step = self.grid.affine_lps[_AXIS_OF_IJK, (0, 1, 2)]
        near = (low_mm - self.margin_mm - origin)[list(_AXIS_OF_IJK)] / step
        far = (high_mm + self.margin_mm - origin)[list(_AXIS_OF_IJK)] / step
        first = np.maximum(np.floor(np.minimum(near, far)), 0).astype(int)
        last = np.minimum(np.ceil(np.maximum(near, far)), np.array(self.grid.dims) - 1).astype(int)
        if (first > last).any():
            return None
        i, j, k = (slice(int(a), int(b) + 1) for a, b in zip(first, last, strict=True))
        return (k, j, i)

    def axes(self, box: Box) -> tuple[Field, Field, Field]:
        """Return open axes x, y, z in LPS millimetres, shapes (k,1,1), (1,1,i), (1,j,1)."""
        k, j, i = (np.arange(s.start, s.stop, dtype=np.float64) for s in box)
        step, start = self.grid.affine_lps[:3, :3], self.grid.affine_lps[:3, 3]
        x = (start[0] + step[0, 2] * k).astype(np.float32)[:, None, None]
        y = (start[1] + step[1, 0] * i).astype(np.float32)[None, None, :]
        z = (start[2] + step[2, 1] * j).astype(np.float32)[None, :, None]
        return x, y, z

    def draw(self, box: Box, distance: Field, part: int) -> None:
        """Join a part with what is drawn already."""
        depth = self.depth[box]
        nearer = distance < depth
        np.copyto(depth, distance, where=nearer)
        np.copyto(self.owner[box], part, where=nearer)

    def draw_capsule(self, capsule: Capsule) -> None:
        """Join a rod."""
        distance = self.capsule_distance(capsule)
        if distance is not None:
            self.draw(distance[0], distance[1], capsule.part)

    def capsule_distance(self, capsule: Capsule) -> tuple[Box, Field] | None:
        """Return where a rod may lie and its signed distance there."""
        a, b, ra, rb, _ = capsule
        radius = max(ra, rb)
        box = self.box(np.minimum(a, b) - radius, np.maximum(a, b) + radius)
        if box is None:
            return None
        x, y, z = self.axes(box)
        x, y, z = x - np.float32(a[0]), y - np.float32(a[1]), z - np.float32(a[2])
        along = (b - a).astype(np.float32)
        length2 = np.float32(max(float(along @ along), 1e-6))
        t = (along[0] / length2) * x + (along[1] / length2) * y + (along[2] / length2) * z
        off = x * x + y * y + z * z
        inner = np.clip(t, 0, 1)
        off += length2 * inner * (inner - 2 * t)
        distance = np.sqrt(np.maximum(off, 0, out=off), out=off)
        distance -= np.float32(ra) + np.float32(rb - ra) * inner
        return box, distance


def draw_plate(canvas: Canvas, plate: Plate) -> None:
    """Join a plate: the prism over its triangle."""
    a, b, c = plate.corners
    low, high = np.min(plate.corners, axis=0), np.max(plate.corners, axis=0)
    box = canvas.box(low - plate.half_mm, high + plate.half_mm)
    if box is None:
        return
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal)
    planes = [normal, *(np.cross(normal, e) / np.linalg.norm(e) for e in (b - a, c - b, a - c))]
    x, y, z = canvas.axes(box)
    flat, *inward = (
        (n[0] * x - np.float32(n @ p)) + n[1] * y + n[2] * z
        for n, p in zip(np.asarray(planes, np.float32), (a, a, b, c), strict=True)
    )
    rim = -np.minimum(np.minimum(inward[0], inward[1]), inward[2])
    canvas.draw(box, np.maximum(np.abs(flat) - np.float32(plate.half_mm), rim), plate.part)


def body_distance(
    canvas: Canvas, body: Body, dents: tuple[tuple[NDArray[np.float64], float], ...] = ()
) -> tuple[Box, Field, Field] | None:
    """Return where a body may lie, its signed distance, and the distance to its end plates.

    Args:
        canvas: supplies grid and margin.
        body: the body.
        dents: centre (LPS mm) and radius of balls taken out of it (nodes of Schmorl).
    """
    half = np.array([body.width, body.depth + body.hollow, 0.0]) / 2
    half[2] = 1.15 * max(float(body.upper.max()), float(body.lower.max()))
    reach = np.abs(body.rotation) @ half
    box = canvas.box(body.centre - reach, body.centre + reach)
    if box is None:
        return None
    x, y, z = canvas.axes(box)
    u, v, w = own_axes(body, x, y, z)
    end = _end_plates(body, u, v, w)
    side = _wall(body, u, v, w)
    k = np.float32(ROUNDING_MM)
    blend = np.maximum(k - np.abs(side - end), 0)
    distance = np.maximum(side, end) + blend * blend * (0.25 / k)
    for centre, radius in dents:
        dx, dy, dz = (axis - np.float32(c) for axis, c in zip((x, y, z), centre, strict=True))
        ball = np.sqrt(dx * dx + dy * dy + dz * dz) - np.float32(radius)
        np.maximum(distance, -ball, out=distance)
    return box, distance, end


def own_axes(body: Body, x: Field, y: Field, z: Field) -> tuple[Field, Field, Field]:
    """Return coordinates along a body's own left, backward and upward axes, millimetres."""
    axes = []
    for column in body.rotation.T.astype(np.float32):
        shift = np.float32(column @ body.centre)
        axes.append((column[0] * x - shift) + column[1] * y + column[2] * z)
    return axes[0], axes[1], axes[2]


def _parabola(heights: NDArray[np.float64]) -> tuple[np.float32, np.float32, np.float32]:
    c0, c1, c2 = parabola(heights)
    return np.float32(c0), np.float32(c1), np.float32(c2)


def _end_plates(body: Body, u: Field, v: Field, w: Field) -> Field:
    t = v * np.float32(2 / (KEYPOINT_SHARE * body.depth))
    rim = (u * np.float32(2 / body.width)) ** 2 * np.float32(RIM_SHARE * float(body.heights.max()))
    c0, c1, c2 = _parabola(body.upper)
    top = w - (c0 + t * (c1 + t * c2)) - rim
    c0, c1, c2 = _parabola(body.lower)
    bottom = -w - (c0 + t * (c1 + t * c2)) - rim
    return np.asarray(np.maximum(top, bottom, out=top) * np.float32(0.96))


def _wall(body: Body, u: Field, v: Field, w: Field) -> Field:
    side = (u * np.float32(1 / (HOLLOW_SHARE * body.width))) ** 2
    hollow = np.float32(body.hollow) * side / (1 + side)
    v = np.where(v > 0, np.maximum(v - hollow, 0), v)
    narrow = (w * np.float32(2 / body.heights.mean())) ** 2
    narrow = 1 / (1 - np.float32(body.waist) * np.maximum(1 - narrow, 0))
    a = np.abs(u) * np.float32(2 / body.width)
    b = np.abs(v) * np.float32(2 / body.depth)
    shape = np.float32(WALL_POWER)
    rho = (a**shape + b**shape) ** np.float32(1 / WALL_POWER) * narrow + np.float32(1e-4)
    r = np.sqrt(u * u + v * v)
    return np.asarray(r - np.maximum(r, np.float32(0.3 * body.depth)) / rho)
