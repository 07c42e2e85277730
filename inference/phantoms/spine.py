"""One person's spine as numbers: where every body stands, how it is turned and how tall it is.

World axes are LPS millimetres. A body's own axes are u to the left, v backward, w upward; they are
the columns of its rotation. Everything that is drawn later follows from these numbers, so heights,
six points, grade and shape are exact whatever the resolution.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from annotation.domain.genant import Shape
from annotation.domain.vertebrae import Region, region_of
from inference.phantoms.anatomy import (
    FRACTURE_PRONE,
    HEIGHT_SCALE,
    MIDDLE_RATIO,
    PLANE_SCALE,
    SIZES,
    draw_levels,
)
from inference.phantoms.features import AIMLESS, Purpose

KEYPOINT_SHARE: Final = 0.90
"""The six points lie at 0 and at this share of half the depth before and behind the centre."""
WALL_POWER: Final = 2.3
"""The outline of a body from above is a superellipse with this exponent."""
HOLLOW_SHARE: Final = 0.225
"""Half of the hollow of the back wall is gone at this share of the width beside the middle."""
RIM_SHARE: Final = 0.03
"""End plates rise to the sides, by this share of the largest height at the wall."""
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Body:
    """One vertebral body.

    Attributes:
        level: anatomical name.
        centre: LPS millimetres, shape (3,).
        rotation: (3, 3), columns are the body's left, backward and upward axes.
        upper: height of the upper end plate over the centre at anterior, middle, posterior.
        lower: the same below the centre, positive downward.
        width: left to right.
        depth: front to back in the mid plane.
        waist: share by which the wall is drawn in at mid height.
        hollow: millimetres by which the back wall is hollow in the mid plane.
        disc: height of the disc below.
        canal_width: of the vertebral canal.
        canal_depth: of the vertebral canal.
        is_fractured: a fracture was drawn here.
        is_wedged: wedged without a fracture.
    """

    level: str
    centre: Vector
    rotation: Vector
    upper: Vector
    lower: Vector
    width: float
    depth: float
    waist: float
    hollow: float
    disc: float
    canal_width: float
    canal_depth: float
    is_fractured: bool
    is_wedged: bool = False

    @property
    def heights(self) -> Vector:
        """Anterior, middle and posterior height, millimetres."""
        return self.upper + self.lower

    def place(self, u: float, v: float, w: float) -> Vector:
        """Return the LPS point of a point in the body's own axes."""
        return np.asarray(self.centre + self.rotation @ np.array([u, v, w]))

    def six_points(self) -> Vector:
        """Return (3, 2, 3): anterior, middle, posterior; superior, inferior; LPS."""
        reach = KEYPOINT_SHARE * self.depth / 2
        return np.array(
            [
                [self.place(0.0, t * reach, up), self.place(0.0, t * reach, -down)]
                for t, up, down in zip((-1, 0, 1), self.upper, self.lower, strict=True)
            ]
        )


@dataclass(frozen=True)
class Fracture:
    """A fracture asked for: where, of which shape, and the height ratio it leaves."""

    level: str
    shape: Shape
    g: float


def draw_spine(
    rng: np.random.Generator,
    levels: tuple[str, ...] | None = None,
    fracture: Fracture | None = None,
    purpose: Purpose = AIMLESS,
) -> tuple[Body, ...]:
    """Draw a whole spine, cranial to caudal; the lowest body's centre is the origin."""
    names = levels or draw_levels(rng)
    bodies = _draw_sizes(rng, names)
    bodies = _fracture_some(rng, bodies, fracture)
    bodies = _fuse(_wedge(bodies, purpose), purpose.features.fused)
    return _stand_up(rng, bodies, purpose.features.cobb_deg)


def parabola(heights: Vector) -> tuple[float, float, float]:
    """Return c0, c1, c2 of an end plate's height c0 + c1 t + c2 t^2.

    t is -1, 0 and 1 at the anterior, middle and posterior point.
    """
    front, middle, back = (float(h) for h in heights)
    return middle, (back - front) / 2, (back + front) / 2 - middle


def disc_between(upper: Body, lower: Body) -> tuple[Body, float]:
    """Return the disc between two bodies, drawn like a body, and its height."""
    top = upper.place(0, 0, -float(upper.lower[1]))
    bottom = lower.place(0, 0, float(lower.upper[1]))
    gap = float(np.linalg.norm(top - bottom))
    half = np.full(3, gap / 2 + 3.0)
    disc = replace(
        upper,
        centre=(top + bottom) / 2,
        upper=half,
        lower=half,
        waist=0.0,
        hollow=1.0,
        width=0.5 * (upper.width + lower.width) * 0.98,
        depth=0.5 * (upper.depth + lower.depth) * 0.98,
    )
    return disc, gap


