"""Metal and cement: screws with rods, hip joints, cement; and the streaks that metal throws."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from inference.phantoms.distance import Canvas, Capsule, Field
from inference.phantoms.features import Purpose
from inference.phantoms.hounsfield import blend
from inference.phantoms.person import Person
from inference.phantoms.spine import Body, disc_between


@dataclass
class Foreign:
    """What is put in.

    Attributes:
        pieces: rods and their HU; their voxels carry no label.
        streaks: places (LPS mm, shape (3,)) from which dark and bright streaks go out.
        material: what each vertebra holds, of "screws", "cages" and "cement"; by level.
    """

    pieces: list[tuple[Capsule, float]] = field(default_factory=list)
    streaks: list[np.ndarray] = field(default_factory=list)
    material: dict[str, set[str]] = field(default_factory=dict)

    def note(self, level: str, what: str) -> None:
        """Remember what a vertebra holds."""
        self.material.setdefault(level, set()).add(what)

    def add(self, material: Mapping[str, set[str]]) -> None:
        """Remember what vertebrae hold beside it."""
        for level, what in material.items():
            self.material.setdefault(level, set()).update(what)


def draw_foreign(rng: np.random.Generator, person: Person, thighs: Iterable[Capsule]) -> Foreign:
    """Draw what a person carries; most carry nothing."""
    foreign = Foreign()
    if rng.random() < 0.07:
        first = int(rng.integers(6, max(7, len(person.bodies) - 2)))
        _screws(rng, foreign, person.bodies[first : first + int(rng.integers(2, 6))])
    if rng.random() < 0.07:
        _cement(rng, foreign, person)
    if rng.random() < 0.08:
        _hips(rng, foreign, tuple(thighs))
    return foreign


def asked_foreign(person: Person, purpose: Purpose) -> Foreign:
    """Return what is asked for on purpose."""
    asked, foreign = purpose.features, Foreign()
    run = tuple(body for body in person.bodies if body.level in asked.screws)
    if run:
        _screws(purpose.rng("screws"), foreign, run)
    cement, cages = purpose.rng("cement"), purpose.rng("cages")
    below = (*person.bodies[1:], person.sacrum[0])
    for body, lower in zip(person.bodies, below, strict=True):
        if body.level in asked.cement:
            _fill(cement, foreign, body)
        if body.level in asked.cages:
            _cage(cages, foreign, (body, lower))
            for beside in {body.level, lower.level} & {one.level for one in person.bodies}:
                foreign.note(beside, "cages")
    return foreign


def _cage(rng: np.random.Generator, foreign: Foreign, pair: tuple[Body, Body]) -> None:
    """Put two bars, one to each side, into a disc."""
    disc, gap = disc_between(*pair)
    hu = float(rng.uniform(1500, 3071))
    radius = max(0.5 * gap + 0.6, 2.0)
    u, reach = 0.22 * disc.width, 0.24 * disc.depth
    for side in (-1, 1):
        bar = Capsule(
            disc.place(side * u, -reach, 0), disc.place(side * u, reach, 0), radius, radius, 0
        )
        foreign.pieces.append((bar, hu))
        foreign.streaks.append(disc.place(side * u, 0, 0))


def _screws(rng: np.random.Generator, foreign: Foreign, run: tuple[Body, ...]) -> None:
    radius = float(rng.uniform(2.2, 3.4))
    hu = float(rng.uniform(2200, 3400))
    for side in (-1, 1):
        heads = []
        for body in run:
            u = side * (body.canal_width / 2 + 3)
            tip = body.place(u * 0.6, -0.2 * body.depth, 0.1 * body.heights.mean())
            head = body.place(u * 1.15, body.depth / 2 + body.canal_depth + 8, 2)
            foreign.pieces.append((Capsule(tip, head, radius * 0.8, radius, 0), hu))
            foreign.pieces.append((Capsule(head, head + 0.1, 6.0, 6.0, 0), hu))
            foreign.note(body.level, "screws")
            heads.append(head)
        foreign.pieces += [(Capsule(a, b, 2.8, 2.8, 0), hu) for a, b in itertools.pairwise(heads)]
        foreign.streaks += heads


def _cement(rng: np.random.Generator, foreign: Foreign, person: Person) -> None:
    low = min(7, len(person.bodies) - 4)
    chosen = rng.choice(len(person.bodies) - low, int(rng.integers(1, 4)), replace=False) + low
    for body in (person.bodies[int(n)] for n in chosen):
        _fill(rng, foreign, body)


def _fill(rng: np.random.Generator, foreign: Foreign, body: Body) -> None:
    foreign.pieces += [(_clot(rng, body), float(rng.uniform(900, 2600))) for _ in range(4)]
    foreign.note(body.level, "cement")


def _clot(rng: np.random.Generator, body: Body) -> Capsule:
    reach = 0.22 * float(body.heights.min())
    u, v = rng.uniform(-0.28, 0.28) * body.width, rng.uniform(-0.25, 0.2) * body.depth
    a = body.place(u, v, float(rng.uniform(-reach, reach)))
    size = float(rng.uniform(1.5, max(3.0, reach)))
    return Capsule(a, a + rng.normal(0, 4, 3), size, size * 0.6, 0)


def _hips(rng: np.random.Generator, foreign: Foreign, thighs: tuple[Capsule, ...]) -> None:
    per_side = len(thighs) // 2
    sides = ((0,), (1,), (0, 1))[int(rng.integers(3))]
    for side in sides:
        for rod in thighs[side * per_side : side * per_side + 3]:
            foreign.pieces.append((rod._replace(ra=rod.ra * 0.85, rb=rod.rb * 0.7), 3071.0))
        foreign.streaks.append(thighs[side * per_side].a)


def paint_foreign(
    rng: np.random.Generator, canvas: Canvas, hu: Field, foreign: Foreign
) -> np.ndarray:
    """Paint streaks, then the pieces; return the voxels they fill."""
    metal = np.zeros(canvas.grid.shape, bool)
    for place in foreign.streaks:
        _streak(rng, canvas, hu, place)
    blur = float(np.prod(canvas.grid.spacing_mm)) ** (1 / 3)
    for rod, value in foreign.pieces:
        found = canvas.capsule_distance(rod)
        if found is not None:
            blend(hu, found[0], found[1], value, blur)
            metal[found[0]] |= found[1] <= 0
    return metal


def _streak(rng: np.random.Generator, canvas: Canvas, hu: Field, place: np.ndarray) -> None:
    """Add rays that fade with the way in the axial slices beside a piece of metal."""
    reach = np.array([120.0, 120.0, float(rng.uniform(4, 16))])
    box = canvas.box(place - reach, place + reach)
    if box is None:
        return
    x, y, _ = canvas.axes(box)
    dx, dy = x - np.float32(place[0]), y - np.float32(place[1])
    turn = (np.arctan2(dy, dx) + np.pi) * np.float32(1 / (2 * np.pi))
    rays = rng.normal(0, float(rng.uniform(60, 260)), 90)
    rays[rng.random(90) < 0.15] -= 300
    value = np.interp(turn, np.linspace(0, 1, 90), rays).astype(np.float32)
    away = np.sqrt(dx * dx + dy * dy)
    hu[box] += value * np.exp(-away / np.float32(rng.uniform(20, 60)))
