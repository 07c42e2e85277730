"""Labels and masks as the VerSe challenge judges them (Sekuboyina et al. 2021).

Identification by labels on both sides within 20 mm, distance over labels on both sides, Dice and
95th percentile surface distance per vertebra of the truth, by label, at 1 mm
(doi:10.1016/j.media.2021.102166); also the share of cases in which every label is right, since one
shift of a whole spine costs the pooled rate as much as many small errors. Dice counts 0 for what is
not there, a distance cannot: the number of vertebrae without one stands beside it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from annotation.domain.agreement.values import mean_value
from inference.judged import JudgedCase, JudgedVertebra
from inference.papers.measure import Measure, pooled, share
from inference.papers.sheet import Compared

COUNTED: Final = "own finds named upward from L5"
BOXES: Final = "boxes stacked from below"


def labelled(
    cases: Sequence[JudgedCase], counted: Sequence[JudgedCase], stacked: Sequence[JudgedCase]
) -> list[Compared]:
    """Return the rows of labels and masks.

    Args:
        cases: of the system.
        counted: the same cases, what the system found named upward from L5 at the lower end.
        stacked: the same cases as boxes of mean size, stacked on a straight line.
    """
    every = [list(some) for some in (cases, counted)]
    anchored = [[case for case in some if case.shows] for some in every]
    with_end = "an end to count from in view"
    rows = [
        Compared(make(what, both[0]), make(what, both[1]), COUNTED)
        for what, make, both in (
            ("identification rate", _identified, every),
            (f"identification rate, {with_end}", _identified, anchored),
            ("localisation distance, labels on both sides, mm", _distance, every),
            ("share of cases with every label right", _all_right, every),
            (f"share of cases with every label right, {with_end}", _all_right, anchored),
        )
    ]
    masks: list[tuple[str, Callable[[JudgedVertebra], float | None], int]] = [
        ("Dice by label at 1 mm, missed 0", lambda one: one.label_dice, 3),
        ("HD95 by label at 1 mm, mm, of those there", lambda one: one.label_hd95_mm, 2),
        ("Dice by place, own grid, missed 0", lambda one: one.dice, 3),
    ]
    for what, value, digits in masks:
        own, boxes = (_mean(what, _vertebrae(some), value, digits) for some in (cases, stacked))
        rows.append(Compared(own, boxes, BOXES))
    absent = [
        _mean(
            "share of vertebrae that nothing of their label overlaps",
            _vertebrae(some),
            _is_absent,
            3,
        )
        for some in (cases, stacked)
    ]
    return [*rows, Compared(absent[0], absent[1], BOXES)]


def _vertebrae(cases: Sequence[JudgedCase]) -> list[tuple[str, JudgedVertebra]]:
    return [(case.patient, one) for case in cases for one in case.vertebrae]


def _mean(
    what: str,
    units: Iterable[tuple[str, JudgedVertebra]],
    value: Callable[[JudgedVertebra], float | None],
    digits: int,
) -> Measure:
    known = [(who, found) for who, one in units if (found := value(one)) is not None]
    rows = np.array([found for _, found in known], dtype=np.float64).reshape(-1, 1)
    return Measure(what, mean_value(), rows, tuple(who for who, _ in known), digits)


def _is_absent(one: JudgedVertebra) -> float | None:
    return None if one.label_dice is None else float(one.label_dice == 0)


def _identified(what: str, cases: Sequence[JudgedCase]) -> Measure:
    known = [(case.patient, case.identified) for case in cases if case.identified is not None]
    return pooled(what, [(who, one.hits, one.n_truth) for who, one in known])


def _distance(what: str, cases: Sequence[JudgedCase]) -> Measure:
    known = [(case.patient, case.identified) for case in cases if case.identified is not None]
    rows = [((one.mean_distance_mm or 0.0) * one.n_both, float(one.n_both)) for _, one in known]
    return Measure(
        what, share(), np.array(rows).reshape(-1, 2), tuple(who for who, _ in known), digits=2
    )


def _all_right(what: str, cases: Sequence[JudgedCase]) -> Measure:
    known = [case for case in cases if case.vertebrae and case.are_levels_known]
    rows = np.array([float(case.are_labels_right) for case in known]).reshape(-1, 1)
    return Measure(what, mean_value(), rows, tuple(case.patient for case in known))
