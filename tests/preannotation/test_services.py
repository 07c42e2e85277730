import json
from dataclasses import replace

import numpy as np
import pytest

from annotation.bridge.runs import decode_runs
from annotation.domain.proposal import Suggestion
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Move, Role
from annotation.preannotation import selectors, services
from annotation.preannotation.matching import match_by_overlap
from annotation.preannotation.models import PreAnnotation
from annotation.refinement import selectors as masks
from annotation.studies.blobs import blob_store
from annotation.studies.models import Image, Origin
from annotation.studies.selectors import levels_of, vertebrae_of
from annotation.studies.services import advance_case, assign_levels
from annotation.work.models import Job
from annotation.work.services import claim_job, fail_job
from tests import making, working

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(dataset):
    made = making.make_model()
    services.publish_model_version(dataset, made, by=None, reason="first")
    return made


def _queue(case):
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    return case.preannotations.order_by("-created_at").first()


@pytest.fixture
def case(dataset, model):
    made = making.make_case(dataset)
    fine = np.diag([1.0, 1.0, 1.5, 1.0]).tolist()
    Image.objects.filter(pk=made.image_id).update(affine_lps=fine)
    made.image.refresh_from_db()
    return made


def test_a_case_in_the_queue_asks_the_model_in_service_by_itself(case, model):
    request = _queue(case)
    assert (request.model, request.status) == (model, "waiting")
    assert request.job.about == {"case": str(case.pk)}
    assert services.ask_for_preannotation(case) == request


def test_without_a_model_or_without_the_wish_a_case_waits_for_an_offer(dataset):
    case = making.make_case(dataset)
    assert _queue(case) is None
    with pytest.raises(Conflict):
        services.ask_for_preannotation(case)


def test_delivery_offers_the_case_with_numbers_levels_points_and_mask(case):
    request = _queue(case)
    services.store_preannotation(request, making.make_proposal(case.volume))
    case.refresh_from_db()
    assert case.stage == "refining"
    assert levels_of(case) == {1: "T11", 2: "T12", 3: "L1"}
    revision = masks.newest_revision(case)
    assert (revision.author_kind, revision.number) == ("model", 0)
    assert revision.preannotation == request
    request.refresh_from_db()
    assert set(np.unique(decode_runs(blob_store().read(request.mask_blob)))) == {0, 1, 2, 3}


def test_heights_and_grade_are_measured_from_the_points_in_space(case):
    row = services.store_preannotation(_queue(case), making.make_proposal(case.volume))
    first = selectors.shown_vertebrae(row)[0].row
    assert first.heights_mm == pytest.approx([4.0, 6.0, 6.0])
    assert first.g == pytest.approx(4 / 6)
    assert (first.grade, first.shape) == (2, "wedge")


def test_what_a_classifier_suggests_is_kept_with_the_slice_that_decided(case):
    proposal = making.make_proposal(case.volume)
    said = Suggestion(True, 0.8, 12.5, 9, 2, (0.9, 0.8))
    first = replace(proposal.vertebrae[0], suggestion=said)
    row = services.store_preannotation(
        _queue(case), replace(proposal, vertebrae=(first, *proposal.vertebrae[1:]))
    )
    kept, none, _ = (one.row for one in selectors.shown_vertebrae(row))
    assert kept.suggestion["slice_k"] == 12.5
    assert (kept.suggestion["is_fractured"], kept.suggestion["score"]) == (True, 0.8)
    assert (kept.suggestion["n_slices"], kept.suggestion["k_needed"]) == (9, 2)
    assert none.suggestion is None


def test_a_second_delivery_changes_nothing(case):
    request = _queue(case)
    proposal = making.make_proposal(case.volume)
    for _ in range(2):
        services.store_preannotation(request, proposal)
    assert case.vertebrae.count() == 3
    assert request.vertebrae.count() == 3
    assert case.events.filter(move="offer").count() == 1


