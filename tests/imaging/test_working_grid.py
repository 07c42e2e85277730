"""The working grid keeps patient space, does not alias, and leaves what need not change."""

import json

import numpy as np
import pytest

from annotation.domain.geometry import Grid, Volume
from annotation.imaging.working_grid import (
    Rule,
    resample_labels,
    resample_volume,
    working_grid,
)


def canonical_grid(dims, spacing, origin=(20.0, -60.0, 500.0)):
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, -1.0], [1, 0, 0], [0, -1, 0]]) * np.asarray(spacing)
    affine[:3, 3] = origin
    return Grid(dims, affine)


def smooth(points_mm):
    x, y, z = np.moveaxis(points_mm, -1, 0)
    return 300 * np.sin(x / 14) + 200 * np.cos(y / 17) + 1.5 * (z - 500)


def sampled(grid):
    k, j, i = np.indices(grid.shape)
    return smooth(grid.to_mm(np.stack([i, j, k], axis=-1)))


def test_as_stored_returns_the_very_same_volume():
    grid = canonical_grid((5, 6, 7), (0.7, 0.8, 0.9))
    volume = Volume(np.ones(grid.shape, np.int16), grid)
    plan = working_grid(grid, Rule.AS_STORED)
    assert resample_volume(volume, plan) is volume
    assert plan.as_record()["method"] == "none"


@pytest.mark.parametrize(
    ("rule", "spacing", "wanted"),
    [
        (Rule.ISO_1MM, (0.7, 0.7, 3.0), (1, 1, 1)),
        (Rule.ISO_1MM, (1.0, 1.0, 1.0), (1, 1, 1)),
        (Rule.SAGITTAL_1MM, (0.3, 1.25, 0.3), (1, 1, 2)),
        (Rule.SAGITTAL_1MM, (1.0, 1.0, 2.4), (1, 1, 2.4)),
        (Rule.SAGITTAL_1MM, (3.0, 3.0, 5.0), (1, 1, 3)),
    ],
)
def test_each_rule_makes_its_spacing_over_the_same_extent(rule, spacing, wanted):
    grid = canonical_grid((60, 70, 24), spacing)
    target = working_grid(grid, rule).target
    assert np.allclose(target.spacing_mm, wanted)
    extent = np.asarray(grid.dims) * spacing - np.asarray(target.dims) * target.spacing_mm
    assert (np.abs(extent) <= np.asarray(wanted) / 2 + 1e-6).all()
    middle = [g.to_mm((np.asarray(g.dims) - 1) / 2) for g in (grid, target)]
    assert np.allclose(*middle)


@pytest.mark.parametrize("spacing", [(0.6, 0.6, 0.75), (1.4, 0.9, 3.0), (3.0, 3.0, 3.0)])
def test_a_smooth_body_has_the_same_value_at_the_same_place(spacing):
    grid = canonical_grid(tuple(int(60 / s) for s in spacing), spacing)
    volume = Volume(np.rint(sampled(grid)).astype(np.int16), grid)
    out = resample_volume(volume, working_grid(grid, Rule.ISO_1MM))
    inner = (slice(4, -4),) * 3
    apart = np.abs(out.hu[inner] - sampled(out.grid)[inner])
    assert out.hu.dtype == np.int16
    assert apart.max() < 8


def test_a_pattern_finer_than_the_new_grid_does_not_fold_back():
    grid = canonical_grid((200, 10, 10), (0.3, 1.0, 1.0))
    stripes = np.where(np.arange(200) % 2 == 0, 1000, -1000).astype(np.int16)
    volume = Volume(np.broadcast_to(stripes, grid.shape).copy(), grid)
    out = resample_volume(volume, working_grid(grid, Rule.ISO_1MM))
    assert np.abs(out.hu[:, :, 3:-3]).max() < 60
    level = Volume(np.full(grid.shape, 437, np.int16), grid)
    assert (resample_volume(level, working_grid(grid, Rule.ISO_1MM)).hu == 437).all()


def test_nothing_is_invented_at_the_border():
    grid = canonical_grid((9, 9, 9), (3.0, 3.0, 3.0))
    values = np.random.default_rng(1).integers(100, 900, grid.shape).astype(np.int16)
    out = resample_volume(Volume(values, grid), working_grid(grid, Rule.ISO_1MM)).hu
    assert out.shape == (27, 27, 27)
    assert out.min() >= 100
    assert out.max() < 900


def test_labels_go_to_the_working_grid_and_back_unharmed():
    grid = canonical_grid((20, 22, 10), (3.0, 3.0, 3.0))
    labels = np.zeros(grid.shape, np.uint8)
    labels[2:6, 4:15, 3:12] = 7
    labels[0, 0, 0] = 200
    labels[-1, -1, -1] = 255
    target = working_grid(grid, Rule.ISO_1MM).target
    fine = resample_labels(labels, grid, target)
    assert fine.shape == target.shape
    assert (fine == 255).sum() == 27
    assert (fine == 7).sum() == 27 * (labels == 7).sum()
    assert np.array_equal(resample_labels(fine, target, grid), labels)


def test_labels_on_turned_axes_keep_their_place():
    grid = canonical_grid((9, 8, 7), (1.0, 1.5, 2.0))
    labels = np.random.default_rng(4).integers(0, 9, grid.shape).astype(np.uint8)
    turned = Grid((7, 8, 9), grid.affine_lps[:, [2, 1, 0, 3]])
    assert np.array_equal(resample_labels(labels, grid, turned), labels.transpose(2, 1, 0))


def test_labels_outside_of_their_own_grid_are_background():
    grid = canonical_grid((4, 4, 4), (1.0, 1.0, 1.0))
    labels = np.full(grid.shape, 3, np.uint8)
    wide = canonical_grid((8, 4, 4), (1.0, 1.0, 1.0))
    moved = resample_labels(labels, grid, wide)
    assert (moved[:, :, :4] == 3).all()
    assert (moved[:, :, 4:] == 0).all()


def test_the_record_says_what_was_done_and_is_json():
    plan = working_grid(canonical_grid((60, 60, 60), (0.5, 2.0, 1.0)), Rule.ISO_1MM)
    record = json.loads(json.dumps(plan.as_record()))
    assert record["format"] == "lamina.workinggrid/1"
    assert record["method"] == "linear"
    assert record["blur_vox"][0] > 0
    assert record["blur_vox"][1] == 0
    assert record["target"]["dims"] == [30, 120, 60]
