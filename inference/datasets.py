"""Data sets with a truth, one case at a time: phantoms, a frozen folder, a tree in VerSe layout.

They are named as `phantoms:60,folder:PATH,verse:PATH`. Of a frozen folder (docs/frozen-folder.md)
only the frozen side is judged: the other one was learnt from. In a VerSe tree (Loeffler et al.
2020, doi:10.1148/ryai.2020190138) every CT counts; grades are read from `fracture_grading.csv`
where the tree has one. A case is read when it is its turn, so that no two lie in memory.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import measure_points
from annotation.domain.geometry import Grid, Volume
from annotation.domain.vertebrae import LEVELS, level_of, place_of
from annotation.imaging.canonical import to_canonical
from annotation.imaging.frozen import Frozen, read_case, read_frozen
from annotation.imaging.label_maps import TABLES
from annotation.imaging.masks import import_mask
from annotation.imaging.nifti import read_ct, read_labels
from annotation.imaging.results import ImageRefused
from annotation.imaging.verse import Kind, NotVerse, parse_name, read_centroids
from inference import judging
from inference.evaluation import shown_to
from inference.phantoms.seeds import HELD_OUT_SEED, seeds_named
from inference.systems.system import Kind as Reads
from inference.truths import TrueVertebra, Truth, truth_of

_PART: Final = re.compile(r",(?=(?:phantoms|folder|verse)\b)")
GRADES: Final = "fracture_grading.csv"
_SACRAL: Final = ("S1", "Co")
Labels = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PhantomCase:
    """A phantom, by its seed, as a CT or as a radiograph taken of it."""

    seed: int
    reads: Reads = "ct"

    @property
    def data(self) -> str:
        """What it belongs to."""
        which = "held-out phantoms" if self.seed >= HELD_OUT_SEED else "phantoms"
        return which if self.reads == "ct" else f"radiographs of {which}"

    def read(self) -> Truth:
        """Make the phantom; lengths of a radiograph are the detector's millimetres."""
        return truth_of(shown_to(self.reads, self.seed))


@dataclass(frozen=True)
class FrozenFolderCase:
    """A finished case of a frozen folder, by its name."""

    folder: Path
    case: str

    @property
    def data(self) -> str:
        """What it belongs to."""
        return f"frozen cases of {self.folder.name}"

    def read(self) -> Truth:
        """Read the case; its six points are the truth, a body they leave the volume with is cut."""
        frozen = _frozen(self.folder)
        case = next(one for one in frozen.cases if one.case == self.case)
        volume, mask = read_case(frozen, case)
        levels = sorted(case.points, key=place_of)
        vertebrae = tuple(_measured(level, case.points[level], volume.grid) for level in levels)
        return Truth(case.case, case.patient, volume, mask, vertebrae, case.shows)


@dataclass(frozen=True)
class VerseCase:
    """A CT of a tree in VerSe layout.

    Attributes:
        top: of the tree.
        ct: its file.
        mask: labels, None where the tree has none for it.
        centroids: None as above; then centres come from the mask.
    """

    top: Path
    ct: Path
    mask: Path | None
    centroids: Path | None

    @property
    def data(self) -> str:
        """What it belongs to."""
        return f"VerSe tree {self.top.name}"

    def read(self) -> Truth:
        """Read the case.

        Raises:
            ValueError: naming the file that cannot be read or does not fit.
        """
        name = parse_name(self.ct.name)
        result = read_ct(self.ct)
        if result.stored is None:
            raise ValueError(f"{self.ct.name}: {result.reason}")
        volume = to_canonical(result.stored)[0]
        mask = None if self.mask is None else _verse_mask(self.mask, volume)
        centres = {} if mask is None else _body_centres(mask, volume.grid)
        if self.centroids is not None:
            centres |= _centroids(self.centroids, self.mask, result.stored.grid)
        grades = _grades(self.top).get((name.subject, name.series or ""), {})
        vertebrae = tuple(
            TrueVertebra(level, centres[level], None, *grades.get(level, (None, "")))
            for level in sorted(centres, key=place_of)
            if level not in _SACRAL
        )
        series = f"_{name.series}" if name.series else ""
        return Truth(f"{name.subject}{series}", name.subject, volume, mask, vertebrae)


Case = PhantomCase | FrozenFolderCase | VerseCase


