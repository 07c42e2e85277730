"""Makes training examples from phantoms once, in worker processes, and keeps them as npz files.

A phantom of a seed is the same for ever within one code version; the folder carries that version,
so that a changed generator never meets old examples.
"""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inference.learning.examples import patch_example, picture_example, wide_example
from inference.learning.specimen import Specimen, from_phantom
from inference.phantoms.make import PhantomOptions, make_phantom

Arrays = dict[str, NDArray[np.generic]]

WIDE_SEEDS: Final = 1_000_000
FINE_SEEDS: Final = 2_000_000
HELD_OUT_SEEDS: Final = 9_000_000
"""First seeds of the localizer's, the detector's and segmenter's, and the held-out phantoms."""
_PICTURES: Final = 3
_PATCHES: Final = 4
_WINDOWS: Final = (("C2", "T4"), ("C3", "L3"), ("T1", "L2"), ("T6", "L4"), ("T10", "L5"))
_SPACINGS: Final = (
    (1.0, 1.0, 1.0),
    (0.8, 1.0, 0.8),
    (1.0, 2.0, 1.0),
    (1.5, 1.5, 1.5),
    (3.0, 3.0, 3.0),
)
_SPACING_CHANCES: Final = (0.5, 0.15, 0.1, 0.1, 0.15)


@dataclass(frozen=True)
class Wanted:
    """One phantom to make: kind "wide" or "fine", its seed and where its files go."""

    kind: str
    seed: int
    folder: Path


def code_version() -> str:
    """Return a short hash of the code that makes phantoms and examples."""
    here = Path(__file__).parent
    sources = sorted((here.parent / "phantoms").glob("*.py"))
    sources += [here / "examples.py", here / "specimen.py", here / "cache.py"]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def wanted(kind: str, first_seed: int, n: int, folder: Path) -> list[Wanted]:
    """Return n phantoms of consecutive seeds."""
    return [Wanted(kind, first_seed + index, folder) for index in range(n)]


def prepare(phantoms: list[Wanted], workers: int, on_progress: Callable[[int, int], None]) -> None:
    """Make the examples that are not there yet; interrupted work is taken up again."""
    missing = [one for one in phantoms if not done_mark(one).exists()]
    done = len(phantoms) - len(missing)
    for one in missing:
        one.folder.mkdir(parents=True, exist_ok=True)
    for _ in _each(make_examples, missing, workers):
        done += 1
        on_progress(done, len(phantoms))


def done_mark(one: Wanted) -> Path:
    """Return the file that says that all examples of a phantom are written."""
    return one.folder / f"{one.kind}-{one.seed}.done"


def example_files(phantoms: list[Wanted], part: str) -> list[Path]:
    """Return the files of one part ("wide", "picture", "patch"), in order of seeds."""
    found: list[Path] = []
    for one in phantoms:
        found += sorted(one.folder.glob(f"{part}-{one.seed}-*.npz"))
    return found


def read_example(path: Path) -> Arrays:
    """Return the arrays of one example."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def make_examples(one: Wanted) -> None:
    """Make one phantom, cut its examples and write them."""
    rng = np.random.default_rng([7, one.seed])
    if one.kind == "wide":
        specimen = from_phantom(make_phantom(one.seed, wide_options(rng)))
        write_example(one, "wide", 0, wide_example(specimen))
    else:
        specimen = from_phantom(make_phantom(one.seed, fine_options(rng)))
        write_fine(one, specimen, rng)
    done_mark(one).touch()


def write_fine(one: Wanted, specimen: Specimen, rng: np.random.Generator) -> None:
    """Cut a specimen into pictures and patches, fractured bodies first."""
    for index in range(_PICTURES):
        picture = picture_example(specimen, rng)
        if picture is not None:
            write_example(one, "picture", index, picture)
    bodies = sorted(specimen.bodies, key=lambda body: body.g + rng.uniform(0, 0.3))
    for index, body in enumerate(bodies[:_PATCHES]):
        write_example(one, "patch", index, patch_example(specimen, body, rng))


def wide_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom for the localizer: mostly whole bodies, coarse."""
    step = float(rng.choice([2.0, 2.0, 2.0, 3.0]))
    spacing = (step, float(rng.choice([2.0, 3.0, 4.0])), step)
    return PhantomOptions(spacing, "body" if rng.random() < 0.8 else "spine")


def fine_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom for the detector and the segmenter: the spine, mostly at 1 mm."""
    choice = int(rng.choice(len(_SPACINGS), p=_SPACING_CHANCES))
    options = PhantomOptions(_SPACINGS[choice], "spine")
    if rng.random() < 0.3:
        options = replace(options, levels=_WINDOWS[int(rng.integers(len(_WINDOWS)))])
    elif rng.random() < 0.4:
        options = replace(options, fracture=draw_fracture(rng))
    return options


def draw_fracture(rng: np.random.Generator) -> tuple[str, str, float]:
    """Draw a level, shape and height ratio of a moderate or severe fracture."""
    level = f"T{rng.integers(4, 13)}" if rng.random() < 0.6 else f"L{rng.integers(1, 5)}"
    if level == "T12":
        level = "T11"
    shape = str(rng.choice(["wedge", "biconcave", "crush"], p=[0.45, 0.35, 0.2]))
    return level, shape, float(rng.uniform(0.4, 0.76))


def write_example(one: Wanted, part: str, index: int, arrays: Arrays) -> None:
    """Write the arrays of one example, whole or not at all."""
    path = one.folder / f"{part}-{one.seed}-{index}.npz"
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stub wants a bool here
    partial.replace(path)


def _each(work: Callable[[Wanted], None], items: list[Wanted], workers: int) -> Iterator[None]:
    if workers <= 1 or len(items) < 2:
        yield from map(work, items)
        return
    with _one_thread(), multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(work, items)


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
