"""How long a phantom takes to make, on one core.

    OMP_NUM_THREADS=1 python -m benchmarks.phantoms [--seeds 8] [--out FILE]

Prints processor and wall-clock seconds per phantom and the machine's load; asserts nothing. A spine
region is T10-L5 at 1 mm in a box around the spine; a body is T10-L5 and the whole abdomen, 1.5 mm.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from inference.phantoms.features import Features
from inference.phantoms.make import PhantomOptions, make_phantom

LEVELS = ("T10", "L5")
EVERYTHING = Features(
    variants=("L6",),
    cobb_deg=30.0,
    osteophytes=("L1", "L2"),
    schmorl=("L1",),
    scheuermann=("T10", "T11", "T12"),
    fused=("L2",),
    screws=("L4", "L5"),
    cages=("L4",),
    cement=("L1",),
    contrast="arterial",
    slice_mm=3.0,
)
KINDS = {
    "spine region, 1 mm": PhantomOptions(levels=LEVELS),
    "the same with every feature": PhantomOptions(levels=LEVELS, features=EVERYTHING),
    "C2-L5, 1 mm": PhantomOptions(levels=("C2", "L5")),
    "body, 1.5 mm": PhantomOptions((1.5, 1.5, 1.5), "body", levels=LEVELS),
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phantoms", description=__doc__)
    parser.add_argument("--seeds", type=int, default=8, help="phantoms of each kind")
    parser.add_argument("--out", type=Path, help="also write the table there")
    arguments = parser.parse_args()
    stamp = datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = os.getloadavg()[0]
    text = "\n".join(
        [
            "# Seconds per phantom",
            "",
            f"{stamp}, {arguments.seeds} phantoms of each kind, {os.cpu_count()} cores, "
            f"load {load:.1f} at the start, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS')}",
            "",
            "| kind | voxels, millions | processor s, median | largest | wall-clock s, median |",
            "|---|---|---|---|---|",
            *rows(arguments.seeds),
            "",
        ]
    )
    sys.stdout.write(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    return 0


def rows(n_seeds: int) -> Iterator[str]:
    """Yield one line of the table per kind."""
    for name, options in KINDS.items():
        voxels, cpu, wall = [], [], []
        for seed in range(n_seeds):
            cpu_before, wall_before = time.process_time(), time.perf_counter()
            phantom = make_phantom(seed, options)
            cpu.append(time.process_time() - cpu_before)
            wall.append(time.perf_counter() - wall_before)
            voxels.append(phantom.volume.hu.size / 1e6)
        yield (
            f"| {name} | {statistics.median(voxels):.1f} | {statistics.median(cpu):.2f} "
            f"| {max(cpu):.2f} | {statistics.median(wall):.2f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
