"""NIfTI in and out (Cox et al. 2004, "A (sort of) new image data format standard: NIfTI-1").

Reading: the sform where its code is set, else the qform; a file with neither has no place in the
patient and is refused. `scl_slope` 0 or NaN means unscaled. Header and voxels are read by hand and
bounded, so a forged header cannot ask for memory, and no text field is ever looked at. Writing:
sform and qform from one affine, both with code 1, no scaling, millimetres, no text.
"""

import gzip
import io
import zlib
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Final

import nibabel
import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import LPS_RAS, GeometryMismatch, Grid
from annotation.imaging.canonical import reorientation_of
from annotation.imaging.results import Code, ImageRefused, SeriesResult, Stored

nib: Any = nibabel
"""nibabel is only half annotated."""

AIR_HU: Final = -1024
MAX_BYTES: Final = 4 << 30
LABEL_TOLERANCE: Final = 1e-3
_HEADERS: Final = {348: nib.Nifti1Header, 540: nib.Nifti2Header}
_READ_FAULTS: Final = (
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    zlib.error,
    nib.spatialimages.HeaderDataError,
)
Source = Path | BinaryIO


def is_nifti(source: Source) -> bool:
    """Tell by its first bytes whether a file is a single-file NIfTI, gzip'ed or not."""
    with _Opened(source) as stream:
        try:
            return _header_size(stream.read(348)) is not None
        except _READ_FAULTS:
            return False


def read_ct(source: Source, *, name: str = "Image 1", max_bytes: int = MAX_BYTES) -> SeriesResult:
    """Read a CT; never raises for what is in the file.

    Args:
        source: a path or a seekable stream, gzip'ed or not.
        name: the neutral name of the result.
        max_bytes: most bytes the voxels may take.

    Returns:
        Accepted with int16 Hounsfield units on the file's own grid, or refused.
    """
    try:
        values, grid = _read(source, max_bytes)
        voxels, notes = _as_hu(values)
        _refuse_shear(grid)
        _refuse_few(grid)
    except ImageRefused as refused:
        return SeriesResult(name, refused.code, refused.reason, refused.place, n_slices=1)
    return SeriesResult(
        name,
        Code.ACCEPTED,
        "a NIfTI volume",
        n_slices=grid.dims[2],
        stored=Stored(voxels, grid),
        notes=notes,
    )


def read_labels(source: Source, *, max_bytes: int = MAX_BYTES) -> Stored:
    """Read a label map of any type, on the file's own grid, as int32.

    Raises:
        ImageRefused: if it cannot be read, or a value is not a whole number from 0 to 65535.
    """
    values, grid = _read(source, max_bytes)
    _refuse_shear(grid)
    if values.dtype.kind == "f":
        rounded = np.rint(values)
        apart = np.abs(values - rounded)
        if not np.isfinite(values).all() or apart.max() > LABEL_TOLERANCE:
            raise ImageRefused(Code.NOT_LABELS, "the mask holds values that are not whole numbers")
        values = rounded
    if values.min() < 0 or values.max() > 65535:
        raise ImageRefused(Code.NOT_LABELS, "the mask holds values outside of 0 to 65535")
    return Stored(values.astype(np.int32), grid)


def ct_bytes(hu: NDArray[np.int16], grid: Grid) -> bytes:
    """Return a gzip'ed NIfTI-1 of a CT, int16, shape (k, j, i); equal input, equal bytes."""
    if hu.dtype != np.int16:
        raise ValueError("a CT is written as int16 Hounsfield units")
    return _bytes(hu, grid)


def mask_bytes(labels: NDArray[np.uint8], grid: Grid) -> bytes:
    """Return a gzip'ed NIfTI-1 of a mask, uint8, shape (k, j, i); equal input, equal bytes."""
    if labels.dtype != np.uint8:
        raise ValueError("a mask is written as bytes")
    return _bytes(labels, grid)


def _bytes(voxels: NDArray[Any], grid: Grid) -> bytes:
    if voxels.shape != grid.shape:
        raise GeometryMismatch(f"array {voxels.shape} does not fit grid {grid.shape}")
    image = nib.Nifti1Image(voxels.transpose(2, 1, 0), LPS_RAS @ grid.affine_lps)  # (i, j, k)
    image.set_sform(image.affine, code=1)
    image.set_qform(image.affine, code=1)
    image.header.set_xyzt_units("mm")
    image.header.set_slope_inter(1, 0)
    return gzip.compress(image.to_bytes(), compresslevel=6, mtime=0)


class _Opened:
    """A plain stream of the file's content: opened where it is a path, inflated where gzip'ed."""

    def __init__(self, source: Source) -> None:
        self._own = source.open("rb") if isinstance(source, Path) else None
        self._raw: BinaryIO = self._own or source  # type: ignore[assignment]

    def __enter__(self) -> BinaryIO:
        self._raw.seek(0)
        zipped = self._raw.read(2) == b"\x1f\x8b"
        self._raw.seek(0)
        if not zipped:
            return self._raw
        return gzip.GzipFile(fileobj=self._raw)  # type: ignore[return-value]

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.close()


def _read(source: Source, max_bytes: int) -> tuple[NDArray[Any], Grid]:
    """Return scaled values, shape (k, j, i), and the LPS grid."""
    with _Opened(source) as stream, np.errstate(all="ignore"):
        try:
            header = _header(stream)
            dims = _dims(header)
            grid = _grid(header, dims)
            return _voxels(stream, header, dims, max_bytes), grid
        except _READ_FAULTS as error:
            if isinstance(error, ImageRefused):
                raise
            raise ImageRefused(Code.UNREADABLE, "the file is damaged or cut off", None) from error


