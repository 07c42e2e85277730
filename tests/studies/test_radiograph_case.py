"""A radiograph from its file to a final case, by the same services as a CT."""

import io
import json
import logging
import zipfile

import numpy as np
import pytest

from annotation.agreement.selectors import closed_readings
from annotation.consensus.selectors import settled_findings
from annotation.domain.frames import Frame, FramesMixed
from annotation.domain.geometry import Grid
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Move, Role
from annotation.imaging.label_maps import TABLES
from annotation.preannotation import services as preannotation
from annotation.preannotation.models import PreAnnotation
from annotation.preannotation.selectors import model_in_service
from annotation.reading import services as reading
from annotation.reading.selectors import findings_of
from annotation.refinement import selectors as masks
from annotation.refinement import services as refinement
from annotation.releases import services as releases
from annotation.releases.tasks import build_release
from annotation.rounds import services as rounds
from annotation.rounds.effort import describe_effort
from annotation.studies import intake
from annotation.studies import services as studies
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case, Origin
from annotation.studies.services import advance_case
from annotation.studies.tasks import read_import
from annotation.studies.volumes import decode_ct, frame_of, grid_of, load_ct
from tests import making, working
from tests.dicom_series import CANARY, series_files
from tests.films import COLUMNS, ROWS, TOPS, film_file, picture

pytestmark = pytest.mark.django_db
LEVELS = ("T12", "L1", "L2", "L3")


def take_in(dataset, *files, mask=None, front="") -> list[dict]:
    batch = intake.begin_import(dataset, by=None)
    for content in files:
        intake.add_file(batch, io.BytesIO(content))
    if mask is not None:
        intake.add_file(batch, io.BytesIO(mask), is_mask=True)
    intake.finish_import(batch, mask_table=next(iter(TABLES)) if mask else "", front=front)
    read_import(str(batch.job_id))
    batch.refresh_from_db()
    batch.job.refresh_from_db()
    assert batch.state == "done", batch.job.failure
    return batch.findings


def taken(dataset, **said) -> Case:
    (finding,) = take_in(dataset, film_file(**said))
    assert finding["accepted"], finding["reason"]
    return Case.objects.get(pk=finding["case"])


def four_bodies(case: Case) -> np.ndarray:
    mask = np.zeros(grid_of(case.volume).shape, np.uint8)
    for number, top in enumerate(TOPS, start=1):
        mask[0, top : top + 36, 60:100] = number
    return mask


def points(case: Case, number: int, anterior_rows=36.0) -> list:
    """Return six points at the corners of a body, in the frame of the case."""
    top = TOPS[number - 1]
    rows = ((top, anterior_rows), (top, 36.0), (top, 36.0))
    ends = [
        [(column, begin + 36.0 - height, 0.0), (column, begin + 36.0, 0.0)]
        for column, (begin, height) in zip((60.0, 79.5, 99.0), rows, strict=True)
    ]
    return grid_of(case.volume).to_mm(np.array(ends)).tolist()


def refined(case: Case, people) -> Case:
    for level in LEVELS:
        studies.add_vertebra(case, level=level, origin=Origin.PERSON, counted_from="L5_sacrum")
    working.paint(case, people.student, four_bodies(case))
    refinement.submit_mask(case, by=people.student)
    refinement.approve_mask(case, by=people.reader1)
    return case


def said_of(case: Case, anterior_rows=24.0) -> dict:
    return {
        number: {"six_points_mm": points(case, number, anterior_rows if number == 2 else 36.0)}
        for number in (1, 2, 3, 4)
    }


