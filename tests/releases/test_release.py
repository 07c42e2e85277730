import csv
import io
import json
import zipfile

import numpy as np
import pytest

from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.releases import freezing, services
from annotation.releases.models import ReleaseCase
from annotation.releases.proof import Proof, ReadBack, add_read_back, check_case
from annotation.releases.tasks import build_release
from annotation.releases.tree import load_case
from annotation.rounds.models import RoundCase
from annotation.studies.blobs import blob_store
from tests import making, working

pytestmark = pytest.mark.django_db


@pytest.fixture
def final(dataset, people):
    return working.make_final_case(dataset, people, heights=(4.0, 6.0, 6.0))


@pytest.fixture
def release(dataset, people, final):
    made = services.start_release(dataset, by=people.manager, version="1.0.0", licence="CC BY 4.0")
    build_release(str(made.job_id))
    made.refresh_from_db()
    made.job.refresh_from_db()
    return made


def _archive(release) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(blob_store().read(release.blob)))


def _rows(release, name, delimiter=","):
    text = _archive(release).read(f"set-1.0.0/{name}").decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_a_release_holds_the_four_files_of_each_case_in_the_layout(release):
    assert release.job.state == "done", release.job.failure
    base = "set-1.0.0/dataset-settraining"
    prefix = "sub-lam0001/sub-lam0001_dir-sag"
    assert {
        f"{base}/rawdata/{prefix}_ct.nii.gz",
        f"{base}/derivatives/{prefix}_seg-vert_msk.nii.gz",
        f"{base}/derivatives/{prefix}_seg-subreg_ctd.json",
        f"{base}/derivatives/{prefix}_seg-vert_snp.png",
    } < set(_archive(release).namelist())


def test_every_step_of_the_proof_holds_and_says_what_it_rests_on(release):
    assert [step["ok"] for step in release.proof] == [True] * 7
    by_name = {step["name"]: step["evidence"] for step in release.proof}
    assert by_name["Every case is final"] == "1 of 1 cases"
    assert by_name["Centroids lie in their own label"].startswith("3 centroids")


def test_the_same_manifest_gives_the_same_bytes(release):
    again = services.build(release.manifest, lambda percent, message: None)
    assert again.blob == release.blob


def test_tables_say_grades_and_methods(release):
    (row,) = _rows(release, "fracture_grading.csv")
    assert (row["T11_fx-g"], row["T12_fx-g"], row["L2_fx-g"]) == ("0", "0", "")
    first = _rows(release, "vertebrae.csv")[0]
    assert (first["level"], first["label"], first["h_ant_mm"]) == ("T11", "18", "4.00")
    assert first["centroid_method"] == "mean_of_six_points"
    assert (first["n_readers"], first["consensus"]) == ("2", "agree")
    (person,) = _rows(release, "participants.tsv", delimiter="\t")
    assert (person["participant_id"], person["age"], person["sex"]) == ("sub-lam0001", "70", "F")
    assert _rows(release, "series.csv")[0]["orientation"] == "PIR"
    table = {row["row"]: row for row in release.table}
    assert (table["Scans"]["training"], table["Vertebrae"]["all"]) == ("1", "3")
    assert (table["Scans"]["test"], table["Thoracic"]["all"]) == ("0", "2")


def test_centroids_are_the_bodys_in_voxels_of_their_file(release):
    name = next(n for n in _archive(release).namelist() if n.endswith("ctd.json"))
    direction, *points = json.loads(_archive(release).read(name))
    assert direction == {"direction": ["P", "I", "R"]}
    assert points[0] == {"label": 18, "X": 9.0, "Y": 5.0, "Z": 4.5}


def test_a_centroid_outside_its_label_and_another_voxel_are_found(release):
    content = load_case(release.manifest["cases"][0])
    content.centroids_mm["T12"] = content.centroids_mm["T11"]
    content.labels.flags.writeable = True
    content.labels[0, 0, 0] = 18
    found, proof = ReadBack(), Proof()
    check_case(_archive(release), release.manifest, content, found)
    add_read_back(proof, found)
    bad = {step["name"] for step in proof.steps if not step["ok"]}
    assert bad == {
        "Voxels read back are those that were settled",
        "Centroids are the mean of the six points",
    }


