"""Computes the report on agreement, keeps it, and freezes it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any, Final

import numpy as np
from django.db import transaction

from annotation.agreement.against import against_consensus, against_others
from annotation.agreement.automation import automation_of
from annotation.agreement.masks import MaskPair, compare_pairs, fingerprint_of, mask_pairs
from annotation.agreement.models import AgreementReport
from annotation.agreement.selectors import Said, Trait, closed_readings
from annotation.domain.agreement import report
from annotation.domain.agreement.estimates import DRAWS, SEED, Array
from annotation.domain.agreement.points import point_distances
from annotation.domain.agreement.report import Rated, Ratings
from annotation.domain.agreement.values import bland_altman
from annotation.domain.discrepancy import GREAT_DIFFERENCE_OF_G
from annotation.domain.genant import CONVENTIONS
from annotation.domain.vertebrae import place_of
from annotation.studies.models import Dataset

ALL: Final = "all"
EXPOSURES: Final = ("hidden", "shown", "after_commit")
PLOTTED: Final = ("anterior", "middle", "posterior", "g")
MOST_POINTS: Final = 2000
"""Points of a plot; a larger study is thinned evenly, and says so."""

Tell = Callable[[int, str], None]


def _tell_nobody(percent: int, message: str) -> None:
    """Hear how far a report is, where nobody waits for it."""


def report_of(dataset: Dataset, tell: Tell = _tell_nobody) -> AgreementReport:
    """Return the report on the readings as they stand, computed once for each such state."""
    said, pairs = closed_readings(dataset), mask_pairs(dataset)
    state = name_of_state(said.fingerprint, pairs)
    kept = kept_report(dataset, state)
    if kept is not None:
        return kept
    content = {
        **compute(said, tell=tell),
        "masks": compare_pairs(pairs, known_pairs(dataset), draws=DRAWS),
        "automation": automation_of(dataset, said),
    }
    with transaction.atomic():
        found, _ = AgreementReport.objects.get_or_create(
            dataset=dataset,
            fingerprint=state,
            label="",
            defaults={"content": content},
        )
    return found


def name_of_state(fingerprint: str, pairs: Sequence[MaskPair]) -> str:
    """Return the name of what a report is on: readings, settlements and masks."""
    return hashlib.sha256(f"{fingerprint} {fingerprint_of(pairs)}".encode()).hexdigest()


def kept_report(dataset: Dataset, state: str) -> AgreementReport | None:
    """Return the report that was computed for a state before."""
    return dataset.agreement_reports.filter(fingerprint=state, label="").first()


def known_pairs(dataset: Dataset) -> dict[str, Any]:
    """Return what the newest report says of pairs of masks, by `MaskPair.key`."""
    before = dataset.agreement_reports.filter(source="").first()
    known: dict[str, Any] = before.content.get("masks", {}).get("cases", {}) if before else {}
    return known


def freeze_report(dataset: Dataset, *, label: str) -> AgreementReport:
    """Keep the report as it stands under a name; the same name twice keeps both states."""
    current = report_of(dataset)
    frozen, _ = AgreementReport.objects.get_or_create(
        dataset=dataset,
        fingerprint=current.fingerprint,
        label=label,
        defaults={"content": current.content},
    )
    return frozen


def complete(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a report with what older reports did not hold yet left empty."""
    arms = {}
    for name, arm in content["arms"].items():
        held = {
            of: [{"n_patients": None, "patients": None, **row} for row in arm[of]]
            for of in ("against_consensus", "against_others")
        }
        pairs = [
            {"map": [], "points": None, **pair, "heights": {"g": None, **pair["heights"]}}
            for pair in arm["pairs"]
        ]
        arms[name] = {**arm, **held, "pairs": pairs}
    nothing = {
        "experts": [],
        "within": [],
        "masks": {"cases": {}, "rows": [], "missed": []},
        "automation": {"arms": [], "turned": [], "readers": []},
    }
    return {**nothing, **content, "arms": arms}


