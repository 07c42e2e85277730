import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.activity.services import Span, record_spans
from annotation.domain.workflow import Role
from annotation.preannotation import services as preannotation
from annotation.preannotation.models import PreAnnotation, ProposedVertebra
from annotation.reading.models import Protocol
from annotation.refinement import services as refinement
from tests import making, working

pytestmark = pytest.mark.django_db


def spend(user, case, stage, seconds, days_ago=0.0):
    at = timezone.now() - timedelta(days=days_ago)
    record_spans(user, [Span(uuid.uuid4(), case.pk, stage, seconds, at)])


def week(client):
    return client.get("/api/datasets/set/week/").json()


def test_a_week_without_work_says_so(dataset, people, sign_in):
    assert week(sign_in(people.student)) == {
        "days": 7,
        "handed_in": 0,
        "active_seconds": 0.0,
        "median_seconds": None,
        "first_check": None,
        "most_frequent_return": None,
    }
    assert sign_in(people.stranger).get("/api/datasets/set/week/").status_code == 404


def test_the_week_of_a_student(dataset, people, sign_in):
    for seconds in (100.0, 200.0, 360.0):
        case = working.make_checking_case(dataset, people)
        spend(people.student, case, "refining", seconds)
        spend(people.student, case, "refining", 40.0, days_ago=9)
        if seconds == 100.0:
            refinement.return_mask(case, by=people.reader1, reason="leak", note="L2")
            refinement.take_lease(case, by=people.student)
            refinement.submit_mask(case, by=people.student)
        if seconds == 200.0:
            refinement.approve_mask(case, by=people.reader1)
    assert week(sign_in(people.student)) == {
        "days": 7,
        "handed_in": 4,
        "active_seconds": 660.0,
        "median_seconds": 240.0,
        "first_check": {"approved": 1, "of": 2},
        "most_frequent_return": "leak",
    }


def test_the_week_of_a_reader_counts_checks_and_own_readings(dataset, people, sign_in):
    case = working.make_reading_case(dataset, people)
    spend(people.reader1, case, "checking", 50.0)
    working.read_and_submit(case, people.reader1, {})
    spend(people.reader1, case, "reading", 90.0)
    mine = week(sign_in(people.reader1))
    assert (mine["handed_in"], mine["median_seconds"], mine["first_check"]) == (2, 70.0, None)
    assert week(sign_in(people.reader2))["handed_in"] == 0


def proposed(dataset, confidence):
    case = making.make_refining_case(dataset)
    model = dataset.service_terms.get().model
    row = PreAnnotation.objects.create(
        case=case, model=model, status="done", delivered_at=timezone.now()
    )
    for number, level in enumerate(("T11", "T12"), start=1):
        vertebra = case.vertebrae.create(number=number, origin="proposal")
        ProposedVertebra.objects.create(
            preannotation=row,
            vertebra=vertebra,
            level=level,
            centroid_mm=[0, 0, 0],
            convention="x",
            confidence=0.99 if number == 1 else confidence,
        )
    return case


def next_of(client, besides=""):
    row = client.get(f"/api/datasets/set/next/?besides={besides}").json()["next"]
    return row and row["case"]


def test_next_is_returned_then_mine_then_the_worst_that_is_free(dataset, people, sign_in):
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    sure, unsure, unknown = proposed(dataset, 0.9), proposed(dataset, 0.4), None
    unknown = making.make_refining_case(dataset)
    client = sign_in(people.student)
    assert next_of(client) == str(unsure.pk)
    assert next_of(client, unsure.pk) == str(sure.pk)
    refinement.take_lease(sure, by=people.student)
    assert next_of(client, unsure.pk) == str(sure.pk)
    returned = working.make_checking_case(dataset, people)
    refinement.return_mask(returned, by=people.reader1, reason="leak")
    rows = client.get("/api/datasets/set/worklist/?scope=ready").json()["rows"]
    order = [str(case.pk) for case in (returned, sure, unsure, unknown)]
    assert [row["case"] for row in rows] == order
    assert next_of(client) == order[0]
    assert next_of(client, order[0]) == order[1]


def test_nothing_is_next_where_others_hold_all_or_nothing_is_left(dataset, people, sign_in):
    case = working.make_named_case(dataset)
    client = sign_in(people.student)
    assert next_of(client, case.pk) is None
    other = making.make_user("student2", dataset, Role.STUDENT)
    refinement.take_lease(case, by=other)
    assert next_of(client) is None
    assert sign_in(people.stranger).get("/api/datasets/set/next/").status_code == 404


def test_the_order_of_readings_tells_nothing_of_the_model(dataset, people, sign_in):
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    first, second = (working.make_reading_case(dataset, people) for _ in range(2))
    for case, confidence in ((first, 0.99), (second, 0.1)):
        row = PreAnnotation.objects.create(
            case=case,
            model=dataset.service_terms.get().model,
            status="done",
            delivered_at=timezone.now(),
        )
        ProposedVertebra.objects.create(
            preannotation=row,
            vertebra=case.vertebrae.first(),
            level="T11",
            centroid_mm=[0, 0, 0],
            convention="x",
            confidence=confidence,
        )
    assert next_of(sign_in(people.reader2)) == str(first.pk)


def test_who_reads_too_gets_no_order_by_what_the_model_hides(dataset, people, sign_in):
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    sure, unsure = proposed(dataset, 0.9), proposed(dataset, 0.4)
    both = making.make_user("both", dataset, Role.STUDENT, Role.READER)
    Protocol.objects.create(dataset=dataset, version=7, proposal_exposure=Protocol.Exposure.HIDDEN)
    assert next_of(sign_in(both)) == str(sure.pk)
    assert next_of(sign_in(people.student)) == str(unsure.pk)
