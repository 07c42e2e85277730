"""Bones that carry no vertebral label: ribs, sacrum, pelvis, thigh bones, shoulders and skull."""

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from inference.phantoms.distance import Capsule, Plate
from inference.phantoms.habitus import Habitus
from inference.phantoms.spine import Body

Vector = NDArray[np.float64]


def _chain(points: list[Vector], radii: list[float], part: int) -> list[Capsule]:
    return [
        Capsule(points[n], points[n + 1], radii[n], radii[n + 1], part)
        for n in range(len(points) - 1)
    ]


def rib_rods(
    rng: np.random.Generator, bodies: tuple[Body, ...], habitus: Habitus, part: int
) -> list[Capsule]:
    """Return the ribs of all thoracic bodies and the breastbone."""
    fall = float(rng.uniform(0.7, 1.2))
    thick = float(rng.uniform(0.85, 1.3))
    has_cervical_rib = rng.random() < 0.02
    rods: list[Capsule] = []
    for body in bodies:
        is_extra = body.level == "C7" and has_cervical_rib
        if body.level[0] != "T" and not is_extra:
            continue
        number = 0 if is_extra else int(body.level[1:])
        for side in (-1, 1):
            rods += _rib(rng, body, habitus, (number, side, fall, thick), part)
    t2 = next((body for body in bodies if body.level == "T2"), bodies[0])
    front = habitus.middle_y(t2.centre[2]) - 0.78 * habitus.at(habitus.half_depth, t2.centre[2])
    top = np.array([t2.centre[0], front, t2.centre[2] - 35])
    for shift in (-10.0, 0.0, 10.0):
        a = top + np.array([shift, 0, 0])
        rods.append(Capsule(a, a + np.array([0, -18.0, -150.0]), 6, 6, part))
    return rods


def _rib(
    rng: np.random.Generator,
    body: Body,
    habitus: Habitus,
    style: tuple[int, int, float, float],
    part: int,
) -> list[Capsule]:
    number, side, fall, thick = style
    h = float(body.heights.mean())
    low = 0.3 if number in (1, 11, 12, 13) else 0.5
    head = body.place(side * body.width * 0.47, body.depth * 0.36, low * h)
    back = body.depth / 2 + body.canal_depth
    reach = 22.0 if number < 11 else 16.0
    tubercle = body.place(
        side * (body.canal_width / 2 + reach), back + 0.25 * reach, 0.2 * h + (2 if number else 0)
    )
    end = {0: 25.0, 1: 120.0, 11: 95.0, 12: rng.uniform(25, 70), 13: rng.uniform(12, 45)}.get(
        number, 140.0
    )
    ring = float(np.interp(number, [0, 1, 2, 4, 8, 12], [0.4, 0.42, 0.62, 0.82, 0.88, 0.86]))
    z0 = body.centre[2]
    a = ring * float(habitus.at(habitus.half_width, z0)) - habitus.fat_mm * 0.5
    middle, b = float(habitus.middle_y(z0)), float(habitus.at(habitus.half_depth, z0))
    b = ring * b - habitus.fat_mm * 0.5
    points = [head, tubercle]
    drop = fall * float(np.interp(number, [1, 4, 8, 12], [35, 70, 95, 70]))
    for angle in np.arange(32.0, end + 1, 18.0):
        phi = np.radians(angle)
        share = (angle / 140) ** 1.1
        points.append(
            np.array(
                [
                    body.centre[0] + side * a * np.sin(phi) ** 0.8,
                    max(min(middle + b * np.cos(phi), tubercle[1] + 12), middle - b),
                    tubercle[2] - drop * share,
                ]
            )
        )
    radius = thick * (4.0 if number else 2.5)
    return _chain(points, [radius * 1.05, *[radius] * (len(points) - 1)], part)


