"""How a student's mask or a reader's grades compare with a known truth."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotation.domain.agreement.categories import cohen_kappa
from annotation.domain.agreement.estimates import estimate

_Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class JudgedVertebra:
    """One vertebra of the truth as a student left it.

    Attributes:
        level: true name.
        found: name that was given to the bone that covers most of it, None where there is none.
        dice: of that bone with it; 0 where there is none.
    """

    level: str
    found: str | None
    dice: float


@dataclass(frozen=True)
class JudgedMask:
    """One mask against the truth.

    Attributes:
        vertebrae: of the truth, from cranial to caudal.
        n_extra: painted bones that are no vertebra of the truth.
    """

    vertebrae: tuple[JudgedVertebra, ...]
    n_extra: int


def judge_mask(
    mask: _Mask, levels: Mapping[int, str], truth: _Mask, true_levels: Mapping[int, str]
) -> JudgedMask:
    """Compare a mask with the truth on the same grid; numbers of the two need not agree.

    Args:
        mask: vertebra numbers, shape (k, j, i).
        levels: name of each of its numbers.
        truth: true vertebra numbers, same shape.
        true_levels: true names.

    Raises:
        ValueError: if the grids differ.
    """
    if mask.shape != truth.shape:
        raise ValueError(f"masks {mask.shape} and {truth.shape} do not lie on one grid")
    counts = np.bincount(
        truth.reshape(-1).astype(np.int64) * 256 + mask.reshape(-1), minlength=256 * 256
    ).reshape(256, 256)
    sizes, true_sizes = counts.sum(axis=0), counts.sum(axis=1)
    found, used = [], set()
    for number in (one for one in sorted(true_levels) if true_sizes[one]):
        best = int(counts[number, 1:].argmax()) + 1
        both = int(counts[number, best])
        if both == 0 or best in used:
            found.append(JudgedVertebra(true_levels[number], None, 0.0))
            continue
        used.add(best)
        dice = 2 * both / int(sizes[best] + true_sizes[number])
        found.append(JudgedVertebra(true_levels[number], levels.get(best), dice))
    painted = {int(one) for one in np.flatnonzero(sizes[1:]) + 1}
    return JudgedMask(tuple(found), len(painted - used))


@dataclass(frozen=True)
class MaskResult:
    """All masks of an attempt.

    Attributes:
        n_vertebrae: of the truth.
        dice: mean over them, None without any.
        dice_least: of the worst.
        level_errors: wrongly named, missed or too many.
    """

    n_vertebrae: int
    dice: float | None
    dice_least: float | None
    level_errors: int


def masks_together(judged: Sequence[JudgedMask]) -> MaskResult:
    """Return the figures of all masks of an attempt."""
    rows = [row for one in judged for row in one.vertebrae]
    wrong = sum(row.found != row.level for row in rows) + sum(one.n_extra for one in judged)
    dice = [row.dice for row in rows]
    if not dice:
        return MaskResult(0, None, None, wrong)
    return MaskResult(len(rows), float(np.mean(dice)), min(dice), wrong)


@dataclass(frozen=True)
class GradesResult:
    """All grades of an attempt.

    Attributes:
        n_vertebrae: graded in the truth.
        n_missing: of them without a grade of the reader.
        agreement: share of equal grades among those with both, None without any.
        kappa: quadratic, None where all grades of both are one and the same.
    """

    n_vertebrae: int
    n_missing: int
    agreement: float | None
    kappa: float | None

    def reaches(self, kappa: float) -> bool:
        """Tell whether a limit is reached; where kappa is undefined, only by equal grades."""
        if self.n_missing or self.agreement is None:
            return False
        return self.agreement == 1 if self.kappa is None else self.kappa >= kappa


def grades_together(pairs: Iterable[tuple[int, int | None]]) -> GradesResult:
    """Compare grades with the truth; pairs are the true grade and the reader's."""
    rows = list(pairs)
    both = np.array([[true, said] for true, said in rows if said is not None], dtype=np.float64)
    n_missing = len(rows) - len(both)
    if not len(both):
        return GradesResult(len(rows), n_missing, None, None)
    apart = np.arange(len(both), dtype=np.int64)
    kappa = estimate(cohen_kappa("quadratic", 4), both, apart, draws=0).value
    same = float((both[:, 0] == both[:, 1]).mean())
    return GradesResult(len(rows), n_missing, same, kappa)
