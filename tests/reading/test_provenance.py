"""Who placed which point stays with the points."""

from dataclasses import replace

import numpy as np
import pytest

from annotation.domain.refusals import ContentRefused
from annotation.domain.workflow import Move, Role
from annotation.preannotation import services as preannotation
from annotation.reading import services
from annotation.reading.models import Protocol
from annotation.reading.selectors import findings_of
from annotation.refinement import services as refinement
from annotation.studies.services import advance_case
from tests import making, working

pytestmark = pytest.mark.django_db

MODEL = [["model", "model"]] * 3


def open_case(dataset, people, **protocol):
    """Return a reading that began with a model's points."""
    if protocol:
        Protocol.objects.create(dataset=dataset, version=1, **protocol)
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    request = case.preannotations.get()
    preannotation.store_preannotation(request, replace(making.make_proposal(case.volume)))
    case.refresh_from_db()
    refinement.take_lease(case, by=people.student)
    refinement.submit_mask(case, by=people.student)
    case.refresh_from_db()
    refinement.approve_mask(case, by=people.reader1)
    return services.open_reading(case, user=people.reader2)


def first(reading):
    return findings_of(reading)[0]


def moved(points, segment, end, by_mm=(0.0, 0.0, 1.0)):
    out = np.array(points)
    out[segment, end] += by_mm
    return out.tolist()


def test_a_moved_point_is_the_readers_and_the_others_stay_the_models(dataset, people):
    reading = open_case(dataset, people)
    assert first(reading).points_by == MODEL
    start = first(reading).six_points_mm
    services.save_finding(reading, number=1, said={"six_points_mm": moved(start, 1, 0)})
    assert first(reading).points_by == [["model"] * 2, ["reader", "model"], ["model"] * 2]


def test_a_snapped_point_is_said_to_be_and_undo_gives_it_back_to_the_model(dataset, people):
    reading = open_case(dataset, people)
    start = first(reading).six_points_mm
    claimed = [["model", "model"], ["model", "snapped"], ["model", "model"]]
    told = {"six_points_mm": moved(start, 1, 1), "points_by": claimed}
    services.save_finding(reading, number=1, said=told)
    assert first(reading).points_by == claimed
    services.save_finding(reading, number=1, said={"six_points_mm": start})
    assert first(reading).points_by == MODEL


def test_nobody_may_say_the_model_placed_what_it_did_not(dataset, people):
    reading = open_case(dataset, people)
    start = first(reading).six_points_mm
    told = {"six_points_mm": moved(start, 2, 1), "points_by": MODEL}
    services.save_finding(reading, number=1, said=told)
    assert first(reading).points_by[2] == ["model", "reader"]


def test_a_hidden_models_place_is_not_told(dataset, people):
    reading = open_case(dataset, people, proposal_exposure="hidden")
    assert first(reading).six_points_mm is None
    model = reading.case.preannotations.get().vertebrae.get(vertebra__number=1).six_points_mm
    services.save_finding(reading, number=1, said={"six_points_mm": model})
    assert first(reading).points_by == [["reader", "reader"]] * 3


def test_points_that_are_taken_away_leave_nothing(dataset, people):
    reading = open_case(dataset, people)
    services.save_finding(reading, number=1, said={"six_points_mm": None})
    assert (first(reading).six_points_mm, first(reading).points_by) == (None, None)


def test_the_mean_of_two_readings_says_so(dataset, people):
    body = working.body((-3.5, -11.0, 95.0), (6.0, 6.0, 6.0))
    case = working.make_consensus_case(
        dataset, people, {1: {"six_points_mm": body}}, {1: {"six_points_mm": body}}
    )
    settled = case.sittings.get().settlements.get(vertebra__number=1)
    assert settled.points_by == [["mean", "mean"]] * 3


def test_points_that_cross_are_refused_in_words(dataset, people, sign_in):
    reading = open_case(dataset, people)
    crossed = working.body((-3.5, -11.0, 95.0), (6.0, 6.0, 6.0))
    crossed[1][1][2] = 200.0
    with pytest.raises(ContentRefused, match="Upper and lower point are swapped"):
        services.save_finding(reading, number=1, said={"six_points_mm": crossed})
    answer = sign_in(people.reader2).put(
        f"/api/readings/{reading.pk}/findings/1/",
        {"six_points_mm": body_of_nan()},
        content_type="application/json",
    )
    assert answer.status_code == 400


def body_of_nan():
    points = working.body((-3.5, -11.0, 95.0), (6.0, 6.0, 6.0))
    points[0][0][0] = "nan"
    return points