def _wedge(bodies: list[Body], purpose: Purpose) -> list[Body]:
    """Wedge bodies as in Scheuermann's disease: long, low in front, low discs."""
    rng = purpose.rng("scheuermann")
    out = []
    for body in bodies:
        if body.level not in purpose.features.scheuermann:
            out.append(body)
            continue
        depth = body.depth * 1.06
        back = float(body.heights[2])
        front = max(back - depth * np.tan(np.radians(rng.uniform(6, 11))), 0.55 * back)
        heights = np.array([front, 0.93 * (front + back) / 2, back])
        out.append(
            replace(
                body,
                upper=0.5 * heights,
                lower=0.5 * heights,
                depth=depth,
                disc=0.6 * body.disc,
                is_fractured=False,
                is_wedged=True,
            )
        )
    return out


def _fuse(bodies: list[Body], fused: tuple[str, ...]) -> list[Body]:
    """Bring blocks together: hardly a disc, and a waist where it would be."""
    in_block = {n + step for n, body in enumerate(bodies) if body.level in fused for step in (0, 1)}
    out = []
    for n, body in enumerate(bodies):
        slim = 0.93 if n in in_block else 1.0
        disc = 1.0 if body.level in fused else body.disc
        out.append(replace(body, width=body.width * slim, depth=body.depth * slim, disc=disc))
    return out


def _smooth(rng: np.random.Generator, n: int, sigma: float, reach: float) -> Vector:
    """Return n normal numbers of standard deviation `sigma`, smooth over `reach` neighbours."""
    noise = gaussian_filter1d(rng.standard_normal(n + 24), reach)[12:-12]
    return np.asarray(sigma * noise * np.sqrt(2 * np.sqrt(np.pi) * reach))


def _draw_sizes(rng: np.random.Generator, names: tuple[str, ...]) -> list[Body]:
    person = float(np.clip(rng.normal(1.0, 0.075), 0.8, 1.22))
    tall = HEIGHT_SCALE * person * np.exp(_smooth(rng, len(names), 0.04, 2.0))
    slender = float(rng.uniform(0.93, 1.08))
    wide = PLANE_SCALE * person * slender * np.exp(_smooth(rng, len(names), 0.05, 2.0))
    deep = wide / slender**2
    wedging = float(rng.normal(0.0, 0.025))
    middle = MIDDLE_RATIO + float(rng.normal(0.0, 0.012))
    disc = float(rng.uniform(0.7, 1.15)) * person
    waist = float(rng.uniform(0.03, 0.14))
    hollow = float(rng.uniform(0.0, 2.5))
    bodies = []
    for n, name in enumerate(names):
        size = SIZES[name]
        back = size.height * tall[n]
        front = back * (size.wedge + wedging + rng.normal(0.0, 0.03))
        inner = max(back, front) * min(middle + rng.normal(0.0, 0.025), 0.96)
        heights = np.array([front, inner, back])
        share = 0.5 + np.array([0.0, rng.normal(0.0, 0.03), rng.normal(0.0, 0.02)])
        degenerated = rng.uniform(0.25, 0.6) if rng.random() < 0.08 else 1.0
        bodies.append(
            Body(
                level=name,
                centre=np.zeros(3),
                rotation=np.eye(3),
                upper=heights * share,
                lower=heights * (1 - share),
                width=size.width * wide[n],
                depth=size.depth * deep[n],
                waist=waist * float(rng.uniform(0.7, 1.3)),
                hollow=hollow * float(rng.uniform(0.6, 1.4)),
                disc=max(1.0, size.disc * disc * float(rng.uniform(0.85, 1.15)) * degenerated),
                canal_width=size.canal_width * float(rng.uniform(0.92, 1.12)),
                canal_depth=size.canal_depth * float(rng.uniform(0.92, 1.12)),
                is_fractured=False,
            )
        )
    return bodies


def _fracture_some(
    rng: np.random.Generator, bodies: list[Body], asked: Fracture | None
) -> list[Body]:
    rate = float(rng.choice([0.0, 0.05, 0.15, 0.35], p=[0.3, 0.2, 0.25, 0.25]))
    out = []
    for body in bodies:
        prone = 1.5 if body.level in FRACTURE_PRONE else 1.0
        may_break = region_of(body.level) is not Region.CERVICAL
        hit = rng.random() < rate * prone and may_break
        low, high = ((0.74, 0.80), (0.60, 0.74), (0.35, 0.60))[
            int(rng.choice(3, p=[0.35, 0.4, 0.25]))
        ]
        drawn = Fracture(
            body.level,
            (Shape.WEDGE, Shape.BICONCAVE, Shape.CRUSH)[int(rng.choice(3, p=[0.5, 0.33, 0.17]))],
            float(rng.uniform(low, high)),
        )
        if asked is not None and asked.level == body.level:
            out.append(break_body(rng, body, asked))
        else:
            out.append(break_body(rng, body, drawn) if hit else body)
    return out


