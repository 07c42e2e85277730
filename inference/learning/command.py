"""`python -m inference train`: weights from phantoms alone, with progress on standard error."""

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from inference.config import this_machine
from inference.learning.courses import COURSES
from inference.learning.fit import Progress
from inference.learning.lessons import Terms
from inference.learning.remake import Place, Plan, remake

_EVERY_SECONDS: Final = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command understands."""
    parser.add_argument("system", choices=sorted(COURSES), help="what to train")
    parser.add_argument("--preset", default="tiny", help="tiny, base or paper")
    parser.add_argument("--out", type=Path, help="default: var/weights/SYSTEM-PRESET")
    parser.add_argument("--minutes", type=float, default=60.0, help="wall-clock limit, 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", help="train one network and keep it for later")
    kept = Path(tempfile.gettempdir()) / "lamina-examples"
    parser.add_argument("--cache", type=Path, default=kept, help="where examples are kept")


def run(arguments: argparse.Namespace) -> str:
    """Train and return the figures on held-out phantoms as JSON.

    Raises:
        ValueError: if the system has no such preset or network.
    """
    course = COURSES[arguments.system]
    presets, nets = course.system.presets, course.system.nets
    if arguments.preset not in presets:
        raise ValueError(f"{arguments.system} has the presets {', '.join(presets)}")
    if arguments.only not in (None, *nets):
        raise ValueError(f"{arguments.system} has the networks {', '.join(nets)}")
    out = arguments.out or Path("var") / "weights" / f"{arguments.system}-{arguments.preset}"
    machine = this_machine("auto", arguments.threads)
    place = Place(out, arguments.cache, workers=max(1, arguments.threads))
    seconds = arguments.minutes * 60 if arguments.minutes > 0 else None
    only = (arguments.only,) if arguments.only else ()
    plan = Plan(course, presets[arguments.preset], Terms(arguments.seed, seconds), only)
    return json.dumps(remake(plan, place, machine, Ticker().hear), indent=1)


class Ticker:
    """Writes progress to standard error every few seconds."""

    def __init__(self) -> None:
        self.last = 0.0

    def hear(self, progress: Progress) -> None:
        """Write a line, if it is time or something has ended."""
        now = time.monotonic()
        if progress.iteration < progress.iterations and now - self.last < _EVERY_SECONDS:
            return
        self.last = now
        loss = "" if math.isnan(progress.loss) else f", loss {progress.loss:.3f}"
        line = f"{progress.what}: {progress.iteration} of {progress.iterations}{loss}"
        sys.stderr.write(f"{line}, {progress.seconds_left / 60:.1f} min left\n")
        sys.stderr.flush()
