"""Puts one person's bones, discs and foreign material onto the fine grid."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotation.domain.vertebrae import Region, label_of, region_of
from inference.phantoms.distance import Canvas, Capsule, Field, body_distance, draw_plate
from inference.phantoms.foreign import Foreign, draw_foreign
from inference.phantoms.hounsfield import Parts, blend
from inference.phantoms.person import Person
from inference.phantoms.posterior import ArchStyle, arch_bones, dens_rods, draw_style
from inference.phantoms.skeleton import (
    pelvis_bones,
    rib_rods,
    sacrum_rods,
    shoulder_rods,
    skull_rods,
)
from inference.phantoms.spine import Body, disc_between

Bone = tuple[float, float, float]


@dataclass
class Paint:
    """A picture in the making.

    Attributes:
        canvas: distances of the bones.
        parts: what they are made of.
        hu: Hounsfield units, shape of the grid.
        extra_hu: added to the core of bones.
        foreign: metal and cement, painted last.
        solid: part of each body, by level.
        arch: part of each arch, by level.
        signs: what each level shows beside its shape.
    """

    canvas: Canvas
    parts: Parts
    hu: Field
    extra_hu: Field
    foreign: Foreign = field(default_factory=Foreign)
    solid: dict[str, int] = field(default_factory=dict)
    arch: dict[str, int] = field(default_factory=dict)
    signs: dict[str, set[str]] = field(default_factory=dict)

    def note(self, level: str, sign: str) -> None:
        """Remember what a level shows."""
        self.signs.setdefault(level, set()).add(sign)


@dataclass(frozen=True)
class _Density:
    """(core HU, shell HU, shell mm) of each kind of bone of one person, drawn independently."""

    body: Bone
    arch: Bone
    rib: Bone
    sacrum: Bone
    pelvis: Bone
    other: Bone


def _draw_bone(rng: np.random.Generator) -> Bone:
    core = float(rng.uniform(20, 380))
    shell = max(float(rng.uniform(250, 1200)), core + 60)
    return core, shell, float(rng.uniform(0.4, 1.9))


def _draw_density(rng: np.random.Generator) -> _Density:
    osteoporotic = rng.uniform(0.25, 1.0) if rng.random() < 0.5 else 1.0
    core, shell, thick = _draw_bone(rng)
    body = (core * osteoporotic, max(shell, core + 120), min(thick, 1.4))
    kinds = [_draw_bone(rng) for _ in range(5)]
    return _Density(body, *kinds)


def _vary(rng: np.random.Generator, bone: Bone) -> Bone:
    core = bone[0] + float(rng.normal(0, 18))
    return core, bone[1] * float(rng.uniform(0.9, 1.1)), bone[2] * float(rng.uniform(0.85, 1.15))


def draw_person_bones(rng: np.random.Generator, paint: Paint, person: Person) -> None:
    """Draw every bone of a person that the grid shows."""
    density = _draw_density(rng)
    _draw_vertebrae(rng, paint, person, density)
    rib = paint.parts.add(density.rib)
    sacral = paint.parts.add(density.sacrum)
    pelvic = paint.parts.add(density.pelvis)
    thigh = paint.parts.add((density.pelvis[0], density.pelvis[1], 4.0))
    other = paint.parts.add(density.other)
    for body in person.sacrum:
        found = body_distance(paint.canvas, body)
        if found is not None:
            paint.canvas.draw(found[0], found[1], sacral)
    top = next(body for body in person.bodies if body.level == "T1")
    hips, wings = pelvis_bones(rng, list(person.sacrum), pelvic, thigh)
    rods = [
        *rib_rods(rng, person.bodies, person.habitus, rib),
        *sacrum_rods(rng, list(person.sacrum), sacral),
        *hips,
        *shoulder_rods(rng, person.habitus, top, other),
        *skull_rods(person.habitus, person.bodies[0], other),
    ]
    for rod in rods:
        paint.canvas.draw_capsule(rod)
    for plate in wings:
        draw_plate(paint.canvas, plate)
    paint.foreign = draw_foreign(rng, person, (rod for rod in hips if rod.part == thigh))
    _draw_vault(paint, person, paint.parts.add((900.0, 1100.0, 1.0)))


def _draw_vault(paint: Paint, person: Person, part: int) -> None:
    centre = person.bodies[0].centre + np.array([0, -10.0, 98])
    radii = np.array([72.0, 92.0, 82.0])
    box = paint.canvas.box(centre - radii - 5, centre + radii + 5)
    if box is None:
        return
    x, y, z = (
        (axis - np.float32(c)) / np.float32(r)
        for axis, c, r in zip(paint.canvas.axes(box), centre, radii, strict=True)
    )
    rho = np.sqrt(x * x + y * y + z * z)
    shell = np.abs(rho - 1) * np.float32(72) - np.float32(3.2)
    paint.canvas.draw(box, shell, part)


@dataclass(frozen=True)
class _Habit:
    """How one person's vertebrae look: arches, and how often spurs, nodes and dense plates."""

    arches: ArchStyle
    spurs: float
    nodes: float
    plates: float


