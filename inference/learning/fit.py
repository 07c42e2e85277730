"""The training loop: one for all networks, resumable, the same for the same seed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.config import Machine, Schedule
from inference.learning.optimisers import NewOptimiser, Rate, adamw, one_cycle
from inference.nets.blocks import channels_last, fast_format

Arrays = dict[str, NDArray[np.generic]]

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
        keeps_statistics: leave the running statistics of normalisation as they are; a few small
            batches of a short fine-tuning would spoil them.
        optimiser: makes the optimiser of parameters and a learning rate.
        rate: factor of the learning rate at a share, 0-1, of the training.
    """

    name: str
    schedule: Schedule
    draw: Callable[[np.random.Generator], Arrays]
    batch_of: Callable[[list[Arrays], np.random.Generator], dict[str, Tensor]]
    loss_of: Callable[[nn.Module, dict[str, Tensor]], Tensor]
    seed: int
    checkpoint: Path | None = None
    seconds: float | None = None
    keeps_statistics: bool = False
    optimiser: NewOptimiser = adamw
    rate: Rate = one_cycle


@dataclass(frozen=True)
class Fitted:
    """How a training ended: steps done in all, seconds spent in all, mean of the last losses."""

    iterations: int
    seconds: float
    loss: float


def fit(
    net: nn.Module, lesson: Lesson, machine: Machine, on_progress: Callable[[Progress], None]
) -> Fitted:
    """Train a network in place, going on from the lesson's checkpoint where there is one.

    Who hears of progress may stop it by raising KeyboardInterrupt; a checkpoint is kept first.
    """
    net.to(machine.device)
    fast_format(net)
    optimiser = lesson.optimiser(net.parameters(), lesson.schedule.learning_rate)
    tools = _Tools(optimiser, machine.scaler())
    state = _resumed(net, tools, lesson)
    started, kept = time.monotonic() - state.seconds, time.monotonic()
    _set_learning(net, lesson)
    while state.iteration < lesson.schedule.iterations:
        state.seconds = time.monotonic() - started
        share = _share_done(lesson, state.iteration, state.seconds)
        if share >= 1.0:
            break
        loss = _step(net, tools, (lesson, state.iteration, share), machine)
        state.losses = [*state.losses[-99:], loss]
        state.iteration += 1
        if time.monotonic() - kept > _CHECKPOINT_SECONDS:
            kept = time.monotonic()
            _keep(net, tools, lesson, state)
        try:
            on_progress(_report(lesson, state, share))
        except KeyboardInterrupt:
            _keep(net, tools, lesson, state)
            raise
    net.eval()
    _keep(net, tools, lesson, state)
    return Fitted(state.iteration, state.seconds, _mean(state.losses))


def _set_learning(net: nn.Module, lesson: Lesson) -> None:
    net.train()
    for module in net.modules():
        if lesson.keeps_statistics and isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d):
            module.eval()


@dataclass(frozen=True)
class _Tools:
    """What turns losses into steps."""

    optimiser: torch.optim.Optimizer
    scaler: torch.amp.GradScaler


@dataclass
class _State:
    """Where a training is."""

    iteration: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)


def drawing(
    read: Callable[[Path], Arrays], groups: Sequence[tuple[float, Sequence[Path]]]
) -> Callable[[np.random.Generator], Arrays]:
    """Return a draw from weighted groups of files; empty groups are left out."""
    filled = [(weight, list(files)) for weight, files in groups if files and weight > 0]
    if not filled:
        raise ValueError("the data hold no example for a network to learn from")
    chances = np.array([weight for weight, _ in filled])
    chances = chances / chances.sum()

    def draw(rng: np.random.Generator) -> Arrays:
        files = filled[int(rng.choice(len(filled), p=chances))][1]
        return read(files[int(rng.integers(len(files)))])

    return draw


def _step(
    net: nn.Module,
    tools: _Tools,
    now: tuple[Lesson, int, float],
    machine: Machine,
) -> float:
    lesson, iteration, share = now
    rng = np.random.default_rng([lesson.seed, iteration])
    torch.manual_seed(int(rng.integers(2**62)))
    examples = [lesson.draw(rng) for _ in range(lesson.schedule.batch)]
    batch = {key: value.to(machine.device) for key, value in lesson.batch_of(examples, rng).items()}
    batch["picture"] = channels_last(batch["picture"])
    for group in tools.optimiser.param_groups:
        group["lr"] = lesson.schedule.learning_rate * lesson.rate(share)
    tools.optimiser.zero_grad(set_to_none=True)
    with machine.autocast():
        loss = lesson.loss_of(net, batch)
    if not torch.isfinite(loss):
        return float("nan")
    tools.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    tools.scaler.unscale_(tools.optimiser)
    norm = nn.utils.clip_grad_norm_(net.parameters(), _CLIP)
    if tools.scaler.is_enabled() or torch.isfinite(norm):
        tools.scaler.step(tools.optimiser)  # leaves out what is not finite, and scales less
        tools.scaler.update()
    return float(loss.detach())


def _share_done(lesson: Lesson, iteration: int, elapsed: float) -> float:
    by_steps = iteration / lesson.schedule.iterations
    return by_steps if lesson.seconds is None else max(by_steps, elapsed / lesson.seconds)


def _report(lesson: Lesson, state: _State, share: float) -> Progress:
    share = max(share, state.iteration / lesson.schedule.iterations)
    left = state.seconds * (1 - share) / share
    total = lesson.schedule.iterations
    return Progress(lesson.name, state.iteration, total, _mean(state.losses), left)


def _mean(losses: list[float]) -> float:
    finite = [loss for loss in losses if np.isfinite(loss)]
    return float(np.mean(finite)) if finite else float("nan")


def _keep(net: nn.Module, tools: _Tools, lesson: Lesson, state: _State) -> None:
    if lesson.checkpoint is None:
        return
    content = {
        "net": net.state_dict(),
        "optimiser": tools.optimiser.state_dict(),
        "scaler": tools.scaler.state_dict(),
        "iteration": state.iteration,
        "seconds": state.seconds,
        "losses": state.losses,
        "seed": lesson.seed,
        "iterations": lesson.schedule.iterations,
    }
    lesson.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    partial = lesson.checkpoint.with_suffix(".part")
    torch.save(content, partial)
    partial.replace(lesson.checkpoint)


def _resumed(net: nn.Module, tools: _Tools, lesson: Lesson) -> _State:
    """Take up an interrupted training of the same seed and length."""
    if lesson.checkpoint is None or not lesson.checkpoint.exists():
        return _State()
    content = torch.load(lesson.checkpoint, map_location="cpu", weights_only=True)
    if (content["seed"], content["iterations"]) != (lesson.seed, lesson.schedule.iterations):
        return _State()
    net.load_state_dict(content["net"])
    tools.optimiser.load_state_dict(content["optimiser"])
    if tools.scaler.is_enabled():
        tools.scaler.load_state_dict(content["scaler"])
    return _State(content["iteration"], content["seconds"], content["losses"])
