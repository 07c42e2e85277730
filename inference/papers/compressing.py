"""How much height is lost, in per cent against the neighbours and as G: r, bias and limits.

Pearson's r and Bland and Altman's bias and limits of agreement as in the study of vertebral
compression ratios on radiographs (Kim et al., multi-dilated recurrent residual U-Net) and in figure
7 of Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646). Differences are system minus truth.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from annotation.domain.agreement.estimates import Array
from annotation.domain.agreement.values import limit_of_agreement, mean_difference, mean_value
from annotation.domain.vertebrae import is_graded
from inference.judged import JudgedCase, JudgedVertebra
from inference.papers.measure import Measure, correlation
from inference.papers.sheet import Compared

NO_LOSS: Final = "no loss anywhere (0 %)"
ANATOMY: Final = "mean anatomy of the level"
Pair = Callable[[JudgedVertebra], tuple[float | None, float | None]]


def compared(cases: Sequence[JudgedCase], anatomical: Sequence[JudgedCase]) -> list[Compared]:
    """Return the rows of compression ratio and G.

    Args:
        cases: of the system.
        anatomical: the same cases with mean anatomy, and no compression anywhere.
    """
    rows = _agreement("compression, %", of_compression, (cases, anatomical), NO_LOSS)
    return rows + _agreement("G", of_g, (cases, anatomical), ANATOMY)


def of_compression(one: JudgedVertebra) -> tuple[float | None, float | None]:
    """Return found and true compression."""
    return one.found_compression, one.compression


def of_g(one: JudgedVertebra) -> tuple[float | None, float | None]:
    """Return found and true height ratio."""
    return one.found_g, one.g


def pairs(cases: Sequence[JudgedCase], pair: Pair) -> tuple[Array, tuple[str, ...]]:
    """Return (found, true) of graded vertebrae that have both, shape (n, 2), and whose they are."""
    both = [
        (*found, case.patient)
        for case in cases
        for one in case.vertebrae
        if is_graded(one.level) and None not in (found := pair(one))
    ]
    rows = np.array([one[:2] for one in both], dtype=np.float64).reshape(-1, 2)
    return rows, tuple(str(one[2]) for one in both)


def _agreement(
    what: str, pair: Pair, both: tuple[Sequence[JudgedCase], Sequence[JudgedCase]], trivial: str
) -> list[Compared]:
    digits = 1 if "%" in what else 3
    (own, whose), (plain, who) = (pairs(some, pair) for some in both)
    rows = [
        (f"{what}: r", correlation(), 3),
        (f"{what}: bias", mean_difference(), digits),
        (f"{what}: lower limit of agreement", limit_of_agreement(-1), digits),
        (f"{what}: upper limit of agreement", limit_of_agreement(1), digits),
    ]
    found = [
        Compared(Measure(name, how, own, whose, n), Measure(name, how, plain, who, n), trivial)
        for name, how, n in rows
    ]
    apart = [np.abs(some[:, :1] - some[:, 1:]) for some in (own, plain)]
    name = f"{what}: mean absolute error"
    mean = [
        Measure(name, mean_value(), rows, people, digits)
        for rows, people in zip(apart, (whose, who), strict=True)
    ]
    return [*found, Compared(mean[0], mean[1], trivial)]
