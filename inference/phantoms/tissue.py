"""Everything that is not bone, painted on a coarse grid and brought to the fine one by lines."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from annotation.domain.geometry import Grid
from annotation.domain.vertebrae import Region, region_of
from inference.phantoms.distance import Canvas, Capsule, Field
from inference.phantoms.habitus import Habitus
from inference.phantoms.spine import Body

Vector = NDArray[np.float64]


@dataclass
class Soft:
    """Soft tissue on a coarse grid.

    Attributes:
        canvas: supplies the coarse grid and its boxes.
        hu: Hounsfield units, shape of the coarse grid.
        step_mm: largest spacing of the coarse grid.
    """

    canvas: Canvas
    hu: Field
    step_mm: float

    def ball(self, centre: Vector, radii: tuple[float, float, float], hu: float) -> None:
        """Paint an ellipsoid with half axes along x, y, z."""
        reach = np.asarray(radii, dtype=np.float64)
        box = self.canvas.box(centre - reach, centre + reach)
        if box is None:
            return
        x, y, z = self.canvas.axes(box)
        c, r = centre.astype(np.float32), reach.astype(np.float32)
        rho = np.sqrt(
            ((x - c[0]) / r[0]) ** 2 + ((y - c[1]) / r[1]) ** 2 + ((z - c[2]) / r[2]) ** 2
        )
        self._mix(box, (rho - 1) * np.float32(reach.min()), hu)

    def rod(self, a: Vector, b: Vector, radius: float, hu: float) -> None:
        """Paint a rod with round ends."""
        found = self.canvas.capsule_distance(Capsule(a, b, radius, radius, 0))
        if found is not None:
            self._mix(found[0], found[1], hu)

    def tube(self, points: Vector, radius: float, hu: float) -> None:
        """Paint rods along points, shape (n, 3)."""
        for a, b in itertools.pairwise(points):
            self.rod(a, b, radius, hu)

    def _mix(self, box: tuple[slice, slice, slice], distance: Field, hu: float) -> None:
        alpha = np.clip(np.float32(0.5) - distance * np.float32(1 / self.step_mm), 0, 1)
        part = self.hu[box]
        part += alpha * (np.float32(hu) - part)


def coarse_grid(grid: Grid, step_mm: float) -> Grid:
    """Return a grid of at least this spacing that covers another one."""
    spacing = np.array(grid.spacing_mm)
    steps = np.maximum(spacing, step_mm)
    span = (np.array(grid.dims) - 1) * spacing
    dims = np.ceil(span / steps).astype(int) + 2
    affine = grid.affine_lps.copy()
    affine[:3, :3] = affine[:3, :3] / spacing * steps
    return Grid((int(dims[0]), int(dims[1]), int(dims[2])), affine)


def to_fine(hu: Field, coarse: Grid, fine: Grid) -> Field:
    """Interpolate linearly along each axis; both grids share origin and directions."""
    out = hu
    for axis, n in ((1, 1), (2, 0), (0, 2)):
        step = coarse.spacing_mm[n] / fine.spacing_mm[n]
        place = np.arange(fine.dims[n]) / step
        low = np.minimum(place.astype(int), coarse.dims[n] - 2)
        share = (place - low).astype(np.float32)
        weights = np.zeros((fine.dims[n], coarse.dims[n]), np.float32)
        weights[np.arange(len(low)), low] = 1 - share
        weights[np.arange(len(low)), low + 1] += share
        if axis == 2:
            out = out @ weights.T
        elif axis == 1:
            out = np.matmul(weights, out)
        else:
            out = (weights @ out.reshape(out.shape[0], -1)).reshape(-1, *out.shape[1:])
    return np.ascontiguousarray(out, dtype=np.float32)


@dataclass(frozen=True)
class Person:
    """What the painters of soft tissue need to know."""

    bodies: tuple[Body, ...]
    sacrum: tuple[Body, ...]
    habitus: Habitus

    def z_of(self, level: str, fallback: str) -> float:
        """Return the height of a level, or of another one where it is absent."""
        found = {body.level: float(body.centre[2]) for body in self.bodies}
        return found.get(level, found[fallback])

    def beside(self, region: Region) -> list[Body]:
        """Return the bodies of one region."""
        return [body for body in self.bodies if region_of(body.level) is region]


def paint_soft(rng: np.random.Generator, person: Person, coarse: Grid) -> Soft:
    """Return the soft tissue of a person in view of a grid."""
    canvas = Canvas(coarse, np.empty(0, np.float32), np.empty(0, np.uint16), max(coarse.spacing_mm))
    soft = Soft(canvas, np.full(coarse.shape, -1000, np.float32), max(coarse.spacing_mm))
    whole = tuple(slice(0, n) for n in coarse.shape)
    x, y, z = canvas.axes((whole[0], whole[1], whole[2]))
    _paint_table(rng, soft, person, (x, y, z))
    _paint_trunk(rng, soft, person, (x, y, z))
    _paint_backs(rng, soft, person)
    if rng.random() < 0.85:
        _paint_blobs(rng, soft, person)
    _paint_lungs(rng, soft, person, (x, y, z))
    _paint_organs(rng, soft, person)
    _paint_head(rng, soft, person)
    _paint_vessels(rng, soft, person)
    _paint_canal(rng, soft, person)
    return soft


def _profile(person: Person, z: Field, name: str) -> Field:
    habitus = person.habitus
    if name == "middle":
        return habitus.middle_y(z).astype(np.float32)
    return habitus.at(getattr(habitus, name), z).astype(np.float32)


def _paint_table(
    rng: np.random.Generator, soft: Soft, person: Person, axes: tuple[Field, Field, Field]
) -> None:
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


def _paint_trunk(
    rng: np.random.Generator, soft: Soft, person: Person, axes: tuple[Field, Field, Field]
) -> None:
    x, y, z = axes
    habitus = person.habitus
    a, b = _profile(person, z, "half_width"), _profile(person, z, "half_depth")
    dx, dy = np.abs(x - _profile(person, z, "x")), np.abs(y - _profile(person, z, "middle"))
    legs = z < habitus.crotch_z
    shift = np.where(legs, a * np.float32(0.5), 0)
    a = np.where(legs, a * np.float32(0.47), a)
    dx = np.abs(dx - shift)
    p = np.float32(rng.uniform(2.0, 3.0))
    depth = (((dx / a) ** p + (dy / b) ** p) ** (1 / p) - 1) * np.minimum(a, b)
    lumps = _lumps(rng, soft.hu.shape, 3.0)
    muscle = np.float32(rng.uniform(25, 65)) + lumps * np.float32(rng.uniform(3, 18))
    fat = np.float32(rng.uniform(-120, -75))
    streaky = np.float32(rng.uniform(-1.6, 2.0))
    inner = np.where(lumps > streaky, muscle, fat) if streaky > -1.5 else muscle
    fat_mm = np.float32(habitus.fat_mm) + lumps
    value = np.where(depth > -fat_mm, fat, inner)
    alpha = np.clip(0.5 - depth / np.float32(soft.step_mm), 0, 1)
    soft.hu += alpha * (value - soft.hu)


def _lumps(rng: np.random.Generator, shape: tuple[int, ...], sigma: float) -> Field:
    """Return smooth noise of standard deviation one."""
    small = tuple(max(3, n // 3 + 2) for n in shape)
    noise = gaussian_filter(rng.standard_normal(small, dtype=np.float32), sigma / 3 * 2)
    noise /= max(float(noise.std()), 1e-6)
    cut = tuple(slice(0, n) for n in shape)
    return np.asarray(np.repeat(np.repeat(np.repeat(noise, 3, 0), 3, 1), 3, 2)[cut])


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


def _paint_lungs(
    rng: np.random.Generator, soft: Soft, person: Person, axes: tuple[Field, Field, Field]
) -> None:
    x, y, z = axes
    top = person.z_of("T1", "C7") + rng.uniform(-12, 14)
    dome = person.z_of("T10", "T9") + rng.uniform(-30, 30)
    if float(z.max()) < dome - 90 or float(z.min()) > top:
        return
    habitus = person.habitus
    mid_x, spine_y = _profile(person, z, "x"), _profile(person, z, "spine_y")
    wall = np.float32(rng.uniform(14, 24)) + np.float32(habitus.fat_mm * 0.6)
    a = (_profile(person, z, "half_width") - wall) * np.float32(rng.uniform(0.78, 0.9))
    b = _profile(person, z, "half_depth") - wall
    taper = np.sqrt(np.clip((np.float32(top) - z) / 90, 0, 1))
    dx, dy = x - mid_x, y - _profile(person, z, "middle")
    ring = (np.abs(dx) / (a * taper + 1)) ** 2.4 + (np.abs(dy) / (b * (0.4 + 0.6 * taper))) ** 2.4
    inside = ring < 1
    bulge = np.float32(dome) - (dx / a) ** 2 * 55 - np.where(dy > 0, dy * np.float32(0.55), 0)
    inside &= z > bulge
    away = np.float32(rng.uniform(2, 7))
    half = np.interp(
        z.ravel()[::-1],
        [body.centre[2] for body in person.bodies[::-1]],
        [body.width / 2 for body in person.bodies[::-1]],
    )[::-1].reshape(z.shape)
    front = spine_y - y
    gap = (half + away).astype(np.float32)
    middle = np.maximum(gap, np.clip(front, 0, 45) * np.float32(rng.uniform(0.4, 0.9)) + 14)
    inside &= (np.abs(dx) > middle) | ((front > 60) & (np.abs(dx) > 38))
    inside &= (np.abs(dx) > gap) & (y < spine_y + np.float32(rng.uniform(22, 42)))
    density = float(rng.uniform(-930, -700))
    vessels = np.maximum(_lumps(rng, soft.hu.shape, 1.2) - 1.8, 0) * np.float32(500)
    value = np.where(inside, np.minimum(density + vessels, 40), soft.hu)
    if rng.random() < 0.15:
        fluid = inside & (y > spine_y + np.float32(rng.uniform(-20, 25)))
        value = np.where(fluid, np.float32(rng.uniform(0, 30)), value)
    soft.hu[...] = value
    z_heart = dome + 45
    y_heart = float(habitus.at(habitus.spine_y, np.array(z_heart))) - 75
    centre = np.array([float(habitus.at(habitus.x, np.array(z_heart))) + 22, y_heart, z_heart])
    soft.ball(centre, (58, 45, 55), float(rng.uniform(30, 60)))
    if rng.random() < 0.4:
        soft.ball(centre, (32, 28, 30), float(rng.uniform(100, 350)))


def _paint_organs(rng: np.random.Generator, soft: Soft, person: Person) -> None:
    contrast = float(rng.uniform(20, 140)) if rng.random() < 0.5 else 0.0
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


def _paint_vessels(rng: np.random.Generator, soft: Soft, person: Person) -> None:
    aorta = float(rng.uniform(110, 380)) if rng.random() < 0.4 else float(rng.uniform(30, 60))
    cava = aorta * float(rng.uniform(0.4, 1.0)) if aorta > 100 else aorta
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
    if aorta < 100 and rng.random() < 0.5:
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
