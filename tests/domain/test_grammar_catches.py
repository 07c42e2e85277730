"""The gate against injected errors; `python -m benchmarks.grammar` prints the whole table."""

import pytest

from benchmarks import grammar
from benchmarks.injected import KINDS

SHORT = range(5_300_000, 5_300_005)
LONG = range(grammar.FIRST_SEED, grammar.FIRST_SEED + 120)
REAL = (
    "Verse19/sub-verse004",
    "Verse20/sub-gl003",
    "anjany_sample/sub-verse004",
    "TotalSegmentator lumbar, with CT",
    "TPTBox L3 crop, with CT",
)


def test_a_few_phantoms_of_each_kind_are_caught_and_clean_ones_pass():
    tally = grammar.judge(SHORT)
    assert {*KINDS, *grammar.FILE_KINDS} == set(tally.caught)
    assert tally.missed == []
    assert tally.alarms == []


def test_real_masks_pass():
    found = {
        name: [problem.message for problem in sample.stopping()]
        for name, sample in grammar.real_masks()
    }
    assert found == {name: [] for name in REAL}


@pytest.mark.long
def test_the_gate_catches_errors_and_lets_clean_masks_pass_on_held_out_phantoms():
    tally = grammar.judge(LONG)
    assert tally.share_caught >= grammar.CAUGHT_BAR, tally.missed
    assert tally.share_false <= grammar.FALSE_BAR, tally.alarms
