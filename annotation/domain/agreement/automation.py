"""What the model's proposal does to readers: followed where it is wrong, left untouched, read fast.

A proposal or a finding is right where it says what the consensus says. Three questions are asked of
each grade: the grade itself, any fracture, moderate or worse.

*Turned wrong*, between readings with and without the proposal in sight (Rosbach et al. name the
rate): of what is right alone where the proposal is wrong, the share that is wrong with it. With p
the share of right findings on such vertebrae it is ``(p_hidden - p_shown) / p_hidden``, which
supposes that a wrong proposal sets nobody right. Where the proposal is shown after the first
commit, the same reader's two answers give the rate directly.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from annotation.domain.agreement.accuracy import Share, wilson
from annotation.domain.agreement.estimates import DRAWS, SEED, Array, Statistic, divided, estimate
from annotation.domain.agreement.values import mean_value

FRACTURE: Final = 1
MODERATE: Final = 2
SHORT_SHARE: Final = 1 / 3
"""A reading is very short below this share of the median time per vertebra of all readings."""
FEWEST_TIMED: Final = 5
"""Fewer timed readings give no median to hold one against."""


@dataclass(frozen=True)
class Beside:
    """What a reader said of a vertebra beside the proposal and the consensus.

    Attributes:
        patient: whose vertebra.
        reader: who.
        arm: of the protocol, empty where it has none.
        exposure: "shown", "hidden" or "after_commit".
        said: grade of the reader.
        proposed: grade of the proposal, whether it was shown or not.
        true: settled grade.
        before: grade first handed in, where the proposal was shown afterwards.
    """

    patient: str
    reader: str
    arm: str
    exposure: str
    said: int
    proposed: int
    true: int
    before: int | None = None


@dataclass(frozen=True)
class Read:
    """One closed reading.

    Attributes:
        reader: who.
        seconds_per_vertebra: active time, None where none was counted.
        was_shown: it began with the proposal's points and grades.
        n_proposed: findings that began with a proposal.
        n_untouched: of them those with the proposal's points and grade.
    """

    reader: str
    seconds_per_vertebra: float | None
    was_shown: bool
    n_proposed: int
    n_untouched: int


_Says = Callable[[int], int]
QUESTIONS: Final[dict[str, _Says]] = {
    "grade": lambda grade: grade,
    "fracture": lambda grade: int(grade >= FRACTURE),
    "moderate": lambda grade: int(grade >= MODERATE),
}


def by_arm(rows: Sequence[Beside], *, draws: int = DRAWS) -> list[dict[str, Any]]:
    """Return the errors of every group of readings where the proposal is wrong and where right.

    Groups are the exposures that occur, then the arms that have a name. Intervals are by bootstrap
    over patients.
    """
    groups: dict[str, list[Beside]] = {}
    for one in rows:
        groups.setdefault(one.exposure, []).append(one)
    for one in rows:
        if one.arm:
            groups.setdefault(f"arm:{one.arm}", []).append(one)
    return [
        {
            "group": group,
            "question": question,
            "wrong_with_wrong": _clustered(_wrong(some, says, proposal_right=False), draws),
            "follows_wrong": _clustered(_follows(some, says), draws),
            "wrong_with_right": _clustered(_wrong(some, says, proposal_right=True), draws),
        }
        for group, some in groups.items()
        for question, says in QUESTIONS.items()
    ]


def turned_wrong(rows: Sequence[Beside], *, draws: int = DRAWS) -> list[dict[str, Any]]:
    """Return for each question the share of right answers that the proposal turns wrong.

    `between` compares readings with and without the proposal, `within` both answers of one reader.
    """
    return [
        {
            "question": question,
            "between": _between(rows, says, draws),
            "within": _clustered(_within(rows, says), draws),
        }
        for question, says in QUESTIONS.items()
    ]


def by_reader(rows: Iterable[Beside], reads: Sequence[Read]) -> list[dict[str, Any]]:
    """Return what each reader does with proposals; intervals are Wilson's."""
    said = list(rows)
    limit = short_limit(reads)
    letters = sorted({one.reader for one in reads} | {one.reader for one in said})
    return [
        {
            "reader": reader,
            "n_readings": sum(one.reader == reader for one in reads),
            "short": _short([one for one in reads if one.reader == reader], limit),
            "short_below_seconds": limit,
            "untouched_readings": _untouched([one for one in reads if one.reader == reader]),
            "untouched_findings": _accepted([one for one in reads if one.reader == reader]),
            "questions": [
                {"question": question, **_own(said, reader, says)}
                for question, says in QUESTIONS.items()
            ],
        }
        for reader in letters
    ]


