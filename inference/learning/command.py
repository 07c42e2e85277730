"""`python -m inference train`: weights of a system, with progress on standard error."""

import argparse
import json
import math
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from inference.config import this_machine
from inference.learning.courses import COURSES
from inference.learning.data import data_named
from inference.learning.fit import Progress
from inference.learning.lessons import Terms
from inference.learning.train import Place, Plan, train
from inference.weights import load_weights

_EVERY_SECONDS: Final = 5.0


class Stopped(Exception):
    """A training that a person stopped; the text says how to go on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command understands."""
    parser.add_argument("system", choices=sorted(COURSES), help="what to train")
    parser.add_argument("--preset", default="tiny", help="tiny, base or paper")
    parser.add_argument(
        "--data",
        default="phantoms",
        help="phantoms (as many as the preset says), phantoms:400, phantoms:7-12, folder:PATH of "
        "format lamina.frozen; several by commas, each with its weight: phantoms@1,folder:PATH@2",
    )
    parser.add_argument("--out", type=Path, help="default: var/weights/SYSTEM-PRESET")
    parser.add_argument("--parent", type=Path, help="folder of weights to begin with")
    parser.add_argument(
        "--minutes", type=float, default=0.0, help="shorten the schedules to this; 0: do not"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", help="train one network and keep it for later")
    parser.add_argument("--measure", type=int, default=10, help="on so many held-out phantoms")
    kept = Path(tempfile.gettempdir()) / "lamina-examples"
    parser.add_argument("--cache", type=Path, default=kept, help="where examples are kept")


def run(arguments: argparse.Namespace) -> str:
    """Train and return the card of the set, figures and lineage, as JSON.

    Raises:
        ValueError: if the system has no such preset or network, or the data are refused.
        Stopped: if somebody pressed Ctrl-C; checkpoints are kept.
    """
    plan = plan_of(arguments)
    name = f"{arguments.system}-{arguments.preset}"
    out = arguments.out or Path("var") / "weights" / name
    place = Place(out, arguments.cache, workers=max(1, arguments.threads))
    machine = this_machine(arguments.device, arguments.threads)
    ticker = Ticker(plan.steps)
    before = [signal.signal(which, ticker.stop) for which in _STOPPING]
    try:
        card = train(plan, place, machine, ticker.hear)
    except KeyboardInterrupt:
        words = shlex.join(["python", "-m", "inference", *arguments.words])
        raise Stopped(
            f"Stopped. What was learnt is kept in {place.kept(plan)}. To go on: {words}"
        ) from None
    finally:
        for which, handler in zip(_STOPPING, before, strict=True):
            signal.signal(which, handler)
    return json.dumps(card, indent=1, sort_keys=True)


_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


def plan_of(arguments: argparse.Namespace) -> Plan:
    """Return what the words ask for.

    Raises:
        ValueError: if the system has no such preset or network, or the data are refused.
    """
    course = COURSES[arguments.system]
    presets, nets = course.system.presets, course.system.nets
    if arguments.preset not in presets:
        raise ValueError(f"{arguments.system} has the presets {', '.join(presets)}")
    if arguments.only not in (None, *nets):
        raise ValueError(f"{arguments.system} has the networks {', '.join(nets)}")
    seconds = arguments.minutes * 60 if arguments.minutes > 0 else None
    return Plan(
        course=course,
        preset=presets[arguments.preset],
        terms=Terms(arguments.seed, seconds),
        data=data_named(arguments.data),
        parent=load_weights(arguments.parent, "cpu") if arguments.parent else None,
        only=(arguments.only,) if arguments.only else (),
        n_measured=max(0, arguments.measure),
    )


class Ticker:
    """Writes progress to standard error every few seconds, and hears that a person wants to stop.

    Stopping waits for the end of a step, so that a checkpoint is whole; asked a second time it
    stops at once.
    """

    def __init__(self, steps: Sequence[str]) -> None:
        self.steps = tuple(steps)
        self.last = 0.0
        self.is_stopping = False

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Take note of Ctrl-C, or of the machine going down."""
        if self.is_stopping:
            raise KeyboardInterrupt
        self.is_stopping = True

    def hear(self, progress: Progress) -> None:
        """Write a line, if it is time or something has ended.

        Raises:
            KeyboardInterrupt: if somebody wants to stop.
        """
        if self.is_stopping:
            raise KeyboardInterrupt
        now = time.monotonic()
        if progress.iteration < progress.iterations and now - self.last < _EVERY_SECONDS:
            return
        self.last = now
        loss = "" if math.isnan(progress.loss) else f", loss {progress.loss:.3f}"
        place = f"[{self.steps.index(progress.what) + 1}/{len(self.steps)}]"
        line = f"{place} {progress.what}: {progress.iteration} of {progress.iterations}{loss}"
        sys.stderr.write(f"{line}, {progress.seconds_left / 60:.1f} min left\n")
        sys.stderr.flush()
