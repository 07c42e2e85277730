import itertools
import uuid

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.bridge.packing import UnknownFormat
from annotation.bridge.planes import Planes
from annotation.bridge.strokes import BaseMismatch, Heading, apply_stroke, difference

SHAPE = (4, 5, 6)
masks = st.lists(st.integers(0, 3), min_size=120, max_size=120).map(
    lambda values: np.array(values, np.uint8).reshape(SHAPE)
)


def stroke(before, after):
    return difference(before, after, Heading(uuid.uuid4(), 1, 0))


@given(st.lists(masks, min_size=2, max_size=4))
def test_strokes_on_planes_are_strokes_on_the_whole_map(states):
    planes, whole = Planes.of(states[0].copy()), states[0].copy()
    for before, after in itertools.pairwise(states):
        planes = planes.after(stroke(before, after))
        apply_stroke(whole, stroke(before, after))
        assert np.array_equal(planes.whole(), whole)
        assert np.array_equal(whole, after)


def test_a_stroke_makes_only_the_planes_anew_that_it_touches():
    before = np.zeros(SHAPE, np.uint8)
    after = before.copy()
    after[2, 1, 3] = 7
    first = Planes.of(before.copy())
    second = first.after(stroke(before, after))
    shared = [np.shares_memory(a, b) for a, b in zip(first.planes, second.planes, strict=True)]
    assert shared == [True, True, False, True]
    assert first.whole().sum() == 0
    assert not second.whole().flags.writeable


def test_a_stroke_on_other_values_or_beyond_the_map_changes_nothing():
    before = np.zeros(SHAPE, np.uint8)
    after = before.copy()
    after[1:3, 2] = 4
    planes = Planes.of(before.copy()).after(stroke(before, after))
    with pytest.raises(BaseMismatch) as refused:
        planes.after(stroke(before, after))
    assert (refused.value.first_index, refused.value.n_voxels) == (42, 12)
    assert np.array_equal(planes.whole(), after)
    small = Planes.of(np.zeros((1, 5, 6), np.uint8))
    with pytest.raises(UnknownFormat, match="30 voxels"):
        small.after(stroke(before, after))


def test_only_contiguous_bytes_are_taken():
    with pytest.raises(ValueError, match="contiguous"):
        Planes.of(np.zeros(SHAPE, np.uint8)[:, ::2])
