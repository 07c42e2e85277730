"""Measures a trained set on phantoms that no network has learnt from."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from inference.evaluation import judge, options_of, summarise
from inference.judged import JudgedCase
from inference.learning.fit import Progress
from inference.observation import observe
from inference.phantoms.make import make_phantom
from inference.phantoms.phantom import Phantom
from inference.phantoms.radiograph import draw_beam, taken
from inference.pipelines import PIPELINES
from inference.systems.system import System
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
        phantom = shown_to(weights.system, seed)
        cases.append(judge(phantom, observe(phantom.volume, pipeline, weights)))
        left = (time.monotonic() - started) * (len(seeds) - len(cases)) / len(cases)
        on_progress(Progress(MEASURING, len(cases), len(seeds), float("nan"), left))
    return summarise(cases).as_dict()


def shown_to(system: System, seed: int) -> Phantom:
    """Return the held-out phantom of a seed as a system reads it."""
    phantom = make_phantom(seed, options_of(seed))
    if system.kind == "ct":
        return phantom
    rng = np.random.default_rng([seed, 5])
    return taken(phantom, draw_beam(rng), rng)
