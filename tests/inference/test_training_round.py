import numpy as np
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
from inference.learning.cases import as_phantom
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.systems.anchor_free import SYSTEM, new_nets
from inference.training import RoundConfig, train_round
from inference.weights import load_weights, save_weights

TINY = SYSTEM.presets["tiny"]


def frozen_folder(folder, parent_sha256=None):
    torch.manual_seed(0)
    card = {"name": "parent", "phantoms_only": True, "trained_on": "simulated spines only"}
    sha256 = save_weights(new_nets(TINY), SYSTEM, TINY, folder / "parent", card)
    cases = [written(folder, "c1", "p1", "train", 5), written(folder, "c2", "p2", "frozen", 6)]
    return write_manifest(
        Frozen(folder, tuple(cases), Seeds(0, 1), Seeds(9_000_000, 0), parent_sha256 or sha256)
    )


def written(folder, name, patient, split, seed):
    options = PhantomOptions((2.0, 2.0, 2.0), "spine", levels=("L1", "L3"))
    phantom = make_phantom(seed, options)
    points = {one.level: one.six_points_mm for one in phantom.vertebrae if one.level != "C1"}
    case = FrozenCase(name, patient, split, points, phantom.shows)
    return write_case(folder, case, phantom.volume, phantom.mask)


def test_a_frozen_case_keeps_its_truth(tmp_path):
    frozen = frozen_folder(tmp_path)
    phantom = as_phantom(frozen, frozen.cases[0])
    original = make_phantom(5, PhantomOptions((2.0, 2.0, 2.0), "spine", levels=("L1", "L3")))
    truth = {one.level: one for one in original.vertebrae}
    for one in phantom.vertebrae:
        assert one.g == pytest.approx(truth[one.level].g)
        assert np.allclose(one.heights_mm, truth[one.level].heights_mm)


def test_a_round_ends_in_a_candidate_measured_like_its_parent(tmp_path):
    frozen = frozen_folder(tmp_path / "frozen")
    heard = []
    config = RoundConfig(
        out=tmp_path / "candidate", name="round-1", cache=tmp_path / "cache", iterations=1
    )
    report = train_round(
        tmp_path / "frozen", config, lambda percent, text: heard.append((percent, text))
    )
    candidate = load_weights(report.weights)
    assert candidate.sha256 == report.sha256 != frozen.parent_sha256
    assert set(report.before) == set(report.after)
    assert report.evaluated_on == "0 held-out phantoms and 1 frozen cases"
    assert not candidate.is_phantoms_only
    assert candidate.card["parent_sha256"] == frozen.parent_sha256
    assert [case["case"] for case in candidate.card["manifest"]["cases"]] == ["c1"]
    percents = [percent for percent, _ in heard]
    assert percents == sorted(percents)
    assert percents[-1] == 100


def test_another_parent_than_the_frozen_one_is_refused(tmp_path):
    frozen_folder(tmp_path / "frozen", parent_sha256="0" * 64)
    config = RoundConfig(out=tmp_path / "c", name="c", cache=tmp_path / "cache", iterations=1)
    with pytest.raises(FrozenFolderRefused, match="parent"):
        train_round(tmp_path / "frozen", config, lambda _percent, _text: None)
