"""Trains all networks of a system: `python -m inference train`.

Deterministic by its seed on one machine where no time limit shortens it. An interrupted training
is taken up where it stopped: its checkpoints lie in a folder named after the whole plan, so that
another plan never goes on from them, and are removed once the set is written.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from inference.config import Machine, Preset
from inference.learning import cache
from inference.learning.card import new_card, write_text
from inference.learning.cases import cut_cases
from inference.learning.course import Course, Kind
from inference.learning.data import Data, Simulated
from inference.learning.fit import Progress, fit
from inference.learning.lessons import Groups, Terms, lessons
from inference.learning.lineage import code_version, examples_version, sha256_of
from inference.learning.measuring import MEASURING, Report
from inference.phantoms.seeds import HELD_OUT_SEED
from inference.weights import CARD, Weights, load_weights, read_card, save_weights

PREPARING: Final = "phantoms"
_RESERVED: Final = 0.12
"""Share of the time kept for the evaluation at the end."""


class PlaceTaken(ValueError):
    """A folder that holds weights of another training."""


@dataclass(frozen=True)
class Place:
    """Where a training writes.

    Attributes:
        out: folder of the finished weights.
        cache: folder of examples of phantoms, by code version and system.
        workers: processes that make phantoms.
    """

    out: Path
    cache: Path
    workers: int = 2

    def phantoms(self, course: Course) -> Path:
        """Return the folder of this code version's examples of a course."""
        return self.cache / examples_version() / course.system.name

    def kept(self, plan: "Plan") -> Path:
        """Return the folder of a plan's checkpoints and of examples cut from cases."""
        return self.out.with_name(self.out.name + "-training") / plan.key[:12]


@dataclass(frozen=True)
class Plan:
    """What is to be trained.

    Attributes:
        course: of the system.
        preset: sizes and schedules.
        terms: seed and time.
        data: what is learnt from.
        parent: weights to begin with; None begins at random.
        only: networks to train now, empty for all; the set is put together once all are trained.
        n_measured: held-out phantoms the finished set is measured on.
    """

    course: Course
    preset: Preset
    terms: Terms
    data: Data = field(default_factory=Data)
    parent: Weights | None = None
    only: tuple[str, ...] = ()
    n_measured: int = 10

    @property
    def nets(self) -> tuple[str, ...]:
        """Networks to train now."""
        return self.only or self.course.system.nets

    @property
    def steps(self) -> tuple[str, ...]:
        """What progress will be heard of, in order."""
        return (PREPARING, *self.nets, MEASURING)

    @property
    def key(self) -> str:
        """Hash of all that the outcome depends on but time and machine."""
        return sha256_of(
            {
                "system": self.course.system.name,
                "preset": asdict(self.preset),
                "seed": self.terms.seed,
                "data": self.data.sha256(self.course, self.preset),
                "parent": self.parent.sha256 if self.parent else None,
            }
        )


def train(plan: Plan, place: Place, machine: Machine, on_progress: Report) -> dict[str, Any]:
    """Make phantoms, cut cases, train the networks, measure them, write weights and card.

    Returns:
        The card: figures on held-out phantoms and lineage; empty where only some networks were
        asked for.

    Raises:
        PlaceTaken: if the folder holds weights of another training.
        ValueError: if the data hold no example for a network, or the parent is of another size.
    """
    _check(plan)
    if (finished := _finished(plan, place)) is not None:
        return finished
    started = time.monotonic()
    groups = _examples(plan, place, on_progress)
    torch.manual_seed(plan.terms.seed)
    nets = _begun(plan)
    terms = _time_left(plan.terms, time.monotonic() - started)
    terms = replace(terms, checkpoints=place.kept(plan))
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
    card = new_card(place.out.name, training, _lineage(plan))
    save_weights(nets, plan.course.system, plan.preset, place.out, card)
    done = _measured(plan, place, machine, on_progress)
    shutil.rmtree(place.kept(plan))
    return done


def _check(plan: Plan) -> None:
    parent = plan.parent
    if parent and (parent.system, parent.preset) != (plan.course.system, plan.preset):
        raise ValueError(
            f"the parent is {parent.system.name} {parent.preset.name}, not "
            f"{plan.course.system.name} {plan.preset.name}"
        )


