"""Verbs of the consensus: open a sitting, settle, take back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from django.db import transaction

from annotation.consensus import asking, room, selectors
from annotation.consensus.changes import after_change
from annotation.consensus.fusing import Table, agree_on_masks, lay_masks
from annotation.consensus.mask_settling import carry_masks_over
from annotation.consensus.models import Disagreement, Settlement, Sitting
from annotation.consensus.signing import close_sitting
from annotation.domain.discrepancy import (
    Difference,
    Kind,
    Limits,
    Said,
    disagreements_of_many,
)
from annotation.domain.frames import Frame
from annotation.domain.fusion import fuse_points
from annotation.domain.genant import CONVENTIONS, Shape, measure_points
from annotation.domain.masks_apart import MasksApart, masks_beyond, with_masks
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Role
from annotation.reading.models import Finding, FindingFields, Reading
from annotation.reading.provenance import PlacedBy, all_by
from annotation.reading.selectors import findings_of, submitted_readings
from annotation.reading.services import put_points, say
from annotation.studies.models import Case, User
from annotation.studies.volumes import frame_of

Taken = Settlement.Taken

_COPIED: Final = tuple(
    field.name for field in FindingFields._meta.get_fields() if hasattr(field, "attname")
)


@transaction.atomic
def open_sitting(case: Case) -> None:
    """Compare the submitted readings of a case that has arrived at consensus.

    Vertebrae on which they agree settle themselves; if they agree on all, so does the case. A
    case that was opened again, or of which a reading was amended, keeps what was settled before
    where the readings still say the same, until someone takes it back.
    """
    readings = submitted_readings(case)
    previous = selectors.newest_sitting(case)
    sitting = Sitting.objects.create(case=case, number=previous.number + 1 if previous else 1)
    sitting.readings.set(readings)
    findings = [list(findings_of(reading)) for reading in readings]
    table = lay_masks(sitting, readings)
    limits = _limits_of(readings)
    beyond = masks_beyond(table.apart, limits)
    found = _differences(readings, findings)
    differences = with_masks(found, beyond)
    for difference in differences:
        same = (one for one in table.apart.get(difference.number, ()) if one.is_of(difference))
        masks = next((one for one in same if one.exceeds(limits)), beyond.get(difference.number))
        _write_disagreement(sitting, readings, difference, table, masks)
    _settle_agreed(sitting, findings, {difference.number for difference in found})
    agree_on_masks(sitting, table, set(beyond))
    if previous is not None:
        _carry_over(previous, sitting)
        carry_masks_over(previous, sitting)
    is_opened_again = previous is not None and set(previous.readings.all()) == set(readings)
    if not differences and not is_opened_again:
        close_sitting(sitting, by=None, role=Role.SYSTEM)


def _differences(
    readings: Sequence[Reading], findings: Sequence[Sequence[Finding]]
) -> list[Difference]:
    if len(readings) < 2:
        return []
    protocol = room.protocol_of(readings)
    frames = [frame_of(reading.case.volume) for reading in readings]
    spoken = [
        [_said(row, frame) for row in rows] for rows, frame in zip(findings, frames, strict=True)
    ]
    return disagreements_of_many(spoken, CONVENTIONS[protocol.convention], _limits_of(readings))


def _limits_of(readings: Sequence[Reading]) -> Limits:
    return Limits.of(room.protocol_of(readings).limits) if readings else Limits()


def _said(finding: Finding, frame: Frame) -> Said:
    points = finding.six_points_mm
    return Said(
        number=finding.vertebra.number,
        level=finding.level,
        six_points_mm=None if points is None else np.asarray(points, dtype=np.float64),
        g=finding.g,
        grade=finding.grade_reader,
        shape=finding.shape_reader,
        not_graded_reason=finding.not_graded_reason,
        deformity=frozenset(finding.deformity),
        foreign_material=frozenset(finding.foreign_material),
        ao_class=finding.ao_words,
        frame=frame,
    )


def _write_disagreement(
    sitting: Sitting,
    readings: Sequence[Reading],
    difference: Difference,
    table: Table,
    masks: MasksApart | None,
) -> None:
    Disagreement.objects.create(
        sitting=sitting,
        vertebra=sitting.case.vertebrae.get(number=difference.number),
        kind=difference.kind.value,
        rank=difference.rank,
        reason=difference.reason,
        reading_a=readings[difference.first],
        reading_b=readings[difference.second],
        mask_a=table.masks[masks.first] if masks else None,
        mask_b=table.masks[masks.second] if masks else None,
        dice=masks.dice if masks else None,
        hd95_mm=masks.hd95_mm if masks else None,
        n_uncertain=table.n_uncertain[difference.number] if masks else 0,
    )


def _settle_agreed(
    sitting: Sitting, findings: Sequence[Sequence[Finding]], differing: set[int]
) -> None:
    by_number: dict[int, list[Finding]] = {}
    for rows in findings:
        for row in rows:
            by_number.setdefault(row.vertebra.number, []).append(row)
    for number, rows in sorted(by_number.items()):
        if number not in differing:
            settlement = _fused(sitting, rows)
            settlement.taken = Taken.AGREED
            settlement.save(force_insert=True)


def _carry_over(previous: Sitting, sitting: Sitting) -> None:
    """Keep what people settled, with their names, where the readings say what they said then."""
    settled = selectors.standing_settlements(previous)
    asked = {row.disagreement.vertebra_id: row for row in room.asked_turns(previous).values()}
    then, now = _words_by_number(previous), _words_by_number(sitting)
    for disagreement in sitting.disagreements.select_related("vertebra"):
        number = disagreement.vertebra.number
        if then.get(number) != now.get(number):
            continue
        if (turn := asked.get(disagreement.vertebra_id)) is not None:
            asking.ask_again(disagreement, turn)
        before = settled.get(number)
        if before is not None and before.by_id is not None:
            _name_sources(before, disagreement)
            kept = _copy(before, sitting, disagreement, taken=before.taken, by=before.by)
            kept.basis, kept.remark = before.basis, before.remark
            kept.save(force_insert=True)
    if asked and not room.asked_turns(sitting):
        asking.end_adjudication(sitting, "A reading was amended.")


def _name_sources(before: Settlement, disagreement: Disagreement) -> None:
    """Let A and B be the readers they were when this was settled, in what they say now."""
    if before.disagreement is not None:
        said = {reading.reader_id: reading for reading in disagreement.sitting.readings.all()}
        disagreement.reading_a = said[before.disagreement.reading_a.reader_id]
        disagreement.reading_b = said[before.disagreement.reading_b.reader_id]
        disagreement.save(update_fields=["reading_a", "reading_b"])


def _words_by_number(sitting: Sitting) -> dict[int, list[str]]:
    """Return all that the readings of a sitting say of each vertebra, to be compared."""
    words: dict[int, list[str]] = {}
    for reading in sitting.readings.all():
        for row in findings_of(reading):
            said = {name: getattr(row, name) for name in _COPIED}
            words.setdefault(row.vertebra.number, []).append(f"{reading.reader_id} {said}")
    return {number: sorted(said) for number, said in words.items()}


def _copy(
    source: FindingFields,
    sitting: Sitting,
    disagreement: Disagreement | None,
    *,
    taken: str,
    by: User | None,
) -> Settlement:
    said = {name: getattr(source, name) for name in _COPIED}
    return Settlement(sitting=sitting, disagreement=disagreement, taken=taken, by=by, **said)


def _fused(sitting: Sitting, rows: Sequence[Finding]) -> Settlement:
    """Return the first finding with the points of all fused, measured anew, without remark."""
    settlement = _copy(rows[0], sitting, None, taken=Taken.MEAN, by=None)
    settlement.remark = ""
    settlement.confidence = "unsure" if any(row.confidence == "unsure" for row in rows) else "sure"
    settlement.slice_first = _mean_slice([row.slice_first for row in rows])
    settlement.slice_last = _mean_slice([row.slice_last for row in rows])
    points = [np.asarray(row.six_points_mm) for row in rows if row.six_points_mm is not None]
    fused = fuse_points(points).six_points_mm if points else None
    put_points(settlement, fused, sitting.case.volume, by=_origins(rows))
    return settlement


def _mean_slice(slices: Sequence[int | None]) -> int | None:
    """Return the mean of the slices that readers name, rounded; None where nobody names one."""
    named = [one for one in slices if one is not None]
    return round(sum(named) / len(named)) if named else None


def _origins(rows: Sequence[Finding]) -> list[list[str]] | None:
    """Return who placed the fused points: of one reading they are its own, of several a mean."""
    placed = [row for row in rows if row.six_points_mm is not None]
    if len(placed) == 1:
        origins: list[list[str]] | None = placed[0].points_by
        return origins
    return all_by(PlacedBy.MEAN)


@transaction.atomic
def settle_disagreement(
    disagreement: Disagreement,
    *,
    by: User,
    taken: str,
    said: Mapping[str, Any] | None = None,
    remark: str = "",
) -> Settlement:
    """Settle one vertebra; an earlier settlement stays on record and counts no more.

    What a third reader decides is `adjudicated`, with what they took as its basis.

    Args:
        disagreement: of the newest sitting of a case at consensus.
        by: a reader of the case who holds the pen or finds it free, or the third reader asked.
        taken: `a`, `b`, `mean` of both sets of points, or `edited`.
        said: the edited fields; the others are reader A's.
        remark: why; needed where the grade is neither A's nor B's.

    Raises:
        NotPermitted: if the person only looks on.
        Conflict: if the case is not at consensus, the sitting is not the newest or its wash-out
            lasts, someone else holds the pen, or a third reader was asked.
        ContentRefused: if there is nothing to take, a remark is missing, or only masks differ.
    """
    sitting = disagreement.sitting
    selectors.lock_sitting(sitting, by)
    room.require_decider(sitting, by, disagreement)
    _require_findings(disagreement)
    a = selectors.finding_in(disagreement.reading_a, disagreement)
    b = selectors.finding_in(disagreement.reading_b, disagreement)
    if taken == Taken.MEAN:
        settlement = _mean(disagreement, a, b)
    elif taken == Taken.EDITED:
        settlement = _edited(disagreement, a or b, said or {})
    else:
        settlement = _taken(disagreement, a if taken == Taken.A else b)
    settlement.taken = settlement.basis = taken
    settlement.by, settlement.remark, settlement.disagreement = by, remark, disagreement
    overruled = [row.grade_reader for row in (a, b) if row is not None]
    if taken == Taken.EDITED and not remark and settlement.grade_reader not in overruled:
        raise ContentRefused(
            "A grade that neither reader gave needs a remark.", code="remark_missing"
        )
    if room.role_in(sitting, by) == "adjudicator":
        settlement.taken = Taken.ADJUDICATED
        asking.assign_adjudication(sitting, by.pk)
    settlement.save(force_insert=True)
    after_change(sitting)
    return settlement


def _require_findings(disagreement: Disagreement) -> None:
    if disagreement.kind == Kind.MASKS.value:
        raise ContentRefused(
            "The findings agree here; only the masks are to be settled.", code="only_masks"
        )


def _taken(disagreement: Disagreement, finding: Finding | None) -> Settlement:
    if finding is None:
        raise ContentRefused("This reader does not mark the vertebra.", code="nothing_to_take")
    return _copy(finding, disagreement.sitting, disagreement, taken=Taken.A, by=None)


def _edited(
    disagreement: Disagreement, finding: Finding | None, said: Mapping[str, Any]
) -> Settlement:
    settlement = _taken(disagreement, finding)
    say(settlement, said, disagreement.sitting.case.volume)
    return settlement


def _mean(disagreement: Disagreement, a: Finding | None, b: Finding | None) -> Settlement:
    """Return the finding that the mean of both sets of points gives."""
    rows = [row for row in (a, b) if row is not None and row.six_points_mm is not None]
    if len(rows) < 2:
        raise ContentRefused("A mean needs the points of both readers.", code="nothing_to_take")
    settlement = _fused(disagreement.sitting, rows)
    convention = CONVENTIONS[settlement.convention]
    measured = measure_points(np.asarray(settlement.six_points_mm), convention)
    settlement.grade_reader, settlement.not_graded_reason = measured.grade, ""
    settlement.shape_reader = "" if measured.shape is Shape.NONE else measured.shape.value
    if settlement.grade_reader == 0:
        settlement.slice_first = settlement.slice_last = None
    if len({row.ao_class for row in rows}) > 1:
        settlement.ao_class = ""  # classes have no mean
    if len({row.ao_words for row in rows}) > 1:
        settlement.ao_neurology, settlement.ao_modifiers = "", []
    settlement.deformity = sorted({flag for row in rows for flag in row.deformity})
    settlement.foreign_material = sorted({flag for row in rows for flag in row.foreign_material})
    return settlement


@transaction.atomic
def confirm_threshold(case: Case, *, by: User) -> int:
    """Settle every open difference that is threshold noise by the mean; return how many."""
    sitting = selectors.get_sitting(by, case)
    asked, settled = room.asked_turns(sitting), selectors.standing_settlements(sitting)
    noise = [
        row
        for row in selectors.open_disagreements(sitting)
        if row.kind == Kind.THRESHOLD.value
        and row.pk not in asked
        and row.vertebra.number not in settled
    ]
    _settle_by_mean(noise, by)
    return len(noise)


def _settle_by_mean(disagreements: Iterable[Disagreement], by: User) -> None:
    for disagreement in disagreements:
        settle_disagreement(disagreement, by=by, taken=Taken.MEAN)


@transaction.atomic
def reopen_disagreement(disagreement: Disagreement, *, by: User) -> None:
    """Take a settlement back; it stays on record.

    Raises:
        Conflict: if it is open already, or the case is not at consensus.
    """
    sitting = disagreement.sitting
    selectors.lock_sitting(sitting, by)
    room.require_decider(sitting, by, disagreement)
    _require_findings(disagreement)
    settled = selectors.standing_settlements(disagreement.sitting)
    standing = settled.get(disagreement.vertebra.number)
    if standing is None:
        raise Conflict("This disagreement is open.", code="open")
    _copy(standing, sitting, disagreement, taken=Taken.REOPENED, by=by).save(force_insert=True)
    after_change(sitting)