@pytest.mark.parametrize(
    ("said", "frame", "heights"),
    [
        ({}, "detector_mm", (12.0, 18.0, 18.0)),
        ({"ImagerPixelSpacing": None}, "pixel", (24.0, 36.0, 36.0)),
    ],
)
def test_a_radiograph_goes_the_whole_way(dataset, people, said, frame, heights):
    case = taken(dataset, **said)
    assert case.stage == "refining"
    assert case.image.is_radiograph
    assert not masks.current_mask(case).any()
    refined(case, people)
    first = working.read(case, people.reader1, said_of(case))
    finding = findings_of(first).get(vertebra__number=2)
    assert finding.heights_mm == pytest.approx(heights)
    assert finding.g == pytest.approx(24 / 36)
    assert (finding.grade_measured, finding.shape_measured) == (2, "wedge")
    reading.submit_reading(first)
    working.read_and_submit(case, people.reader2, said_of(case))
    assert case.stage == "final"
    assert frame_of(case.volume) is Frame(frame)
    settled = settled_findings(case)
    assert settled[2].heights_mm == pytest.approx(heights)
    rated = closed_readings(dataset).rated
    assert {one.heights_mm for one in rated} == {None}, "a shadow's lengths stay out of figures"
    assert all(one.g for one in rated)
    assert describe_effort(dataset)["groups"] == []
    assert describe_effort(dataset)["n_unmeasured"] == 0


def test_a_radiograph_is_kept_as_one_slice_with_its_frame(dataset, sign_in, people):
    case = taken(dataset)
    assert case.title == "Radiograph DX, lateral (LL), imager 0.500 mm"
    ct = load_ct(case.volume)
    assert ct.grid.dims == (COLUMNS, ROWS, 1)
    assert ct.grid.frame is Frame.DETECTOR_MM
    assert np.array_equal(ct.hu[0], picture())
    client = sign_in(people.student)
    meta = client.get(f"/v/{case.volume_id}/meta.json").json()
    assert (meta["frame"], meta["spacing_source"]) == ("detector_mm", "imager")
    assert meta["radiograph"]["format"] == "lamina.radiograph/1"
    assert set(meta["radiograph"]["windows"]) == {"picture", "bone"}
    detail = client.get(f"/api/cases/{case.pk}/").json()
    assert (detail["kind"], detail["frame"]) == ("radiograph", "detector_mm")
    assert detail["remarks"][-1] == "No model for radiographs is in service."
    assert detail["grade_withheld_reason"] is None


def test_a_case_without_spacing_has_no_millimetres_to_show(dataset, sign_in, people):
    case = taken(dataset, ImagerPixelSpacing=None, PatientOrientation=None)
    assert case.title == "Radiograph DX, lateral (LL), spacing unknown"
    detail = sign_in(people.student).get(f"/api/cases/{case.pk}/").json()
    assert (detail["frame"], detail["spacing_mm"]) == ("pixel", None)
    assert detail["spacing_source"] == "unknown"
    assert any("does not say where the front lies" in remark for remark in detail["remarks"])
    assert not any("mm" in remark.replace("command", "") for remark in detail["remarks"])


def test_a_volume_that_was_described_before_radiographs_is_a_ct(dataset, sign_in, people):
    case = making.make_case(dataset)
    for key in ("frame", "spacing_source", "radiograph"):
        case.volume.meta.pop(key)
    case.volume.save()
    client = sign_in(people.student)
    meta = client.get(f"/v/{case.volume_id}/meta.json").json()
    assert (meta["frame"], meta["radiograph"]) == ("patient_mm", None)
    detail = client.get(f"/api/cases/{case.pk}/").json()
    assert (detail["kind"], detail["frame"]) == ("volume", "patient_mm")
    assert (detail["spacing_source"], detail["remarks"]) == (None, [])


def test_the_importer_may_say_where_the_front_lies(dataset):
    (finding,) = take_in(dataset, film_file(PatientOrientation=None), front="right")
    case = Case.objects.get(pk=finding["case"])
    assert np.array_equal(load_ct(case.volume).hu[0], picture()[:, ::-1])
    assert "the importer says that the front lies right, mirrored" in finding["reason"]
    with pytest.raises(ContentRefused, match="left or right"):
        take_in(dataset, film_file(), front="up")