def _draw_vertebrae(
    rng: np.random.Generator, paint: Paint, person: Person, density: _Density
) -> None:
    habit = _Habit(
        arches=draw_style(rng),
        spurs=float(rng.choice([0.0, 0.15, 0.5], p=[0.45, 0.35, 0.2])),
        nodes=float(rng.choice([0.0, 0.25], p=[0.75, 0.25])),
        plates=float(rng.uniform(0, 250)) if rng.random() < 0.5 else 0.0,
    )
    below = (*person.bodies[1:], person.sacrum[0])
    for body, next_body in zip(person.bodies, below, strict=True):
        _draw_vertebra(rng, paint, (body, next_body), density, habit)


def _draw_vertebra(
    rng: np.random.Generator,
    paint: Paint,
    pair: tuple[Body, Body],
    density: _Density,
    habit: _Habit,
) -> None:
    body, below = pair
    bone = _vary(rng, density.body)
    if rng.random() < 0.015:
        bone = (float(rng.choice([0.0, 450, 700])), bone[1], bone[2])
    label = label_of(body.level)
    solid = paint.parts.add(bone, label=label, is_body=True)
    arch = paint.parts.add(_vary(rng, density.arch), label=label)
    paint.solid[body.level], paint.arch[body.level] = solid, arch
    dents = draw_dents(rng, body) if rng.random() < habit.nodes else ()
    spurs = draw_spurs(rng, body, below, (habit.spurs, solid))
    if body.level != "C1":
        for sign in ("schmorl",) * bool(dents) + ("osteophytes",) * bool(spurs):
            paint.note(body.level, sign)
        _draw_body(rng, paint, body, (solid, habit.plates), dents)
        for spur in spurs:
            paint.canvas.draw_capsule(spur)
    if body.level == "C2":
        for rod in dens_rods(body, solid):
            paint.canvas.draw_capsule(rod)
    _draw_arch(rng, paint, body, habit.arches, (arch, solid))


def _draw_arch(
    rng: np.random.Generator, paint: Paint, body: Body, style: ArchStyle, parts: tuple[int, int]
) -> None:
    rods, plates = arch_bones(rng, body, style, parts[0])
    if body.level == "C1":
        rods = [rod._replace(part=parts[1]) if _is_front(rod, body) else rod for rod in rods]
    for rod in rods:
        paint.canvas.draw_capsule(rod)
    for plate in plates:
        draw_plate(paint.canvas, plate)


def _is_front(rod: Capsule, body: Body) -> bool:
    """Front arch and lateral masses of C1 stand for its body."""
    own = (0.5 * (rod.a + rod.b) - body.centre) @ body.rotation
    return bool(own[1] < 3 and abs(own[0]) < 24)


