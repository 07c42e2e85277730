"""Verbs on blind readings: open, say, submit, and close when all are in."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from annotation.domain.findings import ImpossibleBody, check_six_points
from annotation.domain.frames import Frame, FramesMixed
from annotation.domain.genant import CONVENTIONS, measure_points
from annotation.domain.proposal import CountedFrom
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.vertebrae import Region, is_graded, region_of
from annotation.domain.workflow import Move, Role, Stage
from annotation.preannotation.selectors import grade_withheld_reason, newest_proposal
from annotation.reading import selectors
from annotation.reading.allotting import NOT_YOURS, note_done, take_case
from annotation.reading.catches import proposed_points
from annotation.reading.models import (
    Assignment,
    Finding,
    FindingFields,
    Protocol,
    Purpose,
    Reading,
)
from annotation.reading.own_masks import begin_own_mask, hand_own_mask_in, own_mask_problems
from annotation.reading.provenance import PlacedBy, Points, all_by, model_points, origins_of
from annotation.reading.repeats import give_back_repeat
from annotation.reading.services_amend import ON_AMENDED
from annotation.reading.slices import say_slices
from annotation.refinement.selectors import numbers_painted
from annotation.refinement.services import refuse_unknown_reason
from annotation.studies.models import Case, User, Vertebra, Volume
from annotation.studies.qualifying import require_qualified
from annotation.studies.selectors import assignments_of, levels_of, role_for, roles_in, vertebrae_of
from annotation.studies.services import advance_case
from annotation.studies.volumes import frame_of

_TEXTS: Final = (
    "level",
    "shape_reader",
    "ao_class",
    "ao_neurology",
    "confidence",
    "remark",
    "not_graded_reason",
)
_FLAGS: Final = ("deformity", "foreign_material", "ao_modifiers")
_CLOSED: Final = "No reading of this case is open for you; it is at stage {stage}."


@transaction.atomic
def open_reading(case: Case, *, user: User) -> Reading:
    """Return the person's reading of a case, opening it if there is none.

    A reading once begun goes on under the version of the protocol it was begun under. Its findings
    begin with the model's points where its arm shows them; that they were shown is kept.

    Raises:
        NotPermitted: if the person is no reader, or has the dataset's test still to pass.
        Conflict: if the case is not at reading and the person has none of it, or if it is not
            among the person's readings.
    """
    if Role.READER not in roles_in(user, case.dataset):
        raise NotPermitted("Only a reader of this dataset may do this.")
    require_qualified(user, case.dataset, Role.READER)
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)  # two tabs open one reading
    protocol = ensure_protocol(case)
    own = selectors.own_reading(user, case)
    if selectors.stage_for(user, case) != Stage.READING.value:
        if own is None:
            raise Conflict(_CLOSED.format(stage=case.stage), code="stage")
        return own
    given = selectors.open_assignment(user, case)
    if own is None or (given is not None and own.status == Reading.Status.SUBMITTED):
        own = _begin_reading(given or take_case(case, user, protocol))
    elif own.status == Reading.Status.OPEN and not selectors.may_read(user, case):
        raise Conflict(NOT_YOURS, code="not_assigned")
    if own.status == Reading.Status.OPEN:
        _begin_findings(own)
        begin_own_mask(own)
    return own


def _begin_reading(given: Assignment) -> Reading:
    """Open the reading of an assignment, in its arm and with its exposure."""
    case, reader = given.case, given.reader
    shown = given.exposure == Protocol.Exposure.SHOWN and newest_proposal(case) is not None
    return Reading.unblinded.create(
        case=case,
        reader=reader,
        protocol=given.protocol,
        attempt=selectors.attempts_of(reader, case) + 1,
        purpose=given.purpose,
        arm=given.arm,
        exposure=given.exposure,
        proposal_shown=shown,
        paints=given.paints,
    )


def ensure_protocol(case: Case) -> Protocol:
    """Return the newest protocol of the case's dataset, writing the first one if there is none."""
    newest = selectors.protocol_of(case)
    if newest is not None:
        return newest
    protocol, _ = Protocol.objects.get_or_create(dataset=case.dataset, version=1)
    return protocol


def _begin_findings(reading: Reading) -> None:
    """Add a finding for each vertebra that has none: all at first, later those of a new mask."""
    case = reading.case
    painted, levels = numbers_painted(case), levels_of(case)
    proposed = proposed_points(reading)
    begun = {row.vertebra_id: row for row in selectors.findings_of(reading)}
    for vertebra in vertebrae_of(case):
        level = levels.get(vertebra.number, "")
        if vertebra.number not in painted or (level and region_of(level) is Region.SACRAL):
            continue
        if vertebra.pk in begun:
            _rename_untouched(begun[vertebra.pk], level, reading.protocol)
        else:
            _begin_finding(reading, vertebra, level, proposed.get(vertebra.pk))


