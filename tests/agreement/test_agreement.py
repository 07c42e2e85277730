"""The agreement of readers: only what is closed, by letters, computed once, frozen with a name."""

import csv
import io

import pytest

from annotation.agreement import services
from annotation.agreement.models import AgreementReport
from annotation.reading.models import Protocol
from annotation.reading.selectors import closed_readings_in
from tests import making, working
from tests.working import body

pytestmark = pytest.mark.django_db

A = {
    1: {"grade_reader": 2, "shape_reader": "wedge", "six_points_mm": body(heights=(14, 18, 20))},
    2: {"grade_reader": 1, "shape_reader": "wedge", "six_points_mm": body(heights=(15.8, 19, 20))},
    3: {"grade_reader": 0, "six_points_mm": body()},
}
B = {
    1: {"grade_reader": 2, "shape_reader": "wedge", "six_points_mm": body(heights=(14.5, 18, 20))},
    2: {"grade_reader": 0, "six_points_mm": body(heights=(16.2, 19, 20))},
    3: {"grade_reader": 0, "six_points_mm": body(heights=(20, 20, 21))},
}


@pytest.fixture
def case(dataset, people):
    return working.make_consensus_case(dataset, people, A, B)


def of_arm(dataset, arm: str = "all") -> dict:
    return services.report_of(dataset).content["arms"][arm]


def row_of(rows: list[dict], **wanted) -> dict:
    (found,) = (row for row in rows if all(row[key] == value for key, value in wanted.items()))
    return found


def test_two_readings_of_a_closed_case_are_compared(dataset, case):
    arm = of_arm(dataset)
    assert (arm["readers"], arm["n_vertebrae"], arm["n_by_two"]) == (["A", "B"], 3, 3)
    same = row_of(arm["rows"], group="all", of="grade", readers=["A", "B"], statistic="agreement")
    assert same["value"] == pytest.approx(2 / 3)
    (pair,) = arm["pairs"]
    assert sorted(map(sum, pair["confusion"])) in ([0, 1, 1, 1], [0, 0, 1, 2])
    assert pair["n_near_limit"] == 1
    assert abs(pair["heights"]["anterior"]["bias"]) == pytest.approx((0.5 + 0.4 + 0) / 3)
    differing = [one["level"] for one in arm["levels"] if one["n_different"]]
    assert differing == ["T12"]


def test_one_patient_gives_a_value_without_an_interval(dataset, case):
    kappa = row_of(
        of_arm(dataset)["rows"],
        group="all",
        of="grade",
        readers=["A", "B"],
        statistic="kappa quadratic",
    )
    assert kappa["value"] is not None
    assert (kappa["low"], kappa["reason"]) == (None, "an interval needs two patients")


def test_nothing_of_a_case_that_is_still_read_is_told(dataset, people):
    case = working.make_reading_case(dataset, people)
    working.read_and_submit(case, people.reader1, A)
    assert closed_readings_in(dataset) == []
    assert of_arm(dataset)["readers"] == []


def test_readings_with_the_proposal_in_sight_stand_apart(dataset, case):
    shown, hidden = of_arm(dataset, "shown"), of_arm(dataset, "hidden")
    assert {shown["n_vertebrae"], hidden["n_vertebrae"]} == {0, 3}


def test_a_report_is_computed_once_for_each_state_of_the_readings(dataset, people, case):
    first = services.report_of(dataset)
    assert services.report_of(dataset).pk == first.pk
    working.make_consensus_case(dataset, people, B, B)
    second = services.report_of(dataset)
    assert second.pk != first.pk
    assert second.content["n_cases"] == 2


def test_a_frozen_report_stays_as_it_was(dataset, people, case, client):
    frozen = services.freeze_report(dataset, label="Round 1")
    working.make_consensus_case(dataset, people, B, B)
    client.force_login(people.manager, backend="django.contrib.auth.backends.ModelBackend")
    place = f"/api/datasets/{dataset.slug}/agreement/"
    now = client.get(place).json()
    then = client.get(place, {"report": frozen.pk}).json()
    assert (now["n_cases"], then["n_cases"]) == (2, 1)
    assert [one["name"] for one in now["frozen"]] == ["Round 1"]
    assert client.get(place, {"report": now["report"]["id"]}).status_code == 404
    assert AgreementReport.objects.exclude(label="").count() == 1


def test_readers_and_managers_look_on_and_nobody_else(dataset, people, case, client):
    place = f"/api/datasets/{dataset.slug}/agreement"
    expected = {"reader1": 200, "manager": 200, "student": 403, "stranger": 404}
    for name, status in expected.items():
        client.force_login(
            getattr(people, name), backend="django.contrib.auth.backends.ModelBackend"
        )
        for ending in ("/", ".csv", ".json", ".pdf"):
            assert client.get(place + ending).status_code == status, name


def test_readers_are_letters_and_know_their_own(dataset, people, case, client):
    letters = {}
    for name in ("reader1", "reader2", "manager"):
        client.force_login(
            getattr(people, name), backend="django.contrib.auth.backends.ModelBackend"
        )
        answer = client.get(f"/api/datasets/{dataset.slug}/agreement/")
        assert people.reader1.username not in answer.content.decode()
        letters[name] = answer.json()["mine"]
    assert letters["manager"] is None
    assert {letters["reader1"], letters["reader2"]} == {"A", "B"}


def test_the_table_holds_every_statistic_of_every_arm(dataset, people, case, client):
    client.force_login(people.manager, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get(f"/api/datasets/{dataset.slug}/agreement.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    content = services.report_of(dataset).content["arms"]
    assert len(rows) == sum(len(arm["rows"]) for arm in content.values())
    assert {row["table"] for row in rows} == {"between readers"}
    assert {"NaN", "nan", "inf"}.isdisjoint({cell for row in rows for cell in row.values()})


def test_readers_are_held_against_the_consensus_and_against_the_others(dataset, people):
    Protocol.objects.create(dataset=dataset, version=1, readers_per_case=3)
    third = making.make_user("third", dataset, making.Role.READER)
    case = working.make_reading_case(dataset, people)
    for person in (people.reader1, people.reader2, third):
        working.read_and_submit(case, person, A)
    case.refresh_from_db()
    assert case.stage == "final"
    arm = of_arm(dataset)
    assert [one["incorporated"] for one in arm["against_consensus"]] == [True] * 3
    for one in [*arm["against_consensus"], *arm["against_others"]]:
        assert one["fracture"]["sensitivity"]["value"] == 1
        assert one["moderate"]["specificity"]["value"] == 1
