import json
import os
import signal
from dataclasses import replace

import pytest
import torch

from annotation.imaging.frozen import (
    Frozen,
    FrozenCase,
    FrozenFolderRefused,
    Seeds,
    write_case,
    write_manifest,
)
from inference.__main__ import main
from inference.config import Schedule, this_machine
from inference.learning import command
from inference.learning.courses import COURSES
from inference.learning.data import data_named
from inference.learning.fit import Progress
from inference.learning.lessons import Terms
from inference.learning.train import Place, PlaceTaken, Plan, train
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.weights import load_weights


def small(_rng):
    return PhantomOptions((3.0, 3.0, 3.0), "spine", levels=("L1", "L3"))


def counted(weights, seeds, on_progress):
    on_progress(Progress("held-out phantoms", len(seeds), len(seeds), float("nan"), 0.0))
    return {"n_phantoms": len(seeds)}


WHOLE = COURSES["anchor-free"]
COURSE = replace(
    WHOLE,
    kinds={name: replace(kind, options=small) for name, kind in WHOLE.kinds.items()},
    measure=counted,
)
NETS = COURSE.system.nets
PRESET = replace(
    COURSE.system.presets["tiny"],
    schedules=dict.fromkeys(NETS, Schedule(2, 1, 1e-3)),
    phantoms=dict.fromkeys(COURSE.kinds, 1),
)
CPU = this_machine("cpu")


def frozen_at(folder, patients):
    options = PhantomOptions((2.0, 2.0, 2.0), "spine", levels=("L1", "L3"))
    phantom = make_phantom(5, options)
    points = {one.level: one.six_points_mm for one in phantom.vertebrae if one.level != "C1"}
    cases = [
        write_case(
            folder,
            FrozenCase(f"c-{patient}", patient, side, points, phantom.shows),
            phantom.volume,
            phantom.mask,
        )
        for patient, side in patients.items()
    ]
    return write_manifest(Frozen(folder, tuple(cases), Seeds(0, 1), Seeds(9_000_000, 1), "a" * 64))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return frozen_at(tmp_path_factory.mktemp("frozen"), {"p1": "train", "p2": "frozen"})


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def plan(folder):
    data = data_named(f"phantoms:1@1,folder:{folder.folder}@3")
    return Plan(COURSE, PRESET, Terms(seed=1), data, n_measured=1)


@pytest.fixture(scope="module")
def whole(plan, kept, tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("weights") / "whole", kept, workers=1)
    heard = []
    return place, train(plan, place, CPU, heard.append), heard


def test_a_trained_set_loads_and_its_card_says_what_it_came_from(whole, plan, folder):
    place, card, heard = whole
    weights = load_weights(place.out, "cpu")
    assert weights.card == json.loads((place.out / "card.json").read_text()) == card
    assert not weights.is_phantoms_only
    assert weights.trained_on == "1 finalised case mixed with simulated spines"
    assert [case["case"] for case in card["manifest"]["cases"]] == ["c-p1"]
    [mixed] = card["manifest"]["folders"]
    assert mixed == {"manifest_sha256": folder.manifest_sha256, "weight": 3.0}
    assert card["data_sha256"] == plan.data.sha256(COURSE, PRESET)
    assert card["parent_sha256"] is None
    assert card["metrics"]["n_phantoms"] == 1
    assert weights.sha256 in (place.out / "card.md").read_text()
    assert [*dict.fromkeys(progress.what for progress in heard)] == list(plan.steps)


def test_nothing_cut_from_a_case_is_left_behind(whole, plan):
    place = whole[0]
    assert not place.kept(plan).exists()
    kept = {file.name.split("-")[2] for file in place.cache.rglob("*.npz")}
    assert kept == {"1000000", "2000000"}


