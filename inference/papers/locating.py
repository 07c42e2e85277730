"""Where the spine and its vertebrae lie: tables 1 and 2 of Zakharov et al. 2023.

Localizer: distance of the line in axial planes and error of both ends. Detection: hexagons that
overlap by at least 0.1, or centres within 20 mm where the truth knows centres only
(doi:10.1016/j.media.2022.102646); pooled over vertebrae and averaged over patients.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from annotation.domain.agreement.estimates import Statistic
from annotation.domain.agreement.values import mean_value
from inference.judged import JudgedCase, JudgedVertebra
from inference.papers.measure import Measure, pooled, spread
from inference.papers.sheet import Compared

LINE: Final = "straight line through the middle"
STACK: Final = "mean anatomy stacked from below"
ANATOMY: Final = "mean anatomy of the level"
Counts = tuple[int, int, int]
"""Found, missed, false."""


def located(
    cases: Sequence[JudgedCase], stacked: Sequence[JudgedCase], anatomical: Sequence[JudgedCase]
) -> list[Compared]:
    """Return the rows of localizer, detection and six points.

    Args:
        cases: of the system.
        stacked: the same cases as a stack of mean vertebrae on a straight line sees them.
        anatomical: the same, with mean anatomy at the true places.
    """
    both = (cases, stacked)
    line = [per_case("line, mean l2 in axial planes, mm", some, _line_mm) for some in both]
    limits = [per_case("limits, mean absolute error, mm", some, _limits_mm) for some in both]
    rows = [_beside(line, LINE), _beside(limits, LINE)]
    rows += _detected("centres within 20 mm", by_centres, both)
    rows += _detected("overlap >= 0.1", by_overlap, both)
    what = "precision, centres within 20 mm, without own cut ones"
    rows.append(_beside([_precision(what, uncut, some) for some in both], STACK))
    rows.append(_beside([keypoints(some) for some in both], STACK))
    return [*rows, Compared(error_of_g(cases), error_of_g(anatomical), ANATOMY)]


def by_centres(case: JudgedCase) -> Counts:
    """Count by centres within 20 mm."""
    found = sum(one.found_level is not None for one in case.vertebrae)
    return found, len(case.vertebrae) - found, case.n_false


def by_overlap(case: JudgedCase) -> Counts:
    """Count by overlap of hexagons; nothing where one side has no hexagons."""
    return case.overlapping or (0, 0, 0)


def uncut(case: JudgedCase) -> Counts:
    """Count by centres, false ones that the system itself calls cut left out."""
    found, missed, false = by_centres(case)
    return found, missed, false - case.n_false_cut


def per_case(
    what: str, cases: Sequence[JudgedCase], value: Callable[[JudgedCase], float | None]
) -> Measure:
    """Return the mean of one value per case."""
    known = [(case.patient, found) for case in cases if (found := value(case)) is not None]
    rows = np.array([found for _, found in known], dtype=np.float64).reshape(-1, 1)
    return Measure(what, mean_value(), rows, tuple(who for who, _ in known), 2)


def keypoints(cases: Sequence[JudgedCase]) -> Measure:
    """Return the mean distance of the six points."""
    what = "six points, mean distance in plane, mm"
    return replace(_of_vertebrae(what, mean_value(), cases, _distances), digits=2)


def error_of_g(cases: Sequence[JudgedCase]) -> Measure:
    """Return the standard deviation of the error of the height ratio."""
    return _of_vertebrae("G, SD of the error", spread(), cases, _shift_of_g)


def _of_vertebrae(
    what: str,
    statistic: Statistic,
    cases: Sequence[JudgedCase],
    values: Callable[[JudgedVertebra], Sequence[float]],
) -> Measure:
    found = [
        (case.patient, value) for case in cases for one in case.vertebrae for value in values(one)
    ]
    rows = np.array([value for _, value in found], dtype=np.float64).reshape(-1, 1)
    return Measure(what, statistic, rows, tuple(who for who, _ in found))


def _beside(both: Sequence[Measure], trivial: str) -> Compared:
    own, baseline = both
    return Compared(own, baseline, trivial)


def _line_mm(case: JudgedCase) -> float | None:
    return case.line_mm


def _limits_mm(case: JudgedCase) -> float | None:
    return case.limits_mm


def _distances(one: JudgedVertebra) -> Sequence[float]:
    return one.errors_mm


def _shift_of_g(one: JudgedVertebra) -> Sequence[float]:
    return () if one.found_g is None or one.g is None else (one.found_g - one.g,)


def _detected(
    way: str,
    counts: Callable[[JudgedCase], Counts],
    both: tuple[Sequence[JudgedCase], Sequence[JudgedCase]],
) -> list[Compared]:
    rows = []
    for name, make in (("precision", _precision), ("recall", _recall)):
        shares = [make(f"{name}, {way}", counts, cases) for cases in both]
        rows.append(_beside(shares, STACK))
        rows.append(_beside([_averaged(one) for one in shares], STACK))
    return rows


def _precision(
    what: str, counts: Callable[[JudgedCase], Counts], cases: Sequence[JudgedCase]
) -> Measure:
    told = [(case.patient, counts(case)) for case in cases]
    return pooled(what, [(who, found, found + false) for who, (found, _, false) in told])


def _recall(
    what: str, counts: Callable[[JudgedCase], Counts], cases: Sequence[JudgedCase]
) -> Measure:
    told = [(case.patient, counts(case)) for case in cases]
    return pooled(what, [(who, found, found + missed) for who, (found, missed, _) in told])


def _averaged(share: Measure) -> Measure:
    """Return a pooled share as the mean of every patient's own share."""
    names = sorted(set(share.patients))
    whose = np.array(share.patients, dtype=str)
    own = np.array([share.rows[whose == name].mean() for name in names]).reshape(-1, 1)
    return Measure(f"{share.what}, mean over patients", mean_value(), own, tuple(names))
