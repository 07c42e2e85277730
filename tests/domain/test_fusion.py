import numpy as np
import pytest

from annotation.domain.fusion import fuse_points

ONE = np.arange(18, dtype=float).reshape(3, 2, 3)


def test_one_reader_stands_alone():
    assert (fuse_points([ONE]).six_points_mm == ONE).all()


def test_two_readers_are_averaged_in_space():
    assert fuse_points([ONE, ONE + np.array([1.0, 2.0, -4.0])]).six_points_mm == pytest.approx(
        ONE + np.array([0.5, 1.0, -2.0])
    )


def test_three_readers_give_the_median_of_each_component():
    fused = fuse_points([ONE, ONE + np.array([1.0, 0, 3.0]), ONE + np.array([0, 2.0, 1.0])])
    assert fused.six_points_mm == pytest.approx(ONE + np.array([0, 0, 1.0]))
    assert fused.left_out == ()


def test_a_point_far_from_the_median_is_left_out_and_named():
    slip = ONE.copy()
    slip[2, 1] += [0, 0, 9.0]
    fused = fuse_points([ONE, ONE + np.array([0, 0, 1.0]), slip])
    assert fused.left_out == ((2, 2, 1),)
    assert fused.six_points_mm[2, 1] == pytest.approx(ONE[2, 1] + [0, 0, 0.5])


@pytest.mark.parametrize("bad", [[], [ONE[:2]], [ONE * np.nan]])
def test_no_readers_wrong_shapes_and_holes_are_refused(bad):
    with pytest.raises(ValueError, match="points"):
        fuse_points(bad)
