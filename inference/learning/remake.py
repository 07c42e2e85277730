"""Remakes a whole set of weights from phantoms alone."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from inference.config import Machine, Preset
from inference.learning import cache
from inference.learning.card import new_card, write_text
from inference.learning.fit import Progress, fit
from inference.learning.lessons import PART_OF, Groups, Terms, lessons, schedules_of
from inference.learning.measure import measure_all, summary
from inference.learning.specimen import Specimen, from_phantom
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.weights import NETS, Nets, load_weights, new_nets, read_card, save_weights

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
        """Return the folder of interrupted trainings."""
        return self.out / "checkpoints"


def remake(
    preset: Preset, place: Place, machine: Machine, terms: Terms, on_progress: Report
) -> dict[str, float | None]:
    """Make phantoms, train the three networks, measure them, write weights and card.

    Returns:
        Figures on held-out phantoms.
    """
    started = time.monotonic()
    wide = cache.wanted("wide", cache.WIDE_SEEDS, preset.wide_phantoms, place.examples)
    fine = cache.wanted("fine", cache.FINE_SEEDS, preset.fine_phantoms, place.examples)
    cache.prepare([*wide, *fine], place.workers, _phantom_report(started, on_progress))
    groups: dict[str, Groups] = {
        name: [(1.0, cache.example_files(wide if part == "wide" else fine, part))]
        for name, part in PART_OF.items()
    }
    torch.manual_seed(terms.seed)
    nets = new_nets(preset)
    place.checkpoints.mkdir(parents=True, exist_ok=True)
    left = _time_left(terms, time.monotonic() - started)
    training = _taught(
        nets, (preset, groups), machine, (replace(left, checkpoints=place.checkpoints), on_progress)
    )
    manifest = {
        "phantoms": {
            "localizer": {"first": cache.WIDE_SEEDS, "n": preset.wide_phantoms},
            "detector and segmenter": {"first": cache.FINE_SEEDS, "n": preset.fine_phantoms},
        },
        "cases": [],
        "seed": terms.seed,
    }
    save_weights(nets, preset, place.out, new_card(place.out.name, preset, manifest, training))
    return measured_again(place.out, _MEASURED, on_progress)


def measured_again(folder: Path, n: int, on_progress: Report) -> dict[str, float | None]:
    """Measure a set on n held-out phantoms and write the figures into its card."""
    started = time.monotonic()

    def heard(done: int) -> None:
        elapsed = time.monotonic() - started
        on_progress(Progress(MEASURING, done, n, float("nan"), elapsed * (n - done) / done))

    weights = load_weights(folder)
    figures = summary(measure_all(held_out(n), weights, heard))
    card = {**read_card(folder), "metrics": figures}
    card["held_out"] = {"first": cache.HELD_OUT_SEEDS, "n": n}
    save_weights(weights.nets, weights.preset, folder, card)
    write_text(read_card(folder), folder)
    return figures


def held_out(n: int, first: int = cache.HELD_OUT_SEEDS) -> Iterator[Specimen]:
    """Return held-out phantoms at 1 mm, whole axial field, every second with a fracture."""
    for seed in range(first, first + n):
        rng = np.random.default_rng([11, seed])
        options = PhantomOptions((1.0, 1.0, 1.0), "body")
        if seed % 2:
            options = replace(options, fracture=cache.draw_fracture(rng))
        yield from_phantom(make_phantom(seed, options))


def _taught(
    nets: Nets,
    what: tuple[Preset, Mapping[str, Groups]],
    machine: Machine,
    how: tuple[Terms, Report],
) -> dict[str, Any]:
    preset, groups = what
    terms, on_progress = how
    plan = lessons(nets, schedules_of(preset), groups, terms)
    told: dict[str, Any] = {}
    for name in NETS:
        started = time.monotonic()
        losses = fit(nets.each()[name], plan[name], machine, on_progress)
        told[name] = {
            "iterations": plan[name].schedule.iterations if terms.seconds is None else len(losses),
            "seconds": round(time.monotonic() - started, 1),
            "loss": float(np.nanmean(losses[-100:])) if losses else float("nan"),
        }
    return told


def _time_left(terms: Terms, spent: float) -> Terms:
    if terms.seconds is None:
        return terms
    return replace(terms, seconds=max(terms.seconds * (1 - _RESERVED) - spent, 30.0))


def _phantom_report(started: float, on_progress: Report) -> Callable[[int, int], None]:
    first: list[int] = []

    def heard(done: int, n: int) -> None:
        first.append(done)
        made = done - first[0] + 1
        left = (time.monotonic() - started) * (n - done) / made
        on_progress(Progress(PREPARING, done, n, float("nan"), left))

    return heard
