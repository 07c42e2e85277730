"""Vertebral compression ratios of what a pipeline proposes: of its own six points alone.

The ratio is that of Kim et al. 2021, equation 2 (doi:10.1007/s10278-021-00471-0): the loss of
anterior height against the neighbours' mean. A neighbour counts that is whole and, by the same
points, not fractured. A ratio has no unit, so it holds in every frame.
"""

from collections.abc import Sequence

import numpy as np

from annotation.domain.genant import measure_points
from annotation.domain.measures import Beside, Compression, compression_ratios
from annotation.domain.proposal import VertebraProposal


def ratios_of(vertebrae: Sequence[VertebraProposal]) -> list[Compression | None]:
    """Return the compression ratio of each vertebra of a proposal, given from above downwards."""
    return compression_ratios([beside(one) for one in vertebrae])


def beside(one: VertebraProposal) -> Beside:
    """Return a proposed vertebra as its neighbours see it; one without points has no heights."""
    if one.six_points_mm is None:
        return Beside(one.level, None, is_valid=False)
    measured = measure_points(np.asarray(one.six_points_mm, dtype=np.float64))
    is_valid = measured.grade == 0 and not one.is_partial
    return Beside(one.level, measured.heights_mm, is_valid)