def _begin_finding(reading: Reading, vertebra: Vertebra, level: str, seen: Points | None) -> None:
    finding = Finding(
        reading=reading,
        vertebra=vertebra,
        level=level,
        convention=reading.protocol.convention,
        not_graded_reason=_reason_to_begin_with(level, reading.protocol),
    )
    if seen is not None:
        with suppress(ImpossibleBody):  # then the reader places the points alone
            points = check_six_points(seen)
            put_points(finding, points, reading.case.volume, by=all_by(PlacedBy.MODEL))
    finding.save(force_insert=True)


def _rename_untouched(finding: Finding, level: str, protocol: Protocol) -> None:
    if not finding.touched and finding.level != level:
        finding.level = level
        finding.not_graded_reason = _reason_to_begin_with(level, protocol)
        finding.save(update_fields=["level", "not_graded_reason"])


def _reason_to_begin_with(level: str, protocol: Protocol) -> str:
    is_cervical = bool(level) and region_of(level) is Region.CERVICAL
    return "cervical" if is_cervical and not protocol.grades_cervical else ""


def put_points(
    finding: FindingFields,
    points: NDArray[np.float64] | None,
    volume: Volume,
    *,
    by: list[list[str]] | None,
) -> None:
    """Set or clear the six points of a finding, who placed them, and what they measure."""
    finding.points_by = None if points is None else by
    if points is None:
        finding.six_points_mm = finding.heights_mm = finding.g = finding.grade_measured = None
        finding.shape_measured = ""
        return
    measured = measure_points(points, CONVENTIONS[finding.convention])
    is_withheld = bool(grade_withheld_reason(volume.image))
    finding.six_points_mm = points.tolist()
    finding.heights_mm = list(measured.heights_mm)
    finding.g = measured.g
    finding.grade_measured = None if is_withheld else measured.grade
    finding.shape_measured = "" if is_withheld else measured.shape.value


@transaction.atomic
def save_finding(reading: Reading, *, number: int, said: Mapping[str, Any]) -> Finding:
    """Keep what a reader says about one vertebra.

    Args:
        reading: the reader's own, open.
        number: the vertebra's number.
        said: any of the fields a reader may set; others stay as they are.

    Raises:
        Conflict: if the reading is submitted or the case has left reading.
        ContentRefused: if the reading has no such vertebra or the fields contradict each other.
    """
    require_open(reading)
    finding = selectors.findings_of(reading).filter(vertebra__number=number).first()
    if finding is None:
        raise ContentRefused(f"This reading has no vertebra {number}.", code="unknown_vertebra")
    if said.get("ao_class") and not reading.protocol.classifies_ao:
        raise ContentRefused("This protocol does not classify by AO.", code="no_ao")
    model = model_points(finding) if said.get("six_points_mm") else None
    say(finding, said, reading.case.volume, model=model)
    finding.touched = True
    finding.changed_at = timezone.now()
    finding.save()
    return finding


def say(
    finding: FindingFields,
    said: Mapping[str, Any],
    volume: Volume,
    *,
    model: Points | None = None,
) -> None:
    """Set fields of a finding as a person says them, and measure points anew.

    A grade takes back the reason for not grading, and the other way round; grade 0 has no shape.
    An AO class that is taken back takes its modifiers with it.

    Args:
        finding: what is changed, not saved here.
        said: the fields.
        volume: where the points lie.
        model: the model's points, where the person may know of them.

    Raises:
        ContentRefused: if a grade and a reason are given at once, AO modifiers without a class,
            the points are no body's, or the slices do not cross the vertebra.
    """
    if said.get("grade_reader") is not None and said.get("not_graded_reason"):
        raise ContentRefused(
            "A vertebra has a grade or a reason why it has none.", code="grade_and_reason"
        )
    for name in _TEXTS:
        if name in said:
            setattr(finding, name, said[name] or "")
    for name in _FLAGS:
        if name in said:
            setattr(finding, name, sorted(set(said[name])))
    _say_grade(finding, said)
    _say_modifiers(finding, said)
    say_slices(finding, said)
    if "six_points_mm" in said:
        points = _checked_points(said["six_points_mm"], frame_of(volume))
        by = None
        if points is not None:
            by = origins_of(points.tolist(), said.get("points_by"), finding, model)
        put_points(finding, points, volume, by=by)


def _say_modifiers(finding: FindingFields, said: Mapping[str, Any]) -> None:
    if finding.ao_class:
        return
    if said.get("ao_neurology") or said.get("ao_modifiers"):
        raise ContentRefused("AO modifiers stand beside an AO class.", code="ao_modifier")
    finding.ao_neurology, finding.ao_modifiers = "", []


def _say_grade(finding: FindingFields, said: Mapping[str, Any]) -> None:
    if "grade_reader" in said:
        finding.grade_reader = said["grade_reader"]
        if finding.grade_reader is not None:
            finding.not_graded_reason = ""
    if said.get("not_graded_reason"):
        finding.grade_reader = None
    if finding.grade_reader == 0 or finding.not_graded_reason:
        finding.shape_reader = ""


