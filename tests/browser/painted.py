"""What a tool ought to do to a mask, by its definition; masks have the shape (k, j, i)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tests.browser.bench import ACROSS, Flags, Mask

FACES: NDArray[np.bool_] = ndimage.generate_binary_structure(3, 1)
CORNERS = np.ones((3, 3, 3))


def put(flags: Flags, number: int) -> Callable[[Mask], Mask]:
    """Paint empty voxels; locked levels stay."""
    return lambda mask: np.where(flags & (mask == 0), number, mask).astype(np.uint8)


def take(flags: Flags, number: int) -> Callable[[Mask], Mask]:
    return lambda mask: np.where(flags & (mask == number), 0, mask).astype(np.uint8)


def reached(seeds: Flags, open_: Flags, structure) -> Flags:
    """Return the voxels of `open_` that are connected to a seed."""
    pieces, _ = ndimage.label(open_, structure=structure)
    return np.isin(pieces, pieces[seeds & open_]) & (pieces > 0)


def in_slice(plane: str):
    """Return the neighbours by faces within a slice of a plane."""
    structure = FACES.copy()
    across = 2 - ACROSS[plane]
    for end in (0, 2):
        structure[tuple(end if axis == across else 1 for axis in range(3))] = False
    return structure


def holes_of(level: Flags, plane: str | None) -> Flags:
    structure = FACES if plane is None else in_slice(plane)
    if plane is None:
        return ndimage.binary_fill_holes(level, structure) & ~level
    axis = 2 - ACROSS[plane]
    flat = ndimage.generate_binary_structure(2, 1)
    slices = [ndimage.binary_fill_holes(one, flat) for one in np.moveaxis(level, axis, 0)]
    return np.moveaxis(np.array(slices), 0, axis) & ~level
