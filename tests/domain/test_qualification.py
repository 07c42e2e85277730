"""A mask and grades against a known truth."""

import numpy as np
import pytest

from annotation.domain.qualification import (
    JudgedVertebra,
    grades_together,
    judge_mask,
    masks_together,
)


def truth() -> np.ndarray:
    mask = np.zeros((4, 12, 6), np.uint8)
    for number in (1, 2, 3):
        mask[:, 4 * number - 4 : 4 * number - 1] = number
    return mask


NAMES = {1: "T11", 2: "T12", 3: "L1"}


def test_other_numbers_are_no_error_and_other_names_are():
    mask = np.array([0, 7, 8, 9], np.uint8)[truth()]
    right = judge_mask(mask, {7: "T11", 8: "T12", 9: "L1"}, truth(), NAMES)
    assert masks_together([right]).level_errors == 0
    assert masks_together([right]).dice == 1
    shifted = judge_mask(mask, {7: "T10", 8: "T11", 9: "T12"}, truth(), NAMES)
    assert (masks_together([shifted]).level_errors, masks_together([shifted]).dice) == (3, 1)


def test_what_is_missed_what_is_too_many_and_what_is_small():
    mask = truth()
    mask[mask == 2] = 0
    mask[:2][mask[:2] == 3] = 0
    mask[:, 11] = 4
    judged = judge_mask(mask, {**NAMES, 4: "L2"}, truth(), NAMES)
    assert judged.vertebrae[1] == JudgedVertebra("T12", None, 0.0)
    assert judged.vertebrae[2].dice == pytest.approx(2 * 36 / (36 + 72))
    assert judged.n_extra == 1
    together = masks_together([judged])
    assert (together.n_vertebrae, together.dice_least, together.level_errors) == (3, 0.0, 2)
    assert together.dice == pytest.approx((1 + 0 + 2 / 3) / 3)


def test_one_bone_does_not_stand_for_two():
    mask = np.where(truth() > 0, 1, 0).astype(np.uint8)
    judged = judge_mask(mask, {1: "T11"}, truth(), NAMES)
    assert [row.found for row in judged.vertebrae] == ["T11", None, None]


def test_masks_of_two_grids_are_refused():
    with pytest.raises(ValueError, match="one grid"):
        judge_mask(truth()[1:], NAMES, truth(), NAMES)
    assert masks_together([]).dice is None


def test_kappa_decides_and_a_missing_grade_fails():
    found = grades_together([(0, 0), (1, 1), (2, 3), (0, 0), (3, 3)])
    assert found.agreement == pytest.approx(0.8)
    assert found.reaches(0.9)
    assert not found.reaches(0.99)
    assert not grades_together([(0, 0), (1, None)]).reaches(-1.0)
    assert not grades_together([]).reaches(-1.0)


def test_without_variety_only_equal_grades_pass():
    same = grades_together([(0, 0)] * 4)
    assert (same.kappa, same.reaches(0.6)) == (None, True)