def short_limit(reads: Iterable[Read]) -> float | None:
    """Return below how many seconds per vertebra a reading is very short, None if not told."""
    timed = [one.seconds_per_vertebra for one in reads if one.seconds_per_vertebra is not None]
    return SHORT_SHARE * float(np.median(timed)) if len(timed) >= FEWEST_TIMED else None


def _own(said: Iterable[Beside], reader: str, says: _Says) -> dict[str, Any]:
    own = [one for one in said if one.reader == reader]
    seen = [one for one in own if one.exposure != "hidden"]
    alone = [one for one in own if one.exposure == "hidden"]
    return {
        "follows_wrong": _share(_follows(seen, says)),
        "wrong_with_wrong": _share(_wrong(seen, says, proposal_right=False)),
        "wrong_alone": _share(_wrong(alone, says, proposal_right=False)),
        "turned_wrong": _share(_within(own, says)),
    }


_Marks = list[tuple[str, bool]]
"""Patient, and whether it happened."""


def _wrong(rows: Iterable[Beside], says: _Says, *, proposal_right: bool) -> _Marks:
    return [
        (one.patient, says(one.said) != says(one.true))
        for one in rows
        if (says(one.proposed) == says(one.true)) == proposal_right
    ]


def _follows(rows: Iterable[Beside], says: _Says) -> _Marks:
    return [
        (one.patient, says(one.said) == says(one.proposed))
        for one in rows
        if says(one.proposed) != says(one.true)
    ]


def _within(rows: Iterable[Beside], says: _Says) -> _Marks:
    """Return of answers that were right before a wrong proposal was seen whether they turned."""
    return [
        (one.patient, says(one.said) == says(one.proposed))
        for one in rows
        if one.before is not None
        and says(one.before) == says(one.true)
        and says(one.proposed) != says(one.true)
    ]


def _between(rows: Iterable[Beside], says: _Says, draws: int) -> dict[str, Any]:
    told = [
        (one.patient, one.exposure == "shown", says(one.said) == says(one.true))
        for one in rows
        if one.exposure in ("shown", "hidden") and says(one.proposed) != says(one.true)
    ]
    if not told:
        return asdict(wilson(0, 0, empty="no wrong proposal"))
    marks = np.array([[float(shown), float(right)] for _, shown, right in told])
    found = estimate(_TURNED, marks, _numbered(patient for patient, *_ in told), draws=draws)
    n_right = sum(right for _, shown, right in told if not shown)
    return {
        "hits": None,
        "of": n_right,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "reason": found.reason,
    }


def _turned_rows(marks: Array) -> Array:
    shown, right = marks[:, 0], marks[:, 1]
    alone = 1 - shown
    return np.column_stack([np.ones(len(marks)), alone, alone * right, shown, shown * right])


def _turned(sums: Array) -> Array:
    alone, shown = divided(sums[..., 2], sums[..., 1]), divided(sums[..., 4], sums[..., 3])
    return divided(alone - shown, alone)


_TURNED: Final = Statistic(
    "turned wrong",
    _turned_rows,
    _turned,
    lambda sums: "needs readings with and without the proposal, some of the latter right",
)


def _numbered(patients: Iterable[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    _, numbers = np.unique(list(patients), return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def _clustered(marks: _Marks, draws: int) -> dict[str, Any]:
    """Return a share with its interval by bootstrap over patients."""
    if not marks:
        return asdict(wilson(0, 0))
    happened = np.array([[float(mark)] for _, mark in marks])
    patients = _numbered(patient for patient, _ in marks)
    found = estimate(mean_value(), happened, patients, draws=draws, seed=SEED)
    hits = int(happened.sum())
    return asdict(Share(hits, len(marks), found.value, found.low, found.high, found.reason))


def _share(marks: _Marks) -> dict[str, Any]:
    return asdict(wilson(sum(mark for _, mark in marks), len(marks)))


def _short(reads: Sequence[Read], limit: float | None) -> dict[str, Any]:
    if limit is None:
        return asdict(wilson(0, 0, empty="fewer than five readings were timed"))
    timed = [one.seconds_per_vertebra for one in reads if one.seconds_per_vertebra is not None]
    return asdict(wilson(sum(seconds < limit for seconds in timed), len(timed)))


def _untouched(reads: Iterable[Read]) -> dict[str, Any]:
    shown = [one for one in reads if one.was_shown and one.n_proposed]
    return asdict(wilson(sum(one.n_untouched == one.n_proposed for one in shown), len(shown)))


def _accepted(reads: Iterable[Read]) -> dict[str, Any]:
    shown = [one for one in reads if one.was_shown]
    return asdict(
        wilson(sum(one.n_untouched for one in shown), sum(one.n_proposed for one in shown))
    )