def test_a_proof_that_fails_keeps_the_archive_from_everyone(
    dataset, people, final, sign_in, monkeypatch
):
    made = services.start_release(dataset, by=people.manager, version="2", licence="CC0")
    made.manifest["cases"][0]["vertebrae"][0]["six_points_mm"] = working.body((500, 500, 500))
    made.save()
    build_release(str(made.job_id))
    shown = sign_in(people.manager).get(f"/api/releases/{made.pk}/").json()
    assert shown["state"] == "failed"
    assert shown["message"] == "The proof fails: Centroids lie in their own label."
    assert shown["download_url"] is None
    assert sign_in(people.manager).get(f"/api/releases/{made.pk}/download/").status_code == 404
    again = services.start_release(dataset, by=people.manager, version="2", licence="CC0")
    assert again.pk == made.pk


def test_what_is_refused(dataset, people):
    with pytest.raises(ContentRefused, match="No CT case is final"):
        services.start_release(dataset, by=people.manager, version="1", licence="CC0")
    with pytest.raises(NotPermitted):
        services.start_release(dataset, by=people.reader1, version="1", licence="CC0")
    with pytest.raises(ContentRefused, match="version"):
        services.start_release(dataset, by=people.manager, version="../1", licence="CC0")


def test_a_version_is_given_once(release, dataset, people):
    with pytest.raises(Conflict, match="already"):
        services.start_release(dataset, by=people.manager, version="1.0.0", licence="CC0")


def test_a_manager_fetches_it_and_others_do_not(release, people, sign_in):
    url = f"/api/releases/{release.pk}/download/"
    answer = sign_in(people.manager).get(url)
    assert b"".join(answer.streaming_content) == blob_store().read(release.blob)
    assert sign_in(people.student).get(url).status_code == 403
    assert sign_in(people.stranger).get(url).status_code == 404
    listed = sign_in(people.student).get("/api/datasets/set/releases/").json()
    assert (listed[0]["sha256"], listed[0]["n_cases"]) == (release.blob, 1)


def test_subsets_follow_rounds_and_earlier_releases_and_are_never_changed(dataset, people, release):
    cases = [making.make_case(dataset) for _ in range(40)]
    patients = [case.patient for case in cases]
    first = freezing.split_patients(dataset, patients)
    assert set(first.values()) == {"training", "validation", "test"}
    moved = next(patient for patient, split in first.items() if split == "training")
    row = ReleaseCase.objects.get()
    row.pk, row.case, row.split = None, moved.cases.get(), "test"
    row.save()
    assert freezing.split_patients(dataset, patients)[moved] == "test"
    assert RoundCase.objects.count() == 0


def test_two_series_of_a_patient_share_a_subject_and_are_named_apart(dataset, people, final):
    second = working.make_final_case(dataset, people)
    type(second).objects.filter(pk=second.pk).update(patient=final.patient)
    made = services.start_release(dataset, by=people.manager, version="3", licence="CC0")
    names = [(case["subject"], case["series"]) for case in made.manifest["cases"]]
    assert names == [("lam0001", "lam0001"), ("lam0001", "lam0002")]


@pytest.mark.peer
def test_tptbox_loads_a_release_with_equal_affine_shape_and_labels(release, tmp_path):
    from TPTBox import NII, POI, BIDS_Global_info  # noqa: PLC0415 - a peer, slow to load

    _archive(release).extractall(tmp_path)
    top = tmp_path / "set-1.0.0" / "dataset-settraining"
    info = BIDS_Global_info([str(top)], ["rawdata", "derivatives"], verbose=False)
    (family,) = info.subjects["lam0001"].sequences.values()
    assert {file.format for file in family} == {"ct", "msk", "ctd", "snp"}
    content = load_case(release.manifest["cases"][0])
    ct = NII.load(next(top.rglob("*_ct.nii.gz")), seg=False)
    mask = NII.load(next(top.rglob("*_msk.nii.gz")), seg=True)
    assert ct.shape == mask.shape == content.ct.grid.dims
    assert np.allclose(ct.affine, mask.affine)
    assert np.allclose(ct.affine, np.diag([-1, -1, 1, 1]) @ content.ct.grid.affine_lps, atol=1e-4)
    assert sorted(mask.unique()) == [18, 19, 20]
    poi = POI.load(next(top.rglob("*_ctd.json")), reference=mask)
    assert sorted(label for label, _, _ in poi.items()) == [18, 19, 20]
