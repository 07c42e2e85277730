"""The doors of this package from a shell: `python -m inference ...`; no Django."""

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path

from inference.config import COMMITTED, PRESETS, this_machine
from inference.learning.fit import Progress
from inference.learning.lessons import Terms
from inference.learning.remake import Place, measured_again, remake
from inference.weights import committed_folder

_EVERY_SECONDS = 5.0


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m inference")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_train(commands.add_parser("train", help="remake weights from phantoms alone"))
    measure = commands.add_parser("measure", help="measure weights on held-out phantoms")
    measure.add_argument("--weights", type=Path, default=committed_folder())
    measure.add_argument("--phantoms", type=int, default=60)
    measure.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(arguments)
    return _train(chosen) if chosen.command == "train" else _measure(chosen)


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("system", choices=["anchor-free"])
    parser.add_argument("--preset", choices=sorted(PRESETS), default="tiny")
    parser.add_argument("--out", type=Path, default=Path("var") / "weights" / COMMITTED)
    parser.add_argument("--minutes", type=float, default=60.0, help="wall-clock limit, 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    default_cache = Path(tempfile.gettempdir()) / "lamina-examples"
    parser.add_argument("--cache", type=Path, default=default_cache, help="where phantoms are kept")


def _train(chosen: argparse.Namespace) -> int:
    machine = this_machine("auto", chosen.threads)
    place = Place(chosen.out, chosen.cache, workers=max(1, chosen.threads))
    seconds = chosen.minutes * 60 if chosen.minutes > 0 else None
    figures = remake(
        PRESETS[chosen.preset], place, machine, Terms(chosen.seed, seconds), _Ticker().hear
    )
    print(json.dumps(figures, indent=1))
    return 0


def _measure(chosen: argparse.Namespace) -> int:
    this_machine("auto", chosen.threads)
    figures = measured_again(chosen.weights, chosen.phantoms, _Ticker().hear)
    print(json.dumps(figures, indent=1))
    return 0


class _Ticker:
    """Prints progress every few seconds."""

    def __init__(self) -> None:
        self.last = 0.0

    def hear(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.iteration < progress.iterations and now - self.last < _EVERY_SECONDS:
            return
        self.last = now
        loss = "" if math.isnan(progress.loss) else f", loss {progress.loss:.3f}"
        left = f"{progress.seconds_left / 60:.1f} min left"
        print(
            f"{progress.what}: {progress.iteration} of {progress.iterations}{loss}, {left}",
            file=sys.stderr,
            flush=True,
        )


if __name__ == "__main__":
    raise SystemExit(main())
