"""From any stored orientation to the canonical P, I, R grid and back, without touching a value.

Only axes are permuted and flipped. An oblique image keeps its obliqueness: each of its axes goes
to the anatomical direction it is nearest to, and the result is always right-handed.
"""

from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import GeometryMismatch, Grid, Volume
from annotation.imaging.results import Stored

NAME: Final = "lamina.reorientation/1"
_CANONICAL_LPS: Final = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0]])
"""Rows: unit vectors of P, I, R in LPS."""
_CODES: Final = (("R", "L"), ("A", "P"), ("I", "S"))
_RIGHT_ANGLE: Final = 1e-3

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Reorientation:
    """How a stored array became the canonical one.

    Attributes:
        axes: for canonical i, j, k the stored axis (0 = i, 1 = j, 2 = k) it is.
        flips: for canonical i, j, k whether it runs against that stored axis.
        stored_dims: (i, j, k) as stored.
    """

    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    stored_dims: tuple[int, int, int]

    def forward(self, voxels: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return a stored array (k, j, i) as a canonical, contiguous one.

        Raises:
            GeometryMismatch: if its shape is not the stored one.
        """
        if voxels.shape != self.stored_dims[::-1]:
            raise GeometryMismatch(f"array {voxels.shape} is not {self.stored_dims[::-1]}")
        turned = voxels.transpose(2, 1, 0).transpose(self.axes)  # (i, j, k), canonical axes
        turned = turned[tuple(slice(None, None, -1 if flip else 1) for flip in self.flips)]
        return np.ascontiguousarray(turned.transpose(2, 1, 0))

    def backward(self, voxels: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return a canonical array (k, j, i) as stored, contiguous.

        Raises:
            GeometryMismatch: if its shape is not the canonical one.
        """
        dims = tuple(self.stored_dims[axis] for axis in self.axes)
        if voxels.shape != dims[::-1]:
            raise GeometryMismatch(f"array {voxels.shape} is not {dims[::-1]}")
        turned = voxels.transpose(2, 1, 0)  # (i, j, k)
        turned = turned[tuple(slice(None, None, -1 if flip else 1) for flip in self.flips)]
        turned = turned.transpose(np.argsort(self.axes))
        return np.ascontiguousarray(turned.transpose(2, 1, 0))

    def forward_grid(self, grid: Grid) -> Grid:
        """Return the canonical grid of a stored one."""
        affine = np.eye(4)
        affine[:3, 3] = grid.affine_lps[:3, 3]
        for new, (old, flip) in enumerate(zip(self.axes, self.flips, strict=True)):
            column = grid.affine_lps[:3, old]
            affine[:3, new] = -column if flip else column
            if flip:
                affine[:3, 3] += column * (grid.dims[old] - 1)
        dims = [grid.dims[axis] for axis in self.axes]
        return Grid((dims[0], dims[1], dims[2]), affine, grid.frame)

    def as_record(self) -> dict[str, Any]:
        """Return what is kept with the volume, so that an export can go back."""
        return {
            "format": NAME,
            "axes": list(self.axes),
            "flips": list(self.flips),
            "stored_dims": list(self.stored_dims),
        }

    @staticmethod
    def from_record(record: dict[str, Any]) -> "Reorientation":
        """Read what `as_record` made.

        Raises:
            ValueError: if it is another format or no permutation.
        """
        if record.get("format") != NAME:
            raise ValueError(f"this record is not {NAME}")
        axes, flips, dims = (tuple(record[key]) for key in ("axes", "flips", "stored_dims"))
        if sorted(axes) != [0, 1, 2] or len(flips) != 3 or len(dims) != 3:
            raise ValueError(f"this {NAME} is no permutation of three axes")
        return Reorientation(axes, flips, dims)


def reorientation_of(grid: Grid) -> Reorientation:
    """Return the flips and the permutation that bring a grid nearest to P, I, R.

    Raises:
        GeometryMismatch: if the axes of the grid are not at right angles.
    """
    unit = grid.affine_lps[:3, :3] / np.asarray(grid.spacing_mm)
    if np.abs(unit.T @ unit - np.eye(3)).max() > _RIGHT_ANGLE:
        raise GeometryMismatch("the axes of the image are not at right angles")
    along = _CANONICAL_LPS @ unit  # row: canonical axis; column: stored axis
    best: tuple[float, tuple[int, ...], NDArray[np.bool_]] | None = None
    for axes in permutations(range(3)):
        signed = along[range(3), axes]
        flips = _right_handed(unit[:, axes], signed)
        total = float(np.where(flips, -signed, signed).sum())
        if best is None or total > best[0]:
            best = (total, axes, flips)
    if best is None:
        raise GeometryMismatch("no permutation of the axes fits")
    _, axes, turned = best
    return Reorientation(
        (axes[0], axes[1], axes[2]),
        (bool(turned[0]), bool(turned[1]), bool(turned[2])),
        grid.dims,
    )


def to_canonical(stored: Stored) -> tuple[Volume, Reorientation]:
    """Return a CT on its canonical grid, and how it came there.

    Raises:
        GeometryMismatch: if its axes are not at right angles.
    """
    turn = reorientation_of(stored.grid)
    hu = turn.forward(stored.voxels).astype(np.int16, copy=False)
    return Volume(hu, turn.forward_grid(stored.grid)), turn


def axis_codes(grid: Grid) -> str:
    """Return three letters, the direction in which i, j and k grow: "PIR", "LPS", "RAS"."""
    turn = reorientation_of(grid)
    letters = [""] * 3
    for canonical, (axis, flip) in enumerate(zip(turn.axes, turn.flips, strict=True)):
        lps = int(np.flatnonzero(_CANONICAL_LPS[canonical])[0])
        grows_positive = (_CANONICAL_LPS[canonical, lps] > 0) != flip
        letters[axis] = _CODES[lps][int(grows_positive)]
    return "".join(letters)


def _right_handed(unit: NDArray[np.float64], signed: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return flips that make each axis positive, but for the weakest where that is left-handed."""
    flips = signed < 0
    if np.linalg.det(unit * np.where(flips, -1.0, 1.0)) < 0:
        weakest = int(np.argmin(np.abs(signed)))
        flips[weakest] = not flips[weakest]
    return np.asarray(flips, dtype=np.bool_)
