"""What is checked of a release before anyone may have it, each step with its evidence.

The archive is read back as a stranger would read it; nothing is taken from memory.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from annotation.domain.geometry import Grid
from annotation.imaging.nifti import read_ct, read_labels
from annotation.imaging.results import ImageRefused, Stored
from annotation.imaging.verse import (
    TOLERANCE_VOX,
    Kind,
    labels_missed,
    read_centroids,
)
from annotation.releases.tree import CaseContent, path_of

SUMS: Final = "SHA256SUMS"
_SHOWN: Final = 5
ROUNDING_VOX: Final = 0.051
"""Centroids are written with one decimal."""


@dataclass
class Proof:
    """Steps in order; `ok` is None where a step could not be taken."""

    steps: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, *, ok: bool, evidence: str) -> None:
        """Write down a step."""
        self.steps.append({"name": name, "ok": ok, "evidence": evidence})

    @property
    def holds(self) -> bool:
        """Tell whether every step is well."""
        return all(step["ok"] for step in self.steps)


@dataclass
class ReadBack:
    """What was found when the files of the cases were read back."""

    n_cases: int = 0
    n_centroids: int = 0
    farthest_vox: float = 0.0
    off_grid: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def check_case(
    archive: zipfile.ZipFile, manifest: Mapping[str, Any], content: CaseContent, found: ReadBack
) -> None:
    """Read the files of one case back and note what does not hold."""
    code = str(content.case["code"])
    found.n_cases += 1
    try:
        ct = read_ct(io.BytesIO(archive.read(path_of(manifest, content, Kind.CT)))).stored
        mask = read_labels(io.BytesIO(archive.read(path_of(manifest, content, Kind.MASK))))
    except (KeyError, ImageRefused):
        found.differs.append(code)
        return
    if (
        ct is None
        or not np.array_equal(ct.voxels, content.ct.hu)
        or not np.array_equal(mask.voxels, content.labels)
    ):
        found.differs.append(code)
    if ct is None or not ct.grid.is_same(mask.grid) or not _same(mask.grid, content.ct.grid):
        found.off_grid.append(code)
    if content.centroids_mm:
        _check_centroids(archive, manifest, content, mask, found)


def _same(grid: Grid, other: Grid) -> bool:
    return grid.is_same(other, tolerance_mm=1e-2)


def _check_centroids(
    archive: zipfile.ZipFile,
    manifest: Mapping[str, Any],
    content: CaseContent,
    mask: Stored,
    found: ReadBack,
) -> None:
    document = read_centroids(archive.read(path_of(manifest, content, Kind.CENTROIDS)))
    points = document.to_mm(mask.grid)
    labels = {one["level"]: one["label"] for one in content.case["vertebrae"]}
    for level, centroid in content.centroids_mm.items():
        apart = np.abs(mask.grid.to_ijk(points[labels[level]]) - mask.grid.to_ijk(centroid)).max()
        found.farthest_vox = max(found.farthest_vox, float(apart))
    found.n_centroids += len(content.centroids_mm)
    missed = set(labels_missed(points, mask))
    code = content.case["code"]
    found.outside += [f"{code} {level}" for level, label in labels.items() if label in missed]


def add_rows(proof: Proof, cases: Sequence[Mapping[str, Any]]) -> None:
    """Check what the manifest alone can show."""
    final = sum(case["stage"] == "final" for case in cases)
    proof.add(
        "Every case is final",
        ok=final == len(cases) > 0,
        evidence=f"{final} of {len(cases)} cases",
    )
    sides: dict[str, set[str]] = {}
    for case in cases:
        sides.setdefault(case["subject"], set()).add(case["split"])
    torn = sum(len(splits) > 1 for splits in sides.values())
    proof.add(
        "No patient is in two subsets",
        ok=torn == 0,
        evidence=f"{len(sides)} patients, {torn} in two subsets",
    )


def add_read_back(proof: Proof, found: ReadBack) -> None:
    """Write down what reading the cases back has shown."""
    proof.add(
        "Masks lie on the grid of their CT",
        ok=not found.off_grid,
        evidence=_evidence(f"{found.n_cases} pairs read back", found.off_grid),
    )
    proof.add(
        "Voxels read back are those that were settled",
        ok=not found.differs,
        evidence=_evidence(f"{found.n_cases} CT and masks compared", found.differs),
    )
    proof.add(
        "Centroids are the mean of the six points",
        ok=found.farthest_vox <= ROUNDING_VOX,
        evidence=(
            f"{found.n_centroids} computed anew, at most {found.farthest_vox:.2f} voxels apart"
        ),
    )
    proof.add(
        "Centroids lie in their own label",
        ok=not found.outside,
        evidence=_evidence(
            f"{found.n_centroids} centroids, tolerance {TOLERANCE_VOX:.0f} voxels", found.outside
        ),
    )


def add_left_out(
    proof: Proof, archive: zipfile.ZipFile, left_out: Sequence[Mapping[str, str]]
) -> None:
    """Name the final cases that are not in the archive, with their reason, and look for them."""
    if not left_out:
        return
    names = [name.lower() for name in archive.namelist()]
    found = [one["code"] for one in left_out if any(one["subject"] in name for name in names)]
    reasons = "; ".join(f"{one['code']}: {one['reason']}" for one in left_out[:_SHOWN])
    more = f"; and {len(left_out) - _SHOWN} more" if len(left_out) > _SHOWN else ""
    evidence = _evidence(f"{len(left_out)} left out. {reasons}{more}", found)
    proof.add("What is left out is named", ok=not found, evidence=evidence)


def add_sums(proof: Proof, archive: zipfile.ZipFile, top: str) -> None:
    """Compare the checksums of the archive with its files."""
    lines = archive.read(f"{top}/{SUMS}").decode().splitlines()
    wrong = [
        path
        for digest, path in (line.split("  ", 1) for line in lines)
        if hashlib.sha256(archive.read(f"{top}/{path}")).hexdigest() != digest
    ]
    proof.add(
        "Every file has its SHA-256",
        ok=not wrong and bool(lines),
        evidence=_evidence(f"{len(lines)} files", wrong),
    )


def _evidence(what: str, wrong: Sequence[str]) -> str:
    if not wrong:
        return what
    shown = ", ".join(wrong[:5]) + (" and more" if len(wrong) > 5 else "")
    return f"{what}; not so: {shown}"
