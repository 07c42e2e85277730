"""From slices to a volume: order, spacing and tilt, from positions alone.

The instance number, SliceThickness, SpacingBetweenSlices and the gantry-tilt tag are never used:
in real files they are missing, unsigned or wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import shift

from annotation.domain.geometry import Grid
from annotation.imaging.frames import Frame
from annotation.imaging.results import Code, ImageRefused, Place, Stored

AIR_HU: Final = -1024
FEWEST_SLICES: Final = 3
TILT_DEGREES: Final = 0.5
_ORTHONORMAL: Final = 1e-3
_SAME_MM: Final = 0.01
_STEP_SHARE: Final = 0.05
_LINE_MM: Final = 0.1
_EVEN_SHARE: Final = 0.25
_SPLITS: Final[tuple[Callable[[Frame], str], ...]] = (
    lambda frame: frame.moment[0],
    lambda frame: frame.moment[1],
    lambda frame: frame.kernel,
    lambda frame: frame.moment[2],
)


@dataclass(frozen=True, eq=False)
class Stack:
    """Slices in order, and the grid they span.

    Attributes:
        frames: ordered along the normal.
        positions_mm: of each slice along the normal.
        grid: columns along i, rows along j, slices along k; sheared where the gantry was tilted.
        tilt_degrees: angle between the normal and the way from slice to slice.
        is_tilted: the shear is worth correcting.
    """

    frames: tuple[Frame, ...]
    positions_mm: tuple[float, ...]
    grid: Grid
    tilt_degrees: float
    is_tilted: bool


def split_repeats(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Split slices that repeat their positions by acquisition, phase, kernel or time.

    A split counts only if no part repeats a position and one part is long enough for a volume.

    Raises:
        ImageRefused: if a position, orientation or spacing is missing or impossible.
    """
    if not _repeats(frames):
        return [list(frames)]
    for key in _SPLITS:
        parts: dict[str, list[Frame]] = {}
        for frame in frames:
            parts.setdefault(key(frame), []).append(frame)
        groups = list(parts.values())
        if (
            len(groups) > 1
            and max(len(group) for group in groups) >= FEWEST_SLICES
            and not any(_repeats(group) for group in groups)
        ):
            return groups
    return [list(frames)]


def stack_frames(frames: Sequence[Frame]) -> Stack:
    """Order slices and find their grid.

    Raises:
        ImageRefused: if they do not make an even, straight stack; the place names the slices.
    """
    row, column, normal = _axes(frames[0])
    positions = _positions(frames)
    along = positions @ normal
    order = np.argsort(along, kind="stable")
    along, positions = along[order], positions[order]
    _refuse_repeats(along)
    _refuse_uneven(along)
    _refuse_bent(positions, along)
    step = (positions[-1] - positions[0]) / (len(frames) - 1)
    across = step - (step @ normal) * normal
    tilt = float(np.degrees(np.arctan2(np.linalg.norm(across), step @ normal)))
    rows_mm, columns_mm = _spacing(frames[0])
    drift_mm = float(np.linalg.norm(across)) * (len(frames) - 1)
    is_tilted = tilt > TILT_DEGREES or drift_mm > min(rows_mm, columns_mm) / 2
    affine = np.eye(4)
    affine[:3, 0] = row * columns_mm
    affine[:3, 1] = column * rows_mm
    affine[:3, 2] = step if is_tilted else (step @ normal) * normal
    affine[:3, 3] = positions[0] if is_tilted else positions[0] + across * (len(frames) - 1) / 2
    header = frames[0].header
    dims = (int(header.Columns), int(header.Rows), len(frames))
    return Stack(
        tuple(frames[n] for n in order),
        tuple(round(float(value), 3) for value in along),
        Grid(dims, affine),
        tilt,
        is_tilted,
    )


def correct_tilt(voxels: NDArray[np.int16], stack: Stack) -> Stored:
    """Shift each slice within its plane so that the stack stands upright on it.

    The picture is widened so that nothing is cut off; what was not scanned is air.

    Args:
        voxels: int16, shape (slices, rows, columns).
        stack: where they lie.
    """
    affine = stack.grid.affine_lps
    spacing = np.asarray(stack.grid.spacing_mm)
    unit = affine[:3, :2] / spacing[:2]
    normal = np.cross(unit[:, 0], unit[:, 1])
    step = affine[:3, 2]
    shifts = np.arange(stack.grid.dims[2])[:, None] * (unit.T @ step) / spacing[:2]  # (k, [i, j])
    low = np.floor(shifts.min(axis=0)).astype(int)
    high = np.ceil(shifts.max(axis=0)).astype(int)
    ni, nj, nk = stack.grid.dims
    upright = np.full((nk, nj + high[1] - low[1], ni + high[0] - low[0]), AIR_HU, np.int16)
    for k in range(nk):
        canvas = np.full(upright.shape[1:], AIR_HU, np.float32)
        canvas[:nj, :ni] = voxels[k]
        move = shifts[k] - low
        moved = shift(canvas, (move[1], move[0]), order=1, mode="constant", cval=AIR_HU)
        upright[k] = np.rint(moved)
    straight = affine.copy()
    straight[:3, 2] = (step @ normal) * normal
    straight[:3, 3] = affine[:3, 3] + affine[:3, :2] @ low
    return Stored(upright, Grid(upright.shape[::-1], straight))


