import numpy as np
import pytest

from annotation.domain.normals import MINIMUM_N, estimate_normals


def bodies(level, n, ratios=(0.95, 0.87), back=20.0):
    wobble = np.linspace(-0.05, 0.05, n) if n > 1 else np.zeros(1)
    return [(level, (back * (ratios[0] + w), back * ratios[1], back)) for w in wobble]


def by_level(rows):
    return {row.level: row for row in estimate_normals(rows)}


def test_nothing_is_known_of_an_empty_deployment():
    found = estimate_normals([])
    assert found[0].level == "T1"
    assert len(found) == 19
    assert all(row.ratios is None and row.n_used == 0 for row in found)


def test_a_level_with_enough_bodies_stands_alone():
    found = by_level(bodies("T7", MINIMUM_N) + bodies("T8", 5, ratios=(1.0, 0.9)))
    assert found["T7"].pooled == ("T7",)
    assert found["T7"].n_used == MINIMUM_N
    assert found["T7"].ratios == pytest.approx((0.95, 0.87))
    assert found["T7"].spread[0] == pytest.approx(np.linspace(-0.05, 0.05, 30).std(ddof=1))
    assert found["T7"].heights_mm == pytest.approx((19.0, 17.4, 20.0))


def test_too_few_are_pooled_with_two_levels_to_either_side_and_no_further():
    rows = bodies("T6", 10) + bodies("T7", 9) + bodies("T8", 10) + bodies("T10", 1)
    assert by_level(rows)["T8"].n_used == MINIMUM_N
    assert by_level(rows)["T8"].pooled == ("T6", "T7", "T8", "T9", "T10")
    assert by_level(rows)["T7"].ratios is None
    assert by_level(rows)["T7"].n == 9


def test_one_body_too_few_leaves_a_level_off():
    assert by_level(bodies("L1", MINIMUM_N - 1))["L1"].ratios is None


def test_the_optional_levels_lie_between_their_neighbours_only_where_they_occur():
    without = by_level(bodies("T12", MINIMUM_N))
    assert without["L2"].pooled == ("T12", "L1", "L2", "L3", "L4")
    with_t13 = by_level(bodies("T12", MINIMUM_N) + bodies("T13", 1))
    assert with_t13["L2"].ratios is None
    assert with_t13["T13"].pooled == ("T11", "T12", "T13", "L1", "L2")
