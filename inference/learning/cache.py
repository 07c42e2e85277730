"""Makes training examples from phantoms once, in worker processes, and keeps them as npz files.

A phantom of a seed is the same for ever within one code version; the folder carries that version,
so that a changed generator never meets old examples.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference.learning.course import Arrays, Kind
from inference.phantoms.make import make_phantom
from inference.phantoms.phantom import Phantom


@dataclass(frozen=True)
class Wanted:
    """One phantom to make, or one case to cut: its kind, its seed and where its files go."""

    kind: Kind
    seed: int
    folder: Path


def wanted(kind: Kind, seeds: Iterable[int], folder: Path) -> list[Wanted]:
    """Return the phantoms of some seeds."""
    return [Wanted(kind, seed, folder) for seed in seeds]


def prepare(phantoms: list[Wanted], workers: int, on_progress: Callable[[int, int], None]) -> None:
    """Make the examples that are not there yet; interrupted work is taken up again."""
    missing = [one for one in phantoms if not done_mark(one).exists()]
    done = len(phantoms) - len(missing)
    for _ in _each(make_examples, missing, workers):
        done += 1
        on_progress(done, len(phantoms))


def done_mark(one: Wanted) -> Path:
    """Return the file that says that all examples of a phantom are written."""
    return one.folder / f"{one.kind.name}-{one.seed}.done"


def example_files(phantoms: list[Wanted], part: str) -> list[Path]:
    """Return the files of one part, in order of seeds."""
    found: list[Path] = []
    for one in phantoms:
        found += sorted(one.folder.glob(f"{one.kind.name}-{part}-{one.seed}-*.npz"))
    return found


def read_example(path: Path) -> Arrays:
    """Return the arrays of one example."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def make_examples(one: Wanted) -> None:
    """Make one phantom, cut its examples and write them."""
    rng = np.random.default_rng([7, one.seed])
    phantom = make_phantom(one.seed, one.kind.options(rng))
    write_examples(one, phantom, rng)


def write_examples(one: Wanted, phantom: Phantom, rng: np.random.Generator) -> None:
    """Cut the examples of a phantom, or of a case in its form, and write them."""
    one.folder.mkdir(parents=True, exist_ok=True)
    for index, (part, arrays) in enumerate(one.kind.cut(phantom, rng)):
        _write(one.folder / f"{one.kind.name}-{part}-{one.seed}-{index}.npz", arrays)
    done_mark(one).touch()


def _write(path: Path, arrays: Arrays) -> None:
    """Write the arrays of one example, whole or not at all."""
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub wants a bool here
    partial.replace(path)


def _each(work: Callable[[Wanted], None], items: list[Wanted], workers: int) -> Iterator[None]:
    if workers <= 1 or len(items) < 2:
        yield from map(work, items)
        return
    with _one_thread(), multiprocessing.get_context("spawn").Pool(workers, _leave_stopping) as pool:
        yield from pool.imap_unordered(work, items)


def _leave_stopping() -> None:
    """Let the parent alone hear Ctrl-C; it ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let child processes compute with one thread each; they would get in each other's way."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before
