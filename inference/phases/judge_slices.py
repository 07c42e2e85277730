"""Says of each slice how fractured it looks, and of each body what follows from its slices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from annotation.domain.proposal import Suggestion
from inference.config import Machine
from inference.nets.blocks import channels_last
from inference.nets.slice_classifier import SliceClassifier
from inference.phases.slices import Slices, pictures

Floats = NDArray[np.float64]

_BATCH: Final = 32


@dataclass(frozen=True)
class Rule:
    """When a vertebra is suggested as fractured: at least `k` of its slices reach `threshold`.

    One slice is the rule of Glessgen et al. Where a body has fewer than `k` slices, all of
    them must reach it.
    """

    k: int = 1
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError(f"a rule asks for at least one slice, not {self.k}")

    def applied(self, scores: Floats, columns: Floats) -> Suggestion | None:
        """Return what the scores (n,) of the slices at k indices (n,) say of their vertebra.

        The slice that decides is the one on which the rule stands or falls: the k-th highest. Its
        score reaches the threshold exactly where the rule holds.
        """
        if not len(scores):
            return None
        place = int(np.argsort(-scores, kind="stable")[min(self.k, len(scores)) - 1])
        score = float(scores[place])
        return Suggestion(
            is_fractured=score >= self.threshold,
            score=score,
            slice_k=float(columns[place]),
            n_slices=len(scores),
            k_needed=self.k,
            slice_scores=tuple(sorted(scores.tolist(), reverse=True)),
        )


ANY_SLICE: Final = Rule()


def score_slices(bodies: Sequence[Slices], net: SliceClassifier, machine: Machine) -> list[Floats]:
    """Return how probably each slice of each body is fractured: one (n,) per body, in order."""
    inputs = [pictures(one) for one in bodies]
    if not inputs:
        return []
    scores = []
    with torch.inference_mode(), machine.autocast():
        for group in torch.split(torch.cat(inputs), _BATCH):
            logits = net(channels_last(group.to(machine.device)))
            scores.append(torch.sigmoid(logits.float()).cpu())
    together = torch.cat(scores).double().numpy()
    ends = np.cumsum([len(one) for one in inputs])[:-1]
    return [np.asarray(part) for part in np.split(together, ends)]