def sacral_bodies(rng: np.random.Generator, last: Body) -> list[Body]:
    """Return the bodies of sacrum and coccyx, cranial to caudal; they hang below the last body."""
    tilt0 = np.degrees(np.arctan2(-last.rotation[1, 2], last.rotation[2, 2]))
    turn = float(rng.uniform(10, 28))
    bend = float(rng.uniform(0.6, 1.3))
    start = tilt0 + turn
    tilts = [start + bend * d for d in (0, -6, -20, -38, -52, -75, -95)]
    scale = last.width / 50.0
    sizes = [(30, 48, 31), (25, 40, 22), (21, 33, 16), (18, 28, 12), (15, 24, 10), (11, 13, 8)]
    sizes.append((9, 9, 6))
    lean = np.arctan2(last.rotation[0, 2], last.rotation[2, 2]) * 0.5
    fused = float(rng.uniform(-5, 0))
    out: list[Body] = []
    above = last
    for n, (h, width, depth) in enumerate(sizes):
        half = np.array([0.52, 0.49, 0.5]) * h * scale
        ct, st = np.cos(np.radians(tilts[n])), np.sin(np.radians(tilts[n]))
        cl, sl = np.cos(lean), np.sin(lean)
        rotation = np.array([[cl, 0, sl], [0, 1, 0], [-sl, 0, cl]]) @ np.array(
            [[1, 0, 0], [0, ct, -st], [0, st, ct]]
        )
        gap = last.disc if n == 0 else fused
        reach = float(above.lower.mean()) + gap
        edge = np.radians(tilts[n] - tilt0) * 0.5 * above.depth * 0.8 if n == 0 else 0.0
        centre = above.centre - above.rotation[:, 2] * (reach + max(edge - gap, 0))
        centre = centre - rotation[:, 2] * half.mean()
        body = replace(
            last,
            level="S",
            centre=centre,
            rotation=rotation,
            upper=half,
            lower=half,
            width=width * scale,
            depth=depth * scale,
            waist=0.02,
            hollow=0.0,
            canal_width=26.0 * scale * (1 - 0.12 * n),
            canal_depth=max(14.0 - 2.2 * n, 4.0),
        )
        out.append(body)
        above = body
    return out


def sacrum_rods(rng: np.random.Generator, sacrum: list[Body], part: int) -> list[Capsule]:
    """Return wings, arches and crest of the sacrum."""
    rods: list[Capsule] = []
    bulk = float(rng.uniform(0.9, 1.25))
    for n, body in enumerate(sacrum[:5]):
        h = float(body.heights.mean())
        back = body.depth / 2
        cw, cd = body.canal_width / 2, body.canal_depth
        ala = (32.0 - 5.5 * n) * body.width / (48 - 6 * n)
        for side in (-1, 1):
            u = side * body.width * 0.42
            if n < 4:
                rods.append(
                    Capsule(
                        body.place(u, 0, 0.1 * h),
                        body.place(side * (body.width / 2 + ala * 0.7), back * 0.9 + 4, -0.1 * h),
                        (0.36 * h) * bulk,
                        (0.45 * h) * bulk,
                        part,
                    )
                )
            rods.append(
                Capsule(
                    body.place(side * (cw + 4), back + 1, 0),
                    body.place(side * 2, back + cd + 3, -1),
                    3.2 * bulk,
                    3.2 * bulk,
                    part,
                )
            )
        if n < 4:
            rods.append(
                Capsule(
                    body.place(0, back + cd + 4, 0.3 * h),
                    body.place(0, back + cd + 8, -0.5 * h),
                    3.0 * bulk,
                    3.0 * bulk,
                    part,
                )
            )
    return rods


def _pelvic_points(side: int, s1: Body, s2: Body, scale: float) -> dict[str, Vector]:
    joint = s2.place(side * (s1.width / 2 + 20), s2.depth / 2 + 6, 0)
    steps = {
        "joint": (0, 0, 0),
        "spine": (4, 8, -24),
        "hip": (34, -52, -72),
        "crest0": (8, 24, 22),
        "crest1": (22, 2, 58),
        "crest2": (52, -36, 64),
        "crest3": (66, -72, 38),
        "crest4": (64, -92, 8),
        "pubis": (-50, -96, -100),
        "sit": (14, -26, -130),
        "ball": (46, -58, -80),
        "neck": (84, -52, -104),
    }
    way = np.array([side, 1.0, 1.0]) * scale
    return {name: np.asarray(joint + way * np.array(step)) for name, step in steps.items()}


