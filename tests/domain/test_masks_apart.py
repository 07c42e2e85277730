"""Which vertebrae are put before readers because their masks differ."""

import pytest

from annotation.domain.discrepancy import Difference, Kind, Limits
from annotation.domain.masks_apart import MasksApart, masks_beyond, with_masks

LIMITS = Limits(mask_dice=0.9, mask_hd95_mm=3.0)


@pytest.mark.parametrize(
    ("dice", "hd95_mm", "exceeds"),
    [
        (0.95, 1.0, False),
        (0.9, 3.0, False),
        (0.89, 1.0, True),
        (0.95, 3.1, True),
        (0.0, None, True),
    ],
)
def test_either_limit_is_enough(dice, hd95_mm, exceeds):
    assert MasksApart(0, 1, dice, hd95_mm).exceeds(LIMITS) is exceeds


def test_of_three_readers_the_pair_that_overlaps_least_stands_for_all():
    pairs = [MasksApart(0, 1, 0.8, 2.0), MasksApart(0, 2, 0.95, 1.0), MasksApart(1, 2, 0.7, 4.0)]
    assert masks_beyond({4: pairs, 5: pairs[1:2]}, LIMITS) == {4: pairs[2]}


def test_masks_come_below_findings_and_each_vertebra_once():
    findings = [Difference(7, Kind.GRADE, 0, "One grade"), Difference(3, Kind.POINTS, 1, "apart")]
    beyond = {
        3: MasksApart(0, 1, 0.5, 9.0),
        8: MasksApart(0, 1, 0.8, 2.0),
        2: MasksApart(1, 2, 0.0, None, "B"),
    }
    listed = with_masks(findings, beyond)
    assert listed[:2] == findings
    assert [(one.number, one.kind, one.rank) for one in listed[2:]] == [
        (2, Kind.MASKS, 2),
        (8, Kind.MASKS, 3),
    ]
    assert (listed[2].first, listed[2].second) == (1, 2)
    assert [one.reason for one in listed[2:]] == [
        "Only B paints this vertebra",
        "Masks: Dice 0.80, HD95 2.0 mm",
    ]
