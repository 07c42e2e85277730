"""The vertebral compression ratio: ends of the spine, fractured neighbours, worked examples."""

import pytest

from annotation.domain.measures import Beside, compression_ratios


def row(*anterior, invalid=()) -> list[Beside]:
    levels = ["T11", "T12", "L1", "L2", "L3", "L4", "L5"]
    return [
        Beside(
            levels[place],
            None if height is None else (float(height), float(height), float(height)),
            is_valid=place not in invalid,
        )
        for place, height in enumerate(anterior)
    ]


@pytest.mark.parametrize(
    ("heights", "percent", "one_sided"),
    [
        ((20, 15, 22), 28.571429, False),
        ((None, 15, 22), 31.818182, True),
        ((20, 15, None), 25.0, True),
        ((20, 22, 21), -7.317073, False),
    ],
)
def test_worked_examples(heights, percent, one_sided):
    found = compression_ratios(row(*heights))[1]
    assert found.percent == pytest.approx(percent, abs=1e-6)
    assert found.one_sided is one_sided
    assert not found.extended


def test_without_any_neighbour_there_is_no_ratio():
    assert compression_ratios(row(None, 15, None))[1] is None
    assert compression_ratios(row(15)) == [None]
    assert compression_ratios([]) == []


def test_the_ends_of_the_spine_have_one_neighbour():
    first, _, last = compression_ratios(row(18, 20, 16))
    assert (first.percent, first.sources, first.one_sided) == (pytest.approx(10), (1,), True)
    assert (last.percent, last.sources, last.one_sided) == (pytest.approx(20), (1,), True)


def test_a_fractured_neighbour_is_stepped_over_once_within_its_region():
    # L1 L2 are places 2 3; L2 is fractured, so L1 is held against T12 and L3
    found = compression_ratios(row(20, 20, 18, 12, 22, 22, 22, invalid=(3,)))
    assert found[2].sources == (1, 4)
    assert found[2].extended
    assert found[2].percent == pytest.approx(100 * (1 - 18 / 21))
    assert found[3].sources == (2, 4), "the fractured one itself is held against its neighbours"
    # both next to L3 are fractured: two levels away count, three do not
    far = compression_ratios(row(20, 20, 20, 12, 22, 12, 24, invalid=(3, 5)))
    assert far[4].sources == (2, 6)
    none = compression_ratios(row(20, 20, 12, 12, 22, 12, 12, invalid=(2, 3, 5, 6)))
    assert none[4] is None
