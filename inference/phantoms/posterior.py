"""Arches, processes and dens of one vertebra as rods in the body's own axes.

Lengths grow with the canal and the body; each person draws how bulky the arches are, because real
arches are often the densest bone of the picture and nets must not follow them.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.domain.vertebrae import Region, region_of
from inference.phantoms.distance import Capsule, Plate
from inference.phantoms.spine import Body

Vector = NDArray[np.float64]
Point = tuple[float, float, float]


@dataclass(frozen=True)
class ArchStyle:
    """How one person's arches look.

    Attributes:
        bulk: factor on all radii.
        reach: factor on the length of processes.
        steep: degrees added to the fall of spinous processes.
    """

    bulk: float
    reach: float
    steep: float


def draw_style(rng: np.random.Generator) -> ArchStyle:
    """Draw one person's arches."""
    return ArchStyle(
        bulk=float(rng.uniform(0.9, 1.5)),
        reach=float(rng.uniform(0.85, 1.2)),
        steep=float(rng.uniform(-8, 8)),
    )


class _Rods:
    """Collects rods given in a body's own axes."""

    def __init__(self, body: Body, bulk: float, part: int) -> None:
        self._body, self._bulk, self._part = body, bulk, part
        self.rods: list[Capsule] = []
        self.plates: list[Plate] = []

    def add(
        self,
        a: Point,
        b: Point,
        ra: float,
        rb: float | None = None,
    ) -> None:
        rb = ra if rb is None else rb
        place = self._body.place
        self.rods.append(
            Capsule(place(*a), place(*b), ra * self._bulk, rb * self._bulk, self._part)
        )

    def blade(self, lines: list[tuple[Point, Point]], ra: float, rb: float) -> None:
        """Add stacked rods and fill what lies between them."""
        first = len(self.rods)
        for a, b in lines:
            self.add(a, b, ra, rb)
        half = 0.85 * min(ra, rb) * self._bulk
        for above, below in itertools.pairwise(self.rods[first:]):
            self.plates.append(Plate((above.a, above.b, below.b), half, self._part))
            self.plates.append(Plate((above.a, below.b, below.a), half, self._part))


def arch_bones(
    rng: np.random.Generator, body: Body, style: ArchStyle, part: int
) -> tuple[list[Capsule], list[Plate]]:
    """Return everything behind the body as rods and plates; for C1 its ring."""
    rods = _Rods(body, style.bulk * float(rng.uniform(0.95, 1.05)), part)
    if body.level == "C1":
        _atlas(rods, body)
        return rods.rods, rods.plates
    region = region_of(body.level)
    _arch(rods, body, region)
    if region is Region.CERVICAL:
        _cervical(rods, body, style)
    elif region is Region.THORACIC:
        _thoracic(rng, rods, body, style)
    else:
        _lumbar(rng, rods, body, style)
    return rods.rods, rods.plates


def dens_rods(body: Body, part: int) -> list[Capsule]:
    """Return the dens of C2; it belongs to the body."""
    top = float(body.upper[1])
    foot, tip = body.place(0, -1.0, top - 3), body.place(0, 0.5, top + 13)
    return [Capsule(foot, tip, 5.2, 4.0, part)]


def _back(body: Body) -> float:
    return body.depth / 2


def _arch(rods: _Rods, body: Body, region: Region) -> None:
    h = float(body.heights.mean())
    cw, cd, back = body.canal_width / 2, body.canal_depth, _back(body)
    pedicle = {Region.CERVICAL: 2.4, Region.THORACIC: 2.9, Region.LUMBAR: 4.2}[region]
    level = 0.05 * h if region is Region.CERVICAL else 0.2 * h
    tall = 0.8 * pedicle if region is not Region.CERVICAL else 0.5
    for side in (-1, 1):
        u = side * (cw + pedicle * 0.9)
        for w in (level - tall, level + tall):
            rods.add((0.85 * u, back - 3, w), (u, back + 0.7 * cd, w), pedicle)
        lines: list[tuple[Point, Point]] = []
        for w, v in ((0.14 * h, 0.0), (-0.16 * h, 1.2), (-0.46 * h, 2.5)):
            near, far = back + 0.75 * cd + v, back + cd + 3.0 + v
            lines.append(((u, near, w), (side * 1.5, far, w - 2)))
        radius = 2.6 if region is not Region.LUMBAR else 3.3
        rods.blade(lines, radius, radius)


def _joints(rods: _Rods, body: Body, u: tuple[float, float], v: tuple[float, float]) -> None:
    """Upper and lower articular processes; u and v each for the upper and the lower one."""
    up, down = float(body.upper[2]), float(body.lower[2])
    radius = 0.115 * body.width + 0.6
    for side in (-1, 1):
        rods.add(
            (side * u[0], v[0], 0.2 * up), (side * u[0], v[0] - 1, up + 0.9 * body.disc), radius
        )
        rods.add(
            (side * u[1], v[1], -0.2 * down), (side * u[1], v[1] + 1, -down - body.disc), radius
        )


