"""`python -m inference phase NAME`: one phase alone on a file, and what it found as files.

What earlier phases found is read from the same folder. A mask is also written as NIfTI.
"""

import argparse
import time
from pathlib import Path

from annotation.domain.geometry import Volume
from annotation.imaging.canonical import to_canonical
from annotation.imaging.dicom import is_dicom, read_series
from annotation.imaging.nifti import mask_bytes, read_ct
from inference.pipelines import PHASES
from inference.pipelines.kept import write_kept
from inference.pipelines.phase import Found, Phase
from inference.weights import load_weights


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command understands."""
    told = "; ".join(
        f"{system}: {', '.join(phase.name for phase in phases)}"
        for system, phases in PHASES.items()
    )
    parser.add_argument("name", help=f"which phase of the system of the weights. {told}")
    parser.add_argument(
        "--volume", type=Path, required=True, help="CT as NIfTI, or a radiograph as DICOM"
    )
    parser.add_argument("--weights", type=Path, help="folder of weights; default: the committed")
    parser.add_argument("--out", type=Path, required=True, help="folder of what phases find")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N")


def run(arguments: argparse.Namespace) -> str:
    """Run the phase and say where its files lie.

    Raises:
        ValueError: if the system has no such phase, the volume cannot be read, or an earlier phase
            was not run.
    """
    weights = load_weights(arguments.weights, arguments.device)
    phase = phase_named(weights.system.name, arguments.name)
    volume = read_volume(arguments.volume)
    started = time.perf_counter()
    result = phase.run(volume, weights, Found(arguments.out))
    seconds = time.perf_counter() - started
    files = write_kept(result, arguments.out, phase.name)
    mask = getattr(result, "mask", None)
    if mask is not None:
        files.append(arguments.out / f"{phase.name}.nii.gz")
        files[-1].write_bytes(mask_bytes(mask, volume.grid))
    written = "\n".join(map(str, files))
    return f"{phase.name}, {phase.about}: {seconds:.2f} s with {weights.name}\n{written}"


def phase_named(system: str, name: str) -> Phase:
    """Return a phase of a system.

    Raises:
        ValueError: if there is none.
    """
    phases = PHASES.get(system, ())
    for phase in phases:
        if phase.name == name:
            return phase
    known = ", ".join(phase.name for phase in phases) or "no phase that runs alone"
    raise ValueError(f"{system} has {known}; not {name}")


def read_volume(path: Path) -> Volume:
    """Return a CT from a NIfTI file, or a radiograph from its DICOM file, on its canonical grid.

    Raises:
        ValueError: naming the file, if it cannot be read.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    result = read_series([path])[0] if is_dicom(path) else read_ct(path)
    if result.stored is None:
        raise ValueError(f"{path.name}: {result.reason}")
    return to_canonical(result.stored)[0]
