"""Puts together what each network learns: its examples, batches, loss and schedule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from torch import nn

from inference.config import Schedule
from inference.learning.cache import read_example
from inference.learning.course import Course
from inference.learning.fit import Lesson, drawing

Groups = Sequence[tuple[float, Sequence[Path]]]


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


def lessons(
    course: Course,
    nets: Mapping[str, nn.Module],
    schedules: Mapping[str, Schedule],
    groups: Mapping[str, Groups],
    terms: Terms,
) -> dict[str, Lesson]:
    """Return the lesson of each network that has examples.

    Args:
        course: of the system.
        nets: networks to teach.
        schedules: by network.
        groups: weighted example files by network.
        terms: seed, time and checkpoints.
    """
    return {
        name: Lesson(
            name=name,
            schedule=schedules[name],
            draw=drawing(read_example, groups[name]),
            batch_of=partial(course.subjects[name].batch_of, nets[name]),
            loss_of=course.subjects[name].loss_of,
            seed=terms.seed,
            checkpoint=None if terms.checkpoints is None else terms.checkpoints / f"{name}.pt",
            seconds=_seconds_of(course, name, terms),
            keeps_statistics=terms.keeps_statistics,
            optimiser=course.subjects[name].optimiser,
            rate=course.subjects[name].rate,
        )
        for name in groups
    }


def _seconds_of(course: Course, name: str, terms: Terms) -> float | None:
    if terms.seconds is None:
        return None
    whole = sum(subject.share for subject in course.subjects.values())
    return terms.seconds * course.subjects[name].share / whole
