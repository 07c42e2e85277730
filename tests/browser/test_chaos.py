"""Rounds of bad luck in a real browser: nothing is lost, nothing is done twice."""

import os

import pytest

from tests.chaos.rounds import EVENTS, kinds_of, play_round
from tests.chaos.town import Town

ROUNDS = 20
SEED = int(os.environ.get("LAMINA_CHAOS_SEED", "20261121"))


@pytest.mark.browser
def test_nothing_is_lost_or_done_twice_in_twenty_rounds_of_bad_luck(house, browser) -> None:
    kinds = [kind for number in range(ROUNDS) for kind in kinds_of(SEED, number)]
    assert set(kinds) == set(EVENTS)
    town = Town(house, browser, 1)
    for number in range(ROUNDS):
        play_round(town, SEED, number)
    fates = town.tallies()
    town.stop()
    assert fates["acknowledged"] >= ROUNDS
    assert fates["replayed"] > 0
    # A page may be killed in the very moment of its last act, before the browser has written it.
    assert fates["never journaled"] <= kinds.count("kill tab")
