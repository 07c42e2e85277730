import json
import uuid

import numpy as np
import pytest

from annotation.domain.grammar import SpineProblem
from annotation.domain.refusals import ContentRefused, NotPermitted
from annotation.refinement import overrides, selectors, services
from annotation.refinement.models import Override, Pin
from annotation.releases.freezing import freeze
from annotation.releases.models import Release
from annotation.studies.volumes import grid_of
from tests import making, working

pytestmark = pytest.mark.django_db
JSON = "application/json"


def at(case, *tail):
    return f"/api/cases/{case.pk}/" + "".join(f"{part}/" for part in tail)


def inside(case) -> list[float]:
    return grid_of(case.volume).to_mm(np.array([9.0, 5.0, 4.0])).tolist()


def pin(client, case, **more):
    said = {"at_mm": inside(case), "text": "Spill into the canal", "number": 1, **more}
    return client.post(at(case, "pins"), said, content_type=JSON)


@pytest.fixture
def refining(dataset, people):
    case = working.make_named_case(dataset)
    working.paint(case, people.student, working.blocks(case))
    return case


@pytest.fixture
def checking(dataset, people):
    return working.make_checking_case(dataset, people)


def test_a_student_asks_at_a_spot_and_the_reader_answers_there(refining, people, sign_in):
    student, reader = sign_in(people.student), sign_in(people.reader1)
    made = pin(student, refining, kind="ask").json()
    assert (made["number"], made["kind"], made["author"]) == (1, "ask", "Student")
    assert made["at_mm"] == pytest.approx(inside(refining))
    assert student.get(at(refining, "pins")).json() == [made]
    assert pin(reader, refining).status_code == 403
    services.submit_mask(refining, by=people.student)
    assert pin(reader, refining, kind="ask").status_code == 403
    assert pin(reader, refining, number=None).status_code == 201
    first = reader.patch(at(refining, "pins", made["id"]), {"resolved": True}, content_type=JSON)
    assert first.json()["resolved_by"] == "Reader1"
    assert [one["resolved_at"] is None for one in reader.get(at(refining, "pins")).json()] == [
        False,
        True,
    ]
    again = reader.patch(at(refining, "pins", made["id"]), {"resolved": False}, content_type=JSON)
    assert (again.json()["resolved_at"], again.json()["resolved_by"]) == (None, "")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"text": "   "}, "invalid"),
        ({"number": 99}, "unknown_vertebra"),
        ({"at_mm": [5000.0, 0.0, 0.0]}, "outside"),
        ({"at_mm": [0.0, 0.0]}, "invalid"),
        ({"kind": "shout"}, "invalid"),
    ],
)
def test_a_pin_that_says_or_meets_nothing_is_refused(refining, people, sign_in, wrong, code):
    refused = pin(sign_in(people.student), refining, **wrong)
    assert refused.status_code in (400, 422)
    assert refused.json()["code"] == code
    assert not Pin.objects.exists()


def test_pins_are_seen_within_the_dataset_and_not_while_readings_are_open(
    checking, dataset, people, sign_in
):
    reader = sign_in(people.reader1)
    made = pin(reader, checking).json()
    assert sign_in(people.stranger).get(at(checking, "pins")).status_code == 404
    elsewhere = making.make_user("elsewhere", making.make_dataset("other"), making.Role.READER)
    assert sign_in(elsewhere).get(at(checking, "pins")).status_code == 404
    assert sign_in(people.manager).get(at(checking, "pins")).json() == [made]
    services.approve_mask(checking, by=people.reader1)
    for person in (people.reader1, people.reader2, people.student, people.manager):
        client = sign_in(person)
        assert client.get(at(checking, "pins")).json() == []
        assert made["text"].encode() not in client.get(at(checking)).content
        change = client.patch(at(checking, "pins", made["id"]), {"resolved": True}, JSON)
        assert change.status_code == 404
        assert pin(client, checking).status_code == 409
    assert sign_in(people.reader2).get(at(checking, "pins", str(uuid.uuid4()))).status_code == 405


def test_a_returned_case_carries_its_pins_to_the_student(checking, people, sign_in):
    pin(sign_in(people.reader1), checking)
    services.return_mask(checking, by=people.reader1, reason="leak")
    student = sign_in(people.student)
    (shown,) = student.get(at(checking, "pins")).json()
    assert shown["text"] == "Spill into the canal"
    done = student.patch(at(checking, "pins", shown["id"]), {"resolved": True}, content_type=JSON)
    assert done.status_code == 200


# --- overrides

