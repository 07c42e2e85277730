import io
import json
import logging

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from annotation.domain.refusals import Conflict, ContentRefused
from annotation.imaging.label_maps import label_numbers
from annotation.imaging.nifti import ct_bytes, mask_bytes
from annotation.refinement import selectors as masks
from annotation.studies import intake, participants
from annotation.studies.blobs import original_store
from annotation.studies.models import Case, Image, ImportBatch, Patient, Volume
from annotation.studies.selectors import levels_of
from annotation.studies.tasks import read_import
from annotation.studies.volumes import load_ct
from tests import making
from tests.dicom_series import CANARY, series_files, zipped

pytestmark = pytest.mark.django_db


def take_in(dataset, *files, mask=None, table="") -> ImportBatch:
    batch = intake.begin_import(dataset, by=None)
    for content in files:
        intake.add_file(batch, io.BytesIO(content))
    if mask is not None:
        intake.add_file(batch, io.BytesIO(mask), is_mask=True)
    intake.finish_import(batch, mask_table=table)
    read_import(str(batch.job_id))
    batch.refresh_from_db()
    batch.job.refresh_from_db()
    return batch


def test_a_series_becomes_a_case_on_its_way(dataset):
    batch = take_in(dataset, *series_files())
    (finding,) = batch.findings
    assert (batch.state, finding["accepted"], finding["n_slices"]) == ("done", True, 6)
    case = Case.objects.get(pk=finding["case"])
    assert (case.stage, finding["case_code"]) == ("queued", "LAM-0001")
    assert sorted(case.volume.dims) == [6, 20, 24]
    assert case.image.series.study.age_years == 78
    assert batch.removed["values"] > 5
    assert not intake.folder_of(batch).exists()


def test_hounsfield_units_are_those_of_the_file(dataset):
    take_in(dataset, *series_files(slope=2.0))
    stored = load_ct(Volume.objects.get()).hu
    pixels = np.random.default_rng(0).integers(0, 300, (24, 20), dtype=np.int16)
    # canonical k runs to the right, i backwards: patient left is stored last
    assert np.array_equal(stored[::-1, -1, :].T, 2 * pixels - 24)


def test_a_bad_file_and_a_gap_never_spoil_the_others(dataset):
    gap = series_files(8, series="2", drop=(3,))
    batch = take_in(dataset, *series_files(), *gap, b"no image at all", zipped([b"x" * 500]))
    by_code = {finding["code"]: finding for finding in batch.findings}
    assert by_code["ACCEPTED"]["accepted"]
    assert by_code["SPACING_VARIES"]["gaps"] == [2]
    assert not by_code["SPACING_VARIES"]["accepted"]
    assert len(batch.findings) >= 3
    assert Case.objects.count() == 1


def test_the_same_series_twice_makes_nothing_new(dataset):
    take_in(dataset, *series_files())
    (finding,) = take_in(dataset, zipped(series_files())).findings
    assert finding["duplicate"]
    assert finding["case_code"] == "LAM-0001"
    assert (Case.objects.count(), Image.objects.count(), Volume.objects.count()) == (1, 1, 1)


def test_another_data_set_gets_a_case_of_its_own_on_the_stored_image(dataset):
    take_in(dataset, *series_files())
    other = making.make_dataset("other")
    (finding,) = take_in(other, *series_files()).findings
    assert not finding["duplicate"]
    assert (Case.objects.count(), Image.objects.count()) == (2, 1)
    assert "LAM-0001" in finding["case_code"]
    assert other.cases.get().patient == dataset.cases.get().patient


def test_the_working_grid_of_the_data_set_is_applied_once_and_recorded():
    fine = making.make_dataset("fine", working_grid="iso_1mm")
    take_in(fine, *series_files())
    volume = Volume.objects.get()
    assert volume.rule == "iso_1mm"
    assert volume.dims == [19, 12, 16]
    assert volume.record["working_grid"]["source"]["dims"] == [24, 6, 20]


