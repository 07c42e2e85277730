import json

import numpy as np
import pytest

from annotation.agreement.selectors import frozen_reports
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Move, Role
from annotation.imaging.frozen import read_case, read_frozen
from annotation.preannotation import services as preannotation
from annotation.preannotation.selectors import model_in_service
from annotation.refinement import services as refinement
from annotation.rounds import freezing, services
from annotation.rounds.models import RoundCase
from annotation.studies.services import advance_case
from annotation.studies.volumes import load_ct
from annotation.work.services import claim_job, fail_job
from tests import making, working

pytestmark = pytest.mark.django_db

BEFORE = {"recall": 0.90, "dice": 0.80, "auc": None}
BETTER = {"recall": 0.95, "dice": 0.795, "auc": None}
WORSE = {"recall": 0.95, "dice": 0.75, "auc": None}


@pytest.fixture
def parent(dataset, settings):
    model = making.make_model("parent")
    _write_weights(settings.WEIGHTS_ROOT / "parent", model.sha256)
    preannotation.publish_model_version(dataset, model, by=None, reason="first")
    return model


@pytest.fixture
def final(dataset, people, parent):
    return working.make_final_case(dataset, people)


def _write_weights(folder, sha256):
    folder.mkdir()
    card = {
        "format": "lamina.weights/1",
        "sha256": sha256,
        "name": folder.name,
        "trained_on": "20 phantoms; then 1 finalised case",
        "metrics": {"dice": 0.8, "auc": None},
    }
    (folder / "card.json").write_text(json.dumps(card))
    return folder


def _conclude(training, settings, after):
    weights = _write_weights(settings.WEIGHTS_ROOT / training.folder, "e" * 64)
    return services.conclude_round(
        training, weights=weights, before=BEFORE, after=after, evaluated_on="6 held-out phantoms"
    )


def test_the_agreement_is_frozen_when_a_round_is_decided(dataset, people, final, settings):
    training = services.start_round(dataset, by=people.manager)
    _conclude(training, settings, WORSE)
    (frozen,) = frozen_reports(dataset)
    assert (frozen.label, frozen.content["n_cases"]) == ("Round 1", 1)
    assert services.freeze_report(dataset, label="Round 1").pk == frozen.pk


def test_a_round_freezes_what_is_final_by_revision_and_hash(dataset, people, final):
    working.make_reading_case(dataset, people)
    training = services.start_round(dataset, by=people.manager)
    (row,) = training.cases.all()
    assert (row.case, row.split, row.levels) == (
        final,
        "train",
        {"1": "T11", "2": "T12", "3": "L1"},
    )
    assert row.shows == ["L5_sacrum"]
    assert len(row.content_sha256) == 64


def test_the_frozen_folder_holds_ct_mask_points_and_parent(dataset, people, final):
    training = services.start_round(dataset, by=people.manager)
    frozen = read_frozen(services.prepare_folder(training))
    assert training.manifest_sha256 == frozen.manifest_sha256
    assert (frozen.parent / "card.json").is_file()
    (case,) = frozen.cases
    volume, mask = read_case(frozen, case)
    assert np.array_equal(volume.hu, load_ct(final.volume).hu)
    assert sorted(np.unique(mask).tolist()) == [0, 18, 19, 20]
    assert np.asarray(case.points["T11"]).shape == (3, 2, 3)
    again = read_frozen(services.prepare_folder(training))
    assert [one.patient for one in again.cases] == [final.patient_id.hex]


def test_what_changes_after_the_freeze_does_not_enter_the_round(dataset, people, final):
    training = services.start_round(dataset, by=people.manager)
    before = read_frozen(services.prepare_folder(training)).manifest_sha256
    advance_case(final, move=Move.REOPEN_MASK, by=people.manager, role=Role.MANAGER)
    changed = working.blocks(final)
    changed[0, 0, 0] = 1
    working.paint(final, people.student, changed)
    assert read_frozen(services.prepare_folder(training)).manifest_sha256 == before


