"""Masks of several readers become one."""

import numpy as np
import pytest
from scipy import ndimage

from annotation.domain.agreement.surfaces import compare_masks
from annotation.domain.mask_fusion import Method, fuse_masks

SPACING = (1.0, 1.0, 1.0)


def ball(centre: tuple[int, int, int], radius: float, number: int = 1) -> np.ndarray:
    place = np.stack(np.meshgrid(*(np.arange(32),) * 3, indexing="ij"), axis=-1)
    return ((np.linalg.norm(place - centre, axis=-1) <= radius) * number).astype(np.uint8)


def noisy(mask: np.ndarray, seed: int) -> np.ndarray:
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=mask.shape), 2)
    inside = ndimage.gaussian_filter((mask > 0).astype(float), 1)
    return ((inside + 1.5 * noise) > 0.5).astype(np.uint8)


def test_three_readers_vote():
    a, b, c = ball((16, 16, 16), 8), ball((16, 16, 16), 6), ball((16, 18, 16), 6)
    found = fuse_masks([a, b, c], SPACING)
    votes = np.stack([a, b, c]).sum(axis=0)
    assert np.array_equal(found.mask, (votes >= 2).astype(np.uint8))
    assert np.array_equal(found.uncertain, (votes > 0) & (votes < 3))


def test_two_readers_are_averaged_by_shape():
    small, large = ball((16, 16, 16), 6), ball((16, 16, 16), 10)
    found = fuse_masks([small, large], SPACING)
    radius = (found.mask.sum() / (4 / 3 * np.pi)) ** (1 / 3)
    assert radius == pytest.approx(8, abs=0.35)


def test_staple_is_better_than_a_single_noisy_reader_and_needs_three():
    truth = ball((16, 16, 16), 9)
    readers = [noisy(truth, seed) for seed in range(3)]
    found = fuse_masks(readers, SPACING, method=Method.STAPLE)
    own = [compare_masks(mask > 0, truth > 0, SPACING).dice for mask in readers]
    assert compare_masks(found.mask > 0, truth > 0, SPACING).dice > max(own)
    with pytest.raises(ValueError, match="three readers"):
        fuse_masks(readers[:2], SPACING, method=Method.STAPLE)


def test_a_reader_who_left_a_vertebra_out_is_named():
    both = ball((9, 9, 9), 5) + ball((22, 22, 22), 5, 2)
    one = ball((9, 9, 9), 5)
    found = fuse_masks([both, both, one], SPACING, method=Method.STAPLE)
    assert found.ignored == ((2, 2),)
    assert set(np.unique(found.mask)) == {0, 1, 2}


def test_neighbours_never_share_a_voxel():
    upper, lower = ball((10, 16, 16), 6), ball((20, 16, 16), 6, 2)
    first = np.maximum(upper, lower)
    second = np.where(lower > 0, lower, ball((12, 16, 16), 6)).astype(np.uint8)
    found = fuse_masks([first, second], SPACING)
    assert found.mask[20, 16, 16] == 2
    assert found.mask[10, 16, 16] == 1
    assert np.array_equal(found.mask[~found.uncertain], first[~found.uncertain])


def test_single_vertebrae_are_settled_otherwise():
    first, second = ball((10, 10, 10), 5), ball((10, 12, 10), 5)
    first[24:30, 24:30, 24:30] = second[25:30, 24:30, 24:30] = 2
    found = fuse_masks([first, second], SPACING, settled={1: 0})
    assert np.array_equal(found.mask == 1, first == 1)
    other = fuse_masks([first, second], SPACING, settled={1: 1, 2: Method.MAJORITY})
    assert np.array_equal(other.mask == 1, second == 1)
    assert np.array_equal(found.mask == 2, other.mask == 2)
    assert np.array_equal(found.uncertain, first != second)
    with pytest.raises(ValueError, match="three readers"):
        fuse_masks([first, second], SPACING, settled={1: Method.STAPLE})
