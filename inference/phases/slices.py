"""Cuts vertebral bodies into sagittal slices, without their outermost ones.

After Glessgen et al. (Segment and Slice): only what lies inside the mask of a body is shown,
and five slices are shaved off on either side, where degenerated edges mislead. A slice here is
2 mm thick whatever the spacing of the CT, as the sagittal reconstructions of the paper were 2 to
3 mm.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from annotation.domain.geometry import Grid, Volume
from inference.nets.slice_classifier import SIZE
from inference.phases.sampling import boxed, spacing_jik

Floats = NDArray[np.float64]
Mask = NDArray[np.uint8]
Box = tuple[slice, slice, slice]

SLICE_MM: Final = 2.0
"""Distance and thickness of slices, left to right."""
SHAVED: Final = 5
"""Slices taken off on either side of a body."""
LEAST_KEPT: Final = 3
"""So many of the middle slices stay where shaving would leave fewer, as on a narrow body."""
PIXEL_MM: Final = 0.25
"""Size of a picture's pixel: 256 of them span 64 mm, the tallest tilted body."""


@dataclass(frozen=True)
class Slices:
    """The slices of one body, from the patient's left to right.

    Attributes:
        hu: float32 (n, 256, 256): rows down, columns back, `PIXEL_MM` apart, around the body.
        inside: bool, same shape: the body's pixels.
        k: (n,) index of each slice's middle along the volume's k axis, fractional.
    """

    hu: Tensor
    inside: Tensor
    k: Floats


def shaved(n: int, shave: int = SHAVED, least: int = LEAST_KEPT) -> range:
    """Return which of n slices are kept: all but `shave` on either side, or the middle `least`."""
    off = min(shave, max(0, (n - least) // 2))
    return range(off, n - off)


def slice_places(extent_mm: tuple[float, float]) -> Floats:
    """Return the millimetres of the kept slices of a body that extends from one to the other.

    Slices fill the extent from its middle outwards; what is left over at the sides is no slice.
    """
    low, high = extent_mm
    n = max(1, int((high - low) / SLICE_MM + 1e-6))
    places = (low + high) / 2 + (np.arange(n) - (n - 1) / 2) * SLICE_MM
    return np.asarray(places[list(shaved(n))])


def cut_slices(volume: Volume, bodies: Mask, number: int) -> Slices:
    """Cut one body.

    Args:
        volume: the CT.
        bodies: uint8 (k, j, i) on the volume's grid, bodies by number.
        number: of the body to cut.

    Raises:
        ValueError: if the mask has no such body.
    """
    boxes = ndimage.find_objects(bodies, number)
    box = boxes[number - 1] if len(boxes) >= number else None
    if box is None:
        raise ValueError(f"the mask has no body with the number {number}")
    right, down, back = (  # (k, j, i), the order of the array
        np.array([side.start - 0.5, side.stop - 0.5]) * step
        for side, step in zip(box, np.array(volume.grid.spacing_mm)[::-1], strict=True)
    )
    places = slice_places((float(right[0]), float(right[1])))
    span = (np.arange(SIZE) - (SIZE - 1) / 2) * PIXEL_MM
    window = [down.mean() + span, back.mean() + span, places]
    hu = boxed(volume, window).permute(2, 0, 1)
    inside = _inside(bodies[box] == number, box, window, volume.grid)
    return Slices(hu, inside, places / volume.grid.spacing_mm[2])


def pictures(slices: Slices) -> Tensor:
    """Return what the classifier reads, (n, 1, 256, 256): 0 outside, around 1 inside the body.

    Grey values inside are brought to one mean and spread per slice, so that neither contrast medium
    nor thin bone matters; where the body ends is the clearest of all.
    """
    inside = slices.inside.float()
    n = inside.sum(dim=(1, 2), keepdim=True).clamp(min=1)
    mean = (slices.hu * inside).sum(dim=(1, 2), keepdim=True) / n
    apart = (slices.hu - mean) * inside
    spread = ((apart**2).sum(dim=(1, 2), keepdim=True) / n).sqrt().clamp(min=1)
    return ((1 + (apart / spread).clamp(-3, 3) / 4) * inside)[:, None]


def _inside(flags: NDArray[np.bool_], box: Box, window: list[Floats], grid: Grid) -> Tensor:
    """Return the body on the window's pixels, bool (n, 256, 256)."""
    spacing = spacing_jik(grid)
    first = np.array([box[1].start, box[2].start, box[0].start])  # (k, j, i) -> (j, i, k)
    shifted = [axis - at for axis, at in zip(window, first * spacing, strict=True)]
    affine = np.diag([*grid.spacing_mm, 1.0])
    dims = (flags.shape[2], flags.shape[1], flags.shape[0])
    cutout = Volume(flags.astype(np.float32), Grid(dims, affine))
    return (boxed(cutout, shifted) > 0.5).permute(2, 0, 1)