def test_the_same_film_is_no_second_case_and_a_mask_is_left_out(dataset):
    take_in(dataset, film_file())
    (again,) = take_in(dataset, film_file())
    assert again["duplicate"]
    other = film_file(SOPInstanceUID="1.2.3", ImagerPixelSpacing=[0.3, 0.3])
    (finding,) = take_in(dataset, other, mask=b"no mask at all")
    assert "masks come with a CT only" in finding["reason"]
    assert Case.objects.count() == 2
    assert len({case.patient_id for case in Case.objects.all()}) == 1


def test_nobody_in_the_file_is_known_to_the_answers(dataset, sign_in, people, caplog):
    caplog.set_level(logging.DEBUG)
    case = taken(dataset, ManufacturerModelName="Canarymodel", StudyTime="101112")
    client = sign_in(people.manager)
    said = client.get(f"/api/cases/{case.pk}/").content + client.get("/api/session/").content
    said += client.get(f"/v/{case.volume_id}/meta.json").content
    said += json.dumps([case.volume.record, case.image.slice_table, case.title]).encode()
    text = said.decode() + caplog.text
    assert not [value for value in CANARY.values() if value in text]
    assert "Canary" not in text


def test_no_model_is_asked_about_a_radiograph(dataset, people):
    model = making.make_model()
    preannotation.publish_model_version(dataset, model, by=None, reason="test")
    case = taken(dataset)
    assert case.stage == "refining"
    assert not PreAnnotation.objects.exists()
    with pytest.raises(Conflict, match="No model for radiographs"):
        preannotation.ask_for_preannotation(case)
    assert rounds.untouched_cases(dataset) == []


def outlined(case: Case) -> Proposal:
    """Return a proposal of the four bodies in the frame of a film, counted from below."""
    vertebrae = tuple(
        VertebraProposal(
            number,
            level,
            np.asarray(points(case, number)).mean(axis=(0, 1)),
            np.asarray(points(case, number, 24.0 if number == 2 else 36.0)),
            0.9,
        )
        for number, level in enumerate(("L2", "L3", "L4", "L5"), start=1)
    )
    return Proposal(vertebrae, four_bodies(case), grid_of(case.volume), CountedFrom.ASSUMED)


@pytest.mark.parametrize("said", [{}, {"ImagerPixelSpacing": None}])
def test_a_radiograph_is_pre_annotated_where_a_model_for_radiographs_serves(
    dataset, people, sign_in, said
):
    reading = making.make_model("films", system="compression-ratio")
    preannotation.publish_model_version(dataset, reading, by=None, reason="test")
    case = taken(dataset, **said)
    assert case.stage == "queued"
    request = case.preannotations.get()
    assert request.model == reading
    preannotation.store_preannotation(request, outlined(case))
    case.refresh_from_db()
    assert case.stage == "refining"
    assert (masks.current_mask(case) == four_bodies(case)).all()
    page = sign_in(people.student).get(f"/api/cases/{case.pk}/").json()
    assert [one["level"] for one in page["vertebrae"]] == ["L2", "L3", "L4", "L5"]
    assert page["counted_from"] == "assumed"
    assert "No model for radiographs is in service." not in page["remarks"]
    wedge = page["proposal"]["vertebrae"][1]
    assert (wedge["grade"], wedge["shape"]) == (2, "wedge")
    assert wedge["g"] == pytest.approx(24 / 36)
    assert wedge["withheld_reason"] is None


