"""How much people changed and how long it took, by the model that proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, Final

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from annotation.activity.selectors import seconds_at
from annotation.bridge.runs import decode_runs
from annotation.domain.workflow import Stage
from annotation.refinement.models import MaskRevision
from annotation.refinement.selectors import (
    bytes_of,
    find_track,
    newest_revision,
    starting_revision,
)
from annotation.rounds.models import CaseEffort
from annotation.studies.models import Case, Dataset, Image
from annotation.studies.selectors import levels_of

SMALL_CHANGE: Final = 0.05
"""A level counts as changed little up to this share of its final voxels. Three readers correcting
one lumbar vertebra by hand differed from the proposal by 0.034 to 0.044."""


@dataclass(frozen=True)
class LevelChange:
    """One vertebra: voxels that entered or left it, and those it has in the end."""

    number: int
    changed: int
    final: int

    @property
    def kind(self) -> str:
        """Untouched, small or large; a vertebra that came or went is a large change."""
        if self.changed == 0:
            return "untouched"
        return "small" if self.changed <= SMALL_CHANGE * self.final else "large"


def changes_between(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> list[LevelChange]:
    """Compare two masks vertebra by vertebra, plane by plane to spare memory.

    Args:
        before: vertebra numbers, uint8, shape (k, j, i).
        after: same shape.

    Raises:
        ValueError: if the shapes differ.
    """
    if before.shape != after.shape:
        raise ValueError("two masks are compared on one grid")
    changed, first, final = (np.zeros(256, np.int64) for _ in range(3))
    for old, new in zip(before, after, strict=True):
        first += np.bincount(old.reshape(-1), minlength=256)
        final += np.bincount(new.reshape(-1), minlength=256)
        differs = old != new
        changed += np.bincount(old[differs], minlength=256)
        changed += np.bincount(new[differs], minlength=256)
    numbers = np.flatnonzero(first + final)
    return [LevelChange(int(n), int(changed[n]), int(final[n])) for n in numbers if n]


@transaction.atomic
def note_effort(case: Case) -> None:
    """Keep what people changed in a case that has become final; runs on arrival there.

    A case that becomes final again is compared anew. A radiograph is left out: no round
    trains for it, and its minutes are not those of a CT.
    """
    if case.image.is_radiograph:
        return
    track, last = find_track(case), newest_revision(case)
    if track is None or last is None:
        return
    start = starting_revision(track)
    row: dict[str, Any] = {"model": None, "started_from": start.author_kind, "levels": []}
    if start.author_kind == MaskRevision.AuthorKind.MODEL and start.preannotation is not None:
        changes = changes_between(decode_runs(bytes_of(start)), decode_runs(bytes_of(last)))
        names = levels_of(case)
        row["model"] = start.preannotation.model
        row["levels"] = [
            {
                "number": one.number,
                "level": names.get(one.number, ""),
                "changed": one.changed,
                "final": one.final,
                "kind": one.kind,
            }
            for one in changes
        ]
    CaseEffort.objects.update_or_create(case=case, defaults=row)


def describe_effort(dataset: Dataset) -> dict[str, Any]:
    """Return the curves of a data set: groups by proposing model in the order they served.

    A group without a figure says why in `why_no_minutes` or `why_no_changes`. Cases that are final
    no more are left out.
    """
    final = CaseEffort.objects.filter(case__dataset=dataset, case__stage=Stage.FINAL.value)
    rows = list(final.select_related("case", "model"))
    seconds = seconds_at(Stage.REFINING.value, [row.case for row in rows])
    made_by = dict(dataset.rounds.values_list("candidate_model", "number"))
    groups: dict[Any, list[CaseEffort]] = {}
    for row in sorted(rows, key=_by_age):
        groups.setdefault(row.model_id, []).append(row)
    volumes = dataset.cases.filter(image__kind=Image.Kind.VOLUME)
    n_final = volumes.filter(stage=Stage.FINAL.value).count()
    return {
        "small_change": SMALL_CHANGE,
        "n_unmeasured": n_final - len(rows),
        "groups": [
            {
                "model": members[0].model.version if members[0].model else None,
                "round": made_by.get(key) if key else None,
                "n_cases": len(members),
                **_minutes(
                    [seconds[row.case_id] / 60 for row in members if row.case_id in seconds]
                ),
                **_changes([level["kind"] for row in members for level in row.levels]),
            }
            for key, members in groups.items()
        ],
    }


def _by_age(row: CaseEffort) -> tuple[float, str]:
    """Order by when the model was made; cases without a model come first."""
    return (row.model.created_at.timestamp(), str(row.model_id)) if row.model else (0.0, "")


def _minutes(minutes: Sequence[float]) -> dict[str, Any]:
    if not minutes:
        why = "No active time was recorded while these cases were refined."
        return {"n_timed": 0, "minutes": None, "why_no_minutes": why}
    low, _, high = (
        quantiles(minutes, n=4, method="inclusive") if len(minutes) > 1 else (*minutes, 0, *minutes)
    )
    return {
        "n_timed": len(minutes),
        "minutes": {"low": low, "median": median(minutes), "high": high},
        "why_no_minutes": "",
    }


def _changes(kinds: Sequence[str]) -> dict[str, Any]:
    if not kinds:
        why = "No model proposed a mask for these cases, so there is nothing to compare with."
        return {"n_levels": 0, "changes": None, "why_no_changes": why}
    shares = {name: kinds.count(name) / len(kinds) for name in ("untouched", "small", "large")}
    return {"n_levels": len(kinds), "changes": shares, "why_no_changes": ""}
