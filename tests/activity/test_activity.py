import csv
import io
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from annotation.activity import selectors
from annotation.activity.models import Activity
from annotation.activity.services import Span, record_spans
from annotation.domain.workflow import Move, Role
from annotation.refinement import services as refinement
from annotation.studies.pseudonyms import worker_code
from annotation.studies.services import advance_case
from tests import making, working

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def span(case, seconds=30.0, **fields) -> dict:
    made = {
        "id": str(uuid.uuid4()),
        "case": str(case.pk),
        "stage": case.stage,
        "number": 2,
        "tool": "brush",
        "seconds": seconds,
        "n_inputs": 40,
        "started_at": AT.isoformat(),
    }
    return made | fields


def send(client, *spans):
    answer = client.post("/api/activity/", {"spans": spans}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def own(client, case):
    return client.get(f"/api/cases/{case.pk}/activity/").json()


def spend(user, case, seconds, stage=None, **fields):
    made = Span(uuid.uuid4(), case.pk, stage or case.stage, seconds, AT, **fields)
    assert record_spans(user, [made]) == {made.id: ""}


def test_a_span_counts_once_however_often_it_arrives(dataset, people, sign_in):
    case, client = working.make_named_case(dataset), sign_in(people.student)
    one, other = span(case, 12.5), span(case, 20.0, tool="eraser")
    assert send(client, one, other) == {"kept": [one["id"], other["id"]], "refused": []}
    assert send(client, other, one)["refused"] == []
    assert own(client, case)["seconds"] == pytest.approx(32.5)


def test_a_span_that_grew_counts_with_its_longest_time_in_any_order(dataset, people, sign_in):
    case, client = working.make_named_case(dataset), sign_in(people.student)
    young = span(case, 5.0)
    grown = young | {"seconds": 14.0, "n_inputs": 90}
    for one in (young, grown, young):
        send(client, one)
    (row,) = Activity.objects.all()
    assert (row.seconds, row.n_inputs) == (14.0, 90)


def test_a_bad_span_keeps_no_other_back_and_is_named(dataset, people, sign_in):
    case, client = working.make_named_case(dataset), sign_in(people.student)
    good = span(case)
    bad = [
        span(case, seconds=-1.0),
        span(case, seconds=4000.0),
        span(case, tool="rm -rf"),
        span(case, stage="nowhere"),
        span(case, started_at="soon"),
        span(case, id="7"),
    ]
    answer = send(client, *bad, good)
    assert answer["kept"] == [good["id"]]
    assert [one["id"] for one in answer["refused"]] == [one["id"] for one in bad]
    assert "seconds" in answer["refused"][0]["detail"]


def test_time_is_of_those_who_work_there(dataset, people, sign_in):
    case = working.make_named_case(dataset)
    for who in (people.reader1, people.manager, people.stranger):
        answer = send(sign_in(who), span(case))
        assert answer["kept"] == []
        assert answer["refused"][0]["detail"]
    assert sign_in(people.stranger).get(f"/api/cases/{case.pk}/activity/").status_code == 404


def test_nobody_takes_the_span_of_another(dataset, people, sign_in):
    case = working.make_named_case(dataset)
    student2 = making.make_user("student2", dataset, Role.STUDENT)
    one = span(case, 10.0)
    send(sign_in(people.student), one)
    answer = send(sign_in(student2), one | {"seconds": 500.0})
    assert answer["refused"][0]["detail"] == "Another span has this id."
    assert Activity.objects.get().seconds == 10.0
    assert own(sign_in(student2), case)["seconds"] == 0.0


def test_the_median_is_over_own_cases_that_are_done(dataset, people, sign_in):
    student2 = making.make_user("student2", dataset, Role.STUDENT)
    for seconds in (100.0, 300.0, 900.0):
        case = working.make_named_case(dataset)
        spend(people.student, case, seconds / 2, number=1)
        spend(people.student, case, seconds / 2, number=2)
        spend(student2, case, 7.0)
        advance_case(case, move=Move.EXCLUDE, by=None, role=Role.MANAGER)
    unfinished, now = working.make_named_case(dataset), working.make_named_case(dataset)
    spend(people.student, unfinished, 5.0)
    client = sign_in(people.student)
    other = client.get(f"/api/cases/{now.pk}/activity/?stage=checking").json()
    assert (other["stage"], other["median_seconds"]) == ("checking", None)
    said = own(client, now)
    assert said == {
        "stage": "refining",
        "seconds": 0.0,
        "median_seconds": 300.0,
        "n_cases": 3,
        "idle_seconds": 30.0,
    }


def test_the_managers_export_has_pseudonyms_levels_and_tools(dataset, people, sign_in):
    case = working.make_named_case(dataset)
    spend(people.student, case, 60.0, number=3, tool="brush", n_inputs=5)
    spend(people.student, case, 30.0, number=3, tool="brush", n_inputs=5)
    spend(people.student, case, 4.0, tool="look")
    manager = sign_in(people.manager)
    body = manager.get("/api/datasets/set/activity.csv")
    rows = list(csv.DictReader(io.StringIO(body.content.decode())))
    assert [row["level"] for row in rows] == ["", "L1"]
    assert rows[1] == {
        "case": case.code,
        "stage": "refining",
        "person": worker_code(people.student.pk),
        "number": "3",
        "level": "L1",
        "tool": "brush",
        "active_seconds": "90.0",
        "inputs": "10",
    }
    assert "tudent" not in body.content.decode()
    table = manager.get("/api/datasets/set/activity.json").json()
    assert [row["active_seconds"] for row in table] == [4.0, 90.0]
    for who in (people.student, people.reader1):
        assert sign_in(who).get("/api/datasets/set/activity.csv").status_code == 403
        assert sign_in(who).get("/api/datasets/set/activity.json").status_code == 403
    assert sign_in(people.stranger).get("/api/datasets/set/activity.csv").status_code == 404


def test_the_time_of_readings_is_hidden_until_all_are_in_and_again_when_sent_back(dataset, people):
    case = working.make_reading_case(dataset, people)
    checked = selectors.exported_rows(dataset)
    spend(people.reader1, case, 137.3, number=1)
    assert selectors.exported_rows(dataset) == checked
    working.read_and_submit(case, people.reader1, {})
    assert selectors.exported_rows(dataset) == checked
    working.read_and_submit(case, people.reader2, {})
    assert case.stage == "final"
    (row,) = selectors.exported_rows(dataset)
    assert (row.stage, row.active_seconds) == ("reading", 137.3)
    advance_case(case, move=Move.REOPEN_MASK, by=people.manager, role=Role.MANAGER)
    assert selectors.exported_rows(dataset) == []
    with pytest.raises(ValueError, match="not added up"):
        selectors.seconds_at("reading", [case])


def test_time_at_a_stage_is_added_up_over_people_for_the_curves(dataset, people):
    student2 = making.make_user("student2", dataset, Role.STUDENT)
    case, other = working.make_named_case(dataset), working.make_named_case(dataset)
    spend(people.student, case, 60.0)
    spend(student2, case, 15.0)
    refinement.take_lease(case, by=people.student)
    assert selectors.seconds_at("refining", [case, other]) == {case.pk: 75.0}


def test_your_week_counts_only_what_lies_in_it(dataset, people):
    case = working.make_named_case(dataset)
    spend(people.student, case, 60.0)
    later = AT + timedelta(days=1)
    assert selectors.own_seconds_by_case(people.student, dataset, "refining", since=later) == {}
    found = selectors.own_seconds_by_case(people.student, dataset, "refining", since=AT)
    assert found == {case.pk: 60.0}
