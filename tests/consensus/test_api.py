import pytest

from annotation.studies.models import Case
from tests import working
from tests.consensus.test_services import A, B
from tests.working import body

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def case(dataset, people):
    return working.make_consensus_case(dataset, people, A, B)


@pytest.fixture
def reader(people, sign_in):
    return sign_in(people.reader1)


@pytest.fixture
def other(people, sign_in):
    return sign_in(people.reader2)


def settle(client, disagreement, **said):
    return client.post(f"/api/disagreements/{disagreement['id']}/settle/", said, JSON)


def test_a_case_is_settled_and_signed_by_its_readers_who_are_named_then(case, reader, other):
    shown = reader.get(f"/api/cases/{case.pk}/consensus/").json()
    named = {shown["disagreements"][0][f"{side}_name"] for side in "ab"}
    assert (named, shown["signatures"]) == ({""}, [])
    assert (shown["open"], shown["agreed"], shown["may_settle"]) == (1, 2, True)
    (row,) = shown["disagreements"]
    assert (row["kind"], row["level"], row["settled"]) == ("threshold", "T12", None)
    assert {row["a"]["grade_reader"], row["b"]["grade_reader"]} == {0, 1}
    early = reader.post(f"/api/cases/{case.pk}/moves/", {"move": "settle"}, JSON)
    assert (early.status_code, early.json()["code"]) == (409, "disagreements_open")
    settled = reader.post(f"/api/cases/{case.pk}/consensus/confirm_threshold/").json()
    (row,) = settled["disagreements"]
    assert (settled["open"], row["settled"]["taken"], row["settled"]["by"]) == (
        0,
        "mean",
        "Reader1",
    )
    alone = reader.post(f"/api/cases/{case.pk}/moves/", {"move": "settle"}, JSON)
    assert alone.json()["stage"] == "consensus"
    room = reader.get(f"/api/cases/{case.pk}/consensus/").json()["room"]
    assert (room["signed"], room["to_sign"], room["i_signed"]) == (1, 2, True)
    both = other.post(f"/api/cases/{case.pk}/moves/", {"move": "settle"}, JSON)
    assert both.json()["stage"] == "final"
    closed = reader.get(f"/api/cases/{case.pk}/consensus/").json()
    assert closed["may_settle"] is False
    assert [row["name"] for row in closed["signatures"]] == ["Reader1", "Reader2"]
    (row,) = closed["disagreements"]
    assert {row["a_name"], row["b_name"]} == {"Reader1", "Reader2"}


def test_a_settlement_is_edited_and_taken_back(case, reader):
    (row,) = reader.get(f"/api/cases/{case.pk}/consensus/").json()["disagreements"]
    said = {"six_points_mm": body(heights=(9, 9, 18)), "grade_reader": 3, "shape_reader": "crush"}
    assert settle(reader, row, taken="edited", finding=said).status_code == 422
    shown = settle(reader, row, taken="edited", finding=said, remark="burst").json()
    settled = shown["disagreements"][0]["settled"]
    assert (settled["finding"]["grade_reader"], settled["remark"]) == (3, "burst")
    assert settled["finding"]["g"] == pytest.approx(0.5)
    back = reader.post(f"/api/disagreements/{row['id']}/reopen/").json()
    assert (back["open"], back["disagreements"][0]["settled"]) == (1, None)


@pytest.mark.parametrize(
    ("name", "status"), [("student", 403), ("manager", 403), ("stranger", 404)]
)
def test_the_sitting_is_the_readers(case, people, sign_in, name, status):
    client = sign_in(getattr(people, name))
    assert client.get(f"/api/cases/{case.pk}/consensus/").status_code == status


def test_before_the_readings_are_in_there_is_nothing_to_settle(dataset, people, reader):
    case = working.make_reading_case(dataset, people)
    refused = reader.get(f"/api/cases/{case.pk}/consensus/")
    assert (refused.status_code, refused.json()["code"]) == (409, "stage")


def test_a_case_reopened_can_be_settled_again(case, reader):
    reader.post(f"/api/cases/{case.pk}/consensus/confirm_threshold/")
    working.sign_all(case)
    reader.post(f"/api/cases/{case.pk}/moves/", {"move": "reopen"}, JSON)
    shown = reader.get(f"/api/cases/{case.pk}/consensus/").json()
    assert (shown["open"], shown["may_settle"]) == (0, True)
    row = shown["disagreements"][0]
    reader.post(f"/api/disagreements/{row['id']}/reopen/")
    assert settle(reader, row, taken="b").json()["disagreements"][0]["settled"]["taken"] == "b"
    working.sign_all(case)
    assert Case.objects.get(pk=case.pk).stage == "final"