def _cervical(rods: _Rods, body: Body, style: ArchStyle) -> None:
    cw, cd, back = body.canal_width / 2, body.canal_depth, _back(body)
    up, down = float(body.upper[2]), float(body.lower[2])
    for side in (-1, 1):
        u = side * (cw + 5.5)
        rods.add((u, back + 4, -down), (u, back + 4, up + 1), 4.6)
        tip = side * (body.width / 2 + 8.5)
        rods.add((side * body.width * 0.42, -1, -1), (tip, 1, -3), 2.0)
        rods.add((tip, 1, -3), (tip * 0.95, back + 1, -3), 2.0)
        if body.level != "C2":
            edge = side * body.width * 0.46
            rods.add((edge, -2, up - 1), (edge, back - 3, up + 2.5), 1.6)
    length = {"C2": 15.0, "C3": 12.0, "C4": 12.0, "C5": 14.0, "C6": 20.0, "C7": 30.0}[body.level]
    length *= style.reach
    root = back + cd + 3
    fall = np.radians(18 + 0.6 * style.steep)
    end = (0.0, root + length * np.cos(fall), -2 - length * np.sin(fall))
    rods.add((0, root, -2), end, 2.6, 3.0)


def _thoracic(rng: np.random.Generator, rods: _Rods, body: Body, style: ArchStyle) -> None:
    cw, cd, back = body.canal_width / 2, body.canal_depth, _back(body)
    h = float(body.heights.mean())
    number = int(body.level[1:])
    _joints(rods, body, (cw + 3, cw + 1), (back + 0.85 * cd, back + cd + 2.5))
    span = float(np.interp(number, [1, 4, 10, 12, 13], [26, 22, 18, 10, 9])) * style.reach
    for side in (-1, 1):
        a = (side * (cw + 4), back + 0.75 * cd, 0.15 * h)
        b = (side * (cw + 4 + span), back + 0.75 * cd + 0.5 * span, 0.15 * h + 3)
        rods.add(a, b, 3.4, 4.2)
    fall = np.interp(number, [1, 4, 7, 10, 12, 13], [22, 42, 52, 45, 20, 15])
    angle = np.radians(float(fall) + style.steep + rng.normal(0, 4))
    length = 36.0 * style.reach * float(np.interp(number, [1, 5, 12], [1, 1.05, 0.75]))
    root = back + cd + 3
    across = (-np.sin(angle), -np.cos(angle))
    lines: list[tuple[Point, Point]] = []
    for drop in (0.0, 4.0, 8.0)[: 2 if number < 4 else 3]:
        v, w = root + drop * across[0], drop * across[1]
        end = (float(rng.normal(0, 1)), v + length * np.cos(angle), w - length * np.sin(angle))
        lines.append(((0.0, v, w), end))
    rods.blade(lines, 2.5, 2.9)


def _lumbar(rng: np.random.Generator, rods: _Rods, body: Body, style: ArchStyle) -> None:
    cw, cd, back = body.canal_width / 2, body.canal_depth, _back(body)
    h = float(body.heights.mean())
    _joints(rods, body, (cw + 6.5, cw + 1.5), (back + 0.85 * cd, back + cd + 2))
    for side in (-1, 1):
        a = (side * (cw + 6), back + 0.5 * cd, 0.2 * h)
        tip = side * (cw + 6 + 24 * style.reach)
        rods.add(
            a, (tip, back + 0.6 * cd + rng.uniform(2, 9), 0.2 * h + rng.normal(0, 3)), 4.0, 3.0
        )
    root = back + cd + 4
    short = 0.65 if body.level in ("L5", "L6") else 1.0
    length = 27.0 * style.reach * short
    lines: list[tuple[Point, Point]] = []
    for w in (-0.05 * h, -0.3 * h, -0.55 * h):
        lines.append(((0.0, root, w), (float(rng.normal(0, 0.7)), root + length, w - 5)))
    rods.blade(lines, 2.5, 3.2)


def _atlas(rods: _Rods, body: Body) -> None:
    radius_u, front, rear = body.canal_width / 2 + 5, 9.0, body.canal_depth - 3
    ring = []
    for angle in np.linspace(0, 2 * np.pi, 15):
        v = -np.cos(angle)
        ring.append((radius_u * np.sin(angle), v * (front if v < 0 else rear), 0.0))
    for a, b in itertools.pairwise(ring):
        rods.add(a, b, 3.4)
    for side in (-1, 1):
        u = side * (radius_u - 1)
        rods.add((u, 0, -4), (side * (radius_u + 1), 1, 5), 6.0)
        rods.add((u, 1, 0), (side * (radius_u + 16), 3, 0), 3.0)
