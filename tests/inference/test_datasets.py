"""Data sets with a truth are read whole, judged case by case, and written down with their plots."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annotation.domain.geometry import Volume
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from annotation.domain.vertebrae import label_of
from annotation.imaging.frozen import Frozen, FrozenCase, Seeds, write_case, write_manifest
from annotation.imaging.nifti import ct_bytes, mask_bytes
from annotation.imaging.verse import centroids_json
from inference import evaluating
from inference.__main__ import main
from inference.datasets import PhantomCase, VerseCase, cases_of
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom
from inference.phantoms.seeds import HELD_OUT_SEED
from inference.truths import truth_of
from inference.weights import Weights, load_weights


@pytest.fixture(scope="module")
def phantom() -> Phantom:
    options = PhantomOptions(
        spacing_mm=(2.0, 2.0, 3.0), levels=("T11", "L2"), fracture=("L1", "wedge", 0.6)
    )
    return make_phantom(21, options)


@pytest.fixture(scope="module")
def tree(phantom: Phantom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects in VerSe layout: one with centroids, one whose centres only its mask knows."""
    top = tmp_path_factory.mktemp("release")
    grid = phantom.volume.grid
    hu = np.asarray(phantom.volume.hu, dtype=np.int16)
    for subject in ("one", "two"):
        raw = top / "dataset-x" / "rawdata" / f"sub-{subject}"
        derived = top / "dataset-x" / "derivatives" / f"sub-{subject}"
        raw.mkdir(parents=True)
        derived.mkdir(parents=True)
        (raw / f"sub-{subject}_ct.nii.gz").write_bytes(ct_bytes(hu, grid))
        mask = derived / f"sub-{subject}_seg-vert_msk.nii.gz"
        mask.write_bytes(mask_bytes(phantom.mask, grid))
    whole = [one for one in phantom.vertebrae if not one.is_partial]
    points = {label_of(one.level): one.centroid_mm for one in whole}
    named = top / "dataset-x" / "derivatives" / "sub-one" / "sub-one_seg-subreg_ctd.json"
    named.write_text(centroids_json(points, grid))
    (top / "fracture_grading.csv").write_text(
        "verse_ID,subject,series,L1_fx-g,L1_fx-shape,L2_fx-g,L2_fx-shape\n1,one,,3,wedge,0,none\n"
    )
    return top


