"""Verbs that change cases and vertebrae; each is atomic."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from numpy.typing import NDArray

from annotation.domain.refusals import ContentRefused
from annotation.domain.vertebrae import UnknownLevel, place_of
from annotation.domain.workflow import Move, MoveNotAllowed, Role, Stage, destination
from annotation.studies.models import (
    Case,
    CaseEvent,
    Dataset,
    LevelAssignment,
    Origin,
    User,
    Vertebra,
    Volume,
)
from annotation.work.services import tell

ON_ARRIVAL: dict[Stage, list[Callable[[Case], None]]] = defaultdict(list)
"""What starts by itself at each stage; `annotation.flow` fills it at start-up.

Each runs inside the transaction of the move: it may write rows and ask for jobs, which are sent
once the transaction holds.
"""

ON_IMPORTED_MASK: list[Callable[[Case, NDArray[np.uint8]], None]] = []
"""What takes the mask that came with an image, as vertebra numbers on the working grid."""


@transaction.atomic
def advance_case(
    case: Case, *, move: Move, by: User | None, role: Role, reason: str = "", note: str = ""
) -> CaseEvent:
    """Move a case and write down who did it; the only writer of `Case.stage`.

    `case` is updated in place. What `ON_ARRIVAL` holds for the new stage runs before the return.

    Raises:
        MoveNotAllowed: if the case is elsewhere by now, or the role may not; says where it is.
    """
    stage = Stage(case.stage)
    to = destination(move, stage, role)
    now = timezone.now()
    moved = Case.objects.filter(pk=case.pk, stage=stage.value).update(
        stage=to.value, stage_since=now
    )
    if not moved:
        case.refresh_from_db(fields=["stage", "stage_since"])
        raise MoveNotAllowed(
            f"the case is at stage {case.stage}; someone else has moved it meanwhile"
        )
    case.stage, case.stage_since = to.value, now
    event = CaseEvent.objects.create(
        case=case,
        move=move.value,
        from_stage=stage.value,
        to_stage=to.value,
        by=by,
        role=role.value,
        reason=reason,
        note=note,
        at=now,
    )
    tell(case.dataset.channel, kind="case", case=str(case.pk), stage=to.value)
    for act in ON_ARRIVAL[to]:
        act(case)
    return event


@transaction.atomic
def create_case(dataset: Dataset, *, volume: Volume, title: str) -> Case:
    """Make the case of a volume in a dataset, at the stage received, with the next number."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)
    last = dataset.cases.aggregate(last=Max("number"))["last"] or 0
    image = volume.image
    case = Case.objects.create(
        dataset=dataset,
        patient=image.series.study.patient,
        image=image,
        volume=volume,
        number=last + 1,
        title=title,
    )
    tell(dataset.channel, kind="case", case=str(case.pk), stage=case.stage)
    return case


@transaction.atomic
def add_vertebra(
    case: Case,
    *,
    level: str,
    origin: Origin,
    by: User | None = None,
    counted_from: str = "assumed",
) -> Vertebra:
    """Give a case a new vertebra with the next number; numbers are never reused.

    Raises:
        ContentRefused: if the level is none, or all 255 numbers are used.
    """
    _check_levels([level])
    Case.objects.select_for_update().get(pk=case.pk)
    last = case.vertebrae.aggregate(last=Max("number"))["last"] or 0
    if last >= 255:
        raise ContentRefused("A case holds at most 255 vertebrae.", code="too_many_vertebrae")
    vertebra = Vertebra.objects.create(case=case, number=last + 1, origin=origin, by=by)
    LevelAssignment.objects.create(
        vertebra=vertebra, level=level, counted_from=counted_from, origin=origin, by=by
    )
    return vertebra


@transaction.atomic
def assign_levels(
    case: Case,
    *,
    levels: Mapping[int, str],
    counted_from: str,
    origin: Origin,
    by: User | None = None,
) -> list[LevelAssignment]:
    """Say which levels vertebrae are, as one event; changes no voxel.

    Args:
        case: the case.
        levels: level by vertebra number.
        counted_from: what the names were counted from, see `domain.proposal.CountedFrom`.
        origin: whether a proposal, an import or a person says so.
        by: the person, if one does.

    Raises:
        ContentRefused: if a level is none, or the case has no vertebra of a number.
    """
    _check_levels(levels.values())
    by_number = {vertebra.number: vertebra for vertebra in case.vertebrae.all()}
    missing = sorted(set(levels) - set(by_number))
    if missing:
        raise ContentRefused(f"The case has no vertebra {missing[0]}.", code="unknown_vertebra")
    event = uuid.uuid4()
    return LevelAssignment.objects.bulk_create(
        LevelAssignment(
            vertebra=by_number[number],
            level=level,
            counted_from=counted_from,
            origin=origin,
            by=by,
            event=event,
        )
        for number, level in sorted(levels.items())
    )


def _check_levels(levels: Iterable[str]) -> None:
    for level in levels:
        try:
            place_of(level)
        except UnknownLevel as error:
            raise ContentRefused(str(error), code="unknown_level") from None
