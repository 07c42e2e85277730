import json
from pathlib import Path

import numpy as np
import pytest

from annotation.domain.genant import (
    CONVENTIONS,
    heights_mm,
    losses,
    measure_heights,
    measure_points,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "genant.json").read_text("utf-8"))


@pytest.mark.parametrize("row", GOLDEN["own_maximum"], ids=lambda row: str(row["heights"]))
def test_heights_are_graded_against_their_own_maximum(row):
    heights = np.array(row["heights"], float)
    measured = measure_heights(heights)
    assert measured.g == pytest.approx(row["g"], abs=1e-6)
    assert measured.grade == row["grade"]
    assert measured.shape == row["shape"]
    text = measure_heights(heights, convention=CONVENTIONS["zakharov_text"])
    assert text.grade == row["grade_text"]


@pytest.mark.parametrize("row", GOLDEN["expected"], ids=lambda row: str(row["heights"]))
def test_heights_are_graded_against_what_neighbours_let_expect(row):
    heights, expected = np.array(row["heights"], float), np.array(row["expected"], float)
    measured = measure_heights(heights, expected)
    assert losses(heights, expected) == pytest.approx(row["losses"], abs=1e-6)
    assert (measured.grade, measured.shape) == (row["grade"], row["shape"])


@pytest.mark.parametrize("row", GOLDEN["heights_3d"])
def test_heights_are_three_dimensional_millimetres(row):
    points = np.array(row["points_vox"], float) * row["spacing_mm"]
    assert heights_mm(points) == pytest.approx(row["heights"], abs=1e-6)


@pytest.mark.parametrize(
    "points", [np.zeros((3, 2, 3)), np.zeros((2, 3, 3)), np.full((3, 2, 3), np.nan)]
)
def test_points_without_height_or_form_are_refused(points):
    with pytest.raises(ValueError, match=r"height|six points"):
        measure_points(points)
