"""The VerSe framework as a whole: its course, and the pipeline from a volume to a proposal."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from annotation.domain.geometry import Grid, Volume
from annotation.domain.vertebrae import level_of
from inference.config import Schedule, this_machine
from inference.learning import labelling
from inference.learning.courses import COURSES
from inference.learning.examples import unpacked
from inference.learning.fit import Lesson, fit
from inference.learning.specimen import from_phantom
from inference.learning.verse_examples import heat_example, known_stretch, pair_example
from inference.nets.btrfly import CHANNELS, MAPS, Btrfly, Prior, Views
from inference.nets.segmenter import Segmenter
from inference.nets.spine_heat import SpineHeat
from inference.phantoms.features import Features
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phases.find_spine import decode, find_spine
from inference.phases.label import Count
from inference.phases.read_heat import name_sightings, sightings
from inference.phases.reformat import Reformations
from inference.pipelines import PHASES, PIPELINES
from inference.pipelines.kept import write_kept
from inference.pipelines.phase import Found
from inference.pipelines.verse_framework import Segmented
from inference.systems import SYSTEMS
from inference.weights import Weights, load_weights, save_weights

CPU = this_machine("cpu")
COURSE = COURSES["verse-framework"]
SYSTEM = SYSTEMS["verse-framework"]


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(3, PhantomOptions((1.5, 1.5, 1.5), "spine", levels=("T11", "L3")))


@pytest.fixture(scope="module")
def parts(phantom):
    cut = {}
    for kind in COURSE.kinds.values():
        for part, arrays in kind.cut(phantom, np.random.default_rng(1)):
            cut.setdefault(part, []).append(arrays)
    return cut


def test_a_course_teaches_every_network_of_the_system_from_what_it_cuts(parts):
    assert tuple(COURSE.subjects) == SYSTEM.nets
    for subject in COURSE.subjects.values():
        assert parts[subject.part]
    for preset in SYSTEM.presets.values():
        assert set(preset.schedules) == set(SYSTEM.nets)
        assert set(preset.phantoms) == set(COURSE.kinds)


def test_the_true_heat_of_a_phantom_leads_to_its_vertebrae(phantom, parts):
    [example] = parts["heat"]
    where = decode(example["heat"] / np.float32(255))
    inner = [one for one in phantom.vertebrae if not one.is_partial]
    assert where.low[0] <= where.axis[0, 0] < where.axis[-1, 0] <= where.high[0]
    index = phantom.volume.grid.to_ijk(np.array([one.centroid_mm for one in inner]))
    centres = index[:, [1, 0, 2]] * 1.5
    assert np.abs(where.across(centres[:, 0]) - centres[:, 1:]).max() < 5.0


def test_true_maps_of_true_pictures_give_the_levels_back(parts):
    for example in parts["pair"]:
        shape = list(example["pictures"].shape[1:])
        heat = labelling.heat_of(example["marks"], example["level"], shape)
        seen = Reformations(torch.zeros(2, *shape), np.zeros(3))
        found = sightings(heat, seen)
        assert name_sightings(found).levels == tuple(CHANNELS[n] for n in example["level"])
        apart = seen.to_cells(np.array([one.centre for one in found])) - example["marks"]
        assert np.abs(apart).max() < 0.6


def test_rows_with_a_vertebra_of_unknown_place_are_not_taught(phantom, parts):
    specimen = from_phantom(phantom, CHANNELS)
    unread, read = specimen.bodies[:2], specimen.bodies[2:]
    partly = replace(specimen, bodies=read)
    low, high = known_stretch(partly)
    numbers = [body.label for body in unread]
    rows = np.flatnonzero(np.isin(phantom.mask, numbers).any(axis=(0, 2))) * 1.5
    assert rows.max() < low < high
    pair = pair_example(partly, np.random.default_rng(1))
    assert {CHANNELS[n] for n in pair["level"]} <= {body.level for body in read}
    assert pair["pictures"].shape[1] < parts["pair"][0]["pictures"].shape[1]
    heat = heat_example(partly)
    assert heat["heat"].shape[0] == heat["picture"].shape[0] <= (high - low) / 4 + 1
    assert known_stretch(specimen) == (-0.75, (phantom.mask.shape[1] - 0.5) * 1.5)


def test_marks_lie_on_bone_in_both_projections(parts):
    example = parts["pair"][0]
    for row, i, k in example["marks"].round().astype(int):
        assert example["pictures"][0, row, i] > 60
        assert example["pictures"][1, row, k] > 60


def test_a_mirrored_stretch_keeps_its_marks_on_their_places(parts):
    example = dict(parts["pair"][0])
    pictures = np.zeros_like(example["pictures"])
    for row, i, k in example["marks"].round().astype(int):
        pictures[0, row, i] = pictures[1, row, k] = 500
    example["pictures"] = pictures
    example["marks"] = example["marks"].round()
    cuts = [labelling.stretch(example, 70, np.random.default_rng(seed)) for seed in range(6)]
    assert any(len(cut["level"]) < len(example["level"]) for cut in cuts)
    for cut in cuts:
        for row, i, k in cut["marks"].round().astype(int):
            assert cut["pictures"][0, row, i] == cut["pictures"][1, row, k] == 500


def test_every_cell_of_a_batch_shares_out_one(parts):
    net = Btrfly((4, 6, 8, 8))
    batch = labelling.batch_of(net, parts["pair"], np.random.default_rng(2))
    assert batch["picture"].shape[2:] == batch["heat"].shape[3:]
    assert batch["heat"].shape[:3] == (2, 2, MAPS)
    assert torch.allclose(batch["heat"].sum(dim=2), torch.ones(()), atol=1e-5)


def nets_of(name):
    return {
        "spine": SpineHeat((4, 6, 8)),
        "btrfly": Btrfly((4, 6, 8, 8)),
        "prior": Btrfly((4, 6, 8, 8), prior=(8, 8)),
        "segmenter": Segmenter((6, 8, 8)),
    }[name]


@pytest.mark.parametrize("name", ["spine", "btrfly", "prior", "segmenter"])
def test_a_few_steps_lower_the_loss(parts, name):
    torch.manual_seed(0)
    subject = COURSE.subjects["btrfly" if name == "prior" else name]
    net = nets_of(name)
    example = parts[subject.part][0]
    batch = subject.batch_of(net, [example], np.random.default_rng(5))
    losses = []

    def noted(given, tensors):
        loss = subject.loss_of(given, tensors)
        losses.append(float(loss.detach()))
        return loss

    lesson = Lesson(
        name, Schedule(6, 1, 1e-2), lambda _rng: example, lambda _e, _r: batch, noted, seed=1
    )
    fit(net, lesson, CPU, lambda _progress: None)
    assert np.mean(losses[-2:]) < 0.95 * np.mean(losses[:2])


@pytest.fixture
def maps(parts):
    example = labelling.stretch(parts["pair"][0], 48, np.random.default_rng(0))
    shape = list(example["pictures"].shape[1:])
    true = labelling.heat_of(example["marks"], example["level"], shape)
    torch.manual_seed(0)
    logits = Views(*(torch.randn(1, MAPS, *shape, requires_grad=True) for _ in range(2)))
    return Views(*(view[None] for view in true.each())), logits


def test_the_prior_learns_to_tell_true_maps_from_predicted_ones(maps):
    true, logits = maps
    seen = logits.heat()
    prior = Prior((8, 8))
    optimiser = torch.optim.Adam(prior.parameters(), lr=1e-2)

    def apart():
        return float((prior(seen) - prior(true)).detach())

    before, energy = apart(), float(prior(true).detach())
    for _ in range(10):
        optimiser.zero_grad()
        labelling.prior_loss(prior, seen, true).backward()
        optimiser.step()
    assert logits.sagittal.grad is None
    assert apart() > before
    assert float(prior(true).detach()) < energy


def test_the_network_learns_to_make_maps_that_the_prior_finds_plausible(maps):
    _, logits = maps
    prior = Prior((8, 8))
    optimiser = torch.optim.Adam(list(logits.each()), lr=0.3)
    before = labelling.implausibility(prior, logits.heat())
    for _ in range(5):
        optimiser.zero_grad()
        labelling.implausibility(prior, logits.heat()).backward()
        optimiser.step()
    assert all(parameter.grad is None for parameter in prior.parameters())
    assert labelling.implausibility(prior, logits.heat()) < 0.9 * before


def test_a_patch_s_target_leaves_metal_out():
    screws = Features(screws=("T12", "L1"))
    options = PhantomOptions((2.0, 2.0, 2.0), "spine", levels=("T11", "L2"), features=screws)
    one = make_phantom(5, options)
    patches = [patch for _, patch in COURSE.kinds["fine"].cut(one, np.random.default_rng(0))]
    dense = [patch["picture"] > 2200 for patch in patches]
    taught = [unpacked(patch["target"]) for patch in patches]
    n_both = sum(int((metal & bone).sum()) for metal, bone in zip(dense, taught, strict=True))
    assert n_both < 0.01 * sum(int(metal.sum()) for metal in dense)  # its border is shared


class TrueHeat(SpineHeat):
    """Answers with the true heat of one phantom."""

    def __init__(self, heat):
        super().__init__((4, 4))
        self.heat = torch.from_numpy(heat / np.float32(255))

    def forward(self, x):
        answer = torch.full(x.shape[0:1] + x.shape[2:], -9.0)
        j, i, k = self.heat.shape
        answer[0, :j, :i, :k] = torch.logit(self.heat, eps=1e-4)
        return answer


class TrueMaps(Btrfly):
    """Answers with the true maps of marks in patient millimetres."""

    def __init__(self, phantom, origin):
        super().__init__((4, 4, 4))
        self.phantom, self.origin = phantom, origin

    def forward(self, x):
        index = self.phantom.volume.grid.to_ijk(
            np.array([one.centroid_mm for one in self.phantom.vertebrae])
        )
        points = index[:, [1, 0, 2]] * np.array(self.phantom.volume.grid.spacing_mm)[[1, 0, 2]]
        level = np.array([CHANNELS.index(one.level) for one in self.phantom.vertebrae])
        heat = labelling.heat_of((points - self.origin) / 2.0, level, list(x.shape[2:]))
        return Views(*(view.clamp(min=1e-6).log()[None] for view in heat.each()))


class Bone(Segmenter):
    """Takes everything dense near the beacon."""

    def forward(self, x):
        return torch.where((x[:, 0] > -0.1) & (x[:, 1] > 0.02), 6.0, -6.0)


def weights_of(**nets):
    assert all(isinstance(net, nn.Module) for net in nets.values())
    return Weights("by hand", "0" * 64, SYSTEM, SYSTEM.presets["tiny"], nets, CPU, {})


@pytest.fixture(scope="module")
def perfect(phantom, parts):
    """Weights whose networks know the truth about the phantom."""
    heat = TrueHeat(parts["heat"][0]["heat"])
    origin = find_spine(phantom.volume, heat, CPU).low
    return weights_of(spine=heat, btrfly=TrueMaps(phantom, origin), segmenter=Bone((4, 4)))


def test_perfect_networks_make_a_perfect_proposal(phantom, perfect):
    hu = phantom.volume.hu.copy()
    whole = [one for one in phantom.vertebrae if not one.is_partial]
    i, j, k = phantom.volume.grid.to_ijk(whole[1].centroid_mm).round().astype(int)
    metal = (slice(k - 2, k + 3), slice(j - 2, j + 3), slice(i - 2, i + 3))
    hu[metal] = 2900
    proposal = PIPELINES["verse-framework"](Volume(hu, phantom.volume.grid), perfect)
    said = {one.level: one for one in proposal.vertebrae}
    for one in whole:
        assert np.linalg.norm(said[one.level].centroid_mm - one.centroid_mm) < 1.0
        assert said[one.level].six_points_mm is None
        assert not said[one.level].is_partial
        own = (proposal.mask == said[one.level].number) & (phantom.mask > 0)
        labels, counts = np.unique(phantom.mask[own], return_counts=True)
        assert level_of(int(labels[counts.argmax()])) == one.level
    assert {one.level for one in proposal.vertebrae if one.is_partial} == {
        one.level for one in phantom.vertebrae if one.is_partial and one.level in said
    }
    assert [one.number for one in proposal.vertebrae] == list(range(1, len(said) + 1))
    assert not proposal.mask[metal].any()
    curve = proposal.straightened.curve_mm
    for one in whole:
        assert np.linalg.norm(curve - one.centroid_mm, axis=1).min() < 1.0
    assert proposal.mask[k + 4, j, i] == said[whole[1].level].number
    assert set(proposal.seconds) == {"find_spine", "reformat", "read_heat", "label", "segment"}


def test_phases_alone_end_like_the_pipeline(phantom, perfect, tmp_path):
    for phase in PHASES["verse-framework"]:
        write_kept(phase.run(phantom.volume, perfect, Found(tmp_path)), tmp_path, phase.name)
    whole = PIPELINES["verse-framework"](phantom.volume, perfect)
    count = Found(tmp_path).by("label", Count)
    assert count.levels == tuple(one.level for one in whole.vertebrae)
    assert np.array_equal(Found(tmp_path).by("segment", Segmented).mask, whole.mask)


def test_untrained_networks_are_kept_loaded_and_make_a_lawful_proposal(tmp_path):
    torch.manual_seed(0)
    preset = SYSTEM.presets["tiny"]
    nets = SYSTEM.new_nets(preset)
    save_weights(nets, SYSTEM, preset, tmp_path, {"name": "untrained"})
    weights = load_weights(tmp_path, "cpu")
    one = make_phantom(11, PhantomOptions((3.0, 3.0, 3.0), "spine", levels=("T12", "L1")))
    quick = replace(weights, nets={**weights.nets, "segmenter": Bone((4, 4))})
    proposal = PIPELINES["verse-framework"](one.volume, quick)
    assert proposal.mask.shape == one.volume.grid.shape
    assert 0 < int(proposal.mask.max()) <= len(proposal.vertebrae) <= 26
    assert all(np.isfinite(each.centroid_mm).all() for each in proposal.vertebrae)


def test_a_volume_without_a_spine_gives_an_empty_proposal(parts):
    grid = Grid((20, 20, 20), np.diag([2.0, 2.0, 2.0, 1.0]))
    nothing = TrueHeat(np.zeros((2, 2, 2)))
    weights = weights_of(spine=nothing, btrfly=Btrfly((4, 4, 4)), segmenter=Bone((4, 4)))
    empty = PIPELINES["verse-framework"](Volume(np.zeros(grid.shape, np.int16), grid), weights)
    assert empty.vertebrae == ()
    assert empty.straightened is None
    assert not empty.mask.any()
