"""The Celery doors with real networks: untrained, but run, stored, trained and judged."""

import io

import numpy as np
import pytest

from annotation.domain.workflow import Move, Role
from annotation.imaging.label_maps import number_vertebrae
from annotation.preannotation import services as preannotation
from annotation.rounds import services as rounds
from annotation.studies import intake
from annotation.studies.models import Origin
from annotation.studies.services import add_vertebra, advance_case
from annotation.studies.tasks import read_import
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.systems import compression_ratio
from inference.systems.anchor_free import SYSTEM, new_nets
from inference.tasks import preannotate, train
from inference.weights import save_weights
from tests import making, working
from tests.films import film_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(dataset, settings):
    folder = settings.WEIGHTS_ROOT / "untrained"
    card = {"name": "untrained", "trained_on": "nothing", "phantoms_only": True}
    preset = SYSTEM.presets["tiny"]
    save_weights(new_nets(preset), SYSTEM, preset, folder, card)
    made = preannotation.register_model(folder)
    preannotation.publish_model_version(dataset, made, by=None, reason="first")
    return made


def test_a_case_is_pre_annotated_by_the_model_in_service(dataset, model):
    case = making.make_case(dataset)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    request = case.preannotations.get()
    preannotate(str(request.job_id))
    preannotate(str(request.job_id))
    request.refresh_from_db()
    request.job.refresh_from_db()
    assert (request.status, request.job.state) == ("done", "done"), request.job.failure
    case.refresh_from_db()
    assert case.stage == "refining"


def test_a_radiograph_is_read_by_the_system_for_radiographs(dataset, settings):
    folder = settings.WEIGHTS_ROOT / "films"
    preset = compression_ratio.SYSTEM.presets["tiny"]
    nets = compression_ratio.SYSTEM.new_nets(preset)
    save_weights(nets, compression_ratio.SYSTEM, preset, folder, {"name": "films"})
    made = preannotation.register_model(folder)
    preannotation.publish_model_version(dataset, made, by=None, reason="first")
    batch = intake.begin_import(dataset, by=None)
    intake.add_file(batch, io.BytesIO(film_file()))
    intake.finish_import(batch)
    read_import(str(batch.job_id))
    case = dataset.cases.get()
    assert case.stage == "queued"
    request = case.preannotations.get()
    preannotate(str(request.job_id))
    request.refresh_from_db()
    assert request.status == "done", request.failure
    assert (request.counted_from, request.model.system) == ("assumed", "compression-ratio")
    case.refresh_from_db()
    assert case.stage == "refining"


def test_altered_weights_end_in_a_sentence(dataset, model, settings):
    (settings.WEIGHTS_ROOT / "untrained" / "detector.safetensors").write_bytes(b"other")
    case = making.make_case(dataset)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    preannotate(str(case.preannotations.get().job_id))
    request = case.preannotations.get()
    assert request.status == "failed"
    assert "detector.safetensors is not the file its card describes" in request.failure


@pytest.mark.long
def test_a_round_trains_a_candidate_and_the_gate_judges_it(dataset, people, model, settings):
    settings.ROUND_SECONDS = 5
    settings.ROUND_TRAIN_PHANTOMS = settings.ROUND_HELD_OUT_PHANTOMS = 1
    dataset.preannotates = False
    dataset.save()
    phantom = make_phantom(7_200_001, PhantomOptions(levels=("T12", "L2")))
    mask, levels = number_vertebrae(phantom.mask)
    case = making.make_refining_case(dataset, making.make_volume(phantom.volume))
    for number in sorted(levels):
        add_vertebra(case, level=levels[number], origin=Origin.PERSON, counted_from="L5_sacrum")
    working.paint(case, people.student, mask)
    working.services.submit_mask(case, by=people.student)
    working.services.approve_mask(case, by=people.reader1)
    points = {one.level: np.asarray(one.six_points_mm).tolist() for one in phantom.vertebrae}
    said = {n: {"six_points_mm": points[lv]} for n, lv in levels.items() if lv in points}
    for reader in (people.reader1, people.reader2):
        working.read_and_submit(case, reader, said)
    assert case.stage == "final"
    training = rounds.start_round(dataset, by=people.manager)
    train(str(training.job_id))
    training.refresh_from_db()
    training.job.refresh_from_db()
    assert training.job.state == "done", training.job.failure
    assert training.outcome in ("promoted", "refused")
    assert training.candidate_model.parent == model
    assert len(training.gate) == 8
    assert training.evaluated_on.startswith("1 held-out phantom")
