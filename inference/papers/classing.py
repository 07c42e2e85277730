"""Fractured or not, by vertebra and by case, after Glessgen et al. (Segment and Slice).

A confusion matrix over vertebrae with Wilson's intervals, once over those that were found as in
the paper and once with missed ones called unfractured; the share of cases in which every vertebra
is right, and the share that could not be processed. A truth of grade 1 or more is a fracture. The
call is the system's own where it classifies, otherwise G at or below the convention's mild limit.
Where slices were classified, other rules on the same slices stand beside the one that was used: any
slice makes more false alarms the more slices there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.agreement.accuracy import Accuracy, Share, accuracy, wilson
from annotation.domain.vertebrae import is_graded
from inference.judged import JudgedCase, JudgedVertebra
from inference.papers.sheet import Row, of_share

Bools = NDArray[np.bool_]

ALL_NEGATIVE: Final = "all called unfractured"
NOTHING: Final = "an empty proposal"
OF_ACCURACY: Final = (
    ("sensitivity", "sensitivity"),
    ("specificity", "specificity"),
    ("positive_predictive", "positive predictive value"),
    ("negative_predictive", "negative predictive value"),
    ("accuracy", "accuracy"),
)


@dataclass(frozen=True)
class Confusion:
    """Counts of vertebrae: truth by call."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int


def confusion(cases: Sequence[JudgedCase], *, with_missed: bool) -> Confusion:
    """Count graded vertebrae; missed ones are left out or called unfractured."""
    said, true = _calls(_graded(cases), with_missed=with_missed)
    return Confusion(
        int((said & true).sum()),
        int((said & ~true).sum()),
        int((~said & true).sum()),
        int((~said & ~true).sum()),
    )


def classed(cases: Sequence[JudgedCase]) -> list[Row]:
    """Return the rows of the confusion matrix and of whole cases."""
    rows: list[Row] = []
    for name, with_missed in (("found vertebrae", False), ("missed called unfractured", True)):
        said, true = _calls(_graded(cases), with_missed=with_missed)
        own, trivial = accuracy(said, true), accuracy(np.zeros_like(said), true)
        n = len({case.patient for case in cases})
        rows += [_row(f"{what}, {name}", field, own, trivial, n) for field, what in OF_ACCURACY]
    return [*rows, *_by_rule(cases), *_of_cases(cases)]


def is_case_right(case: JudgedCase) -> bool:
    """Tell whether every graded vertebra of a case was found and called rightly."""
    return all(
        one.called is not None and one.called == _is_fractured(one) for one in _graded([case])
    )


def _by_rule(cases: Sequence[JudgedCase]) -> list[Row]:
    """Return how other rules on the same slices would call: any, k of n, the mean of the top."""
    seen = [one for one in _graded(cases) if one.slice_scores]
    true = np.array([_is_fractured(one) for one in seen], dtype=bool)
    n_patients = len({case.patient for case in cases})
    rows: list[Row] = []
    for name, score in SLICE_RULES if seen else ():
        said = np.array([score(one.slice_scores) >= LOOKS_FRACTURED for one in seen], dtype=bool)
        own, trivial = accuracy(said, true), accuracy(np.zeros_like(said), true)
        rows += [
            _row(f"{what}, {name}", field, own, trivial, n_patients) for field, what in OF_ACCURACY
        ]
    return rows


def _kth(k: int) -> Callable[[Sequence[float]], float]:
    return lambda scores: scores[min(k, len(scores)) - 1]


def _mean_of_top(scores: Sequence[float]) -> float:
    return float(np.mean(scores[:3]))


LOOKS_FRACTURED: Final = 0.5
SLICE_RULES: Final[tuple[tuple[str, Callable[[Sequence[float]], float]], ...]] = (
    ("any slice", _kth(1)),
    ("two slices", _kth(2)),
    ("three slices", _kth(3)),
    ("mean of the three highest slices", _mean_of_top),
)
"""What is at least `LOOKS_FRACTURED` where a rule calls a vertebra fractured; scores fall."""


def _of_cases(cases: Sequence[JudgedCase]) -> list[Row]:
    n_patients = len({case.patient for case in cases})
    known = [case for case in cases if _graded([case])]
    right = wilson(sum(map(is_case_right, known)), len(known))
    sound = wilson(sum(_is_sound(case) for case in known), len(known))
    named = [case for case in cases if case.vertebrae and case.are_levels_known]
    located = wilson(sum(case.are_labels_right for case in named), len(named))
    lost = wilson(sum(not case.is_processed for case in cases), len(cases))
    nothing = wilson(0, len(named))
    return [
        of_share(
            "cases with every vertebra called rightly", right, n_patients, (ALL_NEGATIVE, sound)
        ),
        of_share("cases found and named completely", located, n_patients, (NOTHING, nothing)),
        of_share(
            "cases that could not be processed",
            lost,
            n_patients,
            (NOTHING, wilson(len(cases), len(cases))),
        ),
    ]


def _row(what: str, field: str, own: Accuracy, trivial: Accuracy, n_patients: int) -> Row:
    found: Share = getattr(own, field)
    return of_share(what, found, n_patients, (ALL_NEGATIVE, getattr(trivial, field)))


def _graded(cases: Sequence[JudgedCase]) -> list[JudgedVertebra]:
    return [
        one
        for case in cases
        for one in case.vertebrae
        if one.grade is not None and is_graded(one.level)
    ]


def _is_fractured(one: JudgedVertebra) -> bool:
    return bool(one.grade)


def _is_sound(case: JudgedCase) -> bool:
    return not any(_is_fractured(one) for one in _graded([case]))


def _calls(graded: Sequence[JudgedVertebra], *, with_missed: bool) -> tuple[Bools, Bools]:
    """Return calls and truth of vertebrae, shape (n,) each."""
    kept = [one for one in graded if with_missed or one.called is not None]
    said = np.array([bool(one.called) for one in kept], dtype=bool)
    return said, np.array([_is_fractured(one) for one in kept], dtype=bool)
