from dataclasses import replace

import numpy as np
import pytest
import torch

from annotation.domain.geometry import Grid, Volume
from inference.config import Schedule, this_machine
from inference.learning import cache, detecting, localizing, segmenting
from inference.learning.courses.anchor_free import COURSE
from inference.learning.examples import patch_example, picture_example, unpacked, wide_example
from inference.learning.fit import Lesson, fit
from inference.learning.optimisers import one_cycle
from inference.learning.specimen import Specimen, from_phantom
from inference.nets.blocks import Residual, channels_last, fast_format
from inference.nets.segmenter import PATCH, folded, unfolded
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.systems.anchor_free import SYSTEM, new_nets

CPU = this_machine("cpu")
SMALL = SYSTEM.presets["tiny"]


@pytest.fixture(scope="module")
def specimen():
    options = PhantomOptions((1.5, 1.5, 1.5), "spine", levels=("T11", "L3"))
    return from_phantom(make_phantom(3, options))


def lesson(name, example, batch_of, loss_of, iterations=6):
    schedule = Schedule(iterations, 1, 2e-3)
    return Lesson(name, schedule, lambda _rng: example, batch_of, loss_of, seed=1)


def test_the_axis_of_a_specimen_runs_through_its_bodies(specimen):
    example = wide_example(specimen)
    for body in specimen.bodies:
        step = round(body.centre[0] / 4.0)
        if 0 <= step < len(example["inside"]):
            assert example["inside"][step] == 1
            assert np.linalg.norm(example["path"][step] - body.centre[1:]) < 3.0


def test_true_points_lie_on_the_straightened_picture_with_their_heights(specimen):
    example = picture_example(specimen, np.random.default_rng(0))
    whole = ~example["partial"]
    assert whole.any()
    points = example["points"][whole]
    flat = np.linalg.norm(points[:, :, 1] - points[:, :, 0], axis=-1)
    bodies = [body for body, keep in zip(specimen.bodies, whole, strict=True) if keep]
    true = np.array([np.linalg.norm(b.points[:, 1] - b.points[:, 0], axis=-1) for b in bodies])
    assert np.abs(flat - true).max() < 5.0


def test_a_patch_holds_its_vertebra_and_no_other(specimen):
    body = specimen.bodies[2]
    example = patch_example(specimen, body, np.random.default_rng(0))
    target = unpacked(example["target"])
    truth_ml = (specimen.mask == body.label).sum() * 1.5**3 / 1000
    assert target.shape == PATCH
    assert target.sum() / 1000 == pytest.approx(truth_ml, rel=0.45)


def test_folding_loses_nothing():
    x = torch.randn(2, 1, 8, 12, 16)
    assert torch.equal(unfolded(folded(x)), x[:, 0])


def test_the_localizer_learns(specimen):
    torch.manual_seed(0)
    net = new_nets(SMALL)["localizer"]
    example = wide_example(specimen)
    batch = localizing.batch_of([example], net.multiples, np.random.default_rng(5))
    check_falls(net, batch, localizing.loss_of)


def test_the_detector_learns(specimen):
    torch.manual_seed(0)
    example = picture_example(specimen, np.random.default_rng(0))
    batch = detecting.batch_of([example], np.random.default_rng(5))
    check_falls(new_nets(SMALL)["detector"], batch, detecting.loss_of)


def test_the_segmenter_learns(specimen):
    torch.manual_seed(0)
    example = patch_example(specimen, specimen.bodies[2], np.random.default_rng(0))
    batch = segmenting.batch_of([example], np.random.default_rng(5))
    check_falls(new_nets(SMALL)["segmenter"], batch, segmenting.loss_of)


def check_falls(net, batch, loss_of):
    losses = []
    taught = lesson("net", {}, lambda _examples, _rng: batch, loss_of)

    def noted(given, tensors):
        loss = loss_of(given, tensors)
        losses.append(float(loss.detach()))
        return loss

    fitted = fit(net, replace(taught, loss_of=noted), CPU, lambda _progress: None)
    assert fitted.iterations == 6
    assert np.mean(losses[-2:]) < 0.95 * np.mean(losses[:2])


def test_an_interrupted_training_ends_like_an_uninterrupted_one(specimen, tmp_path, monkeypatch):
    monkeypatch.setattr("inference.learning.fit._CHECKPOINT_SECONDS", -1.0)
    example = picture_example(specimen, np.random.default_rng(0))

    def train(checkpoint, stop_at=None):
        def stop(progress):
            if progress.iteration == stop_at:
                raise KeyboardInterrupt

        torch.manual_seed(0)
        net = new_nets(SMALL)["detector"]
        plan = lesson("detector", example, detecting.batch_of, detecting.loss_of, iterations=4)
        return net, fit(net, replace(plan, checkpoint=checkpoint), CPU, stop)

    whole, _ = train(None)
    kept = tmp_path / "detector.pt"
    with pytest.raises(KeyboardInterrupt):
        train(kept, stop_at=2)
    resumed, fitted = train(kept)
    assert fitted.iterations == 4
    for key, value in resumed.state_dict().items():
        assert torch.allclose(value.float(), whole.state_dict()[key].float(), atol=1e-5), key


def test_the_rate_rises_then_falls():
    assert one_cycle(0.0) < one_cycle(0.05)
    assert one_cycle(0.05) == pytest.approx(1.0)
    assert one_cycle(0.999) < 0.02


def test_examples_of_a_seed_are_made_once_and_are_the_same(tmp_path):
    one = cache.wanted(COURSE.kinds["wide"], [123], tmp_path)
    cache.prepare(one, 1, lambda _done, _n: None)
    [path] = cache.example_files(one, "wide")
    first = cache.read_example(path)["picture"]
    stamp = path.stat().st_mtime_ns
    cache.prepare(one, 1, lambda _done, _n: None)
    assert path.stat().st_mtime_ns == stamp
    cache.done_mark(one[0]).unlink()
    cache.prepare(one, 1, lambda _done, _n: None)
    assert np.array_equal(cache.read_example(path)["picture"], first)


def test_a_volume_without_any_body_has_no_limits():
    grid = Grid((4, 4, 4), np.diag([1.0, 1.0, 1.0, 1.0]))
    nothing = Specimen(
        Volume(np.zeros((4, 4, 4), np.int16), grid),
        np.zeros((4, 4, 4), np.uint8),
        (),
        frozenset(),
    )
    assert nothing.limits_mm() is None
    assert wide_example(nothing)["inside"].sum() == 0
    assert picture_example(nothing, np.random.default_rng(0)) is None


def test_the_gradient_over_a_map_two_voxels_deep_is_the_same_every_time():
    block = Residual(3, (128, 128))
    fast_format(block)
    x = channels_last(torch.randn(1, 128, 2, 2, 3, generator=torch.Generator().manual_seed(1)))
    gradients = []
    for _ in range(4):
        stale = [torch.full((n,), 1e30) for n in (10_000, 1_000_000, 128 * 128 * 27)]
        del stale
        block.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = block(x)
        y.float().square().sum().backward()
        gradients.append(block.first[0].weight.grad.clone())
    assert all(torch.equal(gradients[0], one) for one in gradients)
    assert gradients[0].abs().max() < 1e6
