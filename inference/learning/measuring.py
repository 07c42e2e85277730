"""Measures a trained set on phantoms that no network has learnt from."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from inference.evaluation import judge, shown_to, summarise
from inference.judged import JudgedCase
from inference.learning.fit import Progress
from inference.observation import observe
from inference.pipelines import PIPELINES
from inference.weights import Weights

MEASURING: Final = "held-out phantoms"

Report = Callable[[Progress], None]
Measure = Callable[[Weights, Sequence[int], Report], dict[str, Any]]


def measured(weights: Weights, seeds: Sequence[int], on_progress: Report) -> dict[str, Any]:
    """Return the figures of a system on held-out phantoms, or on radiographs taken of them."""
    started = time.monotonic()
    pipeline = PIPELINES[weights.system.name]
    cases: list[JudgedCase] = []
    for seed in seeds:
        phantom = shown_to(weights.system.kind, seed)
        if weights.system.mask_shows == "bodies":
            phantom = replace(phantom, mask=phantom.body_mask)
        cases.append(judge(phantom, observe(phantom.volume, pipeline, weights)))
        left = (time.monotonic() - started) * (len(seeds) - len(cases)) / len(cases)
        on_progress(Progress(MEASURING, len(cases), len(seeds), float("nan"), left))
    return summarise(cases).as_dict()
