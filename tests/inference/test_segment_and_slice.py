from dataclasses import replace

import numpy as np
import pytest
import torch

from annotation.domain.genant import height_ratio
from annotation.domain.geometry import Grid, Volume
from annotation.domain.vertebrae import label_of, level_of
from inference.config import Machine, Schedule
from inference.learning.courses.segment_and_slice import COURSE
from inference.learning.fit import Lesson, fit
from inference.learning.optimisers import in_steps, sgd
from inference.learning.slicing import batch_of, loss_of, moved, ratio_on, slice_examples
from inference.nets.detector import CLASSES
from inference.nets.slice_classifier import SliceClassifier
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phases.count import Looks
from inference.phases.judge_slices import Rule
from inference.phases.segmentation import Segmented
from inference.pipelines import segment_and_slice
from inference.pipelines.segment_and_slice import Options, options_of, preannotate
from inference.systems.segment_and_slice import SYSTEM
from inference.weights import Weights

CPU = Machine(torch.device("cpu"), half=None)


@pytest.fixture(scope="module")
def phantom():
    """A row from T10 to L3 at least with a severe wedge at L1."""
    options = PhantomOptions((1.5, 1.5, 1.5), "spine", ("T11", "L2"), ("L1", "wedge", 0.55))
    return make_phantom(41, options)


@pytest.fixture(scope="module")
def weights():
    torch.manual_seed(0)
    preset = replace(SYSTEM.presets["tiny"], widths={
        "localizer": (4, 4), "detector": (4, 4), "segmenter": (4, 4), "classifier": (4, 4, 4, 4),
    })  # fmt: skip
    nets = {name: net.eval() for name, net in SYSTEM.new_nets(preset).items()}
    return Weights("untrained", "0" * 64, SYSTEM, preset, nets, CPU, {})


def true_segmentation(phantom):
    numbers = np.unique(phantom.mask[phantom.mask > 0])
    logits = {}
    for number in numbers:
        logits[int(number)] = np.zeros(len(CLASSES))
        logits[int(number)][CLASSES.index(level_of(int(number)))] = 6.0
    looks, confidence = Looks(logits), {int(numbers[0]): 0.5}
    return lambda volume, weights: Segmented(phantom.mask, looks, confidence=confidence)


@pytest.fixture
def segmented(phantom, monkeypatch):
    monkeypatch.setattr(segment_and_slice, "segment_by_patches", true_segmentation(phantom))


def test_a_proposal_names_every_vertebra_and_suggests_only_where_grades_are_given(
    phantom, weights, segmented
):
    proposal = preannotate(phantom.volume, weights)
    bodied = phantom.vertebrae[:-1]  # of the last one a sliver is in view
    assert [one.level for one in proposal.vertebrae] == [one.level for one in bodied]
    for one, truth in zip(proposal.vertebrae, bodied, strict=True):
        assert one.is_partial == truth.is_partial
        assert (one.suggestion is None) == one.is_partial
        own = proposal.mask == one.number
        assert np.array_equal(own, phantom.mask == label_of(one.level))
        if one.suggestion is not None:
            column = round(one.suggestion.slice_k)
            assert (phantom.body_mask[column] == label_of(one.level)).any()
            assert 0 <= one.suggestion.score <= 1
    assert [one.confidence for one in proposal.vertebrae][:2] == [0.5, 1.0]
    assert {"bodies", "classify"} <= set(proposal.seconds)


def test_counting_upwards_and_the_rule_are_options(phantom, weights, segmented):
    upwards = preannotate(phantom.volume, weights, Options("upwards", Rule(3)))
    assert [one.level for one in upwards.vertebrae] == ["L1", "L2", "L3", "L4", "L5"]
    said = [one.suggestion for one in upwards.vertebrae if one.suggestion is not None]
    assert said
    assert {one.k_needed for one in said} == {3}


def test_a_card_may_carry_options():
    assert options_of({}) == Options()
    said = options_of({"options": {"counting": "upwards", "k": 2, "threshold": 0.4}})
    assert (said.counting, said.rule) == ("upwards", Rule(2, 0.4))
    assert options_of({"options": {"nnunet_model": "/models/bodies"}}).nnunet is not None
    with pytest.raises(ValueError, match="'guessing'"):
        options_of({"options": {"counting": "guessing"}})
    with pytest.raises(ValueError, match="colour"):
        options_of({"options": {"colour": 1}})


def test_a_volume_without_a_spine_has_an_empty_proposal(weights, monkeypatch):
    grid = Grid((20, 20, 20), np.diag([-2.0, 2.0, -2.0, 1.0]))
    volume = Volume(np.full(grid.shape, -1000, np.int16), grid)
    empty = Segmented(np.zeros(grid.shape, np.uint8), Looks({}))
    monkeypatch.setattr(segment_and_slice, "segment_by_patches", lambda volume, weights: empty)
    proposal = preannotate(volume, weights)
    assert proposal.vertebrae == ()
    assert not proposal.mask.any()


