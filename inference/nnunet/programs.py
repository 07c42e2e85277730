"""nnU-Net's programs: where they lie, what is said to them, and how they are run."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ENVIRONMENT: Final = Path(__file__).resolve().parents[2] / ".venv-nnunet"
"""Where `run.py nnunet` puts it; LAMINA_NNUNET names another place."""
CONFIGURATION: Final = "3d_fullres"
TRAINER: Final = "nnUNetTrainer"
PLANS: Final = "nnUNetPlans"
FOLD: Final = "all"
_LAST_LINES: Final = 12
_SHORT: Final = """
import sys
from nnunetv2.run.run_training import run_training_entry
from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer
train = nnUNetTrainer.run_training
def briefly(self):
    self.num_epochs = 1
    self.num_iterations_per_epoch, self.num_val_iterations_per_epoch = ITERATIONS, 1
    train(self)
nnUNetTrainer.run_training = briefly
run_training_entry()
"""


class NnUnetFailed(ValueError):
    """A program of nnU-Net that is not there or did not end well; the text says what it said."""


@dataclass(frozen=True)
class Place:
    """Where one effort with nnU-Net keeps its folders.

    Attributes:
        root: holds `raw`, `preprocessed` and `results`.
        device: "cpu" or "cuda".
        processes: that prepare data beside each other.
    """

    root: Path
    device: str = "cpu"
    processes: int = 2

    @property
    def raw(self) -> Path:
        """Return the folder of dataset folders."""
        return self.root / "raw"

    def variables(self) -> dict[str, str]:
        """Return the environment variables by which nnU-Net finds its folders."""
        return {
            "nnUNet_raw": str(self.raw),
            "nnUNet_preprocessed": str(self.root / "preprocessed"),
            "nnUNet_results": str(self.root / "results"),
            "nnUNet_n_proc_DA": str(self.processes),
            "nnUNet_compile": "f",
        }

    def model(self, dataset: Path) -> Path:
        """Return where training leaves its model."""
        return self.root / "results" / dataset.name / f"{TRAINER}__{PLANS}__{CONFIGURATION}"


def plan_command(number: int, place: Place) -> list[str]:
    """Return the command that checks, plans and preprocesses a dataset."""
    n = str(place.processes)
    words = ["-d", str(number), "-c", CONFIGURATION, "-npfp", n, "-np", n]
    return [program("nnUNetv2_plan_and_preprocess"), *words, "--verify_dataset_integrity"]


def train_command(number: int, place: Place, iterations: int | None = None) -> list[str]:
    """Return the command that trains on all cases; `iterations` shortens it to one short epoch.

    nnU-Net has no switch for so few steps; they are set on its trainer before it starts.
    """
    words = [str(number), CONFIGURATION, FOLD, "-device", place.device]
    if iterations is None:
        return [program("nnUNetv2_train"), *words]
    script = _SHORT.replace("ITERATIONS", str(int(iterations)))
    return [program("python"), "-c", script, *words]


def predict_command(images: Path, out: Path, model: Path, device: str) -> list[str]:
    """Return the command that segments a folder of images with a model folder."""
    words = ["-i", str(images), "-o", str(out), "-m", str(model), "-f", FOLD, "-device", device]
    quick = ["--disable_tta", "-npp", "1", "-nps", "1", "--disable_progress_bar"]
    return [program("nnUNetv2_predict_from_modelfolder"), *words, *quick]


def environment() -> Path:
    """Return the folder of nnU-Net's environment."""
    return Path(os.environ.get("LAMINA_NNUNET", ENVIRONMENT))


def program(name: str) -> str:
    """Return the path of a program of nnU-Net's environment."""
    return str(environment() / ("Scripts" if os.name == "nt" else "bin") / name)


def run(command: Sequence[str], variables: Mapping[str, str] | None = None) -> str:
    """Run a program of nnU-Net's environment and return what it printed.

    Raises:
        NnUnetFailed: if the environment is not set up or the program fails.
    """
    if not Path(command[0]).exists():
        raise NnUnetFailed("nnU-Net is not set up on this machine: run `python3 run.py nnunet`")
    done = subprocess.run(  # noqa: S603 (the words are ours, no shell reads them)
        list(command),
        env={**os.environ, **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-_LAST_LINES:])
        raise NnUnetFailed(f"{Path(command[0]).name} failed:\n{tail}")
    return done.stdout
