"""Everything that is not bone: outline, muscles, organs, vessels, canal."""

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid
from annotation.domain.vertebrae import Region, region_of
from inference.phantoms.chest import paint_lungs
from inference.phantoms.distance import Canvas, Field
from inference.phantoms.person import Person
from inference.phantoms.soft import Soft, lumps

Vector = NDArray[np.float64]
Axes = tuple[Field, Field, Field]
# contrast: HU of the aorta, of the veins as a share of it, added to organs
_PHASES = {
    "none": (42.0, 1.0, 0.0),
    "arterial": (330.0, 0.5, 35.0),
    "portal venous": (165.0, 1.0, 90.0),
}


def paint_soft(
    rng: np.random.Generator, person: Person, coarse: Grid, contrast: str | None = None
) -> Soft:
    """Return the soft tissue of a person in view of a grid; contrast None leaves it to chance."""
    widest = max(coarse.spacing_mm)
    canvas = Canvas(coarse, np.empty(0, np.float32), np.empty(0, np.uint16), widest)
    soft = Soft(canvas, np.full(coarse.shape, -1000, np.float32), widest)
    k, j, i = (slice(0, n) for n in coarse.shape)
    axes = canvas.axes((k, j, i))
    _paint_table(rng, soft, person, axes)
    around = soft.hu.copy()
    skin = _paint_trunk(rng, soft, person, axes)
    _paint_backs(rng, soft, person)
    if rng.random() < 0.85:
        _paint_blobs(rng, soft, person)
    paint_lungs(rng, soft, person, axes)
    _paint_organs(rng, soft, person, contrast)
    _paint_head(rng, soft, person)
    _paint_vessels(rng, soft, person, contrast)
    _paint_canal(rng, soft, person)
    soft.hu = around + skin * (soft.hu - around)
    return soft


def _paint_table(rng: np.random.Generator, soft: Soft, person: Person, axes: Axes) -> None:
    if rng.random() < 0.25:
        return
    habitus = person.habitus
    x, y, _ = axes
    back = float(np.max((habitus.spine_y + habitus.back)[habitus.z > habitus.crotch_z]))
    top = back + rng.uniform(3, 18)
    sag = np.float32(rng.choice([0.0, 2e-4, 6e-4]))
    depth = y - np.float32(top) + sag * x * x
    thick = float(rng.uniform(25, 70))
    inside = (depth > 0) & (depth < thick) & (np.abs(x) < rng.uniform(190, 270))
    shell = inside & ((depth < 4) | (depth > thick - 4))
    soft.hu[np.broadcast_to(inside, soft.hu.shape)] = rng.uniform(-980, -800)
    soft.hu[np.broadcast_to(shell, soft.hu.shape)] = rng.uniform(-500, 200)


def _paint_trunk(rng: np.random.Generator, soft: Soft, person: Person, axes: Axes) -> Field:
    """Paint skin, fat, muscle and belly; return the share of each voxel inside the skin."""
    depth = _trunk_depth(rng, soft, person, axes)
    noise = lumps(rng, soft.hu.shape, int(rng.integers(3, 7)))
    muscle = np.float32(rng.uniform(25, 65)) + noise * np.float32(rng.uniform(2, 12))
    fat = np.float32(rng.uniform(-125, -75)) + noise * np.float32(rng.uniform(0, 8))
    inner = np.where(noise > np.float32(rng.uniform(-4, 1.0)), muscle, fat)
    wall = np.float32(person.habitus.fat_mm + rng.uniform(8, 22))
    x, y, z = axes
    aside = np.clip(np.abs(x - person.profile(z, "x")) - np.float32(rng.uniform(20, 40)), 0, 60)
    front = person.profile(z, "spine_y") - np.float32(rng.uniform(18, 32))
    front = front + aside * np.float32(rng.uniform(0.3, 1.0))
    belly = (depth < -wall) & (y < front) & (z < person.z_of("T9", "T8"))
    filling = np.where(noise > np.float32(rng.uniform(-2.5, 1.5)), muscle, fat)
    inner = np.where(belly, filling, inner)
    value = np.where(depth > -(np.float32(person.habitus.fat_mm) + 2 * noise), fat, inner)
    alpha = np.clip(0.5 - depth / np.float32(soft.step_mm), 0, 1)
    soft.hu += alpha * (value - soft.hu)
    return np.asarray(alpha)