def test_an_interrupted_run_that_begins_again_calls_no_case_a_duplicate(dataset, monkeypatch):
    batch = intake.begin_import(dataset, by=None)
    for content in series_files():
        intake.add_file(batch, io.BytesIO(content))
    intake.finish_import(batch)
    with monkeypatch.context() as patched:
        patched.setattr(intake, "close_batch", lambda batch: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            read_import(str(batch.job_id))
    type(batch.job).objects.filter(pk=batch.job_id).update(state="queued")
    read_import(str(batch.job_id))
    batch.refresh_from_db()
    assert [finding["duplicate"] for finding in batch.findings] == [False]
    assert Case.objects.count() == 1


def test_a_mask_that_came_along_is_what_refinement_begins_with():
    dataset = making.make_dataset("masked", preannotates=False)
    ct = making.make_ct()
    numbers = np.zeros(ct.grid.shape, np.uint8)
    numbers[2:-2, 2:9, 5:14], numbers[2:-2, 12:19, 5:14] = 1, 2
    labels = label_numbers(numbers, {1: "T12", 2: "L1"})
    batch = take_in(
        dataset,
        ct_bytes(ct.hu, ct.grid),
        mask=mask_bytes(labels, ct.grid),
        table="verse",
    )
    case = dataset.cases.get()
    assert levels_of(case) == {1: "T12", 2: "L1"}
    assert masks.newest_revision(case).author_kind == "import"
    assert np.array_equal(masks.current_mask(case), numbers)
    assert "imported mask" in batch.findings[0]["reason"]


def test_a_mask_of_another_image_is_left_out_and_the_case_goes_on():
    dataset = making.make_dataset("masked", preannotates=False)
    ct, other = making.make_ct(), making.make_ct(dims=(20, 32, 9))
    mask = mask_bytes(np.zeros(other.grid.shape, np.uint8), other.grid)
    (finding,) = take_in(dataset, ct_bytes(ct.hu, ct.grid), mask=mask, table="verse").findings
    assert finding["accepted"]
    assert "left out" in finding["reason"]


def test_an_import_takes_no_file_after_its_end_and_no_end_without_a_file(dataset, settings):
    batch = intake.begin_import(dataset, by=None)
    with pytest.raises(ContentRefused):
        intake.finish_import(batch)
    settings.IMPORT_MAX_BYTES = 5
    with pytest.raises(ContentRefused, match="at most"):
        intake.add_file(batch, io.BytesIO(b"123456"))
    intake.add_file(batch, io.BytesIO(b"12345"))
    intake.finish_import(batch)
    with pytest.raises(Conflict):
        intake.add_file(batch, io.BytesIO(b"1"))


def test_originals_are_kept_apart_or_not_at_all(dataset, settings):
    take_in(dataset, *series_files())
    assert original_store().exists(Image.objects.get().original_blob)
    settings.KEEP_ORIGINALS = False
    take_in(dataset, *series_files(series="7"))
    image = Image.objects.order_by("pk").exclude(original_blob="").get()
    other = Image.objects.exclude(pk=image.pk).get()
    assert other.original_blob == ""
    assert len(other.slice_table) == 6


def test_no_identity_is_left_in_rows_names_answers_or_messages(
    dataset, people, sign_in, settings, caplog, tmp_path
):
    caplog.set_level(logging.DEBUG)
    client = sign_in(people.manager)
    answers = [client.post(f"/api/datasets/{dataset.slug}/imports/")]
    url = f"/api/imports/{answers[0].json()['id']}"
    gap = series_files(8, series="2", drop=(3,))
    for number, content in enumerate([*series_files(), *gap, b"broken"]):
        file = SimpleUploadedFile(f"Canary_Quincey_{number}.dcm", content)
        answers.append(client.post(f"{url}/files/", {"file": file}))
    answers.append(client.post(f"{url}/finish/"))
    read_import(str(ImportBatch.objects.get().job_id))
    answers += [client.get(f"{url}/"), client.get(f"/api/datasets/{dataset.slug}/worklist/")]
    answers.append(client.get(f"/api/cases/{Case.objects.get().pk}/"))
    dump = io.StringIO()
    call_command("dumpdata", "annotation", stdout=dump)
    names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")]
    kept = [path for path in settings.STORE_ROOT.rglob("*") if path.is_file()]
    seen = [dump.getvalue(), caplog.text, *names, *(answer.content.decode() for answer in answers)]
    seen += [path.read_bytes().decode("latin-1") for path in kept]
    words = {"canary", "quincey", "471147", "19410203", "20190817", "1.2.826.0.1.3680043.8.498"}
    assert CANARY["PatientID"].endswith("471147")
    for text in seen:
        assert not [word for word in words if word in text.lower()]
    assert json.loads(answers[-3].content)["findings"][0]["accepted"] is True


def test_a_table_of_participants_finds_persons_by_the_hospitals_name(dataset):
    take_in(dataset, *series_files())
    table = (
        "participant_id,sex,age,scanner,contrast\n"
        "HOSPITAL-471147,m,93,Somatom Force,portal\n"
        "SOMEONE-ELSE,f,50,,\n"
        "HOSPITAL-471147,x,50,,\n"
    )
    updated, problems = participants.import_participants(dataset, table.encode())
    assert updated == 1
    assert [problem.split(":")[0] for problem in problems] == ["Row 3", "Row 4"]
    assert "SOMEONE" not in "".join(problems)
    image = Image.objects.get()
    assert Patient.objects.get().sex == "M"
    assert image.series.study.age_years == 90
    assert image.series.contrast == "portal"


def test_a_table_by_case_code_with_tabs_and_no_table_at_all(dataset):
    take_in(dataset, *series_files())
    updated, _ = participants.import_participants(dataset, b"code\tsex\nLAM-0001\tO\n")
    assert (updated, Patient.objects.get().sex) == (1, "O")
    with pytest.raises(ContentRefused):
        participants.import_participants(dataset, b"\xff\xfe\x00")
    with pytest.raises(ContentRefused):
        participants.import_participants(dataset, b"name,sex\nA,F\n")


def test_only_a_manager_imports(dataset, people, sign_in):
    assert sign_in(people.student).post("/api/datasets/set/imports/").status_code == 403
    assert sign_in(people.stranger).post("/api/datasets/set/imports/").status_code == 404
    made = sign_in(people.manager).post("/api/datasets/set/imports/").json()
    assert sign_in(people.reader1).get(f"/api/imports/{made['id']}/").status_code == 404
