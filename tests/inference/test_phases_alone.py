import json

import nibabel
import numpy as np
import pytest
import torch

from annotation.domain.geometry import Grid
from annotation.imaging.nifti import ct_bytes
from inference.__main__ import main
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phasing import read_volume
from inference.pipelines import PHASES, PIPELINES
from inference.pipelines.anchor_free import Led
from inference.pipelines.kept import NotReadable, read_kept, write_kept
from inference.systems import SYSTEMS
from inference.weights import load_weights, save_weights


@pytest.fixture(scope="module")
def ct(tmp_path_factory):
    options = PhantomOptions((2.0, 2.0, 2.0), "spine", levels=("T12", "L4"))
    volume = make_phantom(9_000_778, options).volume
    path = tmp_path_factory.mktemp("ct") / "ct.nii.gz"
    path.write_bytes(ct_bytes(volume.hu, volume.grid))
    return path


@pytest.fixture(scope="module")
def out(ct, tmp_path_factory):
    folder = tmp_path_factory.mktemp("found")
    for phase in PHASES["anchor-free"]:
        words = ["phase", phase.name, "--volume", str(ct), "--out", str(folder)]
        assert main([*words, "--device", "cpu"]) == 0
    return folder


def test_phase_after_phase_finds_what_the_pipeline_finds(ct, out):
    volume = read_volume(ct)
    proposal = PIPELINES["anchor-free"](volume, load_weights(device="cpu"))
    assert len(proposal.vertebrae) >= 4
    found = json.loads((out / "label.json").read_text())["found"]
    assert found["levels"] == [one.level for one in proposal.vertebrae]
    assert found["counted_from"] == proposal.counted_from
    with np.load(out / "segment.npz") as arrays:
        assert np.array_equal(arrays["segment.mask"], proposal.mask)


def test_the_mask_lies_on_the_volume_in_any_viewer(ct, out):
    mask, volume = nibabel.load(out / "segment.nii.gz"), read_volume(ct)
    painted = np.argwhere(np.asarray(mask.dataobj) > 0).mean(axis=0)
    centre_ras = nibabel.affines.apply_affine(mask.affine, painted)
    led = read_kept(Led, out, "follow")
    k, j, i = np.argwhere(read_volume(out / "segment.nii.gz").hu > 0).mean(axis=0)
    assert np.allclose(centre_ras * (-1, -1, 1), volume.grid.to_mm(np.array([i, j, k])), atol=1e-3)
    assert len(led.row.found) == len(
        json.loads((out / "label.json").read_text())["found"]["levels"]
    )


def test_what_was_kept_is_read_back_as_it_was(out, tmp_path):
    led = read_kept(Led, out, "follow")
    write_kept(led, tmp_path, "follow")
    again = read_kept(Led, tmp_path, "follow")
    assert again.room == led.room
    assert np.array_equal(again.curve.points, led.curve.points)
    assert all(
        np.array_equal(one.points, other.points) and one.objectness == other.objectness
        for one, other in zip(again.row.found, led.row.found, strict=True)
    )
    (tmp_path / "follow.json").write_text('{"format": "lamina.phase/2", "found": {}}')
    with pytest.raises(NotReadable, match=r"lamina\.phase/1"):
        read_kept(Led, tmp_path, "follow")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("detect", "run it first"), ("liver", "localize, straighten, detect")],
)
def test_what_cannot_be_run_is_refused_with_a_sentence(ct, tmp_path, capsys, name, complaint):
    assert main(["phase", name, "--volume", str(ct), "--out", str(tmp_path)]) == 2
    assert complaint in capsys.readouterr().err


def test_a_file_that_is_no_ct_is_named(tmp_path, capsys):
    (tmp_path / "ct.nii").write_text("nothing")
    for path in (tmp_path / "ct.nii", tmp_path / "none.nii"):
        assert main(["phase", "localize", "--volume", str(path), "--out", str(tmp_path)]) == 2
        assert path.name in capsys.readouterr().err


@pytest.fixture
def air(tmp_path):
    grid = Grid((8, 8, 8), np.diag([9.0, 9.0, 9.0, 1.0]))
    path = tmp_path / "air.nii.gz"
    path.write_bytes(ct_bytes(np.full(grid.shape, -1000, np.int16), grid))
    return ["--volume", str(path), "--out", str(tmp_path), "--device", "cpu"]


def test_where_no_spine_was_found_the_next_phase_says_so(air, capsys):
    assert main(["phase", "localize", *air]) == 0
    assert main(["phase", "straighten", *air]) == 2
    assert "localize found no spine" in capsys.readouterr().err


def test_the_weights_say_whose_phases_are_run(air, tmp_path):
    system = SYSTEMS["verse-framework"]
    tiny = system.presets["tiny"]
    torch.manual_seed(0)
    nets = system.new_nets(tiny)
    save_weights(nets, system, tiny, tmp_path / "weights", {"name": "untrained"})
    for phase in PHASES["verse-framework"][:3]:
        words = [*air, "--weights", str(tmp_path / "weights")]
        assert main(["phase", phase.name, *words]) == 0
        assert (tmp_path / f"{phase.name}.json").exists()
