"""The VerSe file forms: names, the plane suffix, and body centroids as JSON.

Sources: Sekuboyina et al. 2021 (doi:10.1016/j.media.2021.102166), Loeffler et al. 2020
(doi:10.1148/ryai.2020190138) and the repository anjany/verse. A centroid is that of the vertebral
*body*, in 0-based voxels along the first, second and third axis of the mask file it stands beside.
Turning an axis is ``size - 1 - x``; the repository's own ``size - x`` is off by one voxel.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid
from annotation.imaging.canonical import axis_codes
from annotation.imaging.label_maps import MAX_LABEL
from annotation.imaging.results import Stored

TOLERANCE_VOX: Final = 2.0
_C1: Final = 1
_AXIS_OF: Final = {"L": 0, "R": 0, "P": 1, "A": 1, "S": 2, "I": 2}
_PLANES: Final = ("sag", "cor", "ax")
_SUBJECT: Final = re.compile(r"[a-z0-9]+")
_NAME: Final = re.compile(
    r"(?:sub-)?(?P<subject>[a-z0-9]+)"
    r"(?:_split-(?P<series>[A-Za-z0-9]+))?"
    r"(?:_dir-(?P<plane>ax|sag|cor|iso))?"
    r"_(?P<kind>ct\.nii(?:\.gz)?|seg-vert_msk\.nii(?:\.gz)?|seg-(?:subreg|vb)_ctd\.json"
    r"|seg-vert_snp\.png)"
)


class NotVerse(ValueError):
    """A name or a document that is not of the VerSe form; the text says what is wrong."""


class Kind(StrEnum):
    """The four files of a series, by the suffix that is written."""

    CT = "ct.nii.gz"
    MASK = "seg-vert_msk.nii.gz"
    CENTROIDS = "seg-subreg_ctd.json"
    SNAPSHOT = "seg-vert_snp.png"


@dataclass(frozen=True)
class VerseName:
    """The name of one file without its folder.

    Attributes:
        subject: lower-case letters and digits.
        kind: which of the four files.
        series: only for subjects with several series; the file calls it ``split``.
        plane: ax, sag, cor or iso; None where the name does not say.
    """

    subject: str
    kind: Kind
    series: str | None = None
    plane: str | None = None

    def __str__(self) -> str:
        split = "" if self.series is None else f"_split-{self.series}"
        plane = "" if self.plane is None else f"_dir-{self.plane}"
        return f"sub-{self.subject}{split}{plane}_{self.kind.value}"

    @property
    def folder(self) -> str:
        """Folder below the release's top: rawdata or derivatives, then the subject."""
        top = "rawdata" if self.kind is Kind.CT else "derivatives"
        return f"{top}/sub-{self.subject}"


def name_file(
    subject: str, kind: Kind, *, series: str | None = None, plane: str | None = None
) -> VerseName:
    """Return a checked name.

    Raises:
        NotVerse: if the subject or series holds anything but lower-case letters and digits.
    """
    for part in (subject, series):
        if part is not None and not _SUBJECT.fullmatch(part):
            raise NotVerse("a subject or series is named by lower-case letters and digits only")
    if plane not in (None, "ax", "sag", "cor", "iso"):
        raise NotVerse(f"{plane!r} is no plane")
    return VerseName(subject, kind, series, plane)


