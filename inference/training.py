"""One training round: from a frozen folder to a candidate, measured beside its parent.

Reads files, never the database. What happens to the candidate is decided elsewhere, from the two
sets of metrics in the report (`annotation.domain.gate`).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from annotation.imaging.frozen import (
    Frozen,
    FrozenFolderRefused,
    read_frozen,
)
from inference.config import Schedule, this_machine
from inference.evaluation import judge, options_of, summarise
from inference.judged import JudgedCase
from inference.learning import cache
from inference.learning.card import write_text
from inference.learning.cases import as_phantom, cut_cases
from inference.learning.courses import COURSES
from inference.learning.fit import Progress, fit
from inference.learning.lessons import Groups, Terms, lessons
from inference.learning.lineage import code_version, examples_version
from inference.observation import observe
from inference.phantoms.make import make_phantom
from inference.pipelines import PIPELINES
from inference.weights import Weights, load_weights, read_card, save_weights

OnProgress = Callable[[int, str], None]


@dataclass(frozen=True)
class RoundConfig:
    """How a round trains.

    Attributes:
        out: folder of the candidate's weights; made here.
        name: of the candidate.
        cache: folder for examples made from phantoms; examples of cases never go there.
        iterations: optimiser steps per network.
        learning_rate: at the top; very low, since a few cases must not overturn what the parent
            learnt from hundreds: at 2e-4 and 5e-5 candidates lost Dice on held-out phantoms.
        case_share: share of steps that draw from real cases; phantoms are the rest.
        seconds: wall-clock limit of the fine-tuning; None: none.
        device, threads, seed: as everywhere.
    """

    out: Path
    name: str
    cache: Path
    iterations: int = 120
    learning_rate: float = 2e-5
    case_share: float = 0.5
    seconds: float | None = 150.0
    device: str = "auto"
    threads: int | None = None
    seed: int = 1


@dataclass(frozen=True)
class RoundReport:
    """What came out of a round.

    Attributes:
        weights: folder of the candidate.
        sha256: of the candidate's set.
        before, after: metrics of parent and candidate, shares between 0 and 1, higher is better;
            None is undefined. For `annotation.domain.gate.judge`.
        evaluated_on: one phrase on what both were measured on.
        seconds: of the whole round.
    """

    weights: Path
    sha256: str
    before: dict[str, float | None]
    after: dict[str, float | None]
    evaluated_on: str
    seconds: float


def train_round(frozen: Path, config: RoundConfig, on_progress: OnProgress) -> RoundReport:
    """Fine-tune from the frozen parent and measure parent and candidate.

    Args:
        frozen: folder of format `lamina.frozen/1`, see docs/frozen-folder.md.
        config: how to train and where to write.
        on_progress: hears whole per cents and a sentence.

    Raises:
        FrozenFolderRefused: if the folder is not what its manifest says, or one patient is on both
            sides.
    """
    started = time.monotonic()
    folder = read_frozen(frozen)
    parent = load_weights(folder.parent, config.device)
    if parent.sha256 != folder.parent_sha256:
        raise FrozenFolderRefused("the parent's weights are not the ones that were frozen")
    this_machine(config.device, config.threads)
    on_progress(2, "Cutting cases and phantoms into examples")
    groups = _groups(parent, folder, config)
    training = _fine_tuned(parent, groups, config, on_progress)
    sha256 = _save(parent, training, folder, config)
    candidate = load_weights(config.out, config.device)
    judged = [
        _judged(folder, one, _within(on_progress, low))
        for one, low in ((parent, 55), (candidate, 77))
    ]
    before, after = (shares(cases) for cases in judged)
    _complete_card(config.out, candidate, after)
    on_progress(100, "Parent and candidate are measured")
    return RoundReport(config.out, sha256, before, after, _what(folder), time.monotonic() - started)


def shares(cases: Sequence[JudgedCase]) -> dict[str, float | None]:
    """Return what the gate compares: shares between 0 and 1, higher is better."""
    figures = summarise(list(cases))
    errors = [error for case in cases for one in case.vertebrae for error in one.errors_mm]
    return {
        "precision": figures.precision,
        "recall": figures.recall,
        "line_within_3mm": _share(
            [case.line_mm is not None and case.line_mm <= 3 for case in cases]
        ),
        "limits_within_8mm": _share(
            [case.limits_mm is not None and case.limits_mm <= 8 for case in cases]
        ),
        "points_within_2mm": _share([error <= 2 for error in errors]),
        "auc": figures.auc,
        "labels_right": figures.labels_right,
        "dice": figures.dice,
    }


def _share(holds: Sequence[bool]) -> float | None:
    return float(np.mean(holds)) if holds else None


def _groups(parent: Weights, folder: Frozen, config: RoundConfig) -> dict[str, Groups]:
    """Cut what is to be learnt from: phantoms into the cache, cases beside the candidate."""
    course = COURSES[parent.system.name]
    seeds = range(
        folder.train_phantoms.first, folder.train_phantoms.first + folder.train_phantoms.n
    )
    kept = config.cache / examples_version() / course.system.name
    phantoms = {
        name: cache.wanted(kind, [kind.first_seed + seed for seed in seeds], kept)
        for name, kind in course.kinds.items()
    }
    cache.prepare([one for kind in phantoms.values() for one in kind], 1, lambda _done, _n: None)
    own = config.out.with_name(config.out.name + "-examples")
    real = cut_cases(folder, course.kinds.values(), own, config.seed)
    return {
        name: [
            (1 - config.case_share, cache.example_files(phantoms[subject.kind], subject.part)),
            (config.case_share, cache.example_files(real[subject.kind], subject.part)),
        ]
        for name, subject in course.subjects.items()
    }


def _fine_tuned(
    parent: Weights, groups: dict[str, Groups], config: RoundConfig, on_progress: OnProgress
) -> tuple[dict[str, nn.Module], dict[str, Any]]:
    nets = parent.system.new_nets(parent.preset)
    for name, net in nets.items():
        net.load_state_dict(parent.nets[name].state_dict())
    schedule = {name: Schedule(config.iterations, 2, config.learning_rate) for name in nets}
    terms = Terms(config.seed, config.seconds, keeps_statistics=True)
    plan = lessons(COURSES[parent.system.name], nets, schedule, groups, terms)
    told: dict[str, Any] = {}
    for place, name in enumerate(nets):

        def heard(progress: Progress, place: int = place) -> None:
            done = (place + progress.iteration / progress.iterations) / len(nets)
            on_progress(10 + int(45 * done), f"Training the {progress.what}")

        fitted = fit(nets[name], plan[name], parent.machine, heard)
        told[name] = {
            "iterations": fitted.iterations,
            "seconds": round(fitted.seconds, 1),
            "loss": fitted.loss,
        }
    return nets, told


def _save(
    parent: Weights,
    training: tuple[dict[str, nn.Module], dict[str, Any]],
    folder: Frozen,
    config: RoundConfig,
) -> str:
    nets, told = training
    learnt = folder.of_split("train")
    has_cases = bool(learnt) or not parent.is_phantoms_only
    card: dict[str, Any] = {
        "code_version": code_version(),
        "torch": torch.__version__,
        "name": config.name,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "trained_on": _trained_on(parent, len(learnt)),
        "phantoms_only": not has_cases,
        "parent_sha256": parent.sha256,
        "training": told,
        "metrics": {},
        "manifest": {
            "phantoms": {
                "round": {"first": folder.train_phantoms.first, "n": folder.train_phantoms.n}
            },
            "cases": [{"case": one.case, "sha256": one.sha256} for one in learnt],
            "frozen_manifest_sha256": folder.manifest_sha256,
            "parent": parent.card.get("manifest", {}),
        },
    }
    return save_weights(nets, parent.system, parent.preset, config.out, card)


def _trained_on(parent: Weights, n_cases: int) -> str:
    if n_cases == 0:
        return parent.trained_on
    noun = "case" if n_cases == 1 else "cases"
    return f"{parent.trained_on}; then {n_cases} finalised {noun} mixed with simulated spines"


def _judged(folder: Frozen, weights: Weights, on_progress: OnProgress) -> list[JudgedCase]:
    """Measure a set on held-out phantoms and on the frozen cases."""
    seeds = folder.held_out_phantoms
    cases = folder.of_split("frozen")
    n = seeds.n + len(cases)
    judged: list[JudgedCase] = []
    for index in range(n):
        on_progress(int(22 * index / n), "Measuring on held-out phantoms and frozen cases")
        if index < seeds.n:
            seed = seeds.first + index
            phantom = make_phantom(seed, options_of(seed))
        else:
            phantom = as_phantom(folder, cases[index - seeds.n])
        pipeline = PIPELINES[weights.system.name]
        judged.append(judge(phantom, observe(phantom.volume, pipeline, weights)))
    return judged


def _within(on_progress: OnProgress, low: int) -> OnProgress:
    return lambda percent, sentence: on_progress(low + percent, sentence)


def _complete_card(out: Path, candidate: Weights, after: dict[str, float | None]) -> None:
    card = {**read_card(out), "metrics": after}
    save_weights(candidate.nets, candidate.system, candidate.preset, out, card)
    write_text(read_card(out), out)


def _what(folder: Frozen) -> str:
    cases = len(folder.of_split("frozen"))
    return f"{folder.held_out_phantoms.n} held-out phantoms and {cases} frozen cases"
