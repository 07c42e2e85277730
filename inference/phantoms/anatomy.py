"""Sizes of vertebrae, level by level, and the shape of a spine seen from the side.

Body sizes are means over twelve adult specimens: cervical Panjabi et al. 1991, Spine 16:861
(doi:10.1097/00007632-199108000-00001); thoracic Panjabi et al. 1991, Spine 16:888
(doi:10.1097/00007632-199108000-00006); lumbar Panjabi et al. 1992, Spine 17:299
(doi:10.1097/00007632-199203000-00010). Those columns give the posterior height (VBHp), the width
and depth of the upper end plate (EPWu, EPDu) and of the lower one (EPWl, EPDl). The specimens are
small; `HEIGHT_SCALE` and `PLANE_SCALE` bring them to the size of living adults on CT. The figures
were quoted without the originals at hand: whoever needs more than a plausible spine checks them. A
few were held against other publications (docs/phantoms.md); the others are unchecked.

What those papers do not give is drawn by this project and marked so: C1 and C2, the canal, the
tilt of each level, the wedging of normal bodies (in the sense of Masharawi et al. 2008, Clin Anat
21:46, doi:10.1002/ca.20532: wedged forward from T1 to L2, backward below), and disc heights (within
the ranges of Gilad and Nissan 1986, Spine 11:154, doi:10.1097/00007632-198603000-00010, and Kunkel
et al. 2011, J Anat 219:375, doi:10.1111/j.1469-7580.2011.01397.x).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

HEIGHT_SCALE: Final = 1.12
PLANE_SCALE: Final = 1.04
MIDDLE_RATIO: Final = 0.855
"""Middle height over the largest height of a normal body: end plates are concave."""


@dataclass(frozen=True)
class LevelSize:
    """Mean adult size of one vertebra, millimetres and degrees.

    Attributes:
        height: posterior body height.
        width: body width, mean of both end plates.
        depth: body depth, mean of both end plates.
        wedge: anterior over posterior height of a normal body.
        disc: height of the disc below.
        tilt: degrees by which the body's axis leans forward.
        canal_width: of the vertebral canal.
        canal_depth: of the vertebral canal.
    """

    height: float
    width: float
    depth: float
    wedge: float
    disc: float
    tilt: float
    canal_width: float
    canal_depth: float


_COLUMNS = ("height", "width", "depth", "wedge", "disc", "tilt", "canal_width", "canal_depth")
# level: VBHp, (EPWu + EPWl) / 2, (EPDu + EPDl) / 2 | ours: wedge, disc, tilt, canal
_ROWS: Final[dict[str, tuple[float, ...]]] = {
    "C1": (10.0, 17.0, 14.0, 1.00, 1.5, -6, 27, 30),
    "C2": (18.0, 17.5, 15.6, 1.05, 5.0, -5, 24, 20),
    "C3": (11.6, 16.5, 15.3, 0.99, 5.0, -1, 23, 16),
    "C4": (11.4, 17.1, 15.6, 0.98, 5.0, 4, 24, 16),
    "C5": (11.4, 18.4, 16.5, 0.97, 5.2, 9, 25, 16),
    "C6": (10.9, 20.2, 17.5, 0.98, 5.4, 15, 25, 16),
    "C7": (12.8, 22.6, 17.5, 0.99, 5.0, 22, 24, 16),
    "T1": (14.1, 26.1, 19.1, 0.97, 4.4, 25, 21, 16),
    "T2": (15.6, 26.2, 20.6, 0.97, 4.0, 23, 19, 15),
    "T3": (15.7, 25.3, 23.0, 0.96, 4.0, 20, 18, 16),
    "T4": (16.2, 25.3, 23.9, 0.95, 4.0, 16, 17, 16),
    "T5": (16.2, 26.0, 25.1, 0.94, 4.0, 11, 17, 16),
    "T6": (17.4, 27.2, 26.5, 0.92, 4.2, 7, 17, 16),
    "T7": (18.2, 28.5, 28.0, 0.92, 4.4, 3, 17, 16),
    "T8": (18.7, 30.0, 28.7, 0.92, 4.6, -1, 18, 16),
    "T9": (19.3, 31.8, 30.2, 0.93, 5.0, -5, 18, 16),
    "T10": (20.2, 33.7, 31.1, 0.94, 5.4, -9, 18, 16),
    "T11": (21.3, 37.0, 31.9, 0.93, 6.0, -13, 19, 16),
    "T12": (22.7, 40.6, 33.1, 0.94, 6.8, -15, 22, 18),
    "T13": (23.2, 41.4, 33.9, 0.95, 7.2, -14, 22, 18),
    "L1": (23.8, 42.3, 34.7, 0.95, 8.0, -12, 23, 18),
    "L2": (24.3, 44.1, 34.8, 0.98, 9.2, -7, 23, 18),
    "L3": (23.8, 46.1, 35.0, 1.01, 10.2, 0, 24, 18),
    "L4": (24.1, 48.1, 34.7, 1.05, 10.8, 12, 25, 18),
    "L5": (22.9, 48.4, 34.0, 1.14, 10.0, 25, 27, 19),
    "L6": (22.5, 49.0, 34.0, 1.16, 9.5, 30, 27, 19),
}
SIZES: Final[dict[str, LevelSize]] = {
    level: LevelSize(**dict(zip(_COLUMNS, row, strict=True))) for level, row in _ROWS.items()
}
FRACTURE_PRONE: Final = frozenset({"T6", "T7", "T8", "T11", "T12", "L1"})
"""Levels at which osteoporotic fractures cluster."""


def levels_with(variants: tuple[str, ...]) -> tuple[str, ...]:
    """Return the levels of a person with these of "T13", "L6", "no T12", "no L5"."""
    extra = {"T13", "L6"} - set(variants)
    absent = {variant.removeprefix("no ") for variant in variants if variant.startswith("no ")}
    return tuple(name for name in SIZES if name not in extra | absent)


def draw_levels(rng: np.random.Generator) -> tuple[str, ...]:
    """Return the levels of one person, cranial to caudal, with anomalies of number."""
    levels = list(levels_with(()))
    draw = rng.random()
    if draw < 0.05:
        levels.append("L6")
    elif draw < 0.09:
        levels.insert(levels.index("L1"), "T13")
    elif draw < 0.12:
        levels.remove("T12")
    elif draw < 0.14:
        levels.remove("L5")
    return tuple(levels)