def _finished(plan: Plan, place: Place) -> dict[str, Any] | None:
    """Return the card of this plan, trained and measured before; None where it is to be made."""
    if not (place.out / CARD).exists():
        return None
    card = read_card(place.out)
    if card.get("plan_sha256") != plan.key:
        raise PlaceTaken(
            f"{place.out} holds the weights of another training; name another folder with --out"
        )
    return card if "held_out" in card else None


def _begun(plan: Plan) -> dict[str, nn.Module]:
    """Return the networks as they are before the first step."""
    nets = plan.course.system.new_nets(plan.preset)
    if plan.parent is not None:
        for name, net in nets.items():
            net.load_state_dict(plan.parent.nets[name].state_dict())
    return nets


def _examples(plan: Plan, place: Place, on_progress: Report) -> dict[str, Groups]:
    """Make the examples of the networks to be trained and return their files by weight."""
    subjects = {name: plan.course.subjects[name] for name in plan.nets}
    taught = {subject.kind for subject in subjects.values()}
    kinds = [kind for name, kind in plan.course.kinds.items() if name in taught]
    simulated = [
        (part.weight, _phantoms(plan, place.phantoms(plan.course), part, kinds))
        for part in plan.data.simulated
    ]
    needed = [one for _, several in simulated for each in several.values() for one in each]
    cache.prepare(needed, place.workers, _phantom_report(on_progress))
    finished = [
        (
            part.weight,
            cut_cases(part.frozen, kinds, place.kept(plan) / f"cases-{n}", plan.terms.seed),
        )
        for n, part in enumerate(plan.data.finished)
    ]
    return {
        name: [
            (weight, cache.example_files(wanted[subject.kind], subject.part))
            for weight, wanted in (*simulated, *finished)
        ]
        for name, subject in subjects.items()
    }


def _phantoms(
    plan: Plan, folder: Path, part: Simulated, kinds: list[Kind]
) -> dict[str, list[cache.Wanted]]:
    return {kind.name: cache.wanted(kind, part.seeds(kind, plan.preset), folder) for kind in kinds}


def _lineage(plan: Plan) -> dict[str, Any]:
    """Return what the set came from: code, data, parent, and one phrase of it."""
    n = plan.data.n_cases()
    parent = plan.parent
    return {
        "code_version": code_version(),
        "plan_sha256": plan.key,
        "data_sha256": plan.data.sha256(plan.course, plan.preset),
        "parent_sha256": parent.sha256 if parent else None,
        "trained_on": told(plan.data, parent),
        "phantoms_only": n == 0 and (parent is None or parent.is_phantoms_only),
        "manifest": {
            **plan.data.manifest(plan.course, plan.preset),
            "seed": plan.terms.seed,
            **({"parent": parent.card.get("manifest", {})} if parent else {}),
        },
    }


def told(data: Data, parent: Weights | None) -> str:
    """Return one phrase on what networks have learnt from."""
    n = data.n_cases()
    cases = f"{n} finalised {'case' if n == 1 else 'cases'}"
    if not data.finished:
        now = "simulated spines only"
    else:
        now = f"{cases} mixed with simulated spines" if data.simulated else cases
    if parent is None or parent.trained_on == now:
        return now
    return f"{parent.trained_on}; then {now}"


def _measured(plan: Plan, place: Place, machine: Machine, on_progress: Report) -> dict[str, Any]:
    """Measure the finished set on held-out phantoms and write the figures into its card."""
    weights = load_weights(place.out, str(machine.device))
    seeds: Sequence[int] = range(HELD_OUT_SEED, HELD_OUT_SEED + plan.n_measured)
    figures = plan.course.measure(weights, seeds, on_progress) if seeds else {}
    card = {**read_card(place.out), "metrics": figures}
    card["held_out"] = {"first": HELD_OUT_SEED, "n": len(seeds)}
    save_weights(weights.nets, weights.system, weights.preset, place.out, card)
    card = read_card(place.out)
    write_text(card, place.out)
    return card


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