def break_body(rng: np.random.Generator, body: Body, fracture: Fracture) -> Body:
    """Return the body with the loss of height of this fracture; its G is then exact."""
    before = body.heights
    tallest = float(before.max())
    g = fracture.g
    if fracture.shape is Shape.WEDGE:
        after = np.array([g, rng.uniform(g + 0.02, max(g + 0.03, (g + 1) / 2)), 1.0]) * tallest
        after *= rng.uniform(0.93, 1.0)
    elif fracture.shape is Shape.BICONCAVE:
        front = rng.uniform(0.93, 1.0)
        after = np.array([front, g, 1.0]) * tallest * rng.uniform(0.9, 1.0)
    else:
        left = rng.uniform(0.6, 0.9)
        mid = rng.uniform(g, (1 + g) / 2)
        after = np.array([1.0, mid, g]) * tallest * left
    loss = before - after
    share = float(rng.uniform(0.45, 0.9))
    if rng.random() < 0.2:
        share = 1.0 - share
    upper = np.clip(body.upper - share * loss, 0.08 * after, 0.92 * after)
    bulge = float(rng.uniform(1.0, 1.08))
    return replace(
        body,
        upper=upper,
        lower=after - upper,
        depth=body.depth * bulge,
        waist=body.waist * 0.4,
        is_fractured=True,
    )


def _turn(tilt: float, lean: float, twist: float) -> Vector:
    """Return the rotation leaning forward by tilt, left by lean, twisted about the axis; rad."""
    ct, st = np.cos(tilt), np.sin(tilt)
    cl, sl = np.cos(lean), np.sin(lean)
    cw, sw = np.cos(twist), np.sin(twist)
    about_x = np.array([[1, 0, 0], [0, ct, -st], [0, st, ct]])
    about_y = np.array([[cl, 0, sl], [0, 1, 0], [-sl, 0, cl]])
    about_z = np.array([[cw, -sw, 0], [sw, cw, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


def _draw_tilts(rng: np.random.Generator, bodies: list[Body]) -> Vector:
    curve = {
        Region.CERVICAL: rng.uniform(0.1, 1.4),
        Region.THORACIC: rng.uniform(0.5, 1.7),
        Region.LUMBAR: rng.uniform(0.4, 1.4),
    }
    factor = gaussian_filter1d(
        np.array([curve[region_of(body.level)] for body in bodies]), 1.5, mode="nearest"
    )
    tilt = factor * np.array([SIZES[body.level].tilt for body in bodies])
    tilt += _smooth(rng, len(bodies), 2.5, 1.5) + rng.normal(0.0, 5.0)
    kyphosis = 0.0
    for n in range(len(bodies) - 1, -1, -1):
        tilt[n] += kyphosis
        if bodies[n].is_fractured or bodies[n].is_wedged:
            h = bodies[n].heights
            kyphosis += 0.7 * float(np.degrees(np.arctan2(h[2] - h[0], bodies[n].depth)))
        kyphosis *= 0.93
    return np.asarray(np.radians(tilt))


def _stand_up(
    rng: np.random.Generator, bodies: list[Body], cobb_deg: float | None
) -> tuple[Body, ...]:
    n = len(bodies)
    tilt = _draw_tilts(rng, bodies)
    sideways = rng.uniform(5, 22) if rng.random() < 0.4 else rng.uniform(0, 3)
    place = np.arange(n)
    lean = np.radians(
        sideways * np.sin(2 * np.pi * (place / rng.uniform(7, 16) + rng.random()))
        + _smooth(rng, n, 1.0, 1.0)
    )
    if cobb_deg is not None:
        below_neck = [region_of(body.level) is not Region.CERVICAL for body in bodies]
        lean = gaussian_filter1d(lean, 1.5)
        lean *= np.radians(cobb_deg) / np.ptp(lean[below_neck])
    twist = lean * rng.uniform(0.2, 0.6) + np.radians(rng.normal(0, 3))
    centre = np.zeros(3)
    out: list[Body] = []
    for i in range(n - 1, -1, -1):
        turned = replace(bodies[i], rotation=_turn(tilt[i], lean[i], twist[i]))
        if out:
            centre = centre + _step(turned, out[-1])
        out.append(replace(turned, centre=centre))
    return tuple(reversed(out))


def _step(upper: Body, lower: Body) -> Vector:
    """Return the way from the lower centre to the upper one, so that the rims stay apart."""
    up = upper.rotation[:, 2] + lower.rotation[:, 2]
    up /= np.linalg.norm(up)
    closing = -float(upper.rotation[:, 2] @ lower.rotation[:, 1]) * 0.45 * upper.depth
    front, _, back = upper.lower + lower.upper
    rims = max(front + closing, back - closing) + 0.4 * upper.disc
    return np.asarray(up * max(rims, (front + back) / 2 + upper.disc))
