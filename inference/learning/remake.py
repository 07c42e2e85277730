"""Remakes a whole set of weights from phantoms alone: `python -m inference train`."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch

from inference.config import Machine, Preset
from inference.evaluation import HELD_OUT_SEED, JudgedCase, judge, options_of, summarise
from inference.learning import cache
from inference.learning.card import new_card, write_text
from inference.learning.fit import Progress, fit
from inference.learning.lessons import PART_OF, Groups, Terms, lessons, schedules_of
from inference.observation import observe
from inference.phantoms.make import make_phantom
from inference.pipelines import PIPELINES
from inference.weights import (
    NETS,
    Weights,
    load_weights,
    new_nets,
    read_card,
    save_weights,
)

SYSTEM: Final = "anchor-free"
PREPARING: Final = "phantoms"
MEASURING: Final = "held-out phantoms"
_MEASURED: Final = 10
_RESERVED: Final = 0.12
"""Share of the time kept for the evaluation at the end."""

Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Place:
    """Where a training writes.

    Attributes:
        out: folder of the finished weights.
        cache: folder of examples; its sub-folder is named after the code version.
        workers: processes that make phantoms.
    """

    out: Path
    cache: Path
    workers: int = 2

    @property
    def examples(self) -> Path:
        """Return the folder of this code version's examples."""
        return self.cache / cache.code_version()

    @property
    def checkpoints(self) -> Path:
        """Return the folder of interrupted and finished trainings of single networks."""
        return self.out.with_name(self.out.name + "-checkpoints")


@dataclass(frozen=True)
class Plan:
    """What is to be trained.

    Attributes:
        preset: sizes and schedules.
        terms: seed and time.
        only: networks to train now; the set is put together once all are trained.
    """

    preset: Preset
    terms: Terms
    only: Sequence[str] = NETS


def remake(plan: Plan, place: Place, machine: Machine, on_progress: Report) -> dict[str, Any]:
    """Make phantoms, train the networks, measure them, write weights and card.

    An interrupted training is taken up where it stopped.

    Returns:
        Figures on held-out phantoms; empty where only some networks were asked for.
    """
    started = time.monotonic()
    groups = _examples(plan, place, on_progress)
    torch.manual_seed(plan.terms.seed)
    nets = new_nets(plan.preset)
    place.checkpoints.mkdir(parents=True, exist_ok=True)
    terms = _time_left(plan.terms, time.monotonic() - started)
    terms = replace(terms, checkpoints=place.checkpoints)
    teaching = lessons(nets, schedules_of(plan.preset), groups, terms)
    training: dict[str, Any] = {}
    for name in plan.only:
        fitted = fit(nets.each()[name], teaching[name], machine, on_progress)
        training[name] = {
            "iterations": fitted.iterations,
            "seconds": round(fitted.seconds, 1),
            "loss": fitted.loss,
        }
    if set(plan.only) != set(NETS):
        return {}
    card = new_card(place.out.name, plan.preset, _manifest(plan), training)
    save_weights(nets, plan.preset, place.out, card)
    return measured_again(place.out, _MEASURED, on_progress)


def measured_again(folder: Path, n: int, on_progress: Report) -> dict[str, Any]:
    """Measure a set on n held-out phantoms and write the figures into its card."""
    weights = load_weights(folder)
    cases = judged(weights, range(HELD_OUT_SEED, HELD_OUT_SEED + n), on_progress)
    figures = summarise(cases).as_dict()
    card = {**read_card(folder), "metrics": figures}
    card["held_out"] = {"first": HELD_OUT_SEED, "n": n}
    save_weights(weights.nets, weights.preset, folder, card)
    write_text(read_card(folder), folder)
    return figures


def judged(weights: Weights, seeds: Sequence[int], on_progress: Report) -> list[JudgedCase]:
    """Return how a set does on held-out phantoms."""
    started = time.monotonic()
    cases: list[JudgedCase] = []
    for seed in seeds:
        phantom = make_phantom(seed, options_of(seed))
        cases.append(judge(phantom, observe(phantom.volume, PIPELINES[SYSTEM], weights)))
        left = (time.monotonic() - started) * (len(seeds) - len(cases)) / len(cases)
        on_progress(Progress(MEASURING, len(cases), len(seeds), float("nan"), left))
    return cases


def _examples(plan: Plan, place: Place, on_progress: Report) -> dict[str, Groups]:
    """Make the examples of the networks to be trained and return their files."""
    preset, parts = plan.preset, {PART_OF[name] for name in plan.only}
    wide = cache.wanted("wide", cache.WIDE_SEEDS, preset.wide_phantoms, place.examples)
    fine = cache.wanted("fine", cache.FINE_SEEDS, preset.fine_phantoms, place.examples)
    needed = [*(wide if "wide" in parts else []), *(fine if parts - {"wide"} else [])]
    cache.prepare(needed, place.workers, _phantom_report(on_progress))
    return {
        name: [(1.0, cache.example_files(wide if part == "wide" else fine, part))]
        for name, part in PART_OF.items()
        if name in plan.only
    }


def _manifest(plan: Plan) -> Mapping[str, Any]:
    preset = plan.preset
    return {
        "phantoms": {
            "localizer": {"first": cache.WIDE_SEEDS, "n": preset.wide_phantoms},
            "detector and segmenter": {"first": cache.FINE_SEEDS, "n": preset.fine_phantoms},
        },
        "cases": [],
        "seed": plan.terms.seed,
    }


def _time_left(terms: Terms, spent: float) -> Terms:
    if terms.seconds is None:
        return terms
    return replace(terms, seconds=max(terms.seconds * (1 - _RESERVED) - spent, 30.0))


def _phantom_report(on_progress: Report) -> Callable[[int, int], None]:
    started = time.monotonic()
    first: list[int] = []

    def heard(done: int, n: int) -> None:
        first.append(done)
        left = (time.monotonic() - started) * (n - done) / (done - first[0] + 1)
        on_progress(Progress(PREPARING, done, n, float("nan"), left))

    return heard
