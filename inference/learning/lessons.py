"""Puts together what each network learns: its examples, batches, loss and schedule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from inference.config import Preset, Schedule
from inference.learning import detecting, localizing, segmenting
from inference.learning.cache import read_example
from inference.learning.fit import Lesson, drawing
from inference.weights import Nets

Arrays = dict[str, NDArray[np.generic]]
Groups = Sequence[tuple[float, Sequence[Path]]]

PART_OF: Mapping[str, str] = {"localizer": "wide", "detector": "picture", "segmenter": "patch"}
"""Kind of example file each network learns from."""


@dataclass(frozen=True)
class Terms:
    """How long lessons may be, and where they keep what an interruption must not lose.

    Attributes:
        seed: of order, crops and noise.
        seconds: wall-clock limit for all networks together; None: no limit.
        checkpoints: folder; None keeps none.
        keeps_statistics: for a short fine-tuning, see `Lesson`.
    """

    seed: int
    seconds: float | None = None
    checkpoints: Path | None = None
    keeps_statistics: bool = False


SHARES: Mapping[str, float] = {"localizer": 0.35, "detector": 0.4, "segmenter": 0.25}
"""Share of the time that each network gets."""


def lessons(
    nets: Nets, schedules: Mapping[str, Schedule], groups: Mapping[str, Groups], terms: Terms
) -> dict[str, Lesson]:
    """Return the lesson of each network that has examples.

    Args:
        nets: networks to teach.
        schedules: by network.
        groups: weighted example files by network.
        terms: seed, time and checkpoints.
    """
    batches: dict[str, Callable[[list[Arrays], np.random.Generator], dict[str, Tensor]]] = {
        "localizer": partial(_wide_batch, nets.localizer.multiples),
        "detector": detecting.batch_of,
        "segmenter": segmenting.batch_of,
    }
    losses: dict[str, Callable[[Any, dict[str, Tensor]], Tensor]] = {
        "localizer": localizing.loss_of,
        "detector": detecting.loss_of,
        "segmenter": segmenting.loss_of,
    }
    return {
        name: Lesson(
            name=name,
            schedule=schedules[name],
            draw=drawing(read_example, groups[name]),
            batch_of=batches[name],
            loss_of=losses[name],
            seed=terms.seed,
            checkpoint=None if terms.checkpoints is None else terms.checkpoints / f"{name}.pt",
            seconds=None if terms.seconds is None else terms.seconds * SHARES[name],
            keeps_statistics=terms.keeps_statistics,
        )
        for name in groups
    }


def schedules_of(preset: Preset) -> dict[str, Schedule]:
    """Return a preset's schedules by network."""
    return {
        "localizer": preset.localize,
        "detector": preset.detect,
        "segmenter": preset.segment,
    }


def _wide_batch(
    multiples: tuple[int, ...], examples: list[Arrays], rng: np.random.Generator
) -> dict[str, Tensor]:
    return localizing.batch_of(examples, multiples, rng)
