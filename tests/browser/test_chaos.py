"""Rounds of bad luck in a real browser: nothing is lost, nothing is done twice."""

import os

import pytest

from tests.chaos.rounds import EVENTS, kinds_of, play_round
from tests.chaos.town import Town

FEW, ROUNDS = 6, 20
SEED = int(os.environ.get("LAMINA_CHAOS_SEED", "20261121"))


def play(house, browser, rounds: int):
    """Play the first rounds of the seed and return what became of the acts."""
    town = Town(house, browser, 1)
    for number in range(rounds):
        play_round(town, SEED, number)
    fates = town.tallies()
    town.stop()
    return fates


@pytest.mark.browser
def test_nothing_is_lost_or_done_twice_in_a_few_rounds_of_bad_luck(house, browser) -> None:
    fates = play(house, browser, FEW)
    assert fates["acknowledged"] >= FEW
    assert fates["never journaled"] == 0


@pytest.mark.browser
@pytest.mark.long
def test_nothing_is_lost_or_done_twice_in_twenty_rounds_of_bad_luck(house, browser) -> None:
    assert {kind for number in range(ROUNDS) for kind in kinds_of(SEED, number)} == set(EVENTS)
    fates = play(house, browser, ROUNDS)
    assert fates["acknowledged"] >= ROUNDS
    assert fates["replayed"] > 0
    assert fates["never journaled"] == 0
