"""The files nnU-Net v2 trains from and answers with: a dataset folder out, label maps in.

nnU-Net wants labels without gaps. Ours are 1 to 26 for the vertebrae from C1 to L6, T13 after T12.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import GeometryMismatch, Grid, Volume
from annotation.domain.vertebrae import LEVELS, label_of
from annotation.imaging.frozen import read_case, read_frozen
from annotation.imaging.nifti import ct_bytes, mask_bytes, read_labels
from inference.phantoms.make import PhantomOptions, make_phantom

Mask = NDArray[np.uint8]

ENDING: Final = ".nii.gz"
NAMES: Final = LEVELS[:-2]
"""Levels in the order of nnU-Net's labels, from 1."""
_DATASET: Final = re.compile(r"Dataset(\d{3})_([A-Za-z0-9]+)")
_CASE: Final = re.compile(r"[A-Za-z0-9-]{1,60}")


@dataclass(frozen=True)
class Example:
    """A volume to learn from, with VerSe labels.

    Attributes:
        name: letters, digits and '-'; names its files.
        volume: the CT.
        mask: uint8 (k, j, i), VerSe labels.
    """

    name: str
    volume: Volume
    mask: Mask


def dataset_number(folder: Path) -> int:
    """Return the number in the name of a dataset folder.

    Raises:
        ValueError: if the name is not like Dataset101_Vertebrae.
    """
    found = _DATASET.fullmatch(folder.name)
    if found is None:
        raise ValueError(f"{folder.name!r} does not look like Dataset101_Vertebrae")
    return int(found[1])


def write_dataset(examples: Iterable[Example], folder: Path) -> int:
    """Write a dataset folder; return how many cases it holds.

    Raises:
        ValueError: if a name does not fit, a mask does not fit its CT, or there is no case.
    """
    dataset_number(folder)
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    n = 0
    for one in examples:
        if not _CASE.fullmatch(one.name):
            raise ValueError(f"{one.name!r} is no name of a case: letters, digits and '-' only")
        write_image(one.volume, folder / "imagesTr", one.name)
        labels = mask_bytes(to_consecutive(one.mask), one.volume.grid)
        (folder / "labelsTr" / f"{one.name}{ENDING}").write_bytes(labels)
        n += 1
    if n == 0:
        raise ValueError("a dataset needs at least one case")
    (folder / "dataset.json").write_text(json.dumps(_description(n), indent=1) + "\n")
    return n


def write_image(volume: Volume, folder: Path, name: str) -> Path:
    """Write a CT as channel 0 of a case, as nnU-Net names it."""
    path = folder / f"{name}_0000{ENDING}"
    hu = np.clip(np.round(volume.hu), -1024, 32767).astype(np.int16)
    path.write_bytes(ct_bytes(hu, volume.grid))
    return path


def read_answer(path: Path, grid: Grid) -> Mask:
    """Return the labels (1-26) that nnU-Net found, uint8 (k, j, i).

    Raises:
        ValueError: if the file is missing, lies on another grid, or has labels that are not ours.
    """
    if not path.is_file():
        raise ValueError(f"nnU-Net left no {path.name}")
    stored = read_labels(path)
    if not stored.grid.is_same(grid):
        raise GeometryMismatch("nnU-Net's answer does not lie on the grid of the CT")
    if stored.voxels.max(initial=0) > len(NAMES):
        raise ValueError(
            f"nnU-Net's answer has labels above {len(NAMES)}: another data set's model"
        )
    return np.asarray(stored.voxels, dtype=np.uint8)


def to_consecutive(mask: Mask) -> Mask:
    """Return nnU-Net's labels of VerSe labels; sacrum and coccyx are background."""
    table = np.zeros(256, np.uint8)
    for place, level in enumerate(NAMES):
        table[label_of(level)] = place + 1
    return np.asarray(table[mask])


def from_frozen(folder: Path) -> Iterator[Example]:
    """Yield the training cases of a frozen folder."""
    frozen = read_frozen(folder)
    for case in frozen.of_split("train"):
        volume, mask = read_case(frozen, case)
        yield Example(case.case.replace("_", "-"), volume, mask)


def from_phantoms(seeds: Iterable[int], options: PhantomOptions | None = None) -> Iterator[Example]:
    """Yield phantoms of some seeds."""
    for seed in seeds:
        phantom = make_phantom(seed, options)
        yield Example(f"phantom-{seed}", phantom.volume, phantom.mask)


def _description(n: int) -> dict[str, object]:
    labels = {"background": 0, **{level: place + 1 for place, level in enumerate(NAMES)}}
    return {
        "channel_names": {"0": "CT"},
        "labels": labels,
        "numTraining": n,
        "file_ending": ENDING,
    }
