"""The references of the two real CT lie where the bone is."""

import numpy as np

from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from annotation.domain.vertebrae import label_of
from benchmarks import real_ct
from inference.table import Row


def test_the_centres_read_by_eye_lie_in_bone_one_above_the_other() -> None:
    truth = real_ct.thoracic_truth()
    volume = truth.volume
    assert not truth.are_levels_known
    centres = np.array([one.centroid_mm for one in reversed(truth.vertebrae)])
    assert centres.shape == (13, 3)
    assert (np.diff(centres[:, 2]) > 12).all()
    for i, j, k in np.rint(volume.grid.to_ijk(centres)).astype(int):
        cube = volume.hu[k - 2 : k + 3, j - 2 : j + 3, i - 2 : i + 3]
        assert 120 < cube.mean() < 600


def test_a_proposal_made_of_the_reference_meets_every_bar_of_the_lumbar_ct() -> None:
    volume, mask = real_ct.read_lumbar()
    proposed, numbers = [], np.zeros(256, np.uint8)
    for n, level in enumerate(real_ct.NAMED, start=1):
        centre = real_ct.reference_centre_mm(mask, level, volume.grid)
        proposed.append(VertebraProposal(n, level, centre, None, 1.0))
        numbers[label_of(level)] = n
    perfect = Proposal(tuple(proposed), numbers[mask], volume.grid, CountedFrom.L5_SACRUM)
    rows = real_ct.judge_lumbar(real_ct.Run(perfect, 1.0), volume.grid, mask)
    assert _missed(rows) == []
    shifted = [
        VertebraProposal(one.number, level, one.centroid_mm, None, 1.0)
        for one, level in zip(proposed, ("T12", "L1", "L2", "L3", "L4"), strict=True)
    ]
    ghost = proposed[-1].centroid_mm - np.array([0, 0, 40.0])
    wrong = (*shifted, VertebraProposal(9, "L5", ghost, None, 1.0))
    worse = Proposal(wrong, perfect.mask, volume.grid, CountedFrom.ASSUMED)
    missed = _missed(real_ct.judge_lumbar(real_ct.Run(worse, 1.0), volume.grid, mask))
    assert len(missed) == 3


def _missed(rows: list[Row]) -> list[str]:
    return [row.what for row in rows if row.is_met is False]