def compute(
    said: Said,
    *,
    arms: Sequence[str] | None = None,
    draws: int = DRAWS,
    tell: Tell = _tell_nobody,
) -> dict[str, Any]:
    """Return the content of a report as plain values for JSON, of all arms or of some."""
    wanted = arms or arms_of(said)
    found = {}
    for place, arm in enumerate(wanted):
        tell(10 + 60 * place // len(wanted), f"Group {place + 1} of {len(wanted)}")
        found[arm] = _of_arm(_in_arm(said, arm), said, draws)
    tell(70, "Repeats, masks and proposals")
    again = report.within_rows(said.rated, said.again, draws=draws)
    return {
        "n_cases": said.n_cases,
        "conventions": said.conventions,
        "draws": draws,
        "seed": SEED,
        "arms": found,
        "within": [_row(row) for row in again],
    }


def arms_of(said: Said) -> list[str]:
    """Return the names of the groups of readings that are told apart.

    All readings; by whether the model's proposal was in sight; and, where there are several, by
    arm of the protocol (``arm:name``) and by version of the protocol (``protocol:2``).
    """
    traits = set(said.traits.values())
    exposures = {trait.exposure for trait in traits}
    found = [ALL, *(one for one in EXPOSURES if one in exposures or one != EXPOSURES[-1])]
    arms = sorted({trait.arm for trait in traits} - {""})
    versions = sorted({trait.protocol for trait in traits})
    found += [f"arm:{arm}" for arm in arms]
    return found + [f"protocol:{version}" for version in versions if len(versions) > 1]


def _in_arm(said: Said, arm: str) -> list[Rated]:
    return [one for one in said.rated if is_in_arm(said.traits[one.vertebra, one.reader], arm)]


def is_in_arm(trait: Trait, arm: str) -> bool:
    """Tell whether a finding belongs to a group of `arms_of`."""
    kind, _, name = arm.partition(":")
    if kind == "arm":
        return trait.arm == name
    if kind == "protocol":
        return str(trait.protocol) == name
    return arm in (ALL, trait.exposure)


def _of_arm(rated: Sequence[Rated], said: Said, draws: int) -> dict[str, Any]:
    ratings = report.tabulate(rated)
    rows = report.agreement_rows(ratings, draws=draws, seed=SEED)
    return {
        "readers": list(ratings.readers),
        "n_patients": len(np.unique(ratings.patients)),
        "n_vertebrae": len(ratings.levels),
        "n_by_two": _read_by_two(ratings),
        "rows": [_row(row) for row in rows],
        "pairs": [_pair(ratings, *pair, said) for pair in combinations(ratings.readers, 2)],
        "levels": _levels(ratings),
        "against_consensus": against_consensus(rated, said),
        "against_others": against_others(ratings),
    }


def _read_by_two(ratings: Ratings) -> int:
    grades = ratings.of["grade"]
    return int((np.isfinite(grades).sum(axis=1) >= 2).sum()) if grades.size else 0


def _row(row: report.Row) -> dict[str, Any]:
    named = {"group": row.group, "of": row.of, "readers": list(row.readers)}
    return {**named, "statistic": row.statistic, **asdict(row.estimate)}


def _pair(ratings: Ratings, first: str, second: str, said: Said) -> dict[str, Any]:
    columns = [ratings.readers.index(first), ratings.readers.index(second)]
    grades, g = ratings.of["grade"][:, columns], ratings.of["g"][:, columns]
    return {
        "readers": [first, second],
        "confusion": report.confusion(ratings, first, second).tolist(),
        "n_near_limit": _near_a_limit(grades, g, said.conventions),
        "heights": {name: _plot(ratings.of[name][:, columns]) for name in PLOTTED},
        "points": _points(ratings, columns),
        "map": [_map_row(ratings, level, columns) for level in _levels_in(ratings)],
    }


def _points(ratings: Ratings, columns: list[int]) -> dict[str, Any] | None:
    found = point_distances(*(ratings.points_mm[:, column] for column in columns))
    return None if found is None else asdict(found)


_DIFFERENT: Final[dict[str, Callable[[Array], np.ndarray[Any, Any]]]] = {
    "grade": lambda pair: pair[:, 0] != pair[:, 1],
    "moderate": lambda pair: pair[:, 0] != pair[:, 1],
    "shape": lambda pair: pair[:, 0] != pair[:, 1],
    "g": lambda pair: np.abs(pair[:, 0] - pair[:, 1]) > GREAT_DIFFERENCE_OF_G,
}


def _map_row(ratings: Ratings, level: str, columns: list[int]) -> dict[str, Any]:
    """Return of how many vertebrae of a level two readers differ, and in what."""
    here = ratings.levels == level
    row: dict[str, Any] = {"level": level}
    for of, differ in _DIFFERENT.items():
        pair = ratings.of[of][here][:, columns]
        pair = pair[np.isfinite(pair).all(axis=1)]
        row[of] = {"n": len(pair), "n_different": int(differ(pair).sum())}
    return row


def _levels_in(ratings: Ratings) -> list[str]:
    return sorted(set(ratings.levels.tolist()), key=place_of)


def _near_a_limit(
    grades: Array, g: Array, conventions: Sequence[str], margin: float = 0.05
) -> int | None:
    """Return how many differing grades lie beside a limit; None with several conventions."""
    if len(conventions) != 1:
        return None
    convention = CONVENTIONS[conventions[0]]
    limits = np.array([convention.mild, convention.moderate, convention.severe])
    differ = np.isfinite(grades).all(axis=1) & (grades[:, 0] != grades[:, 1])
    near = (np.abs(g[..., None] - limits) <= margin).any(axis=-1).all(axis=1)
    return int((differ & near).sum())


def _plot(pair: Array) -> dict[str, Any] | None:
    """Return Bland and Altman's plot of a height in millimetres or of G; None below two pairs."""
    found = bland_altman(pair[:, 0], pair[:, 1])
    if found is None:
        return None
    both = pair[np.isfinite(pair).all(axis=1)]
    points = np.column_stack([both.mean(axis=1), both[:, 0] - both[:, 1]])
    every = -(-len(points) // MOST_POINTS)
    return {**asdict(found), "points": points[::every].round(3).tolist(), "every": every}


def _levels(ratings: Ratings) -> list[dict[str, Any]]:
    """Return for every level how many vertebrae two read, and how many grades differ."""
    found = []
    for level in _levels_in(ratings):
        grades = ratings.of["grade"][ratings.levels == level]
        twice = grades[np.isfinite(grades).sum(axis=1) >= 2]
        differ = np.nanmax(twice, axis=1) != np.nanmin(twice, axis=1) if len(twice) else []
        found.append({"level": level, "n": len(twice), "n_different": int(np.sum(differ))})
    return found