def test_each_kind_of_image_has_a_model_of_its_own_in_service(dataset, people, sign_in):
    volumes, films = making.make_model("m1"), making.make_model("x1", system="compression-ratio")
    waiting = making.make_case(dataset)
    advance_case(waiting, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    preannotation.publish_model_version(dataset, films, by=None, reason="test")
    assert not waiting.preannotations.exists(), "a model of radiographs reads no CT"
    preannotation.publish_model_version(dataset, volumes, by=None, reason="test")
    film = taken(dataset)
    newer = making.make_model("m2")
    preannotation.publish_model_version(dataset, newer, by=None, reason="better")
    assert model_in_service(dataset) == newer
    assert model_in_service(dataset, for_radiographs=True) == films
    assert [one.model for one in film.preannotations.all()] == [films]
    assert {one.model for one in waiting.preannotations.all()} == {volumes, newer}
    shown = sign_in(people.manager).get(f"/api/datasets/{dataset.slug}/").json()
    assert (shown["model"]["version"], shown["radiograph_model"]["version"]) == ("m2", "x1")


def test_a_dataset_without_pre_annotation_offers_a_radiograph_at_once(dataset):
    films = making.make_model("x1", system="compression-ratio")
    preannotation.publish_model_version(dataset, films, by=None, reason="test")
    dataset.preannotates = False
    dataset.save()
    case = taken(dataset)
    assert (case.stage, case.preannotations.count()) == ("refining", 0)


def test_a_proposal_for_a_ct_is_never_laid_on_a_radiograph(dataset):
    case = taken(dataset)
    grid = grid_of(case.volume)
    in_patient = Grid(grid.dims, grid.affine_lps)
    mask = np.zeros(grid.shape, np.uint8)
    request = PreAnnotation.objects.create(case=case, model=making.make_model())
    with pytest.raises(FramesMixed):
        preannotation.store_preannotation(
            request, Proposal((), mask, in_patient, CountedFrom.ASSUMED)
        )


def test_points_of_a_patient_are_no_points_of_a_radiograph(dataset, people):
    case = refined(taken(dataset), people)
    mine = working.read(case, people.reader1, {})
    off_plane = (np.array(points(case, 1)) + np.array([3.0, 0.0, 0.0])).tolist()
    with pytest.raises(ContentRefused, match="one plane of the radiograph"):
        reading.save_finding(mine, number=1, said={"six_points_mm": off_plane})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "720 pixels (180 mm\N{SUPERSCRIPT TWO} on the detector) lies 16 mm"),
        ({"ImagerPixelSpacing": None}, "720 pixels lies 31 px"),
    ],
)
def test_problems_of_a_mask_speak_of_pixels_and_never_of_density(dataset, people, said, words):
    case = taken(dataset, **said)
    studies.add_vertebra(case, level="T12", origin=Origin.PERSON)
    mask = np.zeros(grid_of(case.volume).shape, np.uint8)
    mask[0, 30:66, 60:100] = 1
    mask[0, 30:66, 130:150] = 1
    working.paint(case, people.student, mask)
    (problem,) = [p for p in masks.problems_of(case) if p.code == "two_pieces"]
    assert words in problem.message
    assert problem.blocking


def test_a_release_names_the_radiograph_it_leaves_out(dataset, people):
    film = refined(taken(dataset), people)
    for reader in (people.reader1, people.reader2):
        working.read_and_submit(film, reader, said_of(film))
    with pytest.raises(ContentRefused, match="No CT case is final"):
        releases.start_release(dataset, by=people.manager, version="0.9", licence="CC0")
    working.make_final_case(dataset, people)
    made = releases.start_release(dataset, by=people.manager, version="1.0.0", licence="CC0")
    build_release(str(made.job_id))
    made.refresh_from_db()
    made.job.refresh_from_db()
    assert made.job.state == "done", made.job.failure
    assert all(step["ok"] for step in made.proof)
    (step,) = [step for step in made.proof if step["name"] == "What is left out is named"]
    assert f"{film.code}: a radiograph" in step["evidence"]
    archive = zipfile.ZipFile(io.BytesIO(blob_store().read(made.blob)))
    assert f"* {film.code}: a radiograph" in archive.read("set-1.0.0/README.md").decode()
    assert not [name for name in archive.namelist() if "lam0001" in name]


def test_a_ct_and_a_film_in_one_import_are_two_cases(dataset):
    findings = take_in(dataset, *series_files(), film_file())
    kinds = {Case.objects.get(pk=finding["case"]).image.kind for finding in findings}
    assert kinds == {"volume", "radiograph"}
    film = Case.objects.get(image__kind="radiograph")
    assert decode_ct(blob_store().read(film.volume.hu_blob)).grid.dims == (COLUMNS, ROWS, 1)
