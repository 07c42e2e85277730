"""Which part of a person a scan shows."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid
from inference.phantoms.person import Person
from inference.phantoms.spine import Body

Vector = NDArray[np.float64]
_SCANS: Final[dict[str, tuple[float, str, float, str, float]]] = {
    # chance, cranial level and mm above it, caudal level and mm below it
    "chest": (0.2, "C7", 40, "L1", 60),
    "chest_abdomen": (0.2, "C6", 40, "hip", 90),
    "abdomen_pelvis": (0.2, "T11", 60, "hip", 160),
    "neck_head": (0.12, "top", 40, "T4", 80),
    "head_to_legs": (0.12, "top", 20, "legs", 250),
    "lumbar": (0.1, "T12", 50, "hip", 60),
    "pelvis_legs": (0.06, "L3", 60, "legs", 250),
}


@dataclass(frozen=True)
class View:
    """What a scan is to show.

    Attributes:
        field: "spine" or "body".
        levels: cranial and caudal level that must be whole; None draws a part at random.
        beyond_mm: of the scan above and below them; None draws it.
    """

    field: str
    levels: tuple[str, str] | None
    beyond_mm: tuple[float, float] | None = None


def choose_view(
    rng: np.random.Generator, person: Person, view: View, spacing_mm: tuple[float, float, float]
) -> Grid:
    """Return the grid of a scan of this person.

    Raises:
        ValueError: if the field is unknown, a level is absent, or there is nothing to go beyond.
    """
    if view.field not in ("spine", "body"):
        raise ValueError(f"a field of view is 'spine' or 'body', not {view.field!r}")
    if view.levels is None and view.beyond_mm is not None:
        raise ValueError("a scan goes beyond levels, and none are given")
    if view.levels is not None:
        low, high = _between(rng, person, view.levels, view.beyond_mm)
    elif view.field == "spine":
        low, high = _some_of_the_spine(rng, person)
    else:
        low, high = _a_scan(rng, person)
    corners = _tight(rng, person, low, high)
    if view.field == "body":
        corners = _whole(rng, person, low, high, corners)
    return _grid(*corners, spacing_mm)


def _between(
    rng: np.random.Generator,
    person: Person,
    levels: tuple[str, str],
    beyond_mm: tuple[float, float] | None,
) -> tuple[float, float]:
    found = {body.level: body for body in person.bodies}
    for level in levels:
        if level not in found:
            raise ValueError(f"this phantom has no level {level}")
    top, bottom = found[levels[0]], found[levels[1]]
    drawn = (rng.uniform(5, 18), rng.uniform(5, 18))
    above, below = drawn if beyond_mm is None else beyond_mm
    high = top.six_points()[:, 0, 2].max() + above
    low = bottom.six_points()[:, 1, 2].min() - below
    return float(low), float(high)


def _some_of_the_spine(rng: np.random.Generator, person: Person) -> tuple[float, float]:
    z = np.array([body.centre[2] for body in person.bodies])
    bottom, top = float(z[-1]) - 60, float(z[0]) + 25
    length = float(rng.uniform(90, 480))
    draw = rng.random()
    if draw < 0.35:
        low = float(z[-1]) - float(rng.uniform(10, 190))
        return low, min(low + length + 40, top + 30)
    if draw < 0.47:
        high = float(z[0]) + float(rng.uniform(0, 60))
        return high - length, high
    high = float(rng.uniform(min(bottom + length, top - 1), top))
    return high - length, high


def _a_scan(rng: np.random.Generator, person: Person) -> tuple[float, float]:
    names = list(_SCANS)
    chances = np.array([_SCANS[name][0] for name in names])
    _, cranial, above, caudal, below = _SCANS[str(rng.choice(names, p=chances / chances.sum()))]
    z_first, z_last = float(person.bodies[0].centre[2]), float(person.bodies[-1].centre[2])
    heights = {"top": z_first + 150, "hip": z_last - 110, "legs": z_last - 250}
    heights |= {body.level: float(body.centre[2]) for body in person.bodies}
    heights.setdefault("T12", heights["T11"])
    high = heights[cranial] + float(rng.uniform(-above, above))
    low = heights[caudal] + float(rng.uniform(-below, below))
    return low, high


def _near(bodies: tuple[Body, ...], low: float, high: float) -> list[Body]:
    near = [body for body in bodies if low - 20 < body.centre[2] < high + 20]
    return near or [min(bodies, key=lambda body: abs(body.centre[2] - (low + high) / 2))]


def _tight(
    rng: np.random.Generator, person: Person, low: float, high: float
) -> tuple[Vector, Vector]:
    near = _near((*person.bodies, *person.sacrum[:2]), low, high)
    centre = np.array([body.centre for body in near])
    half = np.array([body.width for body in near])[:, None] / 2 + 3
    left, right = rng.uniform(4, 50, 2)
    front, back = rng.uniform(5, 60), rng.uniform(22, 75)
    depth = np.array([body.depth for body in near])[:, None] / 2 + 3
    first = np.array(
        [
            (centre[:, :1] - half).min() - right,
            (centre[:, 1:2] - depth).min() - front,
            low,
        ]
    )
    last = np.array(
        [(centre[:, :1] + half).max() + left, (centre[:, 1:2] + depth).max() + back, high]
    )
    return first, last


def _whole(
    rng: np.random.Generator,
    person: Person,
    low: float,
    high: float,
    tight: tuple[Vector, Vector],
) -> tuple[Vector, Vector]:
    z = np.linspace(low, high, 16)
    habitus = person.habitus
    half = float(habitus.at(habitus.half_width, z).max()) + float(rng.uniform(-45, 40))
    deep = float(habitus.at(habitus.half_depth, z).max()) + float(rng.uniform(-15, 50))
    middle_x, middle_y = float(habitus.at(habitus.x, z).mean()), float(habitus.middle_y(z).mean())
    middle_x += float(rng.normal(0, 12))
    first = np.array([middle_x - half, middle_y - deep, low])
    last = np.array([middle_x + half, middle_y + deep, high])
    return np.minimum(first, tight[0]), np.maximum(last, tight[1])


def _grid(first: Vector, last: Vector, spacing_mm: tuple[float, float, float]) -> Grid:
    span = last - first
    di, dj, dk = spacing_mm
    dims = (int(span[1] / di) + 1, int(span[2] / dj) + 1, int(span[0] / dk) + 1)
    affine = np.eye(4)
    affine[:3, 0] = (0, di, 0)
    affine[:3, 1] = (0, 0, -dj)
    affine[:3, 2] = (-dk, 0, 0)
    affine[:3, 3] = (last[0], first[1], last[2])
    return Grid(dims, affine)
