"""Remakes a whole set of weights from phantoms alone: `python -m inference train`."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch

from inference.config import Machine, Preset
from inference.evaluation import HELD_OUT_SEED, judge, options_of, summarise
from inference.judged import JudgedCase
from inference.learning import cache
from inference.learning.card import new_card, write_text
from inference.learning.course import Course
from inference.learning.fit import Progress, fit
from inference.learning.lessons import Groups, Terms, lessons
from inference.observation import observe
from inference.phantoms.make import make_phantom
from inference.pipelines import PIPELINES
from inference.weights import Weights, load_weights, read_card, save_weights

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
        cache: folder of examples; its sub-folders are named after code version and system.
        workers: processes that make phantoms.
    """

    out: Path
    cache: Path
    workers: int = 2

    def examples(self, course: Course) -> Path:
        """Return the folder of this code version's examples of a course."""
        return self.cache / cache.code_version() / course.system.name

    @property
    def checkpoints(self) -> Path:
        """Return the folder of interrupted and finished trainings of single networks."""
        return self.out.with_name(self.out.name + "-checkpoints")


@dataclass(frozen=True)
class Plan:
    """What is to be trained.

    Attributes:
        course: of the system.
        preset: sizes and schedules.
        terms: seed and time.
        only: networks to train now, empty for all; the set is put together once all are trained.
    """

    course: Course
    preset: Preset
    terms: Terms
    only: tuple[str, ...] = ()

    @property
    def nets(self) -> tuple[str, ...]:
        """Networks to train now."""
        return self.only or self.course.system.nets


def remake(plan: Plan, place: Place, machine: Machine, on_progress: Report) -> dict[str, Any]:
    """Make phantoms, train the networks, measure them, write weights and card.

    An interrupted training is taken up where it stopped.

    Returns:
        Figures on held-out phantoms; empty where only some networks were asked for.
    """
    started = time.monotonic()
    groups = _examples(plan, place, on_progress)
    torch.manual_seed(plan.terms.seed)
    nets = plan.course.system.new_nets(plan.preset)
    place.checkpoints.mkdir(parents=True, exist_ok=True)
    terms = _time_left(plan.terms, time.monotonic() - started)
    terms = replace(terms, checkpoints=place.checkpoints)
    teaching = lessons(plan.course, nets, plan.preset.schedules, groups, terms)
    training: dict[str, Any] = {}
    for name in plan.nets:
        fitted = fit(nets[name], teaching[name], machine, on_progress)
        training[name] = {
            "iterations": fitted.iterations,
            "seconds": round(fitted.seconds, 1),
            "loss": fitted.loss,
        }
    if set(plan.nets) != set(plan.course.system.nets):
        return {}
    card = new_card(place.out.name, _manifest(plan), training)
    save_weights(nets, plan.course.system, plan.preset, place.out, card)
    return measured_again(place.out, _MEASURED, on_progress)


def measured_again(folder: Path, n: int, on_progress: Report) -> dict[str, Any]:
    """Measure a set on n held-out phantoms and write the figures into its card."""
    weights = load_weights(folder)
    cases = judged(weights, range(HELD_OUT_SEED, HELD_OUT_SEED + n), on_progress)
    figures = summarise(cases).as_dict()
    card = {**read_card(folder), "metrics": figures}
    card["held_out"] = {"first": HELD_OUT_SEED, "n": n}
    save_weights(weights.nets, weights.system, weights.preset, folder, card)
    write_text(read_card(folder), folder)
    return figures


def judged(weights: Weights, seeds: Sequence[int], on_progress: Report) -> list[JudgedCase]:
    """Return how a set does on held-out phantoms."""
    started = time.monotonic()
    cases: list[JudgedCase] = []
    for seed in seeds:
        phantom = make_phantom(seed, options_of(seed))
        pipeline = PIPELINES[weights.system.name]
        cases.append(judge(phantom, observe(phantom.volume, pipeline, weights)))
        left = (time.monotonic() - started) * (len(seeds) - len(cases)) / len(cases)
        on_progress(Progress(MEASURING, len(cases), len(seeds), float("nan"), left))
    return cases


def _examples(plan: Plan, place: Place, on_progress: Report) -> dict[str, Groups]:
    """Make the examples of the networks to be trained and return their files."""
    subjects = {name: plan.course.subjects[name] for name in plan.nets}
    folder = place.examples(plan.course)
    phantoms = {
        name: cache.wanted(plan.course.kinds[name], _seeds(plan, name), folder)
        for name in sorted({subject.kind for subject in subjects.values()})
    }
    needed = [one for several in phantoms.values() for one in several]
    cache.prepare(needed, place.workers, _phantom_report(on_progress))
    return {
        name: [(1.0, cache.example_files(phantoms[subject.kind], subject.part))]
        for name, subject in subjects.items()
    }


def _seeds(plan: Plan, kind: str) -> range:
    first = plan.course.kinds[kind].first_seed
    return range(first, first + plan.preset.phantoms[kind])


def _manifest(plan: Plan) -> Mapping[str, Any]:
    seeds = {kind: _seeds(plan, kind) for kind in plan.course.kinds}
    return {
        "phantoms": {kind: {"first": each.start, "n": len(each)} for kind, each in seeds.items()},
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
