"""What is normal at each level, estimated from vertebrae that every reader called normal.

No published table is shipped: a deployment estimates its own. A level counts with at least
`MINIMUM_N` bodies of its own, or with as many from the levels around it; until then it has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.measures import Heights
from annotation.domain.vertebrae import LEVELS, is_graded, place_of

MINIMUM_N: Final = 30
POOLED_LEVELS: Final = 2


@dataclass(frozen=True)
class NormalLevel:
    """What is normal at one level.

    Attributes:
        level: anatomical name.
        n: bodies of this level.
        n_used: bodies the figures rest on; 0 where there are too few.
        pooled: levels the figures rest on, the own one among them.
        ratios: mean of anterior over posterior and of middle over posterior height, or None.
        spread: standard deviations of the two ratios, or None.
        heights_mm: mean heights, or None.
    """

    level: str
    n: int
    n_used: int = 0
    pooled: tuple[str, ...] = ()
    ratios: tuple[float, float] | None = None
    spread: tuple[float, float] | None = None
    heights_mm: Heights | None = None


def estimate_normals(bodies: Sequence[tuple[str, Heights]]) -> list[NormalLevel]:
    """Return what is normal at every graded level, from cranial to caudal.

    Args:
        bodies: level and mean heights over the readers of each normal vertebra.
    """
    rows = {level: _heights(bodies, level) for level in LEVELS if is_graded(level)}
    return [_estimate(level, rows) for level in rows]


def _heights(bodies: Sequence[tuple[str, Heights]], level: str) -> NDArray[np.float64]:
    own = [heights for name, heights in bodies if name == level]
    return np.array(own, dtype=np.float64).reshape(-1, 3)


def _estimate(level: str, rows: dict[str, NDArray[np.float64]]) -> NormalLevel:
    n = len(rows[level])
    pooled = (level,) if n >= MINIMUM_N else _around(level, rows)
    used = np.concatenate([rows[name] for name in pooled])
    if len(used) < MINIMUM_N:
        return NormalLevel(level, n)
    ratios = used[:, :2] / used[:, 2:]
    mean, spread = ratios.mean(axis=0), ratios.std(axis=0, ddof=1)
    a, m, p = (float(height) for height in used.mean(axis=0))
    return NormalLevel(
        level=level,
        n=n,
        n_used=len(used),
        pooled=pooled,
        ratios=(float(mean[0]), float(mean[1])),
        spread=(float(spread[0]), float(spread[1])),
        heights_mm=(a, m, p),
    )


def _around(level: str, rows: dict[str, NDArray[np.float64]]) -> tuple[str, ...]:
    """Return the level with two above and two below; T13 and L6 count where they occur."""
    known = [name for name in rows if name == level or name not in ("T13", "L6") or len(rows[name])]
    place = sorted(known, key=place_of).index(level)
    return tuple(known[max(0, place - POOLED_LEVELS) : place + POOLED_LEVELS + 1])
