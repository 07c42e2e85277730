"""Published systems, one a file; one door each: a volume and weights in, a proposal out."""

from collections.abc import Callable
from typing import Final

from annotation.domain.geometry import Volume
from annotation.domain.proposal import Proposal
from inference.pipelines import (
    anchor_free,
    compression_ratio,
    segment_and_slice,
    verse_framework,
)
from inference.pipelines.phase import Phase
from inference.weights import Weights

PIPELINES: Final[dict[str, Callable[[Volume, Weights], Proposal]]] = {
    "anchor-free": anchor_free.preannotate,
    "compression-ratio": compression_ratio.preannotate,
    "segment-and-slice": segment_and_slice.preannotate,
    "verse-framework": verse_framework.preannotate,
}
"""Pipelines by name."""

PHASES: Final[dict[str, tuple[Phase, ...]]] = {
    "anchor-free": anchor_free.PHASES,
    "compression-ratio": compression_ratio.PHASES,
    "segment-and-slice": segment_and_slice.PHASES,
    "verse-framework": verse_framework.PHASES,
}
"""Phases that can be run alone, by system, in order."""
