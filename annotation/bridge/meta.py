"""``lamina.volume/1``: what the browser must know of a volume before its first slice.

The grid is given as Cornerstone wants it: origin of voxel (0, 0, 0), spacing, and the unit vectors
of i, j and k in LPS (row cosines, column cosines, normal). They are right-handed for a canonical
P, I, R volume; a left-handed direction would silently turn the order of slices and of labels.
`frame` says what the millimetres are: those of a radiograph are the detector's, or pixels.
"""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from annotation.bridge.encode import preview_factors
from annotation.domain.frames import Frame
from annotation.domain.geometry import GeometryMismatch, Grid, Volume
from annotation.imaging.results import Radiograph

NAME: Final = "lamina.volume/1"
BONE_WINDOW: Final = {"center": 400.0, "width": 1800.0}
_ORTHOGONAL: Final = 1e-3


@dataclass(frozen=True)
class Preview:
    """The coarse volume: its dims, source voxels per preview voxel, and where it is fetched."""

    dims: tuple[int, int, int]
    factor: tuple[int, int, int]
    url: str


@dataclass(frozen=True)
class VolumeMeta:
    """The document behind ``meta.json``; names and meaning are the browser's.

    Attributes:
        format: name and version.
        id: of the volume's row.
        hash: SHA-256 of grid and voxels; part of every URL, so that these never change.
        dims: (i, j, k).
        spacing_mm: along i, j, k.
        origin_mm: LPS of voxel (0, 0, 0).
        direction: nine numbers, unit vectors of i, j, k in LPS.
        window: centre and width to begin with.
        preview: see `Preview`.
        slice_url: HTJ2K slices, with ``{k}``.
        slice_url_gz: gzip slices, with ``{k}``.
        hu_range: smallest and largest value.
        frame: what the millimetres are, see `annotation.domain.frames`.
        spacing_source: of a radiograph "calibrated", "imager" or "unknown", else None.
        radiograph: what else is known of a radiograph, None of a CT.
    """

    format: str
    id: str
    hash: str
    dims: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    direction: tuple[float, ...]
    window: dict[str, float]
    preview: Preview
    slice_url: str
    slice_url_gz: str
    hu_range: tuple[int, int]
    frame: str
    spacing_source: str | None
    radiograph: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """Return the document as plain lists, numbers and strings."""
        document: dict[str, Any] = asdict(self)
        return document


def volume_hash(volume: Volume) -> str:
    """Return the SHA-256 over dims, affine and int16 voxels of a volume.

    Raises:
        ValueError: if the voxels are not int16.
    """
    if volume.hu.dtype != np.int16:
        raise ValueError("a stored volume holds int16 Hounsfield units")
    digest = hashlib.sha256(NAME.encode())
    digest.update(np.asarray(volume.grid.dims, "<u4").tobytes())
    digest.update(np.ascontiguousarray(volume.grid.affine_lps, "<f8").tobytes())
    if volume.grid.frame is not Frame.PATIENT_MM:
        digest.update(volume.grid.frame.value.encode())
    for plane in volume.hu:
        digest.update(np.ascontiguousarray(plane, "<i2").tobytes())
    return digest.hexdigest()


def with_defaults(meta: dict[str, Any]) -> dict[str, Any]:
    """Return a stored description with what older ones lack: they are all of CTs."""
    return {"frame": Frame.PATIENT_MM.value, "spacing_source": None, "radiograph": None} | meta


def describe_volume(
    volume: Volume, *, volume_id: str, content_hash: str, radiograph: Radiograph | None = None
) -> VolumeMeta:
    """Return the browser's description of a canonical volume.

    Args:
        volume: int16, canonical.
        volume_id: of the volume's row; stands in the URLs.
        content_hash: what `volume_hash` returned.
        radiograph: what is known of it where it is one.

    Raises:
        GeometryMismatch: if the axes are not at right angles or not right-handed.
    """
    grid = volume.grid
    unit = unit_vectors(grid)
    factors = preview_factors(grid.spacing_mm)
    small = [-(-n // factor) for n, factor in zip(grid.dims, factors, strict=True)]
    base = f"/v/{volume_id}/{content_hash}"
    origin = [float(value) for value in grid.affine_lps[:3, 3]]
    return VolumeMeta(
        format=NAME,
        id=volume_id,
        hash=content_hash,
        dims=grid.dims,
        spacing_mm=grid.spacing_mm,
        origin_mm=(origin[0], origin[1], origin[2]),
        direction=tuple(float(value) for value in unit.T.reshape(-1)),
        window=_first_window(radiograph),
        preview=Preview((small[0], small[1], small[2]), factors, f"{base}/preview.gz"),
        slice_url=f"{base}/s/{{k}}.j2c",
        slice_url_gz=f"{base}/s/{{k}}.gz",
        hu_range=(int(volume.hu.min()), int(volume.hu.max())),
        frame=grid.frame.value,
        spacing_source=radiograph.spacing_source.value if radiograph else None,
        radiograph=radiograph.as_record() if radiograph else None,
    )


def _first_window(radiograph: Radiograph | None) -> dict[str, float]:
    if radiograph is None:
        return dict(BONE_WINDOW)
    first = next(iter(radiograph.windows.values()))
    return {"center": first.center, "width": first.width}


def unit_vectors(grid: Grid) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the unit vectors of i, j, k as columns, shape (3, 3).

    Raises:
        GeometryMismatch: if they are not at right angles, or left-handed.
    """
    unit = grid.affine_lps[:3, :3] / np.asarray(grid.spacing_mm)
    if np.abs(unit.T @ unit - np.eye(3)).max() > _ORTHOGONAL:
        raise GeometryMismatch("the axes of the grid are not at right angles")
    if np.linalg.det(unit) < 0:
        raise GeometryMismatch("the axes of the grid are left-handed")
    return np.asarray(unit, dtype=np.float64).reshape(3, 3)
