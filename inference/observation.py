"""Runs a pipeline and takes from its proposal what the evaluation compares."""

from collections.abc import Callable
from typing import Final

import numpy as np

from annotation.domain.geometry import Volume
from annotation.domain.proposal import Proposal
from inference.judged import Seen
from inference.nets.localizer import STEP_MM
from inference.pipelines.anchor_free import EXTEND_MM
from inference.weights import Weights

Pipeline = Callable[[Volume, Weights], Proposal]
_HALF_SLICE_MM: Final = STEP_MM[0] / 2


def observe(volume: Volume, pipeline: Pipeline, weights: Weights) -> Seen:
    """Run a pipeline on a volume.

    The line is the kept curve without its straight extensions; its ends are widened by half the
    localizer's slice, since they are centres of slices.
    """
    proposal = pipeline(volume, weights)
    picture = proposal.straightened
    if picture is None:
        return Seen(proposal, np.zeros((0, 3)), None)
    extra = round(EXTEND_MM / picture.step_mm)
    line = picture.curve_mm[extra : len(picture.curve_mm) - extra]
    z = line[:, 2]
    return Seen(proposal, line, (float(z.min()) - _HALF_SLICE_MM, float(z.max()) + _HALF_SLICE_MM))