def _header_size(first: bytes) -> int | None:
    if len(first) < 348:
        return None
    sizes = (int.from_bytes(first[:4], "little"), int.from_bytes(first[:4], "big"))
    for size in sizes:
        if size == 348 and first[344:348] == b"n+1\0":
            return 348
        if size == 540 and first[4:12] == b"n+2\0\r\n\x1a\n":
            return 540
    return None


def _header(stream: BinaryIO) -> Any:
    first = stream.read(348)
    size = _header_size(first)
    if size is None:
        raise ImageRefused(Code.NOT_AN_IMAGE, "the file is no single-file NIfTI")
    rest = stream.read(size - 348)
    return _HEADERS[size].from_fileobj(io.BytesIO(first + rest), check=False)


def _dims(header: Any) -> tuple[int, int, int]:
    n_axes, *lengths = (int(n) for n in header["dim"])
    if not 1 <= n_axes <= 7 or min(lengths[:n_axes]) < 1:
        raise ImageRefused(Code.UNREADABLE, "the header gives impossible dimensions")
    if n_axes < 3:
        raise ImageRefused(Code.NOT_THREE_DIMENSIONAL, f"the image has {n_axes} dimensions")
    if max(lengths[3:n_axes], default=1) > 1:
        shape = " x ".join(str(n) for n in lengths[:n_axes])
        raise ImageRefused(
            Code.FOUR_DIMENSIONAL, f"the file holds several volumes ({shape}), not one"
        )
    return (lengths[0], lengths[1], lengths[2])


def _grid(header: Any, dims: tuple[int, int, int]) -> Grid:
    if int(header["sform_code"]) > 0:
        affine = header.get_sform()
    elif int(header["qform_code"]) > 0:
        affine = header.get_qform()
    else:
        raise ImageRefused(
            Code.BAD_ORIENTATION, "neither sform nor qform says where the image lies in the patient"
        )
    try:
        grid = Grid(dims, LPS_RAS @ np.asarray(affine, dtype=np.float64) * _unit_mm(header))
    except GeometryMismatch as error:
        raise ImageRefused(Code.NO_SPACING, "the image has no usable affine") from error
    if not 0.05 <= min(grid.spacing_mm) <= max(grid.spacing_mm) <= 50:
        raise ImageRefused(Code.NO_SPACING, "the voxel size is below 0.05 or above 50 mm")
    return grid


def _unit_mm(header: Any) -> NDArray[np.float64]:
    """Return per-row factors to millimetres; an unknown unit is millimetres."""
    factor = {1: 1000.0, 3: 0.001}.get(int(header["xyzt_units"]) & 0x07, 1.0)
    return np.array([[factor], [factor], [factor], [1.0]])


def _voxels(
    stream: BinaryIO, header: Any, dims: tuple[int, int, int], max_bytes: int
) -> NDArray[Any]:
    dtype = header.get_data_dtype()
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise ImageRefused(Code.NOT_GREYSCALE, "the voxels are colours or complex numbers")
    n_bytes = prod(dims) * dtype.itemsize
    if n_bytes > max_bytes:
        raise ImageRefused(Code.TOO_LARGE, f"the voxels take more than {max_bytes >> 20} MiB")
    skip = int(header["vox_offset"]) - int(header["sizeof_hdr"])
    if not 0 <= skip <= 1 << 24 or len(stream.read(skip)) != skip:
        raise ImageRefused(Code.UNREADABLE, "the voxels begin outside of the file")
    content = stream.read(n_bytes)
    if len(content) != n_bytes:
        share = 100 * len(content) / n_bytes
        raise ImageRefused(Code.UNREADABLE, f"the file is cut off at {share:.0f} % of the voxels")
    values: NDArray[Any] = np.frombuffer(content, dtype).reshape(dims[::-1])
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    intercept = intercept if np.isfinite(intercept) else 0.0
    if not np.isfinite(slope) or slope == 0 or (slope == 1 and intercept == 0):
        return values.astype(dtype.newbyteorder("="), copy=False)
    return np.asarray(values * np.float64(slope) + intercept)


def _as_hu(values: NDArray[Any]) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    notes = []
    if values.dtype.kind == "f":
        missing = ~np.isfinite(values)
        if missing.any():
            notes.append(f"{int(missing.sum())} voxels without a number were set to {AIR_HU} HU")
            values = np.where(missing, AIR_HU, values)
        values = np.rint(values)
    low, high = values.min(), values.max()
    if low >= 0:
        notes.append("no value lies below 0: is the image in Hounsfield units?")
    if low < -32768 or high > 32767:
        raise ImageRefused(Code.NOT_HU, "values lie outside of what a CT can hold")
    return np.ascontiguousarray(values, dtype=np.int16), tuple(notes)


def _refuse_few(grid: Grid) -> None:
    if min(grid.dims) < 3:
        raise ImageRefused(Code.TOO_FEW_SLICES, f"only {min(grid.dims)} voxels along one axis")


def _refuse_shear(grid: Grid) -> None:
    try:
        reorientation_of(grid)
    except GeometryMismatch as error:
        raise ImageRefused(Code.SHEARED, "the axes of the image are not at right angles") from error