@pytest.fixture(scope="module")
def examples(phantom):
    return list(slice_examples(phantom, np.random.default_rng(1)))


def test_a_slice_is_positive_where_its_own_heights_say_so(phantom, examples):
    grid = phantom.volume.grid
    wedge = next(one for one in phantom.vertebrae if one.level == "L1")
    plane = float(grid.to_ijk(wedge.six_points_mm)[..., 2].mean())
    assert ratio_on(wedge, plane, grid) == pytest.approx(wedge.g, abs=0.02)
    assert ratio_on(wedge, plane, grid) == height_ratio(wedge.heights_at(plane))
    assert ratio_on(wedge, plane + 40.0, grid) is None
    fractured = [float(one["fractured"]) for one in examples]
    assert 0 < sum(fractured) <= 8
    assert 0 < len(fractured) - sum(fractured) <= 12


def test_six_points_of_a_finished_case_speak_for_slices_near_their_plane_only(phantom):
    grid = phantom.volume.grid
    known = replace(phantom.vertebrae[2], section=None)
    plane = float(grid.to_ijk(known.six_points_mm)[..., 2].mean())
    assert ratio_on(known, plane + 3.0, grid) == known.g
    assert ratio_on(known, plane + 4.5, grid) is None


def test_pictures_are_turned_within_fifteen_degrees_and_zoomed_within_a_tenth():
    x = torch.zeros(64, 1, 256, 256)
    x[:, 0, 100:156, 124:132] = 1  # an upright bar
    y = moved(x, np.random.default_rng(0))[:, 0]
    rows, columns = torch.meshgrid(torch.arange(256.0), torch.arange(256.0), indexing="ij")
    mass = y.sum(dim=(1, 2))
    dr, dc = rows - 127.5, columns - 127.5
    upright = (y * dr**2).sum(dim=(1, 2)) / mass
    across = (y * dc**2).sum(dim=(1, 2)) / mass
    tilt = (y * dr * dc).sum(dim=(1, 2)) / mass
    angle = torch.rad2deg(0.5 * torch.atan2(2 * tilt, upright - across)).abs()
    assert 12 < angle.max() < 15.6
    size = (mass / x[0].sum()).sqrt()
    assert 0.89 < size.min() < 0.93
    assert 1.07 < size.max() < 1.11


def test_half_of_the_pictures_are_mirrored():
    x = torch.zeros(200, 1, 64, 64)
    x[:, 0, 28:36, 40:60] = 1
    y = moved(x, np.random.default_rng(3))[:, 0]
    is_mirrored = y[:, :, :32].sum(dim=(1, 2)) > y[:, :, 32:].sum(dim=(1, 2))
    assert 70 < int(is_mirrored.sum()) < 130


def test_the_classifier_learns_as_the_paper_says():
    subject = COURSE.subjects["classifier"]
    optimiser = subject.optimiser([torch.nn.Parameter(torch.zeros(1))], 0.001)
    assert isinstance(optimiser, torch.optim.SGD)
    assert optimiser.defaults["momentum"] == 0.9
    paper = SYSTEM.presets["paper"].schedules["classifier"]
    assert (paper.batch, paper.learning_rate) == (32, 0.001)
    assert SYSTEM.presets["paper"].widths["classifier"] == (64, 128, 256, 512)
    assert [subject.rate(epoch / 10) for epoch in (0, 6.9, 7, 9.9)] == [1, 1, 0.1, 0.1]


def test_a_rate_falls_in_steps():
    rate = in_steps(20, every=7, gamma=0.1)
    assert [rate(e / 20) for e in (0, 7, 13.9, 14, 20)] == pytest.approx([1, 0.1, 0.1, 0.01, 0.01])


def test_a_small_classifier_tells_the_slices_of_one_phantom_apart(examples):
    positive = [one for one in examples if one["fractured"]]
    negative = [one for one in examples if not one["fractured"]]

    def smaller(several, rng):  # every fourth pixel is enough to learn from, and quick
        batch = batch_of(net, several, rng)
        return {**batch, "picture": torch.nn.functional.avg_pool2d(batch["picture"], 4)}

    def draw(rng):
        group = positive if rng.random() < 0.5 else negative
        return group[int(rng.integers(len(group)))]

    torch.manual_seed(0)
    net = SliceClassifier((8, 8, 16, 16))
    losses = []
    lesson = Lesson(
        name="classifier",
        schedule=Schedule(20, 8, 0.05),
        draw=draw,
        batch_of=smaller,
        loss_of=loss_of,
        seed=0,
        optimiser=sgd,
        rate=in_steps(10, 7, 0.1),
    )
    fit(net, lesson, CPU, lambda progress: losses.append(progress.loss * progress.iteration))
    each = np.diff([0.0, *losses])
    assert each[-5:].mean() < 0.85 * each[:5].mean()