def cases_of(text: str, reads: Reads = "ct") -> list[Case]:
    """Return the cases that `--data` names.

    Args:
        text: as above.
        reads: what the system reads; of phantoms it gets CT or radiographs.

    Raises:
        ValueError: if it cannot be read, or names nothing that has a truth.
    """
    found: list[Case] = []
    for part in _PART.split(text):
        kind, _, rest = part.partition(":")
        if kind == "phantoms" and rest:
            found += [PhantomCase(seed, reads) for seed in seeds_named(rest, HELD_OUT_SEED)]
        elif kind == "folder" and rest:
            found += _frozen_cases(Path(rest))
        elif kind == "verse" and rest:
            found += _verse_cases(Path(rest))
        else:
            raise ValueError(
                f"data are named as phantoms:SEEDS, folder:PATH or verse:PATH, not {part!r}"
            )
    return found


@cache
def _frozen(folder: Path) -> Frozen:
    return read_frozen(folder)


def _frozen_cases(folder: Path) -> list[Case]:
    names = [case.case for case in _frozen(folder).of_split("frozen")]
    if not names:
        raise ValueError(f"{folder} has no case on its frozen side to be judged on")
    return [FrozenFolderCase(folder, name) for name in names]


def _measured(level: str, points: Floats, grid: Grid) -> TrueVertebra:
    measured = measure_points(points)
    index = grid.to_ijk(points)
    is_cut = bool((index < 0).any() or (index > np.array(grid.dims) - 1).any())
    centre = np.asarray(points.mean(axis=(0, 1)))
    return TrueVertebra(level, centre, points, measured.grade, str(measured.shape), is_cut)


def _verse_cases(top: Path) -> list[Case]:
    """Return every CT of the tree with the mask and centroids of the same subject and series."""
    if not top.is_dir():
        raise ValueError(f"{top} is no folder")
    files: dict[tuple[str, str | None, Kind], Path] = {}
    for path in sorted(top.rglob("*")):
        try:
            name = parse_name(path.name)
        except NotVerse:
            continue
        files.setdefault((name.subject, name.series, name.kind), path)
    found: list[Case] = []
    for (subject, series, kind), path in files.items():
        if kind is Kind.CT:
            mask = files.get((subject, series, Kind.MASK))
            centroids = files.get((subject, series, Kind.CENTROIDS))
            if mask is None and centroids is None:
                raise ValueError(f"{path.name} has neither mask nor centroids beside it")
            found.append(VerseCase(top, path, mask, centroids))
    if not found:
        raise ValueError(f"{top} holds no CT named as in the VerSe layout")
    return found


def _verse_mask(path: Path, volume: Volume) -> Labels:
    try:
        return import_mask(path, TABLES["verse"], volume.grid)
    except ImageRefused as refused:
        raise ValueError(f"{path.name}: {refused.reason}") from None


def _body_centres(mask: Labels, grid: Grid) -> dict[str, Floats]:
    """Return the middle of every outlined body, LPS millimetres, by level."""
    di, dj, dk = grid.spacing_mm
    found = {}
    for label in np.unique(mask[mask > 0]).tolist():
        kji = judging.body_centre_of_mask(mask == label, (dk, dj, di))
        found[level_of(label)] = grid.to_mm(kji[::-1])
    return found


def _centroids(path: Path, mask: Path | None, ct_grid: Grid) -> dict[str, Floats]:
    """Return centres by level; their voxels are those of the mask, without one of the CT."""
    try:
        grid = ct_grid if mask is None else read_labels(mask).grid
        points = read_centroids(path.read_bytes()).to_mm(grid)
    except NotVerse as refused:
        raise ValueError(f"{path.name}: {refused}") from None
    return {level_of(label): point for label, point in points.items()}


@cache
def _grades(top: Path) -> dict[tuple[str, str], dict[str, tuple[int | None, str]]]:
    """Return grade and shape by subject and series, then level, from the tree's own table."""
    path = next(iter(sorted(top.rglob(GRADES))), None)
    if path is None:
        return {}
    found = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row.get("subject", ""), row.get("series") or ""] = {
                level: (_whole(row.get(f"{level}_fx-g")), row.get(f"{level}_fx-shape") or "")
                for level in LEVELS
            }
    return found


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None
