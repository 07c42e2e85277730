"""Spines drawn at random stay within human anatomy."""

import itertools
from collections import Counter

import numpy as np
import pytest

from annotation.domain.genant import height_ratio
from annotation.domain.vertebrae import Region, region_of
from inference.phantoms.anatomy import SIZES, draw_levels
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.spine import Body, draw_spine


@pytest.fixture(scope="module")
def spines() -> list[tuple[Body, ...]]:
    return [draw_spine(np.random.default_rng(seed)) for seed in range(60)]


def test_some_people_have_one_vertebra_more_or_less() -> None:
    rng = np.random.default_rng(0)
    counts = Counter(levels for levels in (draw_levels(rng) for _ in range(800)))
    usual, times = counts.most_common(1)[0]
    assert len(usual) == 24
    assert 0.8 < times / 800 < 0.92
    assert any("T13" in levels for levels in counts)
    assert any("L6" in levels for levels in counts)
    assert any("T12" not in levels for levels in counts)
    assert any("L5" not in levels for levels in counts)


def test_an_unbroken_body_is_hollow_and_of_the_size_of_its_level(
    spines: list[tuple[Body, ...]],
) -> None:
    ratios, sizes = [], []
    for body in (body for spine in spines for body in spine):
        if not body.is_fractured and region_of(body.level) is not Region.CERVICAL:
            ratios.append(height_ratio(body.heights))
            sizes.append(body.heights[2] / SIZES[body.level].height)
    assert 0.82 < np.median(ratios) < 0.87
    assert np.percentile(ratios, 5) > 0.72
    assert min(sizes) > 0.7
    assert max(sizes) < 1.7


def test_neighbouring_bodies_keep_apart(spines: list[tuple[Body, ...]]) -> None:
    for spine in spines:
        for upper, lower in itertools.pairwise(spine):
            axis = upper.rotation[:, 2] + lower.rotation[:, 2]
            axis /= np.linalg.norm(axis)
            gap = (upper.six_points()[:, 1] - lower.six_points()[:, 0]) @ axis
            assert gap.min() > -0.5, (upper.level, lower.level)
            assert gap.max() < 40


def test_every_body_stands_on_right_angles(spines: list[tuple[Body, ...]]) -> None:
    for body in spines[0]:
        assert np.allclose(body.rotation.T @ body.rotation, np.eye(3), atol=1e-12)
        assert np.linalg.det(body.rotation) == pytest.approx(1.0)


def test_metal_is_bright_and_carries_no_label() -> None:
    phantom = make_phantom(27, PhantomOptions(spacing_mm=(3.0, 3.0, 3.0), levels=("T4", "L4")))
    assert any(one.has_foreign for one in phantom.vertebrae)
    bright = phantom.volume.hu > 2000
    assert bright.sum() > 100
    assert (phantom.mask[bright] == 0).mean() > 0.9