def parse_name(name: str) -> VerseName:
    """Read a file name, also in the forms of the first release (``_seg-vb_ctd``, no ``sub-``).

    Raises:
        NotVerse: if it is none.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotVerse("this is no file name of the VerSe layout")
    suffix = found["kind"].replace("seg-vb_ctd", "seg-subreg_ctd")
    if suffix.endswith(".nii"):
        suffix += ".gz"
    return VerseName(found["subject"], Kind(suffix), found["series"], found["plane"])


def plane_of(grid: Grid) -> str:
    """Return the ``dir-`` suffix of a grid: the plane in which its voxels are smallest."""
    spacing = [round(size, 1) for size in grid.spacing_mm]
    largest = [axis for axis in range(3) if spacing[axis] == max(spacing)]
    if len(largest) == 3:
        return "iso"
    rest = [axis for axis in range(3) if axis not in largest]
    normal = largest[0] if len(largest) == 1 else rest[0]
    return _PLANES[_AXIS_OF[axis_codes(grid)[normal]]]


@dataclass(frozen=True)
class Centroids:
    """Body centroids as a file states them.

    Attributes:
        direction: letters of the directions in which X, Y, Z grow.
        points: VerSe label -> (X, Y, Z) in voxels.
    """

    direction: str
    points: Mapping[int, tuple[float, float, float]]

    def to_mm(self, grid: Grid) -> dict[int, NDArray[np.float64]]:
        """Return LPS millimetres per label, turning axes where the mask lies otherwise.

        Args:
            grid: of the mask the file stands beside.
        """
        codes = axis_codes(grid)
        found: dict[int, NDArray[np.float64]] = {}
        for label, point in self.points.items():
            index = np.zeros(3)
            for letter, value in zip(self.direction, point, strict=True):
                axis = next(a for a in range(3) if _AXIS_OF[codes[a]] == _AXIS_OF[letter])
                same = codes[axis] == letter
                index[axis] = value if same else grid.dims[axis] - 1 - value
            found[label] = grid.to_mm(index)
        return found


def centroids_json(points_mm: Mapping[int, NDArray[np.float64]], grid: Grid) -> str:
    """Return the centroid document of a mask.

    Args:
        points_mm: VerSe label -> LPS millimetres, shape (3,).
        grid: of the mask file.

    Raises:
        NotVerse: if a label is outside of 1-28 or there is no centroid: upstream writes no file.
    """
    if not points_mm:
        raise NotVerse("a case without vertebrae has no centroid file")
    document: list[dict[str, Any]] = [{"direction": list(axis_codes(grid))}]
    for label in sorted(points_mm):
        _refuse_label(label)
        x, y, z = (round(float(value), 1) + 0.0 for value in grid.to_ijk(points_mm[label]))
        document.append({"label": label, "X": x, "Y": y, "Z": z})
    return json.dumps(document)


def read_centroids(content: str | bytes) -> Centroids:
    """Read a centroid document; entries that are not a number are skipped, as upstream does.

    Raises:
        NotVerse: if it is no such document, or a label is unknown or stands twice.
    """
    try:
        header, *entries = json.loads(content)
        direction = "".join(header["direction"])
        read = [(entry["label"], tuple(float(entry[a]) for a in "XYZ")) for entry in entries]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotVerse("this is no centroid document: a direction, then label, X, Y, Z") from error
    if sorted(_AXIS_OF.get(letter, -1) for letter in direction) != [0, 1, 2]:
        raise NotVerse("the direction does not name three axes")
    points: dict[int, tuple[float, float, float]] = {}
    for label, (x, y, z) in read:
        if not all(isfinite(value) for value in (x, y, z)):
            continue
        number = int(label) if float(label) == int(label) else -1
        _refuse_label(number)
        if number in points:
            raise NotVerse(f"label {number} has two centroids")
        points[number] = (x, y, z)
    return Centroids(direction, points)


def labels_missed(
    points_mm: Mapping[int, NDArray[np.float64]],
    mask: Stored,
    tolerance_vox: float = TOLERANCE_VOX,
) -> tuple[int, ...]:
    """Return the labels whose centroid does not lie in, or within the tolerance of, their mask.

    C1 is left out: its body's place may be the dens of C2.

    Args:
        points_mm: VerSe label -> LPS millimetres.
        mask: VerSe labels.
        tolerance_vox: 0 asks for the rounded voxel itself, as a release does.
    """
    missed = []
    reach = int(np.ceil(tolerance_vox))
    for label, point in points_mm.items():
        index = mask.grid.to_ijk(point)
        near = np.rint(index).astype(int)
        box = tuple(
            slice(max(0, n - reach), max(0, n + reach + 1)) for n in near[::-1]
        )  # (k, j, i)
        found = np.argwhere(mask.voxels[box] == label)[:, ::-1]
        found = found + np.array([part.start for part in box[::-1]])
        apart = np.linalg.norm(found - near, axis=1)
        if label != _C1 and not (apart <= tolerance_vox).any():
            missed.append(label)
    return tuple(missed)


def _refuse_label(label: int) -> None:
    if not 1 <= label <= MAX_LABEL:
        raise NotVerse(f"label {label} is outside of 1 to {MAX_LABEL}")
