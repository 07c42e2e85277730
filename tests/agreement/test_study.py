"""Readers with known habits go through the services; the report finds what was planted."""

import pytest

from benchmarks import study_house, study_readers
from benchmarks.study import coverage, page

pytestmark = pytest.mark.django_db


def play(n_studies: int, n_cases: int, draws: int) -> list[list[study_house.Found]]:
    house, planted = study_house.House(), study_readers.plant()
    return [house.study(seed, n_cases, planted, draws) for seed in range(1, n_studies + 1)]


def test_small_studies_find_what_was_planted_within_their_wide_intervals():
    studies = play(2, 12, 200)
    assert [len(some) for some in studies] == [84, 84]
    for kind in ("kappa", "bias of G"):
        held, told, none = coverage(studies, kind)
        assert none == 0
        assert held >= 0.75 * told
    held, told, none = coverage(studies, "automation")
    assert held >= 0.6 * (told - none)  # few wrong proposals: some rates are 0 with no width
    text = "\n".join(page(studies, 12, 200, 0.0))
    assert "turned between grade" in text


def test_planted_values_are_those_of_the_habits():
    planted = study_readers.plant(100_000)
    alone = planted.rates["wrong_with_wrong", "hidden", "grade"]
    assert 0.05 < alone < planted.rates["wrong_with_wrong", "shown", "grade"] < 0.6
    follows = [one.follows for one in study_readers.READERS]
    within = planted.rates["turned", "within", "grade"]
    assert within == pytest.approx(sum(follows) / len(follows), abs=0.03)
    one_arm = {("hidden", "hidden"): 3}
    kappas = [planted.kappa(0, 4, one_arm, name) for name in ("unweighted", "linear", "quadratic")]
    assert 0.3 < kappas[0] < kappas[1] < kappas[2] < 1
    assert planted.difference_of_g(3, 4) == pytest.approx(0.06, abs=0.01)


@pytest.mark.long
def test_twenty_studies_hold_what_was_planted_in_85_to_100_of_100_intervals():
    studies = play(20, 200, 500)
    held, told, none = coverage(studies)
    assert none == 0
    assert 0.85 <= held / told <= 1.0
    for kind in ("kappa", "bias of G", "automation"):
        held, told, _ = coverage(studies, kind)
        assert held >= 0.8 * told, kind
