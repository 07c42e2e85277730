from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from annotation.domain.genant import measure_points
from annotation.reading import catches, repeats, selectors, services
from annotation.reading.models import Assignment, PlantedError, Protocol, Reading
from annotation.refinement import services as refinement
from annotation.rounds.freezing import final_cases, final_catch_cases
from tests import working
from tests.reading.test_exposure import make_proposed_case

pytestmark = pytest.mark.django_db


def age(case, days) -> None:
    Assignment.objects.filter(case=case).update(done_at=timezone.now() - timedelta(days=days))


def test_repeats_come_back_after_the_wash_out_in_the_same_arm(dataset, people):
    arms = [
        {"name": "with", "exposure": "shown", "weight": 1},
        {"name": "without", "exposure": "hidden", "weight": 1},
    ]
    Protocol.objects.create(
        dataset=dataset, version=1, repeat_share=1.0, repeat_after_days=28, arms=arms
    )
    case = working.make_consensus_case(dataset, people, {}, {})
    age(case, 27)
    assert repeats.give_repeats(dataset) == 0
    age(case, 29)
    assert repeats.give_repeats_due() == 2
    assert repeats.give_repeats(dataset) == 0
    for user in (people.reader1, people.reader2):
        first, again = Assignment.objects.filter(reader=user)
        assert (again.purpose, again.position, again.done_at) == ("repeat", 2, None)
        assert (again.arm, again.exposure) == (first.arm, first.exposure)


def test_the_share_of_repeats_is_kept_over_a_readers_own_cases(dataset, people):
    Protocol.objects.create(dataset=dataset, version=1, repeat_share=0.5)
    for _ in range(4):
        age(working.make_consensus_case(dataset, people, {}, {}), 40)
    repeats.give_repeats(dataset)
    drawn = Assignment.objects.filter(purpose="repeat", reader=people.reader1).count()
    assert drawn <= 4
    assert repeats.give_repeats(dataset) == 0


def repeated_case(dataset, people):
    Protocol.objects.create(dataset=dataset, version=1, repeat_share=1.0)
    case = working.make_consensus_case(dataset, people, {}, {})
    age(case, 40)
    repeats.give_repeats(dataset)
    return case


def test_history_problems_and_moves_tell_a_repeat_from_nothing(dataset, people, sign_in):
    fresh = working.make_reading_case(dataset, people)
    case = repeated_case(dataset, people)
    client = sign_in(people.reader1)

    def seen(one, path) -> list:
        rows = client.get(f"/api/cases/{one.pk}/{path}/").json()
        return [{name: row[name] for name in row if name != "at"} for row in rows]

    for path in ("history", "problems", "pins"):
        assert seen(case, path) == seen(fresh, path)
    move = {"move": "reopen"}
    answers = [
        client.post(f"/api/cases/{one.pk}/moves/", move, content_type="application/json")
        for one in (case, fresh)
    ]
    assert answers[0].status_code == answers[1].status_code == 409
    assert answers[0].json() == answers[1].json()


def test_a_repeat_can_be_given_back_and_the_case_stays_final(dataset, people, sign_in):
    case = repeated_case(dataset, people)
    client = sign_in(people.reader1)
    opened = client.post(f"/api/cases/{case.pk}/reading/").json()
    said = {"move": "return_from_reading", "reason": "missing_part", "note": "L1 is cut"}
    answer = client.post(f"/api/cases/{case.pk}/moves/", said, content_type="application/json")
    assert answer.status_code == 200
    case.refresh_from_db()
    assert case.stage == "final"
    ended = Assignment.objects.get(purpose="repeat", reader=people.reader1)
    assert ended.ended_reason == "missing_part: L1 is cut"
    assert Reading.unblinded.get(pk=opened["id"]).status == "open"


def caught_case(dataset, people, exposure="shown", **fields):
    case = make_proposed_case(dataset, people, exposure)
    Protocol.objects.update(**{"catch_share": 1.0, "readers_per_case": 1} | fields)
    refinement.approve_mask(case, by=people.reader1)
    return case


def test_an_error_is_planted_two_grades_off_and_what_was_there_is_kept(dataset, people):
    case = caught_case(dataset, people)
    reading = services.open_reading(case, user=people.reader1)
    planted = PlantedError.objects.get()
    assert abs(planted.planted_grade - planted.true_grade) >= 2
    begun = {row.vertebra_id: row for row in selectors.findings_of(reading)}
    spoiled = begun.pop(planted.vertebra_id)
    assert spoiled.six_points_mm == planted.planted_points_mm
    assert spoiled.g == pytest.approx(planted.planted_g)
    proposal = case.preannotations.get()
    true = {row.vertebra_id: row.six_points_mm for row in proposal.vertebrae.all()}
    assert true.pop(planted.vertebra_id) == planted.true_points_mm
    assert {key: row.six_points_mm for key, row in begun.items()} == true


