"""Makes a radiograph ready for a network, and leads what it says back onto the picture.

As in Kim et al. 2021 (doi:10.1007/s10278-021-00471-0): equalised contrast, a Gaussian against
noise, reduced with its proportions kept, and padded with zeros to a square. All sixteen bits are
used up to the equalisation. A film remembers how it lies on the picture, so nothing is rounded on
the way back.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from annotation.domain.geometry import GeometryMismatch, Grid, Volume
from inference.phases.equalise import equalised

Floats = NDArray[np.float64]
Picture = NDArray[np.float32]

NOISE_PX: Final = 0.7
"""Standard deviation of the Gaussian against noise, in pixels of the film."""
_TAILS: Final = (0.5, 99.5)
"""Percentiles of the grey values that become black and white."""


@dataclass(frozen=True)
class Film:
    """A square picture for a network, and where its pixels lie on the radiograph.

    Attributes:
        grey: (side, side), 0-1; zero beside the radiograph.
        grid: of the radiograph: one slice.
        size_mm: side of a pixel in units of the grid's frame.
        first: row and column of the film on which the radiograph's upper left corner lies; a
            corner, not a pixel's centre.
    """

    grey: Picture
    grid: Grid
    size_mm: float
    first: tuple[float, float]

    @property
    def side(self) -> int:
        """Pixels along each side."""
        return int(self.grey.shape[0])

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Pixels whose centre lies on the radiograph, (side, side)."""
        at = self.to_picture(places(self.grey.shape))
        last = np.array([self.grid.dims[1], self.grid.dims[0]]) - 0.5
        return np.asarray(((at >= -0.5) & (at <= last)).all(axis=-1))

    def to_picture(self, at: Floats) -> Floats:
        """Return rows and columns of the radiograph, (..., 2), of those of the film."""
        spacing = np.array(self.grid.spacing_mm)[[1, 0]]
        return np.asarray((np.asarray(at) + 0.5 - self.first) * self.size_mm / spacing - 0.5)

    def to_film(self, at: Floats) -> Floats:
        """Return rows and columns of the film, (..., 2), of those of the radiograph."""
        spacing = np.array(self.grid.spacing_mm)[[1, 0]]
        return np.asarray((np.asarray(at) + 0.5) * spacing / self.size_mm + self.first - 0.5)

    def to_frame(self, at: Floats) -> Floats:
        """Return points in the radiograph's frame, (..., 3), of rows and columns of the film."""
        place = self.to_picture(at)
        index = np.stack([place[..., 1], place[..., 0], np.zeros(place.shape[:-1])], axis=-1)
        return self.grid.to_mm(index)


def prepare(volume: Volume, side: int) -> Film:
    """Return a radiograph as a square film.

    Args:
        volume: one slice, grey values of any range.
        side: pixels of the film along each side.

    Raises:
        GeometryMismatch: if the volume has more than one slice.
    """
    if volume.grid.dims[2] != 1:
        raise GeometryMismatch(f"a radiograph is one slice, not {volume.grid.dims[2]}")
    blank = placed(volume.grid, side)
    grey = reduced(equalised(stretched(volume.hu[0])), blank) * blank.shown
    return replace(blank, grey=grey)


def placed(grid: Grid, side: int) -> Film:
    """Return an empty film on which a grid lies in the middle, as large as it fits."""
    across, down, _ = (n * size for n, size in zip(grid.dims, grid.spacing_mm, strict=True))
    size = max(across, down) / side
    first = ((side - down / size) / 2, (side - across / size) / 2)
    return Film(np.zeros((side, side), np.float32), grid, size, first)


def reduced(picture: Picture, film: Film) -> Picture:
    """Return a picture on the radiograph's grid as the film shows it, smoothed before."""
    spacing = np.array(film.grid.spacing_mm)[[1, 0]]
    smooth = gaussian_filter(picture, NOISE_PX * film.size_mm / spacing, truncate=3.0)
    at = np.moveaxis(film.to_picture(places(film.grey.shape)), -1, 0)
    return np.asarray(map_coordinates(smooth, at, np.float32, order=1, mode="nearest"))


def on_radiograph(film: Film, part: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which pixels of the radiograph a part of the film covers by half, (nj, ni).

    Args:
        film: where it lies.
        part: (side, side), 0-1: how far a pixel of the film belongs to it.
    """
    ni, nj, _ = film.grid.dims
    covered = np.zeros((nj, ni), dtype=bool)
    rows, columns = np.nonzero(part > 0)
    if not len(rows):
        return covered
    ends = np.array([[rows.min(), columns.min()], [rows.max(), columns.max()]])
    low, high = film.to_picture(ends + np.array([[-1], [1]]))
    top, left = np.clip(np.floor(low), 0, (nj, ni)).astype(int)
    bottom, right = np.clip(np.ceil(high) + 1, 0, (nj, ni)).astype(int)
    inside = places((bottom - top, right - left)) + np.array([top, left])
    at = np.moveaxis(film.to_film(inside), -1, 0)
    covered[top:bottom, left:right] = map_coordinates(part, at, order=1) >= 0.5
    return covered


def places(shape: tuple[int, ...]) -> Floats:
    """Return row and column of each pixel of a picture, (rows, columns, 2)."""
    return np.moveaxis(np.indices(shape, dtype=np.float64), 0, -1)


def stretched(grey: NDArray[np.generic]) -> Picture:
    """Return grey values as 0-1 between their tails; one value all over becomes zero."""
    values = grey.astype(np.float32)
    low, high = (float(value) for value in np.percentile(values, _TAILS))
    if high <= low:
        return np.zeros_like(values)
    return np.asarray(np.clip((values - low) / (high - low), 0, 1), dtype=np.float32)