def pelvis_bones(
    rng: np.random.Generator, sacrum: list[Body], part: int, femur: int
) -> tuple[list[Capsule], list[Plate]]:
    """Return iliac wings, sockets, lower pelvis and thigh bones as rods and plates."""
    scale = float(rng.uniform(0.92, 1.12)) * sacrum[0].width / 48
    thick = float(rng.uniform(0.7, 1.4))
    rods: list[Capsule] = []
    plates: list[Plate] = []
    for side in (-1, 1):
        at = _pelvic_points(side, sacrum[0], sacrum[1], scale)
        joint, hip = at["joint"], at["hip"]
        crest = [at[f"crest{n}"] for n in range(5)]
        rods += _chain(crest, [4.6 * thick] * 5, part)
        plates += [
            Plate((joint, a, b), half * thick, part)
            for (a, b), half in zip(itertools.pairwise(crest), (4.5, 3.0, 2.2, 3.0), strict=True)
        ]
        plates.append(Plate((joint, hip, crest[4]), 4.5 * thick, part))
        rods.append(Capsule(joint, hip, 9, 12, part))
        rods.append(Capsule(hip, crest[4], 10, 4.5 * thick, part))
        rods.append(Capsule(joint, crest[0], 7 * thick, 4.6 * thick, part))
        for a, b, ra, rb in (
            ("joint", "spine", 8, 7),
            ("hip", "pubis", 10, 7.5),
            ("hip", "sit", 11, 9),
            ("sit", "pubis", 7, 6),
        ):
            rods.append(Capsule(at[a], at[b], ra, rb, part))
        rods += _thigh(side, at["ball"], at["neck"], scale, femur)
    return rods, plates


def _thigh(side: int, ball: Vector, neck: Vector, scale: float, part: int) -> list[Capsule]:
    shaft = neck + np.array([side * 2.0, 2, -70.0])
    return [
        Capsule(ball, ball + 0.1, 22.5 * scale, 22.5 * scale, part),
        Capsule(ball, neck, 13, 15, part),
        Capsule(neck, shaft, 16, 14, part),
        Capsule(shaft, shaft + np.array([-side * 40.0, -5, -330]), 14, 14, part),
    ]


def shoulder_rods(
    rng: np.random.Generator, habitus: Habitus, top: Body, part: int
) -> list[Capsule]:
    """Return collar bones, shoulder blades and upper arms; `top` is the first thoracic body."""
    z = float(top.centre[2])
    wide = float(habitus.at(habitus.half_width, z - 40))
    middle = float(habitus.middle_y(z - 40))
    deep = float(habitus.at(habitus.half_depth, z - 40))
    is_raised = rng.random() < 0.5
    rods: list[Capsule] = []
    for side in (-1, 1):

        def at(x: float, y: float, dz: float, side: int = side) -> Vector:
            return np.array([top.centre[0] + side * x, y, z + dz])

        tip = at(wide * 0.84, middle + 5, 10 + 30 * is_raised)
        rods += _chain(
            [at(20, middle - deep * 0.72, -30), at(wide * 0.4, middle - deep * 0.6, 5), tip],
            [7.0, 5.5, 6.0],
            part,
        )
        blade = [
            at(wide * 0.5, middle + deep * 0.62, -10),
            at(wide * 0.55, middle + deep * 0.7, -110),
        ]
        for point in (*blade, 0.5 * (blade[0] + blade[1])):
            rods.append(Capsule(tip + np.array([0, 12, -15.0]), point, 6.0, 2.2, part))
        rods += _chain(blade, [3.0, 3.0], part)
        head = tip + np.array([side * 6.0, 0, -20.0])
        rods.append(Capsule(head, head + 0.1, 22, 22, part))
        away = (
            np.array([side * 40.0, -20, 180.0]) if is_raised else np.array([side * 15.0, 0, -260.0])
        )
        rods.append(Capsule(head, head + away, 13, 12, part))
    return rods


def skull_rods(habitus: Habitus, first: Body, part: int) -> list[Capsule]:
    """Return the skull's base, face and jaw; its vault is drawn by `tissue` as a shell."""
    c = first.centre
    rods: list[Capsule] = []

    def at(x: float, y: float, z: float) -> Vector:
        return np.asarray(c + np.array([x, y, z]))

    for side in (-1, 1):
        rods.append(Capsule(at(side * 16, -2, 11), at(side * 20, 14, 14), 5, 5, part))
        rods.append(Capsule(at(side * 20, -8, 22), at(side * 58, 2, 24), 9, 11, part))
        rods.append(Capsule(at(side * 18, 20, 18), at(side * 45, 55, 30), 4, 4, part))
        rods += _chain(
            [at(side * 52, -22, 20), at(side * 46, -30, -18), at(side * 8, -92, -24)],
            [5.0, 6.0, 8.0],
            part,
        )
        rods.append(Capsule(at(side * 22, -55, 8), at(side * 12, -88, 10), 7, 8, part))
        rods.append(Capsule(at(side * 55, -40, 40), at(side * 30, -85, 30), 4, 4, part))
    rods.append(Capsule(at(0, -22, 15), at(0, -48, 38), 9, 9, part))
    rods.append(Capsule(at(0, 42, 20), at(0, 75, 40), 5, 6, part))
    return rods
