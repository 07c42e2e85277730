import pytest

from annotation.consensus import selectors, services, signing
from annotation.consensus.models import Settlement
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Move, Role
from annotation.studies.services import advance_case
from tests import working
from tests.working import body

pytestmark = pytest.mark.django_db

A = {
    1: {"grade_reader": 2, "shape_reader": "wedge"},
    2: {"grade_reader": 1, "shape_reader": "wedge", "six_points_mm": body(heights=(15.8, 19, 20))},
    3: {"grade_reader": 0, "six_points_mm": body()},
}
B = {
    1: {"grade_reader": 2, "shape_reader": "wedge"},
    2: {"grade_reader": 0, "six_points_mm": body(heights=(16.2, 19, 20))},
    3: {"grade_reader": 0, "six_points_mm": body(center=(0, 0, 1), heights=(20, 20, 22))},
}


@pytest.fixture
def case(dataset, people):
    """T11 agreed as fractured, T12 threshold noise, L1 agreed."""
    return working.make_consensus_case(dataset, people, A, B)


@pytest.fixture
def disagreement(case):
    return selectors.newest_sitting(case).disagreements.get()


def test_readings_that_agree_settle_themselves(dataset, people):
    case = working.make_consensus_case(dataset, people, {1: A[1]}, {1: B[1]})
    assert case.stage == "final"
    event = case.events.get(move="settle")
    assert (event.by, event.role) == (None, "system")
    settled = selectors.settled_findings(case)
    assert {number: row.grade_reader for number, row in settled.items()} == {1: 2, 2: 0, 3: 0}
    assert {(row.taken, row.by) for row in settled.values()} == {("agreed", None)}


def test_agreed_points_are_averaged_and_measured(case):
    row = selectors.standing_settlements(selectors.newest_sitting(case))[3]
    assert row.heights_mm == pytest.approx([20, 20, 21])
    assert row.six_points_mm[0][0] == pytest.approx([0, -15, 10.5])


def test_only_differences_wait_and_nothing_is_final_before(case, disagreement):
    assert (disagreement.kind, disagreement.vertebra.number) == ("threshold", 2)
    assert disagreement.reason == "Threshold, ΔG 0.02"
    assert case.stage == "consensus"
    assert selectors.settled_findings(case) == {}


def test_threshold_noise_is_confirmed_together_by_the_mean(case, people):
    assert services.confirm_threshold(case, by=people.reader2) == 1
    row = selectors.standing_settlements(selectors.newest_sitting(case))[2]
    assert (row.taken, row.by, row.grade_reader) == ("mean", people.reader2, 1)
    assert row.g == pytest.approx(0.8)


@pytest.mark.parametrize(("taken", "grade"), [("a", 1), ("b", 0)])
def test_one_readers_finding_is_taken_whole(case, people, disagreement, taken, grade):
    graders = {disagreement.reading_a.reader: "a", disagreement.reading_b.reader: "b"}
    who = taken if graders[people.reader1] == "a" else {"a": "b", "b": "a"}[taken]
    row = services.settle_disagreement(disagreement, by=people.reader1, taken=who)
    assert row.grade_reader == grade


def test_an_edited_finding_is_measured_anew_and_overruling_needs_a_remark(
    case, people, disagreement
):
    said = {"grade_reader": 3, "shape_reader": "crush", "six_points_mm": body(heights=(9, 9, 18))}
    settle = services.settle_disagreement
    with pytest.raises(ContentRefused, match="remark"):
        settle(disagreement, by=people.reader1, taken="edited", said=said)
    row = settle(disagreement, by=people.reader1, taken="edited", said=said, remark="burst")
    assert (row.g, row.grade_reader, row.remark) == (pytest.approx(0.5), 3, "burst")


def test_a_case_with_something_open_is_not_settled(case, people, disagreement):
    with pytest.raises(Conflict, match="1 disagreement is open"):
        signing.settle_case(case, by=people.reader1)
    services.settle_disagreement(disagreement, by=people.reader1, taken="a")
    working.sign_all(case)
    assert case.stage == "final"
    assert set(selectors.settled_findings(case)) == {1, 2, 3}


def test_a_settlement_is_taken_back_and_stays_on_record(case, people, disagreement):
    services.settle_disagreement(disagreement, by=people.reader1, taken="a")
    services.reopen_disagreement(disagreement, by=people.reader2)
    assert selectors.open_disagreements(disagreement.sitting) == [disagreement]
    assert Settlement.objects.filter(disagreement=disagreement).count() == 2
    with pytest.raises(Conflict, match="is open"):
        services.reopen_disagreement(disagreement, by=people.reader2)


def test_a_reopened_case_has_a_new_sitting_that_keeps_what_people_settled(
    case, people, disagreement
):
    services.settle_disagreement(disagreement, by=people.reader1, taken="b")
    working.sign_all(case)
    advance_case(case, move=Move.REOPEN, by=people.reader2, role=Role.READER)
    assert case.stage == "consensus"
    sitting = selectors.newest_sitting(case)
    assert sitting.number == 2
    kept = selectors.standing_settlements(sitting)[2]
    assert (kept.taken, kept.by) == ("b", people.reader1)
    with pytest.raises(Conflict, match="closed"):
        services.settle_disagreement(disagreement, by=people.reader1, taken="a")
    working.sign_all(case)
    assert case.stage == "final"


@pytest.mark.parametrize("name", ["student", "manager", "stranger"])
def test_only_readers_settle(case, people, disagreement, name):
    with pytest.raises(NotPermitted):
        services.settle_disagreement(disagreement, by=getattr(people, name), taken="a")