ISLAND = SpineProblem("two_pieces", 2, "T12", "T12 is in two pieces.", (-3.5, -11.0, 85.0), True)


@pytest.fixture
def stopped(monkeypatch):
    """Let the grammar object to T12 whatever is painted."""
    found = [ISLAND]
    monkeypatch.setattr(selectors, "problems_of", lambda case: found)
    return found


def accept(client, case, **more):
    said = {"code": "two_pieces", "number": 2, "at_mm": ISLAND.at_mm, "reason": "Os odontoideum"}
    return client.post(at(case, "overrides"), {**said, **more}, content_type=JSON)


def test_a_reader_accepts_a_problem_with_a_reason_that_stays_in_the_record(
    stopped, dataset, people, sign_in
):
    case = working.make_named_case(dataset)
    working.paint(case, people.student, working.blocks(case))
    student, reader = sign_in(people.student), sign_in(people.reader1)
    with pytest.raises(ContentRefused, match="1 problem stops"):
        services.submit_mask(case, by=people.student)
    assert accept(student, case).status_code == 403
    assert accept(sign_in(people.manager), case).status_code == 403
    assert accept(reader, case, reason=" ").status_code in (400, 422)
    assert accept(reader, case, code="gap").status_code == 404
    assert accept(reader, case).status_code == 201
    (shown,) = student.get(at(case, "problems")).json()
    assert (shown["blocking"], shown["override"]["by"]) == (False, "Reader1")
    services.submit_mask(case, by=people.student)
    submitted = reader.get(at(case, "history")).json()[-1]
    assert [one["reason"] for one in submitted["overrides"]] == ["Os odontoideum"]
    services.approve_mask(case, by=people.reader1)
    assert reader.get(at(case, "history")).json()[1]["overrides"] == []
    for number, user in enumerate((people.reader1, people.reader2)):
        working.read_and_submit(case, user, {})
        assert case.stage == ("reading", "final")[number]
    manifest, _ = freeze(Release(dataset=dataset, version="1", licence="x"), [case])
    (kept,) = manifest["cases"][0]["overrides"]
    assert kept == {
        "code": "two_pieces",
        "level": "T12",
        "problem": "T12 is in two pieces.",
        "reason": "Os odontoideum",
    }
    assert "Reader1" not in json.dumps(manifest)


def test_an_override_stands_for_its_problem_alone_and_can_be_lifted(
    stopped, refining, people, sign_in
):
    reader = sign_in(people.reader1)
    row = accept(reader, refining).json()
    stopped.append(SpineProblem("two_pieces", 2, "T12", "Another piece.", (20.0, 9.0, 80.0), True))
    assert [one.is_stopping for one in overrides.standing_problems(refining)] == [True, False]
    stopped.pop()
    stopped[0] = SpineProblem("two_pieces", 2, "L1", "Renamed.", ISLAND.at_mm, True)
    assert overrides.standing_problems(refining)[0].is_stopping
    stopped[0] = ISLAND
    assert sign_in(people.student).delete(at(refining, "overrides", row["id"])).status_code == 403
    assert reader.delete(at(refining, "overrides", row["id"])).status_code == 204
    assert reader.delete(at(refining, "overrides", row["id"])).status_code == 404
    assert overrides.standing_problems(refining)[0].is_stopping
    assert Override.objects.get().lifted_at is not None


def test_what_a_release_cannot_do_without_is_never_accepted(stopped, refining, people, sign_in):
    stopped[0] = SpineProblem("no_level", 2, None, "Vertebra 2 has no level.", None, True)
    refused = accept(sign_in(people.reader1), refining, code="no_level", at_mm=None)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_open")


def test_problems_and_overrides_are_not_told_while_readings_are_open(
    stopped, checking_accepted, people, sign_in
):
    for person in (people.reader2, people.student, people.manager):
        client = sign_in(person)
        assert client.get(at(checking_accepted, "problems")).json() == []
        assert b"Os odontoideum" not in client.get(at(checking_accepted, "history")).content
    assert accept(sign_in(people.reader2), checking_accepted).status_code == 409
    with pytest.raises(NotPermitted):
        overrides.lift_override(checking_accepted, Override.objects.get().pk, by=people.student)


@pytest.fixture
def checking_accepted(stopped, dataset, people, sign_in):
    case = working.make_named_case(dataset)
    working.paint(case, people.student, working.blocks(case))
    assert accept(sign_in(people.reader1), case).status_code == 201
    services.submit_mask(case, by=people.student)
    services.approve_mask(case, by=people.reader1)
    return case