def test_only_a_manager_starts_one_round_at_a_time_with_something_to_learn(dataset, people, parent):
    with pytest.raises(ContentRefused, match="No CT case is final"):
        services.start_round(dataset, by=people.manager)
    working.make_final_case(dataset, people)
    with pytest.raises(NotPermitted):
        services.start_round(dataset, by=people.reader1)
    services.start_round(dataset, by=people.manager)
    with pytest.raises(Conflict, match="under way"):
        services.start_round(dataset, by=people.manager)


def test_a_better_candidate_serves_and_waiting_cases_are_proposed_anew(
    dataset, people, final, settings
):
    waiting = making.make_case(dataset)
    advance_case(waiting, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    untouched, touched = making.make_refining_case(dataset), working.make_named_case(dataset)
    working.paint(touched, people.student, working.blocks(touched))
    held = making.make_refining_case(dataset)
    refinement.take_lease(held, by=people.student)
    done = _conclude(services.start_round(dataset, by=people.manager), settings, BETTER)
    assert (done.outcome, done.is_open) == ("promoted", False)
    assert model_in_service(dataset) == done.candidate_model
    assert done.candidate_model.parent.version == "parent"
    assert done.candidate_model.metrics == {"dice": 0.8}
    asked = {case.pk for case in (waiting, untouched)}
    requests = done.candidate_model.preannotations
    assert set(requests.values_list("case", flat=True)) == asked


def test_a_worse_candidate_is_refused_and_nothing_else_happens(
    dataset, people, final, parent, settings
):
    untouched = making.make_refining_case(dataset)
    done = _conclude(services.start_round(dataset, by=people.manager), settings, WORSE)
    assert done.outcome == "refused"
    assert done.sentence == "Refused: Overlap of the masks (Dice) from 0.800 to 0.750."
    assert [row["verdict"] for row in done.gate] == ["not_worse", "worse", "undefined"]
    assert model_in_service(dataset) == parent
    assert done.candidate_model is not None
    assert not untouched.preannotations.exists()
    services.start_round(dataset, by=people.manager)


def test_concluding_twice_changes_nothing(dataset, people, final, settings):
    training = services.start_round(dataset, by=people.manager)
    first = _conclude(training, settings, BETTER)
    again = services.conclude_round(
        training, weights=settings.WEIGHTS_ROOT, before=BEFORE, after=WORSE, evaluated_on=""
    )
    assert again.outcome == first.outcome
    assert dataset.service_terms.count() == 2


def test_a_failed_training_closes_the_round_with_its_sentence(dataset, people, final):
    training = services.start_round(dataset, by=people.manager)
    fail_job(claim_job(training.job_id), "The frozen folder cannot be read.")
    training.refresh_from_db()
    assert (training.is_open, training.sentence) == (False, "The frozen folder cannot be read.")
    assert services.start_round(dataset, by=people.manager).number == 2


def test_a_patient_never_changes_sides(dataset, people, final):
    services.start_round(dataset, by=people.manager)
    cases = [making.make_case(dataset) for _ in range(60)]
    sides = freezing.split_patients(dataset, [final, *cases])
    assert sides[final.patient] == "train"
    assert 3 <= list(sides.values()).count("frozen") <= 25
    frozen = next(patient for patient, side in sides.items() if side == "frozen")
    row = RoundCase.objects.get()
    row.pk, row.case, row.split = None, frozen.cases.get(), "frozen"
    row.save()
    assert freezing.split_patients(dataset, [row.case])[frozen] == "frozen"


def test_rounds_and_models_are_shown_to_members(dataset, people, final, settings, sign_in):
    client = sign_in(people.manager)
    made = client.post("/api/datasets/set/rounds/")
    assert (made.status_code, made.json()["state"]) == (201, "queued")
    assert client.post("/api/datasets/set/rounds/").status_code == 409
    assert sign_in(people.student).post("/api/datasets/set/rounds/").status_code == 403
    _conclude(dataset.rounds.get(), settings, BETTER)
    shown = client.get(f"/api/rounds/{made.json()['id']}/").json()
    assert (shown["outcome"], shown["n_cases"]) == ("promoted", 1)
    assert shown["gate"][0]["name"] == "Vertebrae that were found"
    models = client.get("/api/datasets/set/models/").json()
    assert [model["in_service"] for model in models] == [True, False]
    assert sign_in(people.stranger).get(f"/api/rounds/{made.json()['id']}/").status_code == 404