def test_above_two_millimetres_there_are_heights_but_no_grade_and_the_reason(dataset, model):
    case = making.make_case(dataset)
    row = services.store_preannotation(_queue(case), making.make_proposal(case.volume))
    shown = selectors.shown_vertebrae(row)[0]
    assert shown.row.g is not None
    assert shown.row.grade is None
    assert "3.0 mm" in shown.withheld_reason


def test_cervical_and_cut_vertebrae_get_no_grade(case):
    proposal = making.make_proposal(case.volume, levels=("C7", "T1"))
    object.__setattr__(proposal.vertebrae[1], "is_partial", True)
    row = services.store_preannotation(_queue(case), proposal)
    reasons = [one.withheld_reason for one in selectors.shown_vertebrae(row)]
    assert "Cervical" in reasons[0]
    assert "cut" in reasons[1]


def test_a_new_model_keeps_the_identity_of_what_it_finds_again(case, dataset):
    services.store_preannotation(_queue(case), making.make_proposal(case.volume))
    newer = making.make_model("m2")
    services.publish_model_version(dataset, newer, by=None, reason="better")
    again = services.ask_for_preannotation(case)
    proposal = making.make_proposal(case.volume, levels=("T12", "L1"))
    services.store_preannotation(again, proposal)
    assert [v.number for v in vertebrae_of(case)] == [1, 2]
    assert levels_of(case)[1] == "T12"
    assert masks.newest_revision(case).preannotation == again


def test_a_new_model_never_overrules_a_person(case, dataset, people):
    services.store_preannotation(_queue(case), making.make_proposal(case.volume))
    said = {1: "T12", 2: "L1", 3: "L2"}
    assign_levels(case, levels=said, counted_from="C2", origin=Origin.PERSON, by=people.student)
    services.publish_model_version(dataset, making.make_model("m2"), by=None, reason="better")
    again = services.ask_for_preannotation(case)
    services.store_preannotation(again, making.make_proposal(case.volume))
    assert levels_of(case) == said


def test_a_mask_a_person_painted_stays(case, dataset, people):
    services.store_preannotation(_queue(case), making.make_proposal(case.volume))
    case.refresh_from_db()
    painted = masks.current_mask(case).copy()
    painted[0, 0, 0] = 1
    working.paint(case, people.student, painted)
    services.publish_model_version(dataset, making.make_model("m2"), by=None, reason="better")
    again = services.ask_for_preannotation(case)
    with pytest.raises(Conflict):
        services.store_preannotation(again, making.make_proposal(case.volume))
    again.refresh_from_db()
    assert again.status == "waiting"
    assert np.array_equal(masks.current_mask(case), painted)


def test_a_failed_job_leaves_its_sentence_and_the_case_where_it_is(case):
    request = _queue(case)
    fail_job(claim_job(request.job_id), "The volume is empty.")
    request.refresh_from_db()
    assert (request.status, request.failure) == ("failed", "The volume is empty.")
    case.refresh_from_db()
    assert case.stage == "queued"
    assert services.ask_for_preannotation(case) != request
    assert Job.objects.filter(state="queued").count() == 1


def test_the_same_weights_are_one_version(tmp_path, db):
    card = {"format": "lamina.weights/1", "sha256": "a" * 64, "name": "tiny"}
    (tmp_path / "card.json").write_text(json.dumps(card))
    first = services.register_model(tmp_path)
    assert services.register_model(tmp_path) == first
    (tmp_path / "card.json").write_text(json.dumps(card | {"sha256": "b" * 64}))
    assert services.register_model(tmp_path).version == "tiny+bbbbbbbb"
    (tmp_path / "card.json").write_text("{}")
    with pytest.raises(ContentRefused):
        services.register_model(tmp_path)


def test_matching_uses_each_number_once():
    known, new = np.zeros((1, 4, 4), np.uint8), np.zeros((1, 4, 4), np.uint8)
    known[0, :2] = 7
    new[0, 0], new[0, 1], new[0, 3] = 1, 2, 3
    assert match_by_overlap(new, known) == {1: 7}


def test_only_one_request_is_open_per_case_and_model(case, model):
    request = _queue(case)
    assert PreAnnotation.objects.filter(case=case, status="waiting").get() == request