def _axes(
    frame: Frame,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    if frame.orientation is None:
        raise ImageRefused(Code.BAD_ORIENTATION, "the slices do not say how they are oriented")
    row, column = frame.orientation[:3], frame.orientation[3:]
    axes = np.stack([row, column])
    if np.abs(axes @ axes.T - np.eye(2)).max() > _ORTHONORMAL:
        raise ImageRefused(
            Code.BAD_ORIENTATION, "rows and columns are not unit vectors at right angles"
        )
    row = row / np.linalg.norm(row)
    column = column - (column @ row) * row
    column = column / np.linalg.norm(column)
    return row, column, np.cross(row, column)


def _positions(frames: Sequence[Frame]) -> NDArray[np.float64]:
    known = [frame.position_mm for frame in frames if frame.position_mm is not None]
    if len(known) != len(frames):
        missing = len(frames) - len(known)
        raise ImageRefused(Code.NO_POSITION, f"{missing} slices do not say where they lie")
    return np.array(known)


def _spacing(frame: Frame) -> tuple[float, float]:
    if frame.spacing_mm is None or not (frame.spacing_mm > 0.01).all():
        raise ImageRefused(Code.NO_SPACING, "the slices do not say how large a pixel is")
    return float(frame.spacing_mm[0]), float(frame.spacing_mm[1])


def _repeats(frames: Sequence[Frame]) -> bool:
    *_, normal = _axes(frames[0])
    along = np.sort(_positions(frames) @ normal)
    return bool((np.diff(along) < _SAME_MM).any())


def _refuse_repeats(along: NDArray[np.float64]) -> None:
    same = np.flatnonzero(np.diff(along) < _SAME_MM)
    if same.size == 0:
        return
    distinct = len(along) - same.size
    place = _place(along, same, f"{along[same[0]]:.2f} mm along the stack")
    if distinct < FEWEST_SLICES:
        raise ImageRefused(
            Code.NOT_A_VOLUME,
            f"{len(along)} slices lie at {distinct} place{'s' if distinct > 1 else ''}",
            place,
        )
    raise ImageRefused(
        Code.DUPLICATE_POSITION,
        f"{same.size} slices lie where another one lies, and nothing tells them apart",
        place,
    )


def _refuse_uneven(along: NDArray[np.float64]) -> None:
    steps = np.diff(along)
    usual = float(np.median(steps))
    wrong = np.flatnonzero(np.abs(steps - usual) > max(_STEP_SHARE * usual, _SAME_MM))
    if wrong.size:
        first = int(wrong[0])
        raise ImageRefused(
            Code.SPACING_VARIES,
            f"slices lie {usual:.2f} mm apart, but {steps[first]:.2f} mm after slice {first + 1}"
            + (f" and at {wrong.size - 1} more places" if wrong.size > 1 else ""),
            _place(along, wrong, f"between slice {first + 1} and {first + 2}"),
        )
    even = np.linspace(along[0], along[-1], len(along))
    off = np.abs(along - even)
    if off.max() > _EVEN_SHARE * usual:
        worst = int(off.argmax())
        raise ImageRefused(
            Code.SPACING_VARIES,
            f"the distance of the slices drifts: slice {worst + 1} lies {off[worst]:.2f} mm off",
            _place(along, np.array([worst]), f"at slice {worst + 1}"),
        )


def _refuse_bent(positions: NDArray[np.float64], along: NDArray[np.float64]) -> None:
    way = positions[-1] - positions[0]
    way = way / np.linalg.norm(way)
    offset = positions - positions[0]
    apart = np.linalg.norm(offset - (offset @ way)[:, None] * way, axis=1)
    if apart.max() > _LINE_MM:
        worst = int(apart.argmax())
        raise ImageRefused(
            Code.NOT_COLLINEAR,
            f"slice {worst + 1} lies {apart[worst]:.2f} mm beside the line of the others",
            _place(along, np.array([worst]), f"at slice {worst + 1}"),
        )


def _place(along: NDArray[np.float64], gaps: NDArray[np.integer], text: str) -> Place:
    return Place(
        text,
        tuple(round(float(value), 3) for value in along),
        tuple(int(gap) for gap in gaps),
    )
