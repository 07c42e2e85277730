"""Lungs, large airways and heart."""

import numpy as np
from numpy.typing import NDArray

from inference.phantoms.distance import Field
from inference.phantoms.person import Person
from inference.phantoms.soft import Soft, lumps

Axes = tuple[Field, Field, Field]
Region3 = NDArray[np.bool_]


def paint_lungs(rng: np.random.Generator, soft: Soft, person: Person, axes: Axes) -> None:
    """Paint both lungs, sometimes with fluid behind, then airways and heart between them."""
    z = axes[2]
    top = person.z_of("T1", "C7") + float(rng.uniform(-12, 14))
    dome = person.z_of("T10", "T9") + float(rng.uniform(-30, 30))
    if float(z.max()) < dome - 90 or float(z.min()) > top:
        return
    inside = _in_rib_cage(rng, person, axes, (top, dome)) & _beside_middle(rng, person, axes)
    texture = lumps(rng, soft.hu.shape, 2)
    vessels = np.maximum(texture - np.float32(rng.uniform(1.2, 2.2)), 0) * np.float32(500)
    air = np.float32(rng.uniform(-930, -700)) + vessels + 8 * texture
    soft.hu[...] = np.where(inside, np.minimum(air, 40), soft.hu)
    if rng.random() < 0.15:
        level = person.profile(z, "spine_y") + np.float32(rng.uniform(-20, 25))
        soft.hu[inside & (axes[1] > level)] = rng.uniform(0, 30)
    _paint_airways(rng, soft, person)
    _paint_heart(rng, soft, person, dome + 45)


def _in_rib_cage(
    rng: np.random.Generator, person: Person, axes: Axes, ends: tuple[float, float]
) -> Region3:
    x, y, z = axes
    top, dome = ends
    wall = np.float32(rng.uniform(14, 24)) + np.float32(person.habitus.fat_mm * 0.6)
    a = np.maximum(person.profile(z, "half_width") - wall, 5) * np.float32(rng.uniform(0.78, 0.9))
    b = np.maximum(person.profile(z, "half_depth") - wall, 5)
    taper = np.sqrt(np.clip((np.float32(top) - z) / 90, 0, 1))
    dx, dy = x - person.profile(z, "x"), y - person.profile(z, "middle")
    ring = (np.abs(dx) / (a * taper + 1)) ** 2.4 + (np.abs(dy) / (b * (0.4 + 0.6 * taper))) ** 2.4
    slope = np.float32(rng.uniform(0.35, 0.8))
    floor = np.float32(dome) - (dx / a) ** 2 * 55 - np.maximum(dy, 0) * slope
    return np.asarray((ring < 1) & (z > floor))


def _beside_middle(rng: np.random.Generator, person: Person, axes: Axes) -> Region3:
    """Leave room for the spine, and in front of it for vessels and heart."""
    x, y, z = axes
    centres = [float(body.centre[2]) for body in person.bodies[::-1]]
    halves = [body.width / 2 for body in person.bodies[::-1]]
    gap = (np.interp(z, centres, halves) + rng.uniform(1, 6)).astype(np.float32)
    front = person.profile(z, "spine_y") - y
    dx = np.abs(x - person.profile(z, "x"))
    middle = np.maximum(gap, np.clip(front, 0, 45) * np.float32(rng.uniform(0.3, 0.9)) + 12)
    is_free = (dx > middle) | ((front > 60) & (dx > 38))
    deep = np.float32(rng.uniform(8, 24)) + np.clip(dx - 18, 0, 55) * np.float32(
        rng.uniform(0.3, 0.7)
    )
    return np.asarray(is_free & (dx > gap) & (front > -deep))


def _paint_airways(rng: np.random.Generator, soft: Soft, person: Person) -> None:
    found = {body.level: body for body in person.bodies}
    wide = float(rng.uniform(5, 8))
    fork = found["T4"].place(0, -found["T4"].depth / 2 - float(rng.uniform(16, 30)), -10)
    for side in (-1, 1):
        for n in range(int(rng.integers(2, 6))):
            reach = np.array([side * (30 + 8 * n), rng.uniform(-30, 15), rng.uniform(-80, -20)])
            soft.rod(
                fork, fork + reach, wide * 0.8 / (1 + 0.4 * n), float(rng.uniform(-1000, -850))
            )
            soft.rod(fork + reach * 0.6, fork + reach * 1.6, 4.0, float(rng.uniform(20, 60)))
    if rng.random() < 0.4:
        level = found[str(rng.choice(["T3", "T5", "T7", "T9"]))]
        gullet = level.place(4, -level.depth / 2 - 12, 0)
        soft.ball(gullet, (4, 4, 18), float(rng.uniform(-900, 100)))


def _paint_heart(rng: np.random.Generator, soft: Soft, person: Person, z: float) -> None:
    x, y = (
        float(person.habitus.at(line, z)) for line in (person.habitus.x, person.habitus.spine_y)
    )
    centre = np.array([x + 22, y - float(rng.uniform(65, 85)), z])
    soft.ball(centre, (64, 52, 62), float(rng.uniform(-100, 50)))
    soft.ball(centre, (56, 45, 55), float(rng.uniform(30, 60)))
    if rng.random() < 0.4:
        soft.ball(centre, (32, 28, 30), float(rng.uniform(100, 350)))
