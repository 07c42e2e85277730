"""Which levels a person has looked through; voxels changed later take the tick back."""

from collections.abc import Iterable

import numpy as np

from annotation.bridge.strokes import Stroke as StrokeMessage
from annotation.bridge.strokes import parse_stroke
from annotation.domain.refusals import ContentRefused
from annotation.refinement import leases
from annotation.refinement.models import LevelDone, MaskTrack
from annotation.studies.models import Case, User


def levels_done(case: Case, *, by: User) -> list[int]:
    """Return the vertebra numbers that a person has ticked and that still stand as they were."""
    ticks = LevelDone.objects.filter(case=case, person=by, is_done=True)
    return list(ticks.order_by("vertebra__number").values_list("vertebra__number", flat=True))


def tick_level(
    track: MaskTrack, *, by: User, number: int, is_done: bool, sequence: int
) -> list[int]:
    """Say that a person has looked through a level, or that they have not.

    Args:
        track: the main track of the case.
        by: who works on it at this stage.
        number: the vertebra.
        is_done: False takes the tick back.
        sequence: the last act the person had made or seen then; acts up to it, though they may
            come later, do not take the tick back.

    Returns:
        The numbers that are ticked now.

    Raises:
        Conflict, NotPermitted: if nobody, or not this person, works on the mask now.
        ContentRefused: if the case has no such vertebra.
    """
    case = track.case
    leases.require_worker(case, by)
    vertebra = case.vertebrae.filter(number=number).first()
    if vertebra is None:
        raise ContentRefused(f"The case has no vertebra {number}.", code="unknown_vertebra")
    later = track.strokes.filter(sequence__gt=sequence).order_by("sequence")
    messages = (parse_stroke(bytes(stroke.body)) for stroke in later)
    still = is_done and number not in touched_by(messages)
    LevelDone.objects.update_or_create(
        case=case,
        person=by,
        vertebra=vertebra,
        defaults={"is_done": still, "sequence": sequence},
    )
    return levels_done(case, by=by)


def reopen_levels(track: MaskTrack, message: StrokeMessage) -> None:
    """Take back everyone's ticks of the vertebrae whose voxels an act has changed."""
    LevelDone.objects.filter(
        case=track.case,
        vertebra__number__in=touched_by([message]),
        sequence__lt=message.heading.sequence,
        is_done=True,
    ).update(is_done=False)


def touched_by(messages: Iterable[StrokeMessage]) -> set[int]:
    """Return the vertebra numbers whose voxels these acts won or lost."""
    touched: set[int] = set()
    for message in messages:
        touched |= {int(value) for value in np.unique([message.old, message.new])}
    return touched - {0}
