"""`python -m inference evaluate`: a pipeline on held-out phantoms, as a table."""

import argparse
import json
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inference.evaluation import HELD_OUT_SEED, judge, options_of, summarise
from inference.judged import JudgedCase
from inference.observation import observe
from inference.phantoms.make import make_phantom
from inference.pipelines import PIPELINES
from inference.table import as_text, phantom_rows
from inference.weights import load_weights


@dataclass(frozen=True)
class Task:
    """One phantom to judge: its seed, the pipeline's name and the folder of weights."""

    seed: int
    system: str
    weights: Path | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command understands."""
    parser.add_argument("system", choices=sorted(PIPELINES), help="which pipeline")
    parser.add_argument(
        "--data",
        default="phantoms:60",
        help="phantoms:60 for so many held-out ones, phantoms:7-12 or phantoms:3,5 for seeds",
    )
    parser.add_argument("--weights", type=Path, help="folder of weights; default: the committed")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--json", type=Path, help="also write the figures there")


def run(arguments: argparse.Namespace) -> str:
    """Evaluate and return the table.

    Raises:
        ValueError: if the data are not phantoms or the seeds cannot be read.
    """
    seeds = seeds_of(arguments.data)
    tasks = [Task(seed, arguments.system, arguments.weights) for seed in seeds]
    cases = list(judge_all(tasks, arguments.workers))
    figures = summarise(cases)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures.as_dict(), indent=1) + "\n", encoding="utf-8")
    return as_text("Held-out phantoms", phantom_rows(figures))


def seeds_of(data: str) -> list[int]:
    """Return the seeds that "phantoms:SEEDS" names.

    Raises:
        ValueError: if it names none.
    """
    kind, _, text = data.partition(":")
    if kind != "phantoms" or not text:
        raise ValueError(f"data are named as phantoms:SEEDS, not {data!r}")
    try:
        if "," in text:
            return [int(part) for part in text.split(",")]
        first, dash, last = text.partition("-")
        if dash:
            return list(range(int(first), int(last) + 1))
        return list(range(HELD_OUT_SEED, HELD_OUT_SEED + int(text)))
    except ValueError:
        raise ValueError(f"seeds are whole numbers: 60, 7-12 or 3,5, not {text!r}") from None


def judge_all(tasks: list[Task], workers: int = 1) -> Iterator[JudgedCase]:
    """Yield judged phantoms in order, made and judged one at a time per process."""
    if workers <= 1:
        yield from map(judge_seed, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(judge_seed, tasks)


def judge_seed(task: Task) -> JudgedCase:
    """Make a phantom, run the pipeline on it and judge what it saw."""
    weights = load_weights(task.weights)
    phantom = make_phantom(task.seed, options_of(task.seed))
    return judge(phantom, observe(phantom.volume, PIPELINES[task.system], weights))
