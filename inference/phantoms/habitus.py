"""The outline of a person around the spine, as functions of height.

Half widths, half depths and the way from body centres to the skin of the back are this project's
drawing of an adult; every person draws factors on them. Nothing is measured on patients.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.phantoms.spine import Body

Vector = NDArray[np.float64]

# landmark: half width, half depth, body centre to back skin (mm); offsets are from named bodies
_OUTLINE: dict[str, tuple[float, float, float]] = {
    "head_top": (40, 50, 55),
    "head": (78, 98, 85),
    "jaw": (66, 85, 70),
    "C4": (58, 62, 58),
    "C7": (95, 68, 62),
    "T2": (172, 88, 66),
    "T5": (172, 104, 66),
    "T8": (162, 112, 66),
    "T12": (152, 112, 68),
    "L3": (150, 112, 76),
    "L5": (166, 112, 84),
    "hip": (178, 112, 90),
    "crotch": (172, 98, 92),
    "thigh": (150, 78, 80),
    "feet": (120, 62, 64),
}


@dataclass(frozen=True)
class Habitus:
    """Outline of a person; every array runs along `z`, which ascends.

    Attributes:
        z: heights, LPS millimetres.
        x: of the body's middle.
        spine_y: of the vertebral centres.
        half_width: of the trunk.
        half_depth: of the trunk.
        back: from vertebral centres to the skin of the back.
        crotch_z: below it there are two legs.
        chin_z: above it there is the head.
        fat_mm: thickness of the fat under the skin.
    """

    z: Vector
    x: Vector
    spine_y: Vector
    half_width: Vector
    half_depth: Vector
    back: Vector
    crotch_z: float
    chin_z: float
    fat_mm: float

    def at(self, values: Vector, z: NDArray[np.floating] | float) -> Vector:
        """Return one of the arrays at heights z."""
        return np.asarray(np.interp(z, self.z, values))

    def middle_y(self, z: NDArray[np.floating] | float) -> Vector:
        """Return y of the trunk's middle at heights z."""
        return self.at(self.spine_y + self.back - self.half_depth, z)


def draw_habitus(rng: np.random.Generator, bodies: tuple[Body, ...]) -> Habitus:
    """Draw a person around a spine."""
    by_level = {body.level: body.centre for body in bodies}
    low, high = bodies[-1].centre, bodies[0].centre
    way = _landmarks(by_level, low, high)
    names = sorted(way, key=lambda name: way[name][2])
    outline = np.array([_OUTLINE[name] for name in names])
    person = float(rng.uniform(0.9, 1.1))
    wide, deep = rng.uniform(0.82, 1.3), rng.uniform(0.78, 1.4)
    back = 1 + (rng.uniform(0.92, 1.6) - 1) * np.array(
        [0.3 if name in ("head", "head_top", "jaw") else 1.0 for name in names]
    )
    z = np.array([way[name][2] for name in names])
    centres = np.array([body.centre for body in bodies])[::-1]
    ends = np.array([way[name] for name in names])
    below, above = ends[z < low[2] - 1], ends[z > high[2] + 1]
    line = np.concatenate([below, centres, above])
    fine = np.unique(np.concatenate([z, line[:, 2]]))
    return Habitus(
        z=fine,
        x=np.interp(fine, line[:, 2], line[:, 0]),
        spine_y=np.interp(fine, line[:, 2], line[:, 1]),
        half_width=np.interp(fine, z, outline[:, 0] * person * wide),
        half_depth=np.interp(fine, z, outline[:, 1] * person * deep),
        back=np.interp(fine, z, outline[:, 2] * person * back),
        crotch_z=float(way["crotch"][2]),
        chin_z=float(way["jaw"][2] - 25),
        fat_mm=float(rng.uniform(3, 14) if rng.random() < 0.5 else rng.uniform(10, 45)),
    )


def _landmarks(by_level: dict[str, Vector], low: Vector, high: Vector) -> dict[str, Vector]:
    below = {
        "hip": (0.0, 22.0, -95.0),
        "crotch": (0.0, 0.0, -205.0),
        "thigh": (0.0, -5.0, -330.0),
        "feet": (0.0, -5.0, -900.0),
    }
    above = {"jaw": (0.0, -2.0, -5.0), "head": (0.0, -8.0, 75.0), "head_top": (0.0, -8.0, 160.0)}
    way = {name: low + np.array(step) for name, step in below.items()}
    way |= {name: high + np.array(step) for name, step in above.items()}
    for name in _OUTLINE:
        if name in by_level:
            way[name] = by_level[name]
    for name, fallback in (("T12", "T11"), ("L5", "L4")):
        if name not in way:
            way[name] = by_level[fallback] - np.array([0.0, 0.0, 1.0])
    return way