def _trunk_depth(rng: np.random.Generator, soft: Soft, person: Person, axes: Axes) -> Field:
    x, y, z = axes
    habitus = person.habitus
    a, b = person.profile(z, "half_width"), person.profile(z, "half_depth")
    dx, dy = np.abs(x - person.profile(z, "x")), np.abs(y - person.profile(z, "middle"))
    legs = z < habitus.crotch_z
    dx = np.abs(dx - np.where(legs, a * np.float32(0.5), 0))
    a = np.where(legs, a * np.float32(0.47), a)
    p = np.float32(rng.uniform(2.0, 3.0))
    depth = (((dx / a) ** p + (dy / b) ** p) ** (1 / p) - 1) * np.minimum(a, b)
    if rng.random() < 0.5:
        wide = np.float32(rng.uniform(38, 60))
        arm = np.abs(x - person.profile(z, "x")) - person.profile(z, "half_width") - wide
        arm = np.sqrt(arm**2 + (y - person.profile(z, "middle") - 10) ** 2) - wide * 0.9
        below = z < person.z_of("T1", "C7") - 20
        above = z > habitus.crotch_z
        depth = np.where(below & above, np.minimum(depth, arm), depth)
    return np.asarray(depth)


def _paint_backs(rng: np.random.Generator, soft: Soft, person: Person) -> None:
    """Muscles along the spine: erectors everywhere, psoas beside lumbar bodies, neck muscles."""
    muscle = float(rng.uniform(25, 65))
    septum = float(rng.uniform(-110, 30))
    size = float(rng.uniform(0.7, 1.2))
    for body in person.bodies:
        is_lumbar = region_of(body.level) is Region.LUMBAR
        back = body.depth / 2 + body.canal_depth
        soft.ball(body.place(0, back + 16, 0), (44 * size, 22, 20), septum)
        for side in (-1, 1):
            u = side * (24 if not is_lumbar else 30) * size
            soft.ball(body.place(u, back + 12, 0), (21 * size, 17 * size, 24), muscle)
            if is_lumbar:
                number = int(body.level[1:])
                wide = size * (9 + 3.5 * number)
                u = side * (body.width / 2 + wide * 0.75 + rng.uniform(0, 3))
                soft.ball(body.place(u, 2, -5), (wide, wide * 1.1, 26), muscle)


def _paint_blobs(rng: np.random.Generator, soft: Soft, person: Person) -> None:
    """Organs, fat, bowel with gas or contrast at random in front of and beside the spine."""
    bodies = person.bodies
    kinds = ((-1000, -700), (-120, -60), (0, 80), (80, 250), (250, 600), (-100, 100))
    chance = [0.14, 0.28, 0.3, 0.12, 0.05, 0.11]
    low = person.z_of("L5", "L4") - 130
    high = float(bodies[0].centre[2])
    habitus = person.habitus
    for _ in range(int(rng.integers(40, 120))):
        z = float(rng.uniform(low, high))
        kind = int(rng.choice(len(kinds), p=chance))
        if kind in (0, 4) and z > person.z_of("T11", "T10"):
            kind = 2
        radii = rng.uniform(6, 40, 3) if kind != 0 else rng.uniform(5, 28, 3)
        half = float(habitus.at(habitus.half_width, np.array(z)))
        front = float(rng.uniform(26 + radii[1], 150))
        where = np.array(
            [
                float(habitus.at(habitus.x, np.array(z))) + rng.uniform(-0.8, 0.8) * half,
                float(habitus.at(habitus.spine_y, np.array(z))) - front,
                z,
            ]
        )
        room = float(habitus.at(habitus.half_depth, np.array(z))) - habitus.fat_mm
        if abs(where[1] - float(habitus.middle_y(np.array(z)))) > 0.8 * room:
            continue
        soft.ball(where, (radii[0], radii[1], radii[2]), float(rng.uniform(*kinds[kind])))


