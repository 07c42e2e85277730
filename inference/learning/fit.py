"""The training loop: one for all networks, resumable, the same for the same seed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.config import Machine, Schedule
from inference.nets.blocks import channels_last, fast_format

Arrays = dict[str, NDArray[np.generic]]

_WARM_UP: Final = 0.05
_CLIP: Final = 5.0
_CHECKPOINT_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Progress:
    """How far a training is.

    Attributes:
        what: name of the network.
        iteration, iterations: steps done and wanted.
        loss: running mean.
        seconds_left: estimate.
    """

    what: str
    iteration: int
    iterations: int
    loss: float
    seconds_left: float


@dataclass(frozen=True)
class Lesson:
    """What is to be learnt.

    Attributes:
        name: of the network.
        schedule: steps, batch and rate.
        draw: returns one training example for a random generator.
        batch_of: turns examples into tensors.
        loss_of: loss of the network on a batch.
        seed: of order, crops and noise.
        checkpoint: file that holds an interrupted training; None keeps none.
        seconds: wall-clock limit; the schedule is shortened to fit. None: no limit.
    """

    name: str
    schedule: Schedule
    draw: Callable[[np.random.Generator], Arrays]
    batch_of: Callable[[list[Arrays], np.random.Generator], dict[str, Tensor]]
    loss_of: Callable[[nn.Module, dict[str, Tensor]], Tensor]
    seed: int
    checkpoint: Path | None = None
    seconds: float | None = None


def fit(
    net: nn.Module, lesson: Lesson, machine: Machine, on_progress: Callable[[Progress], None]
) -> list[float]:
    """Train a network in place.

    Returns:
        The loss of every iteration of this call.
    """
    net.to(machine.device)
    fast_format(net)
    optimiser = torch.optim.AdamW(
        net.parameters(), lr=lesson.schedule.learning_rate, weight_decay=1e-2
    )
    first, spent = _resumed(net, optimiser, lesson)
    started, kept = time.monotonic() - spent, time.monotonic()
    losses: list[float] = []
    net.train()
    for iteration in range(first, lesson.schedule.iterations):
        elapsed = time.monotonic() - started
        share = _share_done(lesson, iteration, elapsed)
        if share >= 1.0:
            break
        losses.append(_step(net, optimiser, (lesson, iteration, share), machine))
        if time.monotonic() - kept > _CHECKPOINT_SECONDS:
            kept = time.monotonic()
            _keep(net, optimiser, lesson, (iteration + 1, elapsed))
        on_progress(_report(lesson, iteration, losses, (elapsed, share)))
    net.eval()
    _keep(net, optimiser, lesson, (lesson.schedule.iterations, time.monotonic() - started))
    return losses


def shortened(lesson: Lesson, iterations: int) -> Lesson:
    """Return the lesson with another number of steps."""
    return replace(lesson, schedule=replace(lesson.schedule, iterations=iterations))


def drawing(
    read: Callable[[Path], Arrays], groups: Sequence[tuple[float, Sequence[Path]]]
) -> Callable[[np.random.Generator], Arrays]:
    """Return a draw from weighted groups of files; empty groups are left out."""
    filled = [(weight, list(files)) for weight, files in groups if files and weight > 0]
    if not filled:
        raise ValueError("there is no example to learn from")
    chances = np.array([weight for weight, _ in filled])
    chances = chances / chances.sum()

    def draw(rng: np.random.Generator) -> Arrays:
        files = filled[int(rng.choice(len(filled), p=chances))][1]
        return read(files[int(rng.integers(len(files)))])

    return draw


def _step(
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    now: tuple[Lesson, int, float],
    machine: Machine,
) -> float:
    lesson, iteration, share = now
    rng = np.random.default_rng([lesson.seed, iteration])
    examples = [lesson.draw(rng) for _ in range(lesson.schedule.batch)]
    batch = {key: value.to(machine.device) for key, value in lesson.batch_of(examples, rng).items()}
    batch["picture"] = channels_last(batch["picture"])
    for group in optimiser.param_groups:
        group["lr"] = lesson.schedule.learning_rate * rate(share)
    optimiser.zero_grad(set_to_none=True)
    with machine.autocast():
        loss = lesson.loss_of(net, batch)
    if not torch.isfinite(loss):
        return float("nan")
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    nn.utils.clip_grad_norm_(net.parameters(), _CLIP)
    optimiser.step()
    return float(loss.detach())


def rate(share: float) -> float:
    """Return the factor of the learning rate: up over a twentieth, then down along a cosine."""
    if share < _WARM_UP:
        return 0.05 + 0.95 * share / _WARM_UP
    return 0.005 + 0.995 * 0.5 * (1 + float(np.cos(np.pi * (share - _WARM_UP) / (1 - _WARM_UP))))


def _share_done(lesson: Lesson, iteration: int, elapsed: float) -> float:
    by_steps = iteration / lesson.schedule.iterations
    return by_steps if lesson.seconds is None else max(by_steps, elapsed / lesson.seconds)


def _report(
    lesson: Lesson, iteration: int, losses: list[float], clock: tuple[float, float]
) -> Progress:
    elapsed, share = clock
    share = max(share, (iteration + 1) / lesson.schedule.iterations)
    left = elapsed * (1 - share) / share
    recent = float(np.nanmean(losses[-50:])) if np.isfinite(losses[-50:]).any() else float("nan")
    return Progress(lesson.name, iteration + 1, lesson.schedule.iterations, recent, left)


def _keep(
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    lesson: Lesson,
    done: tuple[int, float],
) -> None:
    if lesson.checkpoint is None:
        return
    state = {
        "net": net.state_dict(),
        "optimiser": optimiser.state_dict(),
        "iteration": done[0],
        "elapsed": done[1],
        "seed": lesson.seed,
    }
    partial = lesson.checkpoint.with_suffix(".part")
    torch.save(state, partial)
    partial.replace(lesson.checkpoint)


def _resumed(net: nn.Module, optimiser: torch.optim.Optimizer, lesson: Lesson) -> tuple[int, float]:
    """Take up an interrupted training; return its next iteration and the seconds spent."""
    if lesson.checkpoint is None or not lesson.checkpoint.exists():
        return 0, 0.0
    state = torch.load(lesson.checkpoint, weights_only=True)
    if state["seed"] != lesson.seed:
        return 0, 0.0
    net.load_state_dict(state["net"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["iteration"]), float(state["elapsed"])
