"""The system for radiographs: its networks, what they learn from, and what it proposes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from annotation.domain.frames import Frame, FramesMixed
from annotation.domain.geometry import Volume
from annotation.domain.measures import Beside, compression_ratios
from annotation.domain.proposal import CountedFrom
from annotation.domain.systems import READ_RADIOGRAPHS
from annotation.domain.vertebrae import place_of
from inference.__main__ import main
from inference.config import Machine, Schedule
from inference.learning import outlining
from inference.learning.courses.compression_ratio import cut_films
from inference.learning.fit import Lesson, fit
from inference.nets.radiograph import MDR2UNet, PlainUNet, Recurrent
from inference.phantoms.make import PhantomOptions
from inference.phantoms.radiograph import film_options, make_radiograph
from inference.phases.compression import ratios_of
from inference.phases.film import placed, places
from inference.phasing import read_volume
from inference.pipelines import PHASES
from inference.pipelines.compression_ratio import Measured, preannotate, preannotate_plainly, read
from inference.pipelines.kept import read_kept
from inference.systems import SYSTEMS
from inference.systems.compression_ratio import SYSTEM
from inference.weights import load_weights, save_weights
from tests.films import film_file

PROCESSOR = Machine(torch.device("cpu"), half=None)
WIDTHS = (4, 6, 8)


@pytest.fixture(scope="module")
def radiograph():
    return make_radiograph(21, PhantomOptions((1.0, 1.0, 4.0), "spine", ("T12", "L5")))


class Truth(nn.Module):
    """Says of each pixel of the film what is there."""

    side = 256

    def __init__(self, radiograph) -> None:
        super().__init__()
        film = placed(radiograph.volume.grid, self.side)
        at = np.rint(film.to_picture(places((self.side, self.side)))).astype(int)
        last = np.array(radiograph.mask.shape[1:]) - 1
        rows, columns = np.moveaxis(np.clip(at, 0, last), -1, 0)
        self.bone = (radiograph.mask[0][rows, columns] > 0) & film.shown

    def forward(self, _x: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(np.where(self.bone, 6.0, -6.0)[None])


@pytest.fixture(scope="module")
def proposal(radiograph):
    return read(radiograph.volume, Truth(radiograph), PROCESSOR)


@pytest.mark.parametrize("kind", [MDR2UNet, PlainUNet])
def test_a_network_says_one_number_for_each_pixel(kind):
    net = kind(WIDTHS, 32)
    assert net(torch.randn(2, 1, 32, 32)).shape == (2, 32, 32)
    with pytest.raises(ValueError, match="cannot be halved 2 times"):
        kind(WIDTHS, 30)


def test_a_recurrent_convolution_sees_its_own_output_twice_more():
    block = Recurrent(1).eval()
    nn.init.zeros_(block.kernel.weight)
    block.kernel.weight.data[0, 0, 1, 1] = 0.5
    x = torch.full((1, 1, 3, 3), 8.0)
    # 0.5 x 8 = 4; 0.5 x (8 + 4) = 6; 0.5 x (8 + 6) = 7
    assert block(x)[0, 0, 1, 1].item() == pytest.approx(7.0, rel=1e-4)


def test_the_first_block_sees_sixteen_pixels_far_without_pooling():
    first = MDR2UNet(WIDTHS, 64).eval().encode[0]
    picture = torch.zeros(1, 1, 64, 64, requires_grad=True)
    torch.cat([branch[0](picture) for branch in first.branches], 1)[0, :, 32, 32].sum().backward()
    seen = np.argwhere(picture.grad[0, 0].numpy() != 0) - 32
    assert {int(abs(row)) for row in seen[:, 0]} == {0, 2, 4, 8, 16}


def test_the_dice_loss_is_the_papers():
    target = torch.zeros(1, 4, 4)
    target[0, 0:2] = 1
    said = torch.zeros(1, 4, 4)
    said[0, 1:3] = 1
    logits = torch.where(said > 0, 40.0, -40.0)
    loss = outlining.loss_of(lambda _x: logits, {"picture": target, "target": target})
    assert loss.item() == pytest.approx(1 - (2 * 4 + 1) / (16 + 1))


def test_a_network_learns_from_films_of_simulated_radiographs(radiograph):
    ((part, example),) = cut_films(radiograph, np.random.default_rng(0))
    assert part == "film"
    assert example["picture"].shape == example["target"].shape == radiograph.mask.shape[1:]
    torch.manual_seed(1)
    net = MDR2UNet((4, 8, 8), 64)
    batch = outlining.batch_of(net, [example] * 4, np.random.default_rng(1))
    assert batch["picture"].shape == (4, 1, 64, 64)
    assert 0 <= batch["picture"].min() <= batch["picture"].max() <= 1
    assert set(batch["target"].unique().tolist()) == {0.0, 1.0}
    losses = []
    lesson = Lesson(
        "bodies",
        Schedule(12, 2, 2e-2),
        lambda _rng: example,
        lambda examples, rng: outlining.batch_of(net, examples, rng),
        outlining.loss_of,
        1,
    )
    before = float(outlining.loss_of(net, batch).detach())
    fit(net, lesson, PROCESSOR, lambda progress: losses.append(progress.loss))
    after = float(outlining.loss_of(net.train(), batch).detach())
    assert len(losses) == 12
    assert after < before - 0.05


def test_a_fracture_lies_within_the_window_that_is_shown():
    rng = np.random.default_rng(4)
    drawn = [film_options(rng) for _ in range(60)]
    assert {one.field for one in drawn} == {"body"}
    assert 10 < sum(one.fracture is not None for one in drawn) < 50

    for one in drawn:
        if one.fracture:
            first, last = (place_of(level) for level in one.levels)
            assert first <= place_of(one.fracture[0]) <= last


def test_a_proposal_lies_on_the_radiograph_and_counts_from_below(radiograph, proposal):
    assert proposal.grid is radiograph.volume.grid
    assert proposal.mask.shape == radiograph.mask.shape
    assert proposal.counted_from is CountedFrom.ASSUMED
    levels = [one.level for one in proposal.vertebrae]
    assert levels[-1] == "L5"
    assert [one.number for one in proposal.vertebrae] == list(range(1, len(levels) + 1))
    both = (proposal.mask > 0) & (radiograph.mask > 0)
    assert 2 * both.sum() / ((proposal.mask > 0).sum() + (radiograph.mask > 0).sum()) > 0.95
    for one in proposal.vertebrae:
        assert one.six_points_mm[..., 0] == pytest.approx(0), "in the picture's plane"
        inside = np.rint(radiograph.volume.grid.to_ijk(one.centroid_mm)).astype(int)
        assert proposal.mask[0, inside[1], inside[0]] == one.number


def test_ratios_are_those_of_the_truth_and_the_same_in_pixels(radiograph, proposal):
    truth = {one.level: one for one in radiograph.vertebrae}
    spine = [
        Beside(one.level, tuple(one.heights_mm), one.grade == 0 and not one.is_partial)
        for one in radiograph.vertebrae
    ]
    wanted = dict(zip(truth, compression_ratios(spine), strict=True))
    found = dict(zip(truth, ratios_of(proposal.vertebrae), strict=True))
    assert [one.level for one in proposal.vertebrae] == list(truth), "so that places agree"
    whole = [one for one in proposal.vertebrae if not one.is_partial]
    both = [(found[one.level], wanted[one.level]) for one in whole]
    pairs = [(a.percent, b.percent) for a, b in both if a and b and a.sources == b.sources]
    assert len(pairs) >= 3
    assert max(abs(a - b) for a, b in pairs) < 6
    grid = replace(radiograph.volume.grid, frame=Frame.PIXEL)
    in_pixels = read(Volume(radiograph.volume.hu, grid), Truth(radiograph), PROCESSOR)
    assert in_pixels.grid.frame is Frame.PIXEL
    assert ratios_of(in_pixels.vertebrae) == list(found.values())


def test_the_house_knows_which_systems_read_radiographs():
    assert {name for name, one in SYSTEMS.items() if one.kind == "radiograph"} == READ_RADIOGRAPHS


def test_a_ct_is_refused(radiograph):
    grid = replace(radiograph.volume.grid, frame=Frame.PATIENT_MM)
    with pytest.raises(FramesMixed, match="frame of its detector"):
        read(Volume(radiograph.volume.hu, grid), Truth(radiograph), PROCESSOR)


@pytest.mark.parametrize("door", [preannotate, preannotate_plainly])
def test_untrained_weights_go_through_the_whole_pipeline(radiograph, door, tmp_path):
    preset = SYSTEM.presets["tiny"]
    save_weights(SYSTEM.new_nets(preset), SYSTEM, preset, tmp_path, {"name": "new"})
    said = door(radiograph.volume, load_weights(tmp_path))
    assert said.mask.shape == radiograph.volume.hu.shape
    assert set(said.seconds) == {"film", "outline", "measure"}


def test_a_picture_without_bone_has_no_vertebra(radiograph):
    nothing = Truth(radiograph)
    nothing.bone[:] = False
    said = read(radiograph.volume, nothing, PROCESSOR)
    assert said.vertebrae == ()
    assert not said.mask.any()


def test_phase_after_phase_from_a_shell_finds_what_the_pipeline_finds(tmp_path):
    preset = SYSTEM.presets["tiny"]
    save_weights(SYSTEM.new_nets(preset), SYSTEM, preset, tmp_path / "weights", {"name": "new"})
    picture, found = tmp_path / "film.dcm", tmp_path / "found"
    picture.write_bytes(film_file())
    words = ["--weights", str(tmp_path / "weights"), "--out", str(found), "--device", "cpu"]
    for phase in PHASES["compression-ratio"]:
        assert main(["phase", phase.name, "--volume", str(picture), *words]) == 0
    whole = preannotate(read_volume(picture), load_weights(tmp_path / "weights", "cpu"))
    alone = read_kept(Measured, found, "measure")
    assert (alone.mask == whole.mask).all()
    assert [one.level for one in alone.vertebrae] == [one.level for one in whole.vertebrae]
    assert len(alone.ratios) == len(whole.vertebrae)
    assert (found / "measure.nii.gz").exists()