def test_interrupted_and_resumed_it_ends_with_the_same_weights(whole, plan, kept, tmp_path):
    def stop(progress):
        if (progress.what, progress.iteration) == ("detector", 1):
            raise KeyboardInterrupt

    place = Place(tmp_path / "halves", kept, workers=1)
    unmeasured = replace(plan, n_measured=0)
    with pytest.raises(KeyboardInterrupt):
        train(unmeasured, place, CPU, stop)
    assert (place.kept(plan) / "localizer.pt").exists()
    heard = []
    card = train(unmeasured, place, CPU, heard.append)
    steps = [each.iteration for each in heard if each.what in NETS]
    assert len(steps) == 3, "one step of the detector and two of the segmenter were left"
    assert card["sha256"] == whole[1]["sha256"]


def test_a_finished_training_is_not_done_again_and_not_overwritten(whole, plan):
    place, card, _ = whole
    heard = []
    assert train(plan, place, CPU, heard.append) == card
    assert heard == []
    with pytest.raises(PlaceTaken, match="another training"):
        train(replace(plan, terms=Terms(seed=2)), place, CPU, heard.append)


def test_a_parent_is_gone_on_from_and_named(whole, plan, kept, tmp_path):
    parent = load_weights(whole[0].out, "cpu")
    data = data_named("phantoms:1")
    still = dict.fromkeys(NETS, Schedule(1, 1, 0.0))
    going_on = replace(plan, parent=parent, data=data, n_measured=0)
    with pytest.raises(ValueError, match="the parent is anchor-free tiny, not anchor-free base"):
        train(
            replace(going_on, preset=COURSE.system.presets["base"]),
            Place(tmp_path / "base", kept),
            CPU,
            lambda _: None,
        )
    parent = replace(parent, preset=replace(PRESET, schedules=still))
    place = Place(tmp_path / "child", kept, workers=1)
    card = train(replace(going_on, preset=parent.preset, parent=parent), place, CPU, lambda _: None)
    assert card["parent_sha256"] == parent.sha256
    assert card["phantoms_only"] is False
    child = load_weights(place.out, "cpu")
    for name, parameter in child.nets["segmenter"].named_parameters():
        assert torch.allclose(parameter, parent.nets["segmenter"].get_parameter(name))


def test_ctrl_c_keeps_what_was_learnt_and_says_how_to_go_on(kept, tmp_path, capsys, monkeypatch):
    heard, before = command.Ticker.hear, signal.getsignal(signal.SIGINT)
    monkeypatch.setitem(COURSES, "anchor-free", COURSE)

    def interrupted(self, progress):
        if progress.what == "segmenter":
            os.kill(os.getpid(), signal.SIGINT)
        heard(self, progress)

    monkeypatch.setattr(command.Ticker, "hear", interrupted)
    words = ["train", "anchor-free", "--only", "segmenter", "--data", "phantoms:2000000-2000000"]
    words += ["--out", str(tmp_path / "out"), "--cache", str(kept), "--threads", "1"]
    assert main(words) == 130
    said = capsys.readouterr().err
    assert f"To go on: python -m inference {' '.join(words)}" in said
    assert [path.name for path in tmp_path.rglob("*.pt")] == ["segmenter.pt"]
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("phantoms:9000000-9000001", "kept for the judging"),
        ("phantoms:x", "whole numbers"),
        ("phantoms@0", "weight of 'phantoms'"),
        ("cases:3", "phantoms:SEEDS or folder:PATH"),
        ("folder:/nowhere", "no manifest"),
    ],
)
def test_data_that_cannot_be_learnt_from_are_refused_with_a_sentence(words, complaint):
    with pytest.raises(ValueError, match=complaint):
        data_named(words).sha256(COURSE, PRESET)


def test_a_patient_learnt_from_here_and_judged_on_there_is_refused(folder, tmp_path):
    frozen_at(tmp_path, {"p2": "train"})
    with pytest.raises(FrozenFolderRefused, match="both sides"):
        data_named(f"folder:{folder.folder},folder:{tmp_path}")


def test_another_preset_or_network_than_there_is_is_refused(capsys):
    assert main(["train", "anchor-free", "--preset", "huge"]) == 2
    assert main(["train", "anchor-free", "--only", "liver"]) == 2
    said = capsys.readouterr().err
    assert "tiny, base, paper" in said
    assert "localizer, detector, segmenter" in said
