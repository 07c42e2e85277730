"""`python -m inference evaluate`: the tables of the papers on any data with a truth."""

import argparse
import json
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inference.comparing import compare, failed
from inference.datasets import Case, cases_of
from inference.evaluation import summarise
from inference.judged import JudgedCase, Seen
from inference.observation import observe
from inference.papers.baseline import counted_upward, stacked
from inference.papers.experts import read_experts
from inference.papers.picturing import pixels_missed, pixels_seen
from inference.papers.report import Judged, as_text, experts_report, reported, write
from inference.pipelines import PIPELINES
from inference.systems import SYSTEMS
from inference.truths import Truth
from inference.weights import Weights, load_weights, shipped_folder


@dataclass(frozen=True)
class Task:
    """One case to judge, the pipeline's name and the folder of weights."""

    case: Case
    system: str
    weights: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command understands."""
    parser.add_argument("system", choices=sorted(PIPELINES), help="which pipeline")
    parser.add_argument(
        "--data",
        default="phantoms:60",
        help="what to judge on, parts joined by commas: phantoms:60 for so many held-out ones,"
        " phantoms:7-12 or phantoms:3,5 for seeds, folder:PATH for the frozen side of a frozen"
        " folder, verse:PATH for a tree in VerSe layout with masks or centroids",
    )
    parser.add_argument("--weights", type=Path, help="folder of weights; default: the shipped")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--folds", type=int, default=0, help="also mean and SD over so many folds")
    parser.add_argument(
        "--experts",
        type=Path,
        help="folder with readings.json and spacings.json, six points of several experts: also"
        " print how they fare against each other",
    )
    parser.add_argument("--out", type=Path, help="folder for Markdown, CSV and plots")
    parser.add_argument("--json", type=Path, help="also write the summary of all cases there")


def run(arguments: argparse.Namespace) -> str:
    """Evaluate and return the tables.

    Raises:
        ValueError: if the data cannot be read or have fewer patients than folds.
    """
    folder = arguments.weights or shipped_folder(arguments.system)
    if folder is None:
        raise ValueError(f"{how_to_get(arguments.system)}, and name their folder by --weights")
    cases = cases_of(arguments.data, SYSTEMS[arguments.system].kind)
    tasks = [Task(case, arguments.system, folder) for case in cases]
    judged = list(judge_all(tasks, arguments.workers))
    reports = reported(judged, arguments.folds)
    if arguments.experts:
        reports.append(experts_report(read_experts(arguments.experts), arguments.folds))
    if arguments.json:
        figures = summarise([one.system for one in judged]).as_dict()
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    weights = load_weights(folder)
    title = f"{arguments.system} with {weights.name} ({weights.sha256[:12]})"
    if arguments.out:
        write(arguments.out, title, reports)
    return "\n\n".join([f"# {title}", *map(as_text, reports)])


def how_to_get(system: str) -> str:
    """Return what to do where a system has no weights in the repository."""
    return f"no weights here; train them by `python -m inference train {system} --preset base`"


def judge_all(tasks: Sequence[Task], workers: int = 1) -> Iterator[Judged]:
    """Yield judged cases in order, read and judged one at a time per process."""
    if workers <= 1:
        yield from map(judge_task, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(judge_task, tasks)


def judge_task(task: Task) -> Judged:
    """Read a case, run the pipeline on it and judge what it saw, beside what is trivial.

    A case on which the pipeline fails, for whatever reason, is counted with everything missed.
    """
    weights = load_weights(task.weights)
    truth = task.case.read()
    return judged_truth(task.case.data, truth, task.system, weights)


def judged_truth(data: str, truth: Truth, system: str, weights: Weights) -> Judged:
    """Run a pipeline on a case with a truth and judge what it saw; bodies against bodies."""
    if SYSTEMS[system].mask_shows == "bodies":
        truth = replace(truth, mask=truth.body_mask)
    trivial = compare(truth, stacked(truth.volume.grid))
    is_picture = SYSTEMS[system].kind == "radiograph"
    try:
        seen = observe(truth.volume, PIPELINES[system], weights)
        pixels = pixels_seen(truth, weights) if is_picture else {}
    except Exception as fault:
        lost = failed(truth, f"{type(fault).__name__}: {fault}")
        lost = replace(lost, pixels=pixels_missed(truth) if is_picture else {})
        return Judged(data, lost, trivial, lost)
    judged = replace(compare(truth, seen), pixels=pixels)
    return Judged(data, judged, trivial, _counted(truth, seen))


def _counted(truth: Truth, seen: Seen) -> JudgedCase:
    return compare(replace(truth, mask=None), counted_upward(seen), with_surfaces=False)
