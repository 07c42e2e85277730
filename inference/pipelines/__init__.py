"""Published systems, one a file; one door each: a volume and weights in, a proposal out."""

from collections.abc import Callable
from typing import Final

from annotation.domain.geometry import Volume
from annotation.domain.proposal import Proposal
from inference.pipelines import anchor_free
from inference.weights import Weights

PIPELINES: Final[dict[str, Callable[[Volume, Weights], Proposal]]] = {
    "anchor-free": anchor_free.preannotate,
}
"""Pipelines by name."""
