"""Active time, as it may be asked for: one's own at once, others' only where nothing is blind."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from annotation.activity.models import Activity
from annotation.domain.workflow import Stage
from annotation.studies.models import Case, Dataset, User
from annotation.studies.pseudonyms import worker_code
from annotation.studies.selectors import counted_since, levels_by_number

_READINGS_CLOSED = (Stage.CONSENSUS.value, Stage.FINAL.value)


def own_seconds(user: User, case: Case, stage: str) -> float:
    """Return how long a person has been active on a case at a stage, on what is in hand now."""
    rows = Activity.objects.filter(_in_hand(user, case, stage), person=user, stage=stage)
    return float(rows.aggregate(total=Sum("seconds"))["total"] or 0.0)


def _in_hand(user: User, case: Case, stage: str) -> Q:
    """Return what finds the time on a case that belongs to what the person does there now."""
    since = counted_since(user, case) if stage == Stage.READING.value else None
    return Q(case=case) if since is None else Q(case=case, started_at__gte=since)


def own_seconds_by_case(
    user: User, dataset: Dataset, stage: str, *, since: datetime | None = None
) -> dict[UUID, float]:
    """Return a person's active seconds at a stage by case, of all time or of a while."""
    rows = Activity.objects.filter(person=user, case__dataset=dataset, stage=stage)
    if since is not None:
        rows = rows.filter(started_at__gte=since)
    return _totals(rows)


def own_median(user: User, case: Case, stage: str) -> tuple[float | None, int]:
    """Return a person's median active seconds per case at a stage, and over how many cases.

    Cases that still are at the stage are unfinished and left out, but for readings: there it would
    tell when the others are in.
    """
    rows = Activity.objects.filter(person=user, case__dataset=case.dataset, stage=stage)
    rows = rows.exclude(_in_hand(user, case, stage))
    if stage != Stage.READING.value:
        rows = rows.exclude(case__stage=stage)
    totals = _totals(rows)
    return (median(totals.values()) if totals else None), len(totals)


def seconds_at(stage: str, cases: Iterable[Case]) -> dict[UUID, float]:
    """Return the active seconds of all people at a stage, by case; cases without any are absent.

    Raises:
        ValueError: for the reading stage, which is blind.
    """
    if stage == Stage.READING.value:
        raise ValueError("the time of readings is not added up over people")
    return _totals(Activity.objects.filter(stage=stage, case__in=list(cases)))


def seconds_of_closed_readings(dataset: Dataset) -> dict[tuple[UUID, int], float]:
    """Return how long people were active on readings that are closed, by case and person."""
    rows = Activity.objects.filter(
        stage=Stage.READING.value, case__dataset=dataset, case__stage__in=_READINGS_CLOSED
    )
    sums = rows.order_by().values_list("case", "person").annotate(total=Sum("seconds"))
    return {(case, person): float(total) for case, person, total in sums}


def _totals(rows: QuerySet[Activity]) -> dict[UUID, float]:
    sums = rows.order_by().values_list("case").annotate(total=Sum("seconds"))
    return {case: float(total) for case, total in sums}


@dataclass(frozen=True)
class Row:
    """One line of the export; `person` is a pseudonym, `level` empty where none was in hand."""

    case: str
    stage: str
    person: str
    number: int
    level: str
    tool: str
    active_seconds: float
    inputs: int


def exported_rows(dataset: Dataset) -> list[Row]:
    """Return who was active how long on what, by case, stage and pseudonym.

    Time spent reading a case is there only while its readings are closed.
    """
    shown = ~Q(stage=Stage.READING.value) | Q(case__stage__in=_READINGS_CLOSED)
    sums = (
        Activity.objects.filter(shown, case__dataset=dataset)
        .order_by()
        .values("case", "stage", "person", "number", "tool")
        .annotate(total=Sum("seconds"), inputs=Sum("n_inputs"))
    )
    cases = {case.pk: case for case in dataset.cases.select_related("dataset")}
    levels = levels_by_number(dataset)
    rows = [_row(one, cases[one["case"]], levels.get(one["case"], {})) for one in sums]
    return sorted(rows, key=lambda row: (row.case, row.stage, row.person, row.number, row.tool))


def _row(one: Mapping[str, Any], case: Case, levels: dict[int, str]) -> Row:
    return Row(
        case=case.code,
        stage=one["stage"],
        person=worker_code(one["person"]),
        number=one["number"],
        level=levels.get(one["number"], ""),
        tool=one["tool"],
        active_seconds=round(one["total"], 1),
        inputs=one["inputs"],
    )


def as_csv(rows: Iterable[Row]) -> str:
    """Return rows as CSV with a heading."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return text.getvalue()
