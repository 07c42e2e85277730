"""How severe fractures are told apart: tables 2 and 3 of Zakharov et al. 2023, and shape by shape.

Score is minus G of the matched vertebra, or what a classifier says of it; truth is the grade.
Three tasks: grade 0 against 1-3, grade 0 against 2-3 with mild ones left out, 0-1 against 2-3. A
patient's score is the worst of what was found, a patient's truth the highest grade
(doi:10.1016/j.media.2022.102646). Vertebrae that were not found are left out as in the paper, and
once more counted lowest. Cervical vertebrae are not graded and enter nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from annotation.domain.vertebrae import is_graded, place_of
from inference import judging
from inference.judged import JudgedCase, JudgedVertebra
from inference.papers.measure import Measure, Ranked, roc_auc, sensitivity_at
from inference.papers.sheet import Compared

ANATOMY: Final = "mean anatomy of the level"
T4_TO_L5: Final = (place_of("T4"), place_of("L5"))
SHAPES: Final = ("wedge", "biconcave", "crush")


@dataclass(frozen=True)
class Task:
    """Which grades are told from which; grades on no side are left out."""

    name: str
    negative: frozenset[int]
    positive: frozenset[int]


MODERATE: Final = Task("G0-G1 vs G2-G3", frozenset({0, 1}), frozenset({2, 3}))
TASKS: Final = (
    Task("G0 vs G1-G3", frozenset({0}), frozenset({1, 2, 3})),
    Task("G0 vs G2-G3", frozenset({0}), frozenset({2, 3})),
    MODERATE,
)


@dataclass(frozen=True)
class Scored:
    """A unit with its score, -inf where missed, and its true grade."""

    patient: str
    score: float
    grade: int


def severities(cases: Sequence[JudgedCase], anatomical: Sequence[JudgedCase]) -> list[Compared]:
    """Return the rows of severity, beside a system that says what is normal at every level.

    Args:
        cases: of the system.
        anatomical: the same cases with the mean height ratio of every true level.
    """
    both = (cases, anatomical)
    rows: list[Compared] = []
    for task in TASKS:
        rows += _rows(f"{task.name}, vertebrae", task, [vertebrae_of(one) for one in both])
        rows += _rows(f"{task.name}, patients", task, [patients_of(one) for one in both])
    name = MODERATE.name
    missed = [vertebrae_of(one, with_missed=True) for one in both]
    rows += _rows(f"{name}, vertebrae, missed ones lowest", MODERATE, missed)
    middle = [vertebrae_of(one, levels=T4_TO_L5, with_missed=True) for one in both]
    rows += _rows(f"{name}, T4-L5, missed ones lowest", MODERATE, middle)
    for shape in SHAPES:
        shaped = [vertebrae_of(one, shape=shape, with_missed=True) for one in both]
        rows += _rows(f"{name}, {shape} against unfractured, missed lowest", MODERATE, shaped)
    return rows


def vertebrae_of(
    cases: Sequence[JudgedCase],
    *,
    levels: tuple[int, int] | None = None,
    shape: str = "",
    with_missed: bool = False,
) -> list[Scored]:
    """Return graded vertebrae with their scores.

    Args:
        cases: judged.
        levels: first and last place of the levels that count; None for all graded ones.
        shape: only fractures of this shape, against all that have grade 0 or 1.
        with_missed: count what was not found below everything; otherwise it is left out.
    """
    found = []
    for case in cases:
        for one in case.vertebrae:
            if one.grade is None or not is_graded(one.level) or not _is_in(one, levels):
                continue
            if shape and one.grade >= 2 and one.shape != shape:
                continue
            if one.score is not None or with_missed:
                score = judging.MISSED if one.score is None else one.score
                found.append(Scored(case.patient, score, one.grade))
    return found


def patients_of(cases: Sequence[JudgedCase]) -> list[Scored]:
    """Return patients: the most severe of all that was found, and the highest grade there is.

    A patient in whom nothing was measured counts lowest.
    """
    truths: dict[str, list[int]] = {}
    worst: dict[str, list[float]] = {}
    for case in cases:
        if case.worst is not None:
            worst.setdefault(case.patient, []).append(case.worst)
    for one in vertebrae_of(cases, with_missed=True):
        truths.setdefault(one.patient, []).append(one.grade)
    return [
        Scored(patient, max(worst.get(patient, [judging.MISSED])), max(grades))
        for patient, grades in truths.items()
    ]


def ranked(what: str, statistic: Ranked, task: Task, units: Sequence[Scored]) -> Measure:
    """Return one figure of a task."""
    inside = [one for one in units if one.grade in task.negative | task.positive]
    rows = np.array([(one.score, float(one.grade in task.positive)) for one in inside])
    patients = tuple(one.patient for one in inside)
    return Measure(what, statistic, rows.reshape(-1, 2), patients)


def _rows(what: str, task: Task, both: Sequence[Sequence[Scored]]) -> list[Compared]:
    rows = []
    for name, statistic in (("ROC AUC", roc_auc()), ("sens. at spec. 0.9", sensitivity_at())):
        own, trivial = (ranked(f"{name}, {what}", statistic, task, units) for units in both)
        rows.append(Compared(own, trivial, ANATOMY))
    return rows


def _is_in(one: JudgedVertebra, levels: tuple[int, int] | None) -> bool:
    return levels is None or levels[0] <= place_of(one.level) <= levels[1]
