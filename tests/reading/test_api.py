import pytest

from tests import working
from tests.working import body

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def case(dataset, people):
    return working.make_reading_case(dataset, people)


@pytest.fixture
def reader(people, sign_in):
    return sign_in(people.reader1)


@pytest.fixture
def reading(case, reader):
    return reader.post(f"/api/cases/{case.pk}/reading/").json()


def put(client, reading, number, **said):
    return client.put(f"/api/readings/{reading['id']}/findings/{number}/", said, JSON)


def test_a_reading_is_opened_filled_and_handed_in(case, reader, reading):
    assert (reading["status"], reading["case"]) == ("open", str(case.pk))
    assert [row["level"] for row in reading["findings"]] == ["T11", "T12", "L1"]
    saved = put(
        reader, reading, 1, six_points_mm=body(heights=(15, 18, 20)), grade_reader=2,
        shape_reader="wedge", deformity=["schmorl"], confidence="unsure", remark="old",
    ).json()  # fmt: skip
    assert saved["heights_mm"] == pytest.approx([15, 18, 20])
    assert {"grade_reader": 2, "shape_reader": "wedge", "touched": True}.items() <= saved.items()
    incomplete = reader.post(f"/api/readings/{reading['id']}/submit/")
    assert incomplete.status_code == 422
    assert [problem["number"] for problem in incomplete.json()["problems"]] == [2, 3]
    others = reader.post(f"/api/readings/{reading['id']}/others_normal/", {"numbers": [2, 3]}, JSON)
    assert [row["grade_reader"] for row in others.json()["findings"]] == [2, 0, 0]
    assert reader.post(f"/api/readings/{reading['id']}/submit/").json()["status"] == "submitted"
    late = put(reader, reading, 1, grade_reader=0)
    assert (late.status_code, late.json()["code"]) == (409, "submitted")


def test_fields_that_are_not_sent_stay_and_null_takes_back(reader, reading):
    put(reader, reading, 1, grade_reader=1, shape_reader="wedge", remark="look again")
    kept = put(reader, reading, 1, confidence="sure").json()
    assert (kept["grade_reader"], kept["shape_reader"], kept["remark"]) == (
        1,
        "wedge",
        "look again",
    )
    back = put(reader, reading, 1, grade_reader=None, shape_reader=None, confidence=None).json()
    assert (back["grade_reader"], back["shape_reader"], back["confidence"]) == (None, None, None)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"grade_reader": 4}, 400),
        ({"shape_reader": "none"}, 400),
        ({"not_graded_reason": "tired"}, 400),
        ({"six_points_mm": [[[0, 0, 0]]]}, 400),
        ({"six_points_mm": body()[::-1]}, 422),
        ({"grade_reader": 1, "not_graded_reason": "artefact"}, 422),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(reader, reading, said, status):
    refused = put(reader, reading, 1, **said)
    assert refused.status_code == status
    assert refused.json()["detail"]


def test_a_vertebra_that_is_not_in_the_reading_is_refused(reader, reading):
    assert put(reader, reading, 77, grade_reader=0).status_code == 422


def test_level_names_are_confirmed(reader, reading):
    answer = reader.patch(f"/api/readings/{reading['id']}/", {"levels_confirmed": True}, JSON)
    assert answer.json()["levels_confirmed"] is True