def _paint_organs(rng: np.random.Generator, soft: Soft, person: Person, phase: str | None) -> None:
    contrast = float(rng.uniform(20, 140)) if rng.random() < 0.5 else 0.0
    contrast = _PHASES[phase][2] if phase else contrast
    z12, z2 = person.z_of("T12", "T11"), person.z_of("L2", "L1")
    bodies = {body.level: body for body in person.bodies}
    low = bodies.get("L2", person.bodies[-1])
    liver = low.centre + np.array([-75.0, -45, z12 - z2 + 25])
    soft.ball(liver, (75, 75, 85), float(rng.uniform(20, 65)) + contrast * 0.5)
    spleen = low.centre + np.array([85.0, -5, z12 - z2 + 15])
    soft.ball(spleen, (30, 42, 50), float(rng.uniform(35, 60)) + contrast * 0.6)
    for side in (-1, 1):
        away = side * rng.uniform(58, 78)
        kidney = low.centre + np.array([away, rng.uniform(-6, 18), rng.uniform(-15, 30)])
        soft.ball(kidney, (40, 36, 66), float(rng.uniform(-110, -80)))
        soft.ball(kidney, (27, 25, 54), float(rng.uniform(25, 45)) + contrast)
        soft.ball(kidney - np.array([side * 8, 0, 0]), (11, 12, 25), float(rng.uniform(-90, 20)))
    sacrum = person.sacrum[2]
    rectum = sacrum.centre + np.array([0, -28.0, -10])
    soft.ball(rectum, (24, 20, 45), float(rng.uniform(-60, 60)))
    soft.ball(rectum, (14, 12, 30), float(rng.choice([-900, 30, 200])))
    bladder = sacrum.centre + np.array([0, -90.0, -30])
    soft.ball(bladder, (40, 35, 35), float(rng.uniform(0, 20)))


def _paint_head(rng: np.random.Generator, soft: Soft, person: Person) -> None:
    first = person.bodies[0].centre
    soft.ball(first + np.array([0, -8.0, 75]), (68, 88, 78), float(rng.uniform(25, 45)))
    throat = [first + np.array([0, -24.0, 20])]
    for body in person.bodies:
        if region_of(body.level) is Region.CERVICAL:
            throat.append(body.place(0, -body.depth / 2 - 14, 0))
    for level in ("T2", "T4"):
        throat += [
            body.place(0, -body.depth / 2 - 22, 0) for body in person.bodies if body.level == level
        ]
    soft.tube(np.array(throat), 13, float(rng.uniform(30, 60)))
    soft.tube(np.array(throat), float(rng.uniform(6, 9)), -1000)
    soft.ball(first + np.array([0, -62.0, 5]), (28, 30, 22), 50)
    soft.ball(first + np.array([0, -62.0, 30]), (14, 28, 14), -950)


def _paint_vessels(rng: np.random.Generator, soft: Soft, person: Person, phase: str | None) -> None:
    aorta = float(rng.uniform(110, 380)) if rng.random() < 0.4 else float(rng.uniform(30, 60))
    cava = aorta * float(rng.uniform(0.4, 1.0)) if aorta > 100 else aorta
    is_calcified = aorta < 100
    if phase:
        aorta, cava = _PHASES[phase][0], _PHASES[phase][0] * _PHASES[phase][1]
    wide = float(rng.uniform(8, 14))
    path, back = [], []
    for body in person.bodies:
        if body.level[0] == "C" or body.level in ("T1", "T2", "T3", "L5", "L6"):
            continue
        side = 12.0 if body.level[0] == "T" else 6.0
        path.append(body.place(side + 0.3 * wide, -body.depth / 2 - wide - 2, 0))
        if body.level[0] == "L":
            back.append(body.place(-17, -body.depth / 2 - 11, 0))
    soft.tube(np.array(path), wide, aorta)
    if is_calcified and rng.random() < 0.5:
        for point in path[len(path) // 2 :]:
            soft.ball(point + np.array([wide * 0.9, 0, 0]), (2.5, 3, 5), 600)
    if len(back) > 1:
        soft.tube(np.array(back), 10, cava)


def _paint_canal(rng: np.random.Generator, soft: Soft, person: Person) -> None:
    fat = float(rng.uniform(-100, 20))
    sac = float(rng.uniform(5, 45)) if rng.random() < 0.95 else float(rng.uniform(100, 400))
    line = [
        b.place(0, b.depth / 2 + b.canal_depth / 2, 0) for b in (*person.bodies, *person.sacrum[:3])
    ]
    points = np.array(line)
    soft.tube(points, 9.5, fat)
    soft.tube(points, float(rng.uniform(6.5, 8.5)), sac)
