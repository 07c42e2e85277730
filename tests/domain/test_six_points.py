import json
from pathlib import Path

import numpy as np
import pytest

from annotation.domain import measures
from annotation.domain.findings import (
    REFUSALS,
    ImpossibleBody,
    check_six_points,
    unusual_heights,
)
from annotation.domain.measures import Beside

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "six_points.json").read_text("utf-8"))


def named(row) -> str:
    return str(row.get("name", ""))


@pytest.mark.parametrize("row", GOLDEN["refused"], ids=named)
def test_only_points_of_a_body_are_taken(row):
    if row["code"] is None:
        np.testing.assert_array_equal(check_six_points(row["points"]), row["points"])
        return
    with pytest.raises(ImpossibleBody) as refusal:
        check_six_points(row["points"])
    assert refusal.value.code == row["code"]
    assert str(refusal.value) == GOLDEN["words"][row["code"]]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_refused(value):
    points = np.array(GOLDEN["refused"][0]["points"], float)
    points[1, 0, 2] = value
    with pytest.raises(ImpossibleBody) as refusal:
        check_six_points(points.tolist())
    assert refusal.value.code == "form"


def test_the_words_are_those_of_both_sides():
    assert GOLDEN["words"] == REFUSALS


@pytest.mark.parametrize("row", GOLDEN["unusual"], ids=lambda row: str(row["heights"]))
def test_heights_outside_what_is_usual_are_named(row):
    assert unusual_heights(row["heights"]) == row["places"]


@pytest.mark.parametrize("row", GOLDEN["compression"])
def test_compression_against_the_mean_of_neighbours(row):
    found = measures.compression_percent(row["own"], row["neighbours"])
    assert found == (None if row["percent"] is None else pytest.approx(row["percent"], abs=1e-6))


@pytest.mark.parametrize("row", GOLDEN["adjusted"])
def test_a_ratio_adjusted_to_what_is_normal_at_the_level(row):
    found = measures.adjusted_ratio(tuple(row["heights"]), tuple(row["ratios"]))
    assert found == pytest.approx(row["g"], abs=1e-9)


@pytest.mark.parametrize("row", GOLDEN["angles"], ids=named)
def test_angles_between_plates(row):
    upper = np.array(row["upper"], float)
    lower = upper if row["lower"] is None else np.array(row["lower"], float)
    assert measures.plate_angle_degrees(upper, lower) == pytest.approx(row["degrees"], abs=1e-6)


def test_a_plate_without_length_has_no_angle():
    points = np.zeros((3, 2, 3))
    assert measures.plate_angle_degrees(points, points) is None


@pytest.mark.parametrize("row", GOLDEN["spread"])
def test_sideways_points_have_a_height_in_the_plane(row):
    heights, ratio = measures.lateral_spread(np.array(row["points"], float))
    assert heights == pytest.approx(row["heights"], abs=1e-9)
    assert ratio == pytest.approx(row["ratio"], abs=1e-6)


def test_a_height_across_has_none_in_the_plane():
    points = np.array(GOLDEN["spread"][0]["points"], float)
    points[0, 1] = points[0, 0] + [5, 0, 0]
    with pytest.raises(ValueError, match="left-right"):
        measures.lateral_spread(points)


@pytest.mark.parametrize("row", GOLDEN["expected"], ids=named)
def test_heights_that_neighbours_let_expect(row):
    spine = [
        Beside(level, None if heights is None else tuple(heights), is_valid)
        for level, heights, is_valid in row["spine"]
    ]
    found = measures.expected_heights(spine, row["place"], row.get("normal_mm"))
    if row["heights"] is None:
        assert found is None
        return
    assert found is not None
    assert found.heights_mm == pytest.approx(row["heights"], abs=1e-9)
    assert list(found.sources) == row["sources"]
    flags = [name for name in ("one_sided", "extended", "scaled") if getattr(found, name)]
    assert flags == row["flags"]
