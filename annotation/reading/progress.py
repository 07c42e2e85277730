"""How far the readers of a dataset are: counts and times for the manager, never content."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any, Final

from django.utils import timezone

from annotation.activity.selectors import seconds_of_closed_readings
from annotation.domain.workflow import Stage
from annotation.reading import selectors
from annotation.reading.catches import catch_results
from annotation.reading.models import Assignment, Protocol, Purpose
from annotation.reading.protocols import readers_of
from annotation.studies.models import Case, Dataset, User

_NOBODY_TIMED: Final = "No active time was recorded on a case whose readings are closed."
_NOT_TIMED: Final = "No active time of this reader on a case whose readings are closed."


def lacking_readers(dataset: Dataset) -> list[tuple[Case, int]]:
    """Return the cases at reading that have fewer readers than they need, and how many they lack.

    The longest waiting comes first. The number of queries does not grow with the cases.
    """
    cases = dataset.cases.filter(stage=Stage.READING.value).order_by("stage_since", "number")
    newest = dataset.protocols.order_by("-version").first() or Protocol()
    begun: dict[Any, list[Assignment]] = {}
    rows = Assignment.objects.filter(
        case__dataset=dataset, case__stage=Stage.READING.value, ended_at=None
    )
    for row in rows.filter(purpose=Purpose.FIRST).select_related("protocol"):
        begun.setdefault(row.case_id, []).append(row)
    found = []
    for case in cases:
        own = begun.get(case.pk, [])
        versions = [row.protocol for row in own] or [newest]
        needed = max(selectors.wanted_by(one, case) for one in versions)
        if needed > len(own):
            found.append((case, needed - len(own)))
    return found


def describe_progress(dataset: Dataset) -> dict[str, Any]:
    """Return what each reader has, has open and has handed in, and how long the rest will take."""
    rows = list(Assignment.objects.filter(case__dataset=dataset).select_related("reader"))
    readers = readers_of(dataset)
    people = {one.pk: one for one in readers} | {row.reader_id: row.reader for row in rows}
    minutes = _minutes(dataset, rows)
    own = {key: [row for row in rows if row.reader_id == key] for key in people}
    lacking = lacking_readers(dataset)
    newest = dataset.protocols.order_by("-version").first() or Protocol()
    places = sum(n for _, n in lacking)
    n_open = sum(_is_open(row) for row in rows)
    away = selectors.away_from(dataset)
    return {
        "readers": [
            {
                "is_reader": people[key] in readers,
                "is_away": key in away,
                **_describe(people[key], own[key], minutes.get(key, [])),
            }
            for key in sorted(people, key=lambda one: people[one].display_name)
        ],
        "n_waiting": len(lacking),
        "places_open": places,
        "way": newest.way,
        "forecast": _forecast(
            [one for each in minutes.values() for one in each], n_open + places, _NOBODY_TIMED
        ),
        "catches": catch_results(dataset),
    }


def _is_open(row: Assignment) -> bool:
    return row.ended_at is None and row.done_at is None


def _describe(person: User, rows: Sequence[Assignment], minutes: Sequence[float]) -> dict[str, Any]:
    live = [row for row in rows if row.ended_at is None]
    unread = [row for row in live if row.done_at is None]
    due: list[datetime] = sorted(row.due_at for row in unread if row.due_at is not None)
    return {
        "key": person.pk,
        "name": person.display_name,
        "assigned": len(live),
        "open": len(unread),
        "submitted": len(live) - len(unread),
        "overdue": sum(at < timezone.now() for at in due),
        "ended": len(rows) - len(live),
        "next_due": due[0] if due else None,
        "forecast": _forecast(minutes, len(unread), _NOT_TIMED),
    }


def _minutes(dataset: Dataset, rows: Iterable[Assignment]) -> Mapping[int, list[float]]:
    """Return active minutes per reading by reader, of cases whose readings are closed."""
    n_read: dict[tuple[int, Any], int] = {}
    for row in rows:
        if row.done_at is not None:
            place = (row.reader_id, row.case_id)
            n_read[place] = n_read.get(place, 0) + 1
    found: dict[int, list[float]] = {}
    for (case, reader), seconds in seconds_of_closed_readings(dataset).items():
        if (reader, case) in n_read:
            found.setdefault(reader, []).append(seconds / 60 / n_read[reader, case])
    return found


def _forecast(minutes: Sequence[float], n_left: int, reason: str) -> dict[str, Any]:
    """Return the median per case times what is left, and on how many cases it rests."""
    if not minutes:
        return {"minutes_per_case": None, "minutes_left": None, "n_cases": 0, "reason": reason}
    each = median(minutes)
    return {
        "minutes_per_case": each,
        "minutes_left": each * n_left,
        "n_cases": len(minutes),
        "reason": "",
    }