@pytest.fixture(scope="module")
def frozen(phantom: Phantom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frozen")
    points = {one.level: one.six_points_mm for one in phantom.vertebrae if not one.is_partial}
    cases = tuple(
        write_case(
            folder,
            FrozenCase(name, name, side, points, frozenset({"L5_sacrum"})),
            phantom.volume,
            phantom.mask,
        )
        for name, side in (("learnt", "train"), ("kept", "frozen"))
    )
    write_manifest(Frozen(folder, cases, Seeds(1, 0), Seeds(HELD_OUT_SEED, 0), ""))
    return folder


def test_phantoms_folders_and_trees_are_named_together(tree: Path, frozen: Path) -> None:
    cases = cases_of(f"phantoms:3,5,folder:{frozen},verse:{tree}")
    assert cases[:2] == [PhantomCase(3), PhantomCase(5)]
    assert [case.data for case in cases[1:]] == [
        "phantoms",
        f"frozen cases of {frozen.name}",
        *[f"VerSe tree {tree.name}"] * 2,
    ]
    assert PhantomCase(HELD_OUT_SEED).data == "held-out phantoms"
    (picture,) = cases_of("phantoms:1", "radiograph")
    assert picture.data == "radiographs of held-out phantoms"


def test_data_without_a_truth_are_refused_by_name(tmp_path: Path) -> None:
    for wrong in ("cases:3", "phantoms:", "verse:", "folder:"):
        with pytest.raises(ValueError, match="phantoms:SEEDS"):
            cases_of(wrong)
    with pytest.raises(ValueError, match="VerSe layout"):
        cases_of(f"verse:{tmp_path}")
    (tmp_path / "sub-x_ct.nii.gz").write_bytes(b"")
    with pytest.raises(ValueError, match=r"sub-x_ct\.nii\.gz has neither mask nor centroids"):
        cases_of(f"verse:{tmp_path}")
    broken = VerseCase(tmp_path, tmp_path / "sub-x_ct.nii.gz", None, None)
    with pytest.raises(ValueError, match=r"sub-x_ct\.nii\.gz"):
        broken.read()


def test_only_the_side_that_was_not_learnt_is_judged(frozen: Path, phantom: Phantom) -> None:
    (case,) = cases_of(f"folder:{frozen}")
    truth = case.read()
    assert (truth.name, truth.patient, truth.shows) == ("kept", "kept", {"L5_sacrum"})
    fractured = next(one for one in truth.vertebrae if one.level == "L1")
    assert fractured.g == pytest.approx(0.6, abs=1e-6)
    assert (fractured.grade, fractured.shape) == (3, "wedge")
    assert np.array_equal(truth.mask, phantom.mask)


def test_a_tree_gives_centres_grades_and_masks(tree: Path, phantom: Phantom) -> None:
    with_points, without = (case.read() for case in cases_of(f"verse:{tree}"))
    there = {one.level: one for one in phantom.vertebrae}
    for one in with_points.vertebrae:
        if not there[one.level].is_partial:
            assert np.linalg.norm(one.centroid_mm - there[one.level].centroid_mm) < 0.3
    middle = [one for one in without.vertebrae if not there[one.level].is_partial]
    assert len(middle) >= 4
    for one in middle:
        assert np.linalg.norm(one.centroid_mm - there[one.level].centroid_mm) < 8.0
        assert one.grade is None
    graded = {one.level: (one.grade, one.shape) for one in with_points.vertebrae}
    assert (graded["L1"], graded["L2"], graded["T12"]) == ((3, "wedge"), (0, "none"), (None, ""))
    assert np.array_equal(with_points.mask, phantom.mask)


def _says_the_truth(phantom: Phantom):
    lookup = np.zeros(256, np.uint8)
    found = []
    for number, one in enumerate(phantom.vertebrae, start=1):
        lookup[label_of(one.level)] = number
        place = one.centroid_mm, one.six_points_mm
        found.append(VertebraProposal(number, one.level, *place, 1.0, is_partial=one.is_partial))
    proposal = Proposal(
        tuple(found), lookup[phantom.mask], phantom.volume.grid, CountedFrom.L5_SACRUM
    )

    def pipeline(volume: Volume, weights: Weights) -> Proposal:
        return replace(proposal, grid=volume.grid)

    return pipeline


def test_the_truth_gets_full_marks_in_every_table(
    tree: Path, phantom: Phantom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setitem(evaluating.PIPELINES, "anchor-free", _says_the_truth(phantom))
    words = ["evaluate", "anchor-free", "--data", f"verse:{tree}", "--folds", "2"]
    assert main([*words, "--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    for row in ("recall, centres within 20 mm", "identification rate"):
        assert f"| {row} | 1.000 |" in text
    assert "| Dice by label at 1 mm, missed 0 | 1.000 |" in text
    assert "| HD95 by label at 1 mm, mm, of those there | 0.00 |" in text
    assert "| cases that could not be processed | 0.000 |" in text
    assert (tmp_path / "report.md").read_text().startswith("# anchor-free with anchor-free-tiny")
    assert (tmp_path / "figures.csv").read_text().count("VerSe tree") > 20
    rows = (tmp_path / "cases.csv").read_text().splitlines()
    assert [row.split(",")[1] for row in rows] == ["case", "one", "two"]
    drawn = [path.name for path in tmp_path.glob("*.svg")]
    assert any(name.endswith("-roc.svg") for name in drawn)
    assert any(name.endswith("-confusion.svg") for name in drawn)


def test_a_case_on_which_the_pipeline_fails_is_counted_as_missed(
    frozen: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    def breaks(_volume: Volume, _weights: Weights) -> Proposal:
        raise RuntimeError("no spine anywhere")

    monkeypatch.setitem(evaluating.PIPELINES, "anchor-free", breaks)
    assert main(["evaluate", "anchor-free", "--data", f"folder:{frozen}"]) == 0
    text = capsys.readouterr().out
    assert "| recall, centres within 20 mm | 0.000 |" in text
    assert "| Dice by label at 1 mm, missed 0 | 0.000 |" in text
    assert "| cases that could not be processed | 1.000 |" in text
    assert "counted as missed: kept: RuntimeError: no spine anywhere." in text
    assert main(["evaluate", "anchor-free", "--data", f"folder:{frozen}", "--folds", "5"]) == 2


def test_a_system_that_outlines_bodies_is_judged_on_bodies(
    phantom: Phantom, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_bodies = replace(phantom, mask=phantom.body_mask)
    monkeypatch.setitem(evaluating.PIPELINES, "anchor-free", _says_the_truth(of_bodies))
    told = evaluating.judged_truth("x", truth_of(phantom), "anchor-free", load_weights())
    assert all(one.dice is not None and one.dice < 0.9 for one in told.system.vertebrae)
    system = replace(evaluating.SYSTEMS["anchor-free"], mask_shows="bodies")
    monkeypatch.setitem(evaluating.SYSTEMS, "anchor-free", system)
    right = evaluating.judged_truth("x", truth_of(phantom), "anchor-free", load_weights())
    assert {one.dice for one in right.system.vertebrae} == {1.0}
