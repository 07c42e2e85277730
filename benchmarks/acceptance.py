"""One table: the anchor-free system on two real CT and on held-out phantoms.

    python -m benchmarks.acceptance [--phantoms 60] [--weights FOLDER] [--workers 1] [--out FILE]

The thoracic CT (demo/thoracic) is judged against body centres read by eye, the lumbar one
(demo/lumbar) against a mask made by another model; neither was in the training of the committed
weights. Exit status 1 where a bar is missed.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.real_ct import lumbar_rows, thoracic_rows
from inference.datasets import cases_of
from inference.evaluating import Task, judge_all
from inference.evaluation import summarise
from inference.pipelines import PIPELINES
from inference.table import Row, as_text, phantom_rows
from inference.weights import committed_folder, load_weights

SYSTEM = "anchor-free"


def main() -> int:
    """Measure, print, and tell by the exit status whether every bar is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acceptance", description=__doc__)
    parser.add_argument("--phantoms", default="60", help="how many, or seeds as 7-12 or 3,5")
    parser.add_argument("--weights", type=Path, help="folder of weights; default: the committed")
    parser.add_argument("--workers", type=int, default=1, help="processes for the phantoms")
    parser.add_argument("--out", type=Path, help="also write the table there")
    arguments = parser.parse_args()
    weights = load_weights(arguments.weights)
    pipeline = PIPELINES[SYSTEM]
    parts = [
        ("Real thoracic CT, centres read by eye", thoracic_rows(pipeline, weights)),
        ("Real lumbar CT, 3 mm, mask made by a model", lumbar_rows(pipeline, weights)),
        ("Held-out phantoms", _phantoms(arguments)),
    ]
    text = "\n\n".join(as_text(title, rows) for title, rows in parts)
    stamp = datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    text = f"# Acceptance of {weights.name}\n\n{stamp}, weights {weights.sha256[:12]}\n\n{text}\n"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    return int(any(row.is_met is False for _, rows in parts for row in rows))


def _phantoms(arguments: argparse.Namespace) -> list[Row]:
    cases = cases_of(f"phantoms:{arguments.phantoms}")
    weights = arguments.weights or committed_folder()
    tasks = [Task(case, SYSTEM, weights) for case in cases]
    judged = judge_all(tasks, arguments.workers)
    return phantom_rows(summarise([one.system for one in judged]))


if __name__ == "__main__":
    sys.exit(main())
