"""What one pre-annotation costs: seconds per stage, peak memory and money, by size of the volume.

    python -m benchmarks.inference [--system anchor-free] [--weights FOLDER] [--sizes 1,2,4]
                                   [--threads 2] [--repeats 3] [--per-hour 0.10,2.50] [--write]

Phantoms of whole bodies at several voxel sizes stand for patients. Reading the compressed NIfTI and
bringing it to its canonical grid is timed apart from the pipeline's stages; resampling is timed
apart, too, and is also part of the stages that ask for it. Each measurement runs in a process of
its own, so that peaks do not add up. A graphics card is measured where there is one; the first run
on it is left out, as it loads kernels.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

import torch

from annotation.imaging.nifti import ct_bytes
from inference.nets.localizer import STEP_MM
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.seeds import HELD_OUT_SEED
from inference.phases.sampling import resampled
from inference.phasing import read_volume
from inference.pipelines import PIPELINES
from inference.systems import SYSTEMS
from inference.weights import load_weights

PAGE: Final = Path(__file__).parents[1] / "docs" / "measured" / "inference.md"
SEED: Final = HELD_OUT_SEED + 500_000


@dataclass(frozen=True)
class Cost:
    """What one volume cost on one machine; seconds are medians.

    Attributes:
        dims: voxels along i, j, k.
        device: as torch names it.
        read: decompressing and reorienting the file.
        resample: bringing the whole volume to the step of the first network.
        stages: seconds of the pipeline, by stage.
        whole: of the pipeline, from the volume in memory to the proposal.
        memory_gb: peak of the process above what it held before the volume was read; on a graphics
            card the peak of what torch held there.
        n_found: vertebrae proposed.
    """

    dims: tuple[int, int, int]
    device: str
    read: float
    resample: float
    stages: dict[str, float]
    whole: float
    memory_gb: float
    n_found: int


def main() -> int:
    """Measure and print; with `--write`, write the page."""
    arguments = _arguments()
    if arguments.one:
        print(json.dumps(asdict(_measured(arguments))))
        return 0
    devices = ["cpu", *(["cuda:0"] if torch.cuda.is_available() else [])]
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        for size in (float(one) for one in arguments.sizes.split(",")):
            path = _written(Path(folder), size)
            costs += [_apart(arguments, path, device) for device in devices]
    text = page(arguments, costs)
    print(text)
    if arguments.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference", description=__doc__)
    systems = sorted(name for name, system in SYSTEMS.items() if system.kind == "ct")
    parser.add_argument("--system", choices=systems, default="anchor-free")
    parser.add_argument("--weights", type=Path, help="folder of weights; default: the committed")
    parser.add_argument("--sizes", default="4,2,1.5,1", help="voxel sizes in mm")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--per-hour", default="", help="price of an hour: processor,graphics card")
    parser.add_argument("--write", action="store_true", help="write docs/measured/inference.md")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--device", default="cpu", help=argparse.SUPPRESS)
    return parser.parse_args()


def _written(folder: Path, size: float) -> Path:
    """Write the CT of a whole body with T1 to L5 in view at a voxel size."""
    options = PhantomOptions((size, size, size), "body", levels=("T1", "L5"))
    volume = make_phantom(SEED, options).volume
    path = folder / f"ct-{size:g}.nii.gz"
    path.write_bytes(ct_bytes(volume.hu, volume.grid))
    return path


def _apart(arguments: argparse.Namespace, path: Path, device: str) -> Cost:
    """Measure in a process of its own."""
    words = ["--one", str(path), "--device", device, "--system", arguments.system]
    words += ["--threads", str(arguments.threads), "--repeats", str(arguments.repeats)]
    if arguments.weights:
        words += ["--weights", str(arguments.weights)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.inference", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return Cost(**{**told, "dims": tuple(told["dims"])})


def _measured(arguments: argparse.Namespace) -> Cost:
    torch.set_num_threads(arguments.threads)
    weights = load_weights(arguments.weights, arguments.device)
    if weights.system.name != arguments.system:
        raise SystemExit(f"these are weights of {weights.system.name}, not of {arguments.system}")
    is_card, before = weights.machine.device.type == "cuda", _peak_gb()
    started = time.perf_counter()
    volume = read_volume(arguments.one)
    read = time.perf_counter() - started
    pipeline, runs, resamplings = PIPELINES[arguments.system], [], []
    for _ in range(arguments.repeats + is_card):
        started = time.perf_counter()
        resampled(volume, STEP_MM, weights.machine.device)
        _wait(weights.machine.device)
        resamplings.append(time.perf_counter() - started)
        started = time.perf_counter()
        proposal = pipeline(volume, weights)
        _wait(weights.machine.device)
        runs.append((time.perf_counter() - started, proposal))
    kept = runs[is_card:]
    stages = {name: median([p.seconds[name] for _, p in kept]) for name in proposal.seconds}
    peak = torch.cuda.max_memory_allocated() / 1e9 if is_card else _peak_gb() - before
    name = torch.cuda.get_device_name() if is_card else f"cpu, {arguments.threads} threads"
    whole = median([seconds for seconds, _ in kept])
    waited = median(resamplings[is_card:])
    n = len(proposal.vertebrae)
    return Cost(volume.grid.dims, name, read, waited, stages, whole, peak, n)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def page(arguments: argparse.Namespace, costs: Sequence[Cost]) -> str:
    """Return the table as Markdown."""
    stages = list(dict.fromkeys(name for cost in costs for name in cost.stages))
    head = ["volume", "Mvoxel", "machine", "read", "resample", *stages, "pipeline", "GB", "found"]
    prices = [float(one) for one in arguments.per_hour.split(",") if one]
    if prices:
        head.append("cost per 1000 cases")
    rows = [_row(cost, stages, prices) for cost in costs]
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    stamp = datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    return "\n".join(
        [
            "# What one pre-annotation costs",
            "",
            f"{stamp}, {arguments.system}, load of the machine while measuring: {load}. Seconds "
            f"are medians of {arguments.repeats} runs on a simulated body.",
            "",
            "`read` is decompressing and reorienting the file, before the pipeline. `resample` "
            "brings the whole volume to the step of the first network; it is shown apart and is "
            "part of the first stage, too. `pipeline` is from the volume in memory to the "
            "proposal. GB is the peak above what the process held before the volume was read, on "
            "a graphics card what torch held there.",
            "",
            f"| {' | '.join(head)} |",
            f"|{'---|' * len(head)}",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            "Repeat with `python -m benchmarks.inference --write`.",
            "",
        ]
    )


def _row(cost: Cost, stages: Sequence[str], prices: Sequence[float]) -> list[str]:
    voxels = cost.dims[0] * cost.dims[1] * cost.dims[2]
    row = [" x ".join(map(str, cost.dims)), f"{voxels / 1e6:.1f}", cost.device]
    row += [f"{cost.read:.2f}", f"{cost.resample:.2f}"]
    row += [f"{cost.stages[name]:.2f}" if name in cost.stages else "" for name in stages]
    row += [f"{cost.whole:.2f}", f"{cost.memory_gb:.2f}", str(cost.n_found)]
    if prices:
        price = prices[0] if cost.device.startswith("cpu") else prices[-1]
        row.append(f"{(cost.read + cost.whole) / 3600 * price * 1000:.3f}")
    return row


if __name__ == "__main__":
    sys.exit(main())
