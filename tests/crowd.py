"""A data set whose cases stand at every stage, with all that lists ask of them."""

import random
import uuid
from datetime import timedelta

from django.utils import timezone

from annotation.activity.models import Activity
from annotation.consensus.models import Sitting
from annotation.domain.workflow import Move, Role, Stage
from annotation.preannotation import services as preannotation
from annotation.preannotation.models import PreAnnotation
from annotation.reading.models import Assignment, Finding, Protocol, Reading
from annotation.refinement import services as refinement
from annotation.refinement.models import Lease
from annotation.studies import services as studies
from annotation.studies.models import Case, CaseEvent, Dataset, Vertebra
from benchmarks.many import clone
from tests import making

STAGES = tuple(stage.value for stage in Stage if stage is not Stage.RECEIVED)
PURPOSES = ("first", "first", "first", "repeat", "adjudication")


def make_template(dataset: Dataset, people: making.People) -> Case:
    """Return a proposed case at reading, made by the services."""
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset)
    studies.advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    proposal = making.make_proposal(case.volume)
    preannotation.store_preannotation(case.preannotations.get(), proposal)
    case.refresh_from_db()
    refinement.submit_mask(case, by=people.student)
    refinement.approve_mask(case, by=people.reader1)
    return case


def gather(dataset: Dataset, people: making.People, n: int, *, seed: int = 0) -> list[Case]:
    """Return n cases at stages in turn, with readings, assignments, leases, events and times."""
    template = dataset.cases.first() or make_template(dataset, people)
    cases = clone(template, n)
    drawn = random.Random(seed)
    for place, case in enumerate(cases):
        case.stage = STAGES[place % len(STAGES)]
    Case.objects.bulk_update(cases, ["stage"], batch_size=200)
    protocol = Protocol.objects.get_or_create(dataset=dataset, version=1)[0]
    readers = (people.reader1, people.reader2)
    given, read = [], []
    for case in cases:
        for reader in readers:
            is_closed = case.stage in ("consensus", "final")
            if is_closed or (case.stage == "reading" and drawn.random() < 0.6):
                given.append(_given(case, reader, protocol, drawn))
                read.append(_read(given[-1], drawn, is_closed=is_closed))
    for place, one in enumerate(given):
        one.position = place
    Assignment.objects.bulk_create(given, batch_size=200)
    made = Reading.unblinded.bulk_create([one for one in read if one], batch_size=200)
    Finding.unblinded.bulk_create(_findings(made, drawn), batch_size=500)
    _hold_sittings(cases, made)
    _amend([one for one in made if one.status == "submitted"][::5], drawn)
    _add_around(cases, people, drawn)
    return cases


def _given(case, reader, protocol, drawn: random.Random) -> Assignment:
    return Assignment(
        case=case,
        reader=reader,
        protocol=protocol,
        position=0,
        purpose=drawn.choice(PURPOSES),
        exposure=drawn.choice(["shown", "hidden", "after_commit"]),
        done_at=drawn.choice([None, timezone.now()]),
        ended_at=drawn.choice([None, None, None, timezone.now()]),
    )


def _read(given: Assignment, drawn: random.Random, *, is_closed: bool) -> Reading | None:
    if not is_closed and drawn.random() < 0.3:
        return None
    submitted = is_closed or drawn.random() < 0.5
    return Reading(
        case=given.case,
        reader=given.reader,
        protocol=given.protocol,
        status="submitted" if submitted else "open",
        exposure=given.exposure,
        proposal_shown=given.exposure == "shown",
        submitted_at=timezone.now() if submitted else None,
    )


def _findings(readings: list[Reading], drawn: random.Random) -> list[Finding]:
    bones: dict = {reading.case_id: [] for reading in readings}
    for vertebra in Vertebra.objects.filter(case__in=list(bones)):
        bones[vertebra.case_id].append(vertebra)
    return [
        Finding(
            reading=reading, vertebra=bone, level="T12", grade_reader=drawn.choice([0, 0, 1, 2])
        )
        for reading in readings
        for bone in bones[reading.case_id]
    ]


def _hold_sittings(cases: list[Case], readings: list[Reading]) -> None:
    at_consensus = [case for case in cases if case.stage == "consensus"]
    sittings = {
        row.case_id: row.pk
        for row in Sitting.objects.bulk_create(Sitting(case=one, number=1) for one in at_consensus)
    }
    through = Sitting.readings.through
    through.objects.bulk_create(
        through(sitting_id=sittings[one.case_id], reading=one)
        for one in readings
        if one.case_id in sittings
    )


def _amend(readings: list[Reading], drawn: random.Random) -> None:
    Reading.unblinded.bulk_create(
        Reading(
            case=one.case,
            reader=one.reader,
            protocol=one.protocol,
            attempt=2,
            amends=one,
            proposal_shown=False,
            others_seen_at=drawn.choice([None, timezone.now()]),
        )
        for one in readings
    )


def _add_around(cases: list[Case], people: making.People, drawn: random.Random) -> None:
    soon = timezone.now() + timedelta(minutes=20)
    model = PreAnnotation.objects.filter(case__dataset=cases[0].dataset).first().model
    at_mask = [case for case in cases if case.stage in ("refining", "checking")]
    holders = (people.student, people.reader1)
    Lease.objects.bulk_create(
        Lease(case=case, holder=drawn.choice(holders), until=soon) for case in at_mask[::3]
    )
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case=case,
            move=move,
            from_stage=source,
            to_stage=to,
            by=by,
            role="student",
            reason="border" if move == "return_mask" else "",
        )
        for case in at_mask[::2]
        for move, source, to, by in (
            ("submit_mask", "refining", "checking", drawn.choice([people.student, people.manager])),
            ("return_mask", "checking", "refining", people.reader1),
        )
    )
    waiting = [case for case in cases if case.stage == "queued"]
    PreAnnotation.objects.bulk_create(
        PreAnnotation(case=case, model=model, status=drawn.choice(["failed", "done"]))
        for case in waiting[::2]
    )
    Activity.objects.bulk_create(
        Activity(
            id=uuid.uuid4(),
            person=drawn.choice([people.student, people.reader1]),
            case=case,
            stage=drawn.choice(["refining", "checking"]),
            number=1,
            seconds=30.0,
            started_at=timezone.now(),
        )
        for case in cases
    )
