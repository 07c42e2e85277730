"""Segments a volume with a trained nnU-Net: one CT into a folder, one program, one mask out."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Volume
from inference.nets.detector import CLASSES
from inference.nnunet.folders import ENDING, NAMES, read_answer, write_image
from inference.nnunet.programs import FOLD, predict_command, run
from inference.phases.count import Looks
from inference.phases.segmentation import Segmented

Floats = NDArray[np.float64]

SURE: Final = 4.0
"""Logit of the level that nnU-Net gave a vertebra; neighbours and anchors may overrule it."""
_NAME: Final = "ct"


@dataclass(frozen=True)
class NnUnet:
    """A trained model.

    Attributes:
        folder: with dataset.json, plans.json and fold_all, as training leaves it.
        device: "cpu" or "cuda".
    """

    folder: Path
    device: str = "cpu"

    def check(self) -> None:
        """Say what is missing, if anything.

        Raises:
            ValueError: if the folder holds no trained model.
        """
        parts = ("dataset.json", "plans.json", f"fold_{FOLD}/checkpoint_final.pth")
        missing = [part for part in parts if not (self.folder / part).is_file()]
        if missing:
            raise ValueError(f"the nnU-Net model {self.folder.name} lacks {', '.join(missing)}")


def segment_by_nnunet(volume: Volume, model: NnUnet) -> Segmented:
    """Segment with nnU-Net; levels are those it gave its labels, places it leaves to the mask.

    Raises:
        ValueError: if the model is incomplete, nnU-Net is not set up, fails, or answers nonsense.
    """
    model.check()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="lamina-nnunet-") as name:
        images, out = Path(name) / "images", Path(name) / "answers"
        images.mkdir()
        write_image(volume, images, _NAME)
        run(predict_command(images, out, model.folder, model.device))
        mask = read_answer(out / f"{_NAME}{ENDING}", volume.grid)
    seconds = {"nnunet": time.perf_counter() - started}
    looks = Looks({int(number): _logits(int(number)) for number in np.unique(mask[mask > 0])})
    return Segmented(mask, looks, seconds=seconds)


def _logits(number: int) -> Floats:
    logits = np.zeros(len(CLASSES))
    level = NAMES[number - 1]
    if level in CLASSES:
        logits[CLASSES.index(level)] = SURE
    return logits
