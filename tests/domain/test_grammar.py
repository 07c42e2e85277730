import numpy as np
import pytest

from annotation.domain.anomalies import Anomaly
from annotation.domain.geometry import GeometryMismatch, Grid
from annotation.domain.grammar import Bone, spine_problems

# Canonical P, I, R axes in LPS: i backwards (+y), j down (-z), k right (-x); 1 x 1 x 2 mm.
AFFINE = np.array([[0, 0, -2.0, 0], [1.0, 0, 0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1]])
GRID = Grid((30, 60, 10), AFFINE)


def spine(*numbers):
    """Return a mask with one block per number, from cranial to caudal."""
    mask = np.zeros(GRID.shape, np.uint8)
    for place, number in enumerate(numbers):
        mask[3:7, 4 + 12 * place : 12 + 12 * place, 10:20] = number
    return mask


def bones(*levels):
    return [Bone(number, level) for number, level in enumerate(levels, start=1)]


def found(mask, *levels, **options):
    return [
        (problem.code, problem.number, problem.blocking)
        for problem in spine_problems(mask, GRID, bones(*levels), **options)
    ]


@pytest.mark.parametrize(
    ("levels", "declared"),
    [
        (("T11", "T12", "L1"), ()),
        (("T12", "T13", "L1"), (Anomaly.HAS_T13,)),
        (("L5", "L6", "S1"), (Anomaly.HAS_L6,)),
        (("L4", "L5", "S1"), ()),
        (("T10", "T11", "L1"), (Anomaly.LACKS_T12,)),
        (("L3", "L4", "S1"), (Anomaly.LACKS_L5,)),
    ],
)
def test_a_spine_in_order_has_no_problem(levels, declared):
    assert found(spine(1, 2, 3), *levels, anomalies=declared) == []


@pytest.mark.parametrize("levels", [("T12", "T13", "L1"), ("L5", "L6", "S1")])
def test_one_more_vertebra_is_declared_first(levels):
    assert found(spine(1, 2, 3), *levels) == [("undeclared", 2, True)]


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        (
            ("T11", "L1"),
            "T12 is absent between T11 and L1. If this spine has none, declare it.",
        ),
        (("L4", "S1"), "L5 is absent between L4 and S1. If this spine has none, declare it."),
        (("T9", "L1"), "T10, T11, T12 are absent between T9 and L1."),
    ],
)
def test_a_missing_level_stops(levels, words):
    (problem,) = spine_problems(spine(1, 2), GRID, bones(*levels))
    assert (problem.code, problem.message, problem.blocking) == ("gap", words, True)


def test_levels_are_written_as_the_dataset_writes_them():
    (problem,) = spine_problems(spine(1, 2), GRID, bones("T9", "T11"), scheme="Th")
    assert problem.message == "Th10 is absent between Th9 and Th11."


def test_a_level_that_stands_twice_stops_at_both():
    assert found(spine(1, 2), "L1", "L1") == [
        ("duplicate_level", 1, True),
        ("duplicate_level", 2, True),
    ]


def test_levels_out_of_order_stop():
    assert ("order", 2, True) in found(spine(1, 2), "L2", "L1")


def test_a_vertebra_without_level_stops():
    assert found(spine(1, 2), "L1", None) == [("no_level", 2, True)]


def test_a_number_that_is_no_vertebra_stops():
    assert found(spine(1, 7), "L1") == [("unknown_number", 7, True)]


def test_an_empty_mask_stops_and_a_vertebra_without_voxels_informs():
    assert found(spine(), "L1") == [("empty_mask", None, True), ("empty_vertebra", 1, False)]


def test_a_far_second_piece_is_described_and_stops():
    mask = spine(1)
    mask[4:8, 6:11, 0:5] = 1  # 100 voxels of 2 mm3, 6 mm in front
    (problem,) = spine_problems(mask, GRID, bones("L2"))
    assert problem.message == (
        "L2 is in two pieces. A second piece of 100 voxels (0.2 ml) lies 6 mm in front of the body."
    )
    assert problem.blocking
    assert problem.at_mm == pytest.approx((-11.0, 2.0, -8.0))


def test_a_small_second_piece_informs():
    mask = spine(1)
    mask[4, 20, 10:15] = 1
    assert found(mask, "L2") == [("two_pieces", 1, False)]


def test_a_label_on_air_stops():
    hu = np.full(GRID.shape, -1000, np.int16)
    assert found(spine(1), "L2", hu=hu) == [("on_air", 1, True)]
    assert found(spine(1), "L2", hu=hu + np.int16(1100)) == []


def test_a_vertebra_at_the_border_is_named_as_cut():
    mask = spine(1)
    mask[3:7, 0:5, 10:20] = 1
    (problem,) = spine_problems(mask, GRID, bones("L2"))
    assert problem.message == "L2 is cut by the upper border."


def test_a_mask_of_another_grid_is_refused():
    with pytest.raises(GeometryMismatch, match="does not fit"):
        spine_problems(spine(1)[:5], GRID, bones("L1"))
