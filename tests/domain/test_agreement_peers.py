"""Every statistic of agreement equals an independent program's on 200 random data sets."""

from collections import defaultdict

import numpy as np
import pytest

from benchmarks.agreement_peers import SETS, compare, grades

pytestmark = pytest.mark.peer


def test_every_statistic_equals_its_peer():
    defined: dict[str, int] = defaultdict(int)
    for seed in range(SETS):
        for one in compare(seed):
            where = f"{one.statistic} of set {seed}: {one.ours} against {one.peer}'s {one.theirs}"
            assert (one.ours is None) == (one.theirs is None), where
            if one.ours is not None:
                assert abs(one.ours - one.theirs) <= 1e-9, where
                defined[one.statistic] += 1
    assert len(defined) == 33
    assert min(defined.values()) > SETS / 2


def test_the_random_sets_hold_the_awkward_cases():
    sets = [grades(seed) for seed in range(SETS)]
    assert any(np.isnan(one).any() for one in sets)
    assert any(len(np.unique(one[np.isfinite(one)])) == 1 for one in sets)
    columns = [column[np.isfinite(column)] for one in sets for column in one.T]
    assert any(len(np.unique(column)) == 1 for column in columns)
