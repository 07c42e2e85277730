"""A size that no neighbour bears out stops only where the picture shows why."""

import numpy as np
import pytest

from annotation.domain.geometry import Grid
from annotation.domain.grammar import Bone, spine_problems

# Canonical P, I, R axes in LPS: i backwards (+y), j down (-z), k right (-x); 2 mm each.
AFFINE = np.array([[0, 0, -2.0, 0], [2.0, 0, 0, 0], [0, -2.0, 0, 0], [0, 0, 0, 1]])
GRID = Grid((40, 100, 30), AFFINE)
LEVELS = ("L1", "L2", "L3", "L4", "L5")
BONE, SOFT = 300, 40


def bodies():
    """Return a mask with five bodies of 24 x 20 x 30 mm, 10 mm apart, and its volume."""
    mask = np.zeros(GRID.shape, np.uint8)
    for number in range(1, 6):
        top = 6 + 15 * number
        mask[9:21, top : top + 10, 12:27] = number
    return mask, np.where(mask > 0, BONE, SOFT).astype(np.int16)


def problems(mask, hu):
    bones = [Bone(number, level) for number, level in enumerate(LEVELS, start=1)]
    found = spine_problems(mask, GRID, bones, hu=hu)
    return [(problem.code, problem.number, problem.blocking) for problem in found]


def without_lower_half(mask):
    """Return the mask without the lower half of the third body."""
    half = mask.copy()
    half[:, 56:61][mask[:, 56:61] == 3] = 0
    return half


def test_whole_bodies_have_no_problem():
    assert problems(*bodies()) == []


def test_half_a_body_stops_where_bone_lies_beside_it():
    mask, hu = bodies()
    assert problems(without_lower_half(mask), hu) == [("half_missing", 3, True)]


def test_a_body_that_is_half_as_tall_in_the_picture_too_informs():
    mask, _ = bodies()
    flat = without_lower_half(mask)
    hu = np.where(flat > 0, BONE, SOFT).astype(np.int16)
    assert problems(flat, hu) == [("half_missing", 3, False)]


def test_without_a_volume_half_a_body_stops():
    mask, _ = bodies()
    assert problems(without_lower_half(mask), None) == [("half_missing", 3, True)]


@pytest.mark.parametrize(("beneath", "stops"), [(SOFT, True), (BONE, False)])
def test_a_body_that_is_too_large_stops_where_it_covers_soft_tissue(beneath, stops):
    mask, hu = bodies()
    mask[9:21, 47:64, 12:27] = 3  # 1.7 times as tall
    hu[(mask == 3) & (hu == SOFT)] = beneath
    found = [one for one in problems(mask, hu) if one[0] == "too_large"]
    assert found == [("too_large", 3, stops)]


@pytest.mark.parametrize(("hu_of_piece", "stops"), [(SOFT, True), (BONE, False)])
def test_a_near_piece_stops_unless_it_is_bone_itself(hu_of_piece, stops):
    mask, hu = bodies()
    mask[13:17, 53:57, 29:33] = 3  # 64 voxels, 0.5 ml, 6 mm behind
    hu[13:17, 53:57, 29:33] = hu_of_piece
    assert problems(mask, hu) == [("two_pieces", 3, stops)]


@pytest.mark.parametrize(("within", "found"), [(BONE, [("half_missing", 3, True)]), (SOFT, [])])
def test_a_body_somewhat_too_small_stops_where_much_bone_carries_no_label(within, found):
    mask, hu = bodies()
    hole = np.s_[11:19, 52:58, 12:27]  # 40 per cent of the volume, nothing of any length
    mask[hole] = 0
    hu[hole] = within
    assert problems(mask, hu) == found


@pytest.mark.parametrize(
    ("tops", "stops"), [((6, 21, 38, 63, 78), True), ((6, 24, 38, 60, 75), False)]
)
def test_a_body_that_is_too_large_stops_where_there_is_room_for_two(tops, stops):
    mask = np.zeros(GRID.shape, np.uint8)
    for number, top in enumerate(tops, start=1):
        mask[9:21, top : top + (17 if number == 3 else 10), 12:27] = number
    hu = np.where(mask > 0, BONE, SOFT).astype(np.int16)
    found = [one for one in problems(mask, hu) if one[0] == "too_large"]
    assert found == [("too_large", 3, stops)]