def _checked_points(points: object, frame: Frame) -> NDArray[np.float64] | None:
    if points is None:
        return None
    try:
        return check_six_points(points, frame)
    except ImpossibleBody as error:
        raise ContentRefused(f"These are no body's points. {error}", code="points") from None
    except FramesMixed as error:
        raise ContentRefused(f"These are another image's points: {error}.", code="frame") from None


@transaction.atomic
def mark_others_normal(reading: Reading, *, numbers: Iterable[int]) -> None:
    """Give grade 0 to those of the numbers that have neither a grade nor a reason yet."""
    require_open(reading)
    undecided = selectors.findings_of(reading).filter(
        vertebra__number__in=list(numbers), grade_reader=None, not_graded_reason=""
    )
    for finding in undecided:
        if not finding.level or is_graded(finding.level):
            finding.grade_reader, finding.shape_reader = 0, ""
            finding.touched, finding.changed_at = True, timezone.now()
            finding.save()


@transaction.atomic
def submit_reading(reading: Reading) -> None:
    """Hand a reading in for good; the last one needed brings the case to consensus.

    Raises:
        Conflict: if it is submitted already or the case has left reading.
        ContentRefused: with `problems`, if a vertebra has neither a grade nor a reason.
    """
    # Both readers may hand in at once: whoever comes second must see the first.
    case = Case.objects.select_for_update().select_related(None).get(pk=reading.case_id)
    reading.case = case
    require_open(reading)
    problems = [*_missing(reading), *own_mask_problems(reading)]
    if problems:
        raise ContentRefused(
            "This reading is not complete.", code="reading_incomplete", problems=problems
        )
    handed_in = Reading.unblinded.filter(pk=reading.pk, status=Reading.Status.OPEN).update(
        status=Reading.Status.SUBMITTED, submitted_at=timezone.now()
    )
    if not handed_in:
        raise Conflict("This reading is submitted.", code="submitted")
    reading.refresh_from_db(fields=["status", "submitted_at"])
    note_done(reading)
    hand_own_mask_in(reading)
    if reading.purpose != Purpose.FIRST:
        return
    if reading.case.stage == Stage.READING.value:
        close_readings_when_all_are_in(reading.case)
    else:
        for act in ON_AMENDED:
            act(reading.case)


def close_readings_when_all_are_in(case: Case) -> None:
    """Bring a case whose needed readings are submitted from reading to consensus."""
    if len(selectors.submitted_readings(case)) >= selectors.readers_needed(case):
        advance_case(case, move=Move.CLOSE_READINGS, by=None, role=Role.SYSTEM)


def require_open(reading: Reading) -> None:
    """Refuse to change a reading that is submitted, or whose case its reader does not read now."""
    if reading.status != Reading.Status.OPEN:
        raise Conflict("This reading is submitted; it stays as it is.", code="submitted")
    stage = selectors.stage_for(reading.reader, reading.case)
    if stage != Stage.READING.value:
        raise Conflict(_CLOSED.format(stage=stage), code="stage")
    if not selectors.may_read(reading.reader, reading.case):
        raise Conflict(NOT_YOURS, code="not_assigned")


def _missing(reading: Reading) -> list[dict[str, Any]]:
    problems = [
        _problem("not_graded", f"{_name(row)} has no grade and no reason.", row.vertebra, row.level)
        for row in selectors.findings_of(reading)
        if (not row.level or is_graded(row.level))
        and row.grade_reader is None
        and not row.not_graded_reason
    ]
    assigned = assignments_of(reading.case).values()
    is_assumed = any(row.counted_from == CountedFrom.ASSUMED.value for row in assigned)
    if is_assumed and not reading.levels_confirmed:
        problems.append(_problem("levels_assumed", "Level names are assumed: confirm them."))
    return problems


def _name(finding: Finding) -> str:
    return finding.level or f"Vertebra {finding.vertebra.number}"


def _problem(
    code: str, message: str, vertebra: Vertebra | None = None, level: str = ""
) -> dict[str, Any]:
    return {
        "code": code,
        "level": level or None,
        "number": vertebra.number if vertebra else None,
        "message": message,
        "at_mm": None,
        "blocking": True,
    }


@transaction.atomic
def return_from_reading(case: Case, *, by: User, reason: str, note: str = "") -> None:
    """Send a case back to refinement because its mask is wrong; submitted readings stay.

    Raises:
        ContentRefused: if the reason is none for returning.
    """
    role = role_for(by, case, Move.RETURN_FROM_READING)
    refuse_unknown_reason(reason)
    if selectors.comes_back(by, case):
        give_back_repeat(case, by, why=f"{reason}: {note}"[:200])
        return
    if selectors.stage_for(by, case) != case.stage:
        raise Conflict("Hand your amended reading in, or leave it, first.", code="amending")
    advance_case(case, move=Move.RETURN_FROM_READING, by=by, role=role, reason=reason, note=note)
