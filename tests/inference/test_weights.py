import json

import numpy as np
import pytest
import torch

from annotation.domain.geometry import Grid, Volume
from inference.nets.detector import Detector
from inference.nets.segmenter import Segmenter
from inference.pipelines import PIPELINES
from inference.systems.anchor_free import SYSTEM, new_nets
from inference.weights import (
    AlteredWeights,
    UnknownWeights,
    load_weights,
    packed,
    save_weights,
)

TINY = SYSTEM.presets["tiny"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("weights") / "untrained"
    torch.manual_seed(0)
    save_weights(new_nets(TINY), SYSTEM, TINY, place, {"name": "untrained", "phantoms_only": True})
    return place


def canonical(dims):
    affine = np.array([[0, 0, -1.0, 0], [1.0, 0, 0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1.0]])
    return Grid(dims, affine)


def test_what_was_saved_is_loaded_once(folder):
    first = load_weights(folder, "cpu")
    assert load_weights(folder, "cpu") is first
    assert first.is_phantoms_only
    assert len(first.sha256) == 64


def test_saving_what_was_loaded_gives_the_same_hash(folder, tmp_path):
    loaded = load_weights(folder, "cpu")
    assert save_weights(loaded.nets, SYSTEM, TINY, tmp_path / "again", {}) == loaded.sha256


def test_all_networks_stay_below_twenty_megabytes(folder):
    assert sum(path.stat().st_size for path in folder.glob("*.safetensors")) < 20e6


def test_running_statistics_keep_their_precision():
    state = packed(new_nets(TINY)["segmenter"])
    assert all(v.dtype == torch.float32 for k, v in state.items() if "running_" in k)


def copied(folder, place):
    place.mkdir()
    for path in folder.iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    return place


def test_an_altered_file_is_refused(folder, tmp_path):
    place = copied(folder, tmp_path / "altered")
    data = bytearray((place / "detector.safetensors").read_bytes())
    data[-1] ^= 1
    (place / "detector.safetensors").write_bytes(bytes(data))
    with pytest.raises(AlteredWeights, match="detector"):
        load_weights(place, "cpu")


def test_a_network_is_given_as_what_it_is(folder):
    loaded = load_weights(folder, "cpu")
    assert loaded.net("detector", Detector) is loaded.nets["detector"]
    with pytest.raises(UnknownWeights, match="no detector that is a Segmenter"):
        loaded.net("detector", Segmenter)


@pytest.mark.parametrize(
    ("key", "value"),
    [("format", "lamina.weights/2"), ("preset", "huge"), ("system", "another"), ("preset", "base")],
)
def test_a_card_of_another_kind_is_refused(folder, tmp_path, key, value):
    place = copied(folder, tmp_path / "other")
    card = json.loads((place / "card.json").read_text())
    (place / "card.json").write_text(json.dumps({**card, key: value}))
    with pytest.raises(UnknownWeights):
        load_weights(place, "cpu")


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UnknownWeights, match=r"card\.json"):
        load_weights(tmp_path, "cpu")


@pytest.mark.parametrize("dims", [(1, 1, 1), (2, 90, 3), (60, 80, 50)])
def test_any_volume_gets_a_proposal_on_its_own_grid(folder, dims):
    grid = canonical(dims)
    hu = np.random.default_rng(0).integers(-1000, 1500, grid.shape).astype(np.int16)
    proposal = PIPELINES["anchor-free"](Volume(hu, grid), load_weights(folder, "cpu"))
    assert proposal.mask.shape == grid.shape
    assert proposal.mask.max() <= len(proposal.vertebrae)