@pytest.mark.parametrize(("heights", "grade"), [((20, 19, 20), 3), ((11, 18, 20), 0)])
def test_what_is_planted_is_a_crush_or_a_normal_body(heights, grade):
    points = np.array(working.body(heights=heights))
    spoiled = catches.spoiled(points, measure_points(points))
    assert measure_points(spoiled).grade == grade
    assert np.array_equal(spoiled[:, 1], points[:, 1])


def test_the_screen_shows_the_error_to_its_reader_and_to_nobody_else(dataset, people, sign_in):
    case = caught_case(dataset, people, readers_per_case=2)
    services.open_reading(case, user=people.reader1)
    planted = PlantedError.objects.get()

    def shown_to(user) -> list:
        rows = sign_in(user).get(f"/api/cases/{case.pk}/").json()["proposal"]["vertebrae"]
        return next(row for row in rows if row["number"] == planted.vertebra.number)["g"]

    assert shown_to(people.reader1) == pytest.approx(planted.planted_g)
    assert shown_to(people.student) == pytest.approx(planted.true_g)
    for user in (people.reader1, people.reader2):
        working.read_and_submit(case, user, {})
    assert case.stage == "final"
    assert shown_to(people.reader1) == pytest.approx(planted.true_g)


@pytest.mark.parametrize("is_fractured", [True, False])
def test_a_suggestion_says_what_the_planted_error_says(dataset, people, sign_in, is_fractured):
    case = caught_case(dataset, people)
    services.open_reading(case, user=people.reader1)
    planted = PlantedError.objects.get()
    said = {
        "is_fractured": is_fractured,
        "score": 0.75 if is_fractured else 0.25,
        "slice_k": 12.0,
        "n_slices": 2,
        "k_needed": 1,
        "slice_scores": [0.75, 0.5] if is_fractured else [0.25, 0.125],
    }
    case.preannotations.get().vertebrae.update(suggestion=said)

    def shown_to(user) -> dict:
        rows = sign_in(user).get(f"/api/cases/{case.pk}/").json()["proposal"]["vertebrae"]
        return next(row for row in rows if row["number"] == planted.vertebra.number)["suggestion"]

    shown = shown_to(people.reader1)
    assert shown["is_fractured"] == (planted.planted_grade > 0)
    assert (shown["score"] > 0.5) == shown["is_fractured"]
    assert shown["score"] == max(shown["slice_scores"])
    assert shown_to(people.student) == said


def test_no_error_is_planted_where_the_proposal_is_hidden(dataset, people):
    case = caught_case(dataset, people, "hidden")
    services.open_reading(case, user=people.reader1)
    assert not PlantedError.objects.exists()


def test_a_case_with_a_planted_error_goes_no_further(dataset, people):
    case = caught_case(dataset, people)
    working.read_and_submit(case, people.reader1, {})
    assert case.stage == "final"
    assert (final_cases(dataset), final_catch_cases(dataset)) == ([], [case])
    Protocol.objects.update(repeat_share=1.0)
    age(case, 60)
    assert repeats.give_repeats(dataset) == 0


@pytest.mark.parametrize("believed", [True, False])
def test_results_say_who_believed_the_error(dataset, people, believed, sign_in):
    case = caught_case(dataset, people)
    services.open_reading(case, user=people.reader1)
    planted = PlantedError.objects.get()
    assert catches.catch_results(dataset) == []
    grade = planted.planted_grade if believed else planted.true_grade
    working.read_and_submit(
        case, people.reader1, {planted.vertebra.number: {"grade_reader": grade}}
    )
    expected = {
        "key": people.reader1.pk,
        "name": "Reader1",
        "n": 1,
        "detected": 0 if believed else 1,
        "rate": 0.0 if believed else 1.0,
        "reason": "",
    }
    assert catches.catch_results(dataset) == [expected]
    shown = sign_in(people.manager).get("/api/datasets/set/readers/").json()
    assert shown["catches"] == [expected]


def test_without_a_grade_the_height_ratio_decides(dataset, people):
    error = PlantedError(true_grade=0, planted_grade=3, true_g=0.95, planted_g=0.5)
    assert catches.is_detected(error, None, 0.9) is True
    assert catches.is_detected(error, None, 0.6) is False
    assert catches.is_detected(error, None, None) is None
    assert catches.is_detected(error, 1, 0.5) is True
