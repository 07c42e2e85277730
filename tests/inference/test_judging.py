"""The metrics give what was worked out by hand."""

import numpy as np
import pytest

from inference import judging

NEGATIVE = [0.95, 0.9, 0.88, 0.87, 0.86, 0.85, 0.84, 0.83, 0.82, 0.70]
POSITIVE = [0.81, 0.72, 0.66, 0.5]


def _severities() -> tuple[np.ndarray, np.ndarray]:
    g = np.array(NEGATIVE + POSITIVE)
    return -g, np.arange(len(g)) >= len(NEGATIVE)


def test_the_area_under_the_curve_counts_ordered_pairs() -> None:
    scores, positive = _severities()
    assert judging.roc_auc(scores, positive) == pytest.approx(0.95)
    assert judging.roc_auc(np.ones(4), np.array([True, False, True, False])) == 0.5
    assert judging.roc_auc(scores, np.ones(len(scores), bool)) is None


def test_a_missed_fracture_counts_below_every_found_vertebra() -> None:
    scores, positive = _severities()
    scores[-1] = judging.MISSED
    assert judging.roc_auc(scores, positive) == pytest.approx(0.95 - 10 / 40)


def test_sensitivity_is_read_where_one_in_ten_is_called_wrongly() -> None:
    scores, positive = _severities()
    assert judging.sensitivity_at_specificity(scores, positive) == 1.0
    assert judging.sensitivity_at_specificity(scores, positive, 0.95) == 0.5


def test_identification_follows_the_challenge() -> None:
    truth = {
        "T1": np.array([0.0, 0, 0]),
        "T2": np.array([0.0, 0, 22]),
        "T3": np.array([0.0, 0, 45]),
    }
    found = {
        "T1": np.array([1.0, 0, 21]),
        "T2": np.array([1.0, 0, 44]),
        "T3": np.array([0.0, 0, 46]),
    }
    result = judging.identify(truth, found)
    assert result.rate == pytest.approx(1 / 3)
    assert result.mean_distance_mm == pytest.approx(14.682171, abs=1e-6)


def test_centres_are_paired_once_and_nearest_first() -> None:
    truth = np.array([[0.0, 0, 0], [0, 0, 25], [0, 0, 50]])
    found = np.array([[0.0, 0, 2], [0, 0, 12], [0, 0, 26], [0, 40, 50]])
    matching = judging.match_centres(truth, found)
    assert matching.pairs == ((0, 0), (1, 2))
    assert (matching.missed, matching.false) == ((2,), (1, 3))
    assert matching.precision == 0.5
    assert matching.recall == pytest.approx(2 / 3)
    assert judging.match_centres(truth, np.zeros((0, 3))).precision is None


def test_overlaps_are_paired_largest_first() -> None:
    overlap = np.array([[0.9, 0.6], [0.7, 0.05]])
    assert judging.match_overlaps(overlap).pairs == ((0, 0),)


def test_labels_are_all_right_only_where_nothing_is_missed() -> None:
    whole = judging.Matching(((0, 0), (1, 1)), (), ())
    assert judging.are_all_labels_right(["T1", "T2"], ["T1", "T2"], whole)
    assert not judging.are_all_labels_right(["T1", "T2"], ["T2", "T3"], whole)
    missed = judging.Matching(((0, 0),), (1,), ())
    assert not judging.are_all_labels_right(["T1", "T2"], ["T1"], missed)


def test_dice_of_two_rows() -> None:
    one, other = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    one[0:2], other[1:3] = True, True
    assert judging.dice(one, other) == 0.5
    assert judging.dice(one, np.zeros_like(one)) == 0.0
    assert judging.dice(np.zeros_like(one), np.zeros_like(one)) is None


def test_a_point_moved_sideways_is_no_error_in_the_plane() -> None:
    truth = np.array(
        [[[0.0, v, top], [0.0, v, 0.0]] for v, top in ((0, 20.0), (15, 18.0), (30, 21.0))]
    )
    moved = truth + np.array([4.0, 0, 0])
    assert judging.keypoint_errors_mm(truth, moved).max() == pytest.approx(0, abs=1e-9)
    assert judging.keypoint_errors_mm(truth, truth + np.array([0, 3.0, 4])) == pytest.approx(5.0)


def test_lines_are_compared_in_axial_planes_where_both_are() -> None:
    truth = np.array([[0.0, 0, 100], [0, 10, 0]])
    found = np.array([[3.0, 9, 50], [0, 5, 50], [50, 50, 120]])
    assert judging.line_errors_mm(truth, found) == pytest.approx([5.0, 0.0])
    assert judging.limits_error_mm((0, 100), (-4, 98)) == 3.0


def test_the_body_is_the_thickest_part_of_a_vertebra() -> None:
    mask = np.zeros((40, 30, 60), bool)
    mask[8:32, 5:25, 5:29] = True
    mask[17:23, 11:19, 29:58] = True
    centre = judging.body_centre_of_mask(mask, (1.0, 1.0, 1.0))
    assert centre == pytest.approx([19.5, 14.5, 16.5], abs=1.0)
    with pytest.raises(ValueError, match="empty"):
        judging.body_centre_of_mask(np.zeros((3, 3, 3), bool), (1.0, 1.0, 1.0))
