"""The frozen folder of a training round: written by a round, read by the training.

The layout is described in docs/frozen-folder.md; its format is `lamina.frozen/1`.
"""

import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid, Volume

FORMAT: Final = "lamina.frozen/1"
MANIFEST: Final = "manifest.json"
PARENT: Final = "parent"
SPLITS: Final = ("train", "frozen")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")

Floats = NDArray[np.float64]


class FrozenFolderRefused(ValueError):
    """A frozen folder that may not be trained from; the text says why."""


@dataclass(frozen=True)
class FrozenCase:
    """A case as the manifest describes it.

    Attributes:
        case: its name in this folder.
        patient: pseudonym.
        split: "train" or "frozen".
        points: six points by level, (3, 2, 3) LPS millimetres.
        shows: anchors of the count in view.
        revision: what was frozen.
        sha256: of its npz file; empty before it is written.
    """

    case: str
    patient: str
    split: str
    points: Mapping[str, Floats]
    shows: frozenset[str] = frozenset()
    revision: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Seeds:
    """Consecutive phantom seeds."""

    first: int
    n: int


@dataclass(frozen=True)
class Frozen:
    """A read manifest.

    Attributes:
        folder: where it lies.
        cases: in manifest order.
        train_phantoms, held_out_phantoms: phantoms mixed into the training and measured on.
        parent_sha256: of the parent's set of weights.
        manifest_sha256: of the manifest's bytes; names the folder for ever.
    """

    folder: Path
    cases: tuple[FrozenCase, ...]
    train_phantoms: Seeds
    held_out_phantoms: Seeds
    parent_sha256: str
    manifest_sha256: str = field(default="")

    @property
    def parent(self) -> Path:
        """Return the folder of the parent's weights."""
        return self.folder / PARENT

    def of_split(self, split: str) -> tuple[FrozenCase, ...]:
        """Return the cases of one side."""
        return tuple(case for case in self.cases if case.split == split)


def write_case(
    folder: Path, case: FrozenCase, volume: Volume, mask: NDArray[np.uint8]
) -> FrozenCase:
    """Write the arrays of a case.

    Args:
        folder: the frozen folder.
        case: its description.
        volume: the CT on its canonical working grid.
        mask: VerSe label numbers, the volume's shape.

    Returns:
        The description with the SHA-256 of the file.

    Raises:
        FrozenFolderRefused: if the name is not plain or the mask does not fit.
    """
    if not _NAME.fullmatch(case.case):
        raise FrozenFolderRefused("a case's name has only letters, digits, '-' and '_'")
    if mask.shape != volume.hu.shape:
        raise FrozenFolderRefused(f"the mask of case {case.case} does not fit its CT")
    buffer = io.BytesIO()
    hu = np.clip(np.round(volume.hu), -32768, 32767).astype(np.int16)
    np.savez_compressed(
        buffer, hu=hu, mask=mask.astype(np.uint8), affine_lps=volume.grid.affine_lps
    )
    path = _case_path(folder, case.case)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    return FrozenCase(
        case.case, case.patient, case.split, case.points, case.shows, case.revision, digest
    )


def write_manifest(frozen: Frozen) -> Frozen:
    """Write the manifest of cases already written; return it with its own SHA-256.

    Raises:
        FrozenFolderRefused: if it could not be read back: a patient on both sides, a case twice.
    """
    _check(frozen.cases)
    text = json.dumps(_plain(frozen), indent=1, sort_keys=True) + "\n"
    frozen.folder.mkdir(parents=True, exist_ok=True)
    (frozen.folder / MANIFEST).write_text(text, encoding="utf-8")
    return read_frozen(frozen.folder)


def read_frozen(folder: Path) -> Frozen:
    """Read and check a manifest; the case files are checked when they are read.

    Raises:
        FrozenFolderRefused: if there is no manifest, it is of another format, one patient is on
            both sides, or a case is named twice.
    """
    try:
        data = (folder / MANIFEST).read_bytes()
        content = json.loads(data)
    except FileNotFoundError:
        raise FrozenFolderRefused("the folder has no manifest.json") from None
    except ValueError:
        raise FrozenFolderRefused("the manifest is not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FrozenFolderRefused(f"the manifest is not {FORMAT}")
    try:
        frozen = _read(folder, content, hashlib.sha256(data).hexdigest())
    except (KeyError, TypeError, ValueError) as fault:
        raise FrozenFolderRefused(f"the manifest lacks or garbles {fault}") from None
    _check(frozen.cases)
    return frozen


def read_case(frozen: Frozen, case: FrozenCase) -> tuple[Volume, NDArray[np.uint8]]:
    """Return the CT and the mask of a case.

    Raises:
        FrozenFolderRefused: if the file is missing or is not what the manifest says.
    """
    try:
        data = _case_path(frozen.folder, case.case).read_bytes()
    except FileNotFoundError:
        raise FrozenFolderRefused(f"case {case.case} has no file") from None
    if hashlib.sha256(data).hexdigest() != case.sha256:
        raise FrozenFolderRefused(f"the file of case {case.case} is not what was frozen")
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        hu, mask, affine = arrays["hu"], arrays["mask"], arrays["affine_lps"]
    k, j, i = hu.shape
    return Volume(hu, Grid((i, j, k), affine)), mask


def _case_path(folder: Path, case: str) -> Path:
    return folder / "cases" / f"{case}.npz"


def _check(cases: Sequence[FrozenCase]) -> None:
    sides: dict[str, str] = {}
    names: set[str] = set()
    for case in cases:
        if not _NAME.fullmatch(case.case) or case.split not in SPLITS:
            raise FrozenFolderRefused("a case has no plain name or is on no side")
        if case.case in names:
            raise FrozenFolderRefused(f"case {case.case} is named twice")
        if sides.setdefault(case.patient, case.split) != case.split:
            raise FrozenFolderRefused("one patient is on both sides, in training and in evaluation")
        names.add(case.case)


def _plain(frozen: Frozen) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "parent_sha256": frozen.parent_sha256,
        "phantoms": {
            "train": {"first": frozen.train_phantoms.first, "n": frozen.train_phantoms.n},
            "held_out": {"first": frozen.held_out_phantoms.first, "n": frozen.held_out_phantoms.n},
        },
        "cases": [
            {
                "case": case.case,
                "patient": case.patient,
                "split": case.split,
                "sha256": case.sha256,
                "shows": sorted(case.shows),
                "revision": case.revision,
                "points": {
                    level: np.asarray(points).tolist() for level, points in case.points.items()
                },
            }
            for case in frozen.cases
        ],
    }


def _read(folder: Path, content: dict[str, Any], digest: str) -> Frozen:
    phantoms = content["phantoms"]
    train, held_out = (
        Seeds(int(phantoms[side]["first"]), int(phantoms[side]["n"]))
        for side in ("train", "held_out")
    )
    cases = tuple(_read_case(row) for row in content["cases"])
    return Frozen(folder, cases, train, held_out, str(content["parent_sha256"]), digest)


def _read_case(row: dict[str, Any]) -> FrozenCase:
    points = {
        str(level): np.asarray(value, dtype=np.float64) for level, value in row["points"].items()
    }
    for level, value in points.items():
        if value.shape != (3, 2, 3) or not np.isfinite(value).all():
            raise ValueError(f"the six points of {level} in case {row['case']}")
    return FrozenCase(
        case=str(row["case"]),
        patient=str(row["patient"]),
        split=str(row["split"]),
        points=points,
        shows=frozenset(row.get("shows", [])),
        revision=str(row.get("revision", "")),
        sha256=str(row["sha256"]),
    )