def _draw_body(
    rng: np.random.Generator,
    paint: Paint,
    body: Body,
    style: tuple[int, float],
    dents: tuple[tuple[NDArray[np.float64], float], ...],
) -> None:
    found = body_distance(paint.canvas, body, dents)
    if found is None:
        return
    box, distance, end = found
    part, plates = style
    plates *= float(rng.uniform(0.3, 1.2))
    if body.is_fractured:
        plates += float(rng.uniform(0, 260))
    if plates > 0:
        reach = np.float32(rng.uniform(1.5, 5.0))
        glow = np.exp(np.minimum(end, 0) / reach) * (distance < 1.5)
        paint.extra_hu[box] += np.float32(plates) * glow
    paint.canvas.draw(box, distance, part)


def draw_dents(
    rng: np.random.Generator, body: Body
) -> tuple[tuple[NDArray[np.float64], float], ...]:
    """Draw nodes of Schmorl: centre (LPS mm) and radius of each."""
    dents = []
    for _ in range(int(rng.integers(1, 3))):
        radius = float(rng.uniform(2.5, 4.5))
        u = float(rng.choice([-1, 1])) * (radius + 1.5 + float(rng.uniform(0, 0.15)) * body.width)
        v = float(rng.uniform(-0.25, 0.3)) * body.depth
        up = rng.random() < 0.5
        w = float(body.upper[1]) + 1 if up else -float(body.lower[1]) - 1
        dents.append((body.place(u, v, w), radius))
    return tuple(dents)


def draw_spurs(
    rng: np.random.Generator, body: Body, below: Body, style: tuple[float, int]
) -> list[Capsule]:
    """Draw osteophytes at the rims, some bridging to the body below; style: chance and part."""
    chance, part = style
    rods = []
    for side in (-1, 0, 1):
        for end in (-1, 1):
            if rng.random() > chance:
                continue
            v = -0.52 * body.depth if side == 0 else -0.28 * body.depth
            u = side * 0.46 * body.width
            w = end * float((body.upper if end > 0 else body.lower)[0]) * 0.88
            long = float(rng.uniform(1, 5))
            a = body.place(u * 0.9, v * 0.85, w * 0.85)
            b = body.place(u + side * long * 0.7, v - long * 0.7, w + end * long * 0.5)
            rods.append(Capsule(a, b, 3.0, float(rng.uniform(1.0, 2.2)), part))
    if chance > 0.3 and rng.random() < 0.12 and region_of(body.level) is Region.THORACIC:
        a = body.place(-0.3 * body.width, -0.5 * body.depth, -0.8 * float(body.lower[0]))
        b = below.place(-0.3 * below.width, -0.5 * below.depth, 0.8 * float(below.upper[0]))
        rods.append(Capsule(a, b, 2.2, 2.2, part))
    return rods


def paint_discs(rng: np.random.Generator, paint: Paint, person: Person) -> None:
    """Paint the discs, some with gas."""
    value = float(rng.uniform(45, 130))
    below = (*person.bodies[1:], person.sacrum[0])
    blur = 1.2 * float(np.prod(paint.canvas.grid.spacing_mm)) ** (1 / 3)
    for upper, lower in zip(person.bodies, below, strict=True):
        if upper.level == "C1":
            continue
        disc, gap = disc_between(upper, lower)
        found = body_distance(paint.canvas, disc)
        if found is None:
            continue
        blend(paint.hu, found[0], found[1], value + float(rng.normal(0, 8)), blur)
        if rng.random() < 0.04:
            half = 0.3 * disc.depth
            gas = Capsule(disc.place(0, -half, 0), disc.place(0, half * 0.4, 0), 0, 0, 0)
            thin = gas._replace(ra=min(2.5, 0.5 * gap + 0.5), rb=1.0)
            hole = paint.canvas.capsule_distance(thin)
            if hole is not None:
                blend(paint.hu, hole[0], hole[1], -600.0, blur)
