"""Bodies that meet stop a case unless the picture shows an end plate between two usual bodies."""

import numpy as np
import pytest

from annotation.domain.geometry import Grid
from annotation.domain.grammar import Bone, spine_problems

# Canonical P, I, R axes in LPS: i backwards (+y), j down (-z), k right (-x); 2 mm each.
AFFINE = np.array([[0, 0, -2.0, 0], [2.0, 0, 0, 0], [0, -2.0, 0, 0], [0, 0, 0, 1]])
GRID = Grid((40, 100, 30), AFFINE)
LEVELS = ("T8", "T9", "T10", "T11", "T12")
BONE, SOFT, PLATE = 200, 40, 500
UPPER, LOWER = 3, 4


def spine(disc=0):
    """Return a mask, a volume, and the top row of the fourth of five bodies of 44 x 28 x 36 mm.

    The fourth lies so many rows below the third, its other half a row further; all others lie four
    rows apart.
    """
    mask = np.zeros(GRID.shape, np.uint8)
    for number in range(1, 6):
        top = 18 * number - 14 + (disc - 4 if number >= LOWER else 0)
        mask[6:24, top : top + 14, 10:32] = number
    face = int(np.argwhere(mask == LOWER)[:, 1].min())
    mask[15:24, face] = 0
    hu = np.where(mask > 0, BONE, SOFT).astype(np.int16)
    return mask, hu, face


def found(mask, hu):
    bones = [Bone(number, level) for number, level in enumerate(LEVELS, start=1)]
    problems = spine_problems(mask, GRID, bones, hu=hu)
    return [(one.number, one.blocking) for one in problems if one.code == "contact"]


def test_bodies_that_meet_on_an_end_plate_inform():
    mask, hu, face = spine()
    hu[:, face - 1 : face + 1][mask[:, face - 1 : face + 1] > 0] = PLATE
    assert found(mask, hu) == [(LOWER, False)]


def test_bone_that_goes_on_across_the_face_stops():
    mask, hu, _ = spine()
    assert found(mask, hu) == [(LOWER, True)]


def test_without_a_volume_bodies_that_meet_stop():
    mask, _, _ = spine()
    assert found(mask, None) == [(LOWER, True)]


def test_a_body_that_is_painted_over_the_disc_down_to_the_next_end_plate_stops():
    mask, hu, face = spine(disc=2)
    hu[:, face : face + 1][mask[:, face : face + 1] > 0] = PLATE
    assert found(mask, hu) == []
    mask[6:24, face - 2 : face, 10:32] = UPPER
    assert found(mask, hu) == [(LOWER, True)]


@pytest.mark.parametrize("step", [-4, 4])
def test_an_end_plate_on_one_side_of_the_face_only_stops(step):
    mask, hu, face = spine()
    plate = face + step
    hu[:, plate - 1 : plate + 1][mask[:, plate - 1 : plate + 1] > 0] = PLATE
    assert found(mask, hu) == [(LOWER, True)]


def test_one_bone_under_two_numbers_stops_though_it_is_brightest_in_its_middle():
    mask, hu, _ = spine(disc=4)
    mask[mask == LOWER] = 0
    middle = int(np.argwhere(mask == UPPER)[:, 1].min()) + 7
    hu[:, middle - 1 : middle + 1][mask[:, middle - 1 : middle + 1] > 0] = PLATE
    mask[:, middle:][mask[:, middle:] == UPPER] = LOWER
    assert found(mask, hu) == [(LOWER, True)]


def test_a_face_beside_which_little_bone_lies_shows_no_end_plate():
    mask, hu, face = spine()
    hu[:, face - 1 : face + 1][mask[:, face - 1 : face + 1] > 0] = PLATE
    mask[6:15, face - 6 : face - 1, 10:32] = 0
    assert (LOWER, True) in found(mask, hu)
