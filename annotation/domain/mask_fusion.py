"""One mask from several readers'.

An odd number of readers votes per voxel. With an even number the tied voxels are decided by the sum
of the readers' signed distances to their own surface (shape-based average, Rohlfing and Maurer
2007, doi:10.1109/TITB.2006.884362), vertebra by vertebra. From three readers on STAPLE (Warfield et
al. 2004, doi:10.1109/TMI.2004.828354) may be asked for: SimpleITK's, in a box around each vertebra;
with two readers STAPLE is their intersection and is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
import SimpleITK
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.agreement.surfaces import boxes_of

MARGIN_VOX: Final = 8
STAPLE_FROM: Final = 0.5

_Mask = NDArray[np.uint8]
_Box = tuple[slice, ...]


class Method(StrEnum):
    """How masks are fused."""

    MAJORITY = "majority"
    STAPLE = "staple"


@dataclass(frozen=True, eq=False)
class FusedMask:
    """The mask of several readers as one.

    Attributes:
        mask: vertebra numbers, shape (k, j, i).
        uncertain: voxels on which the readers did not agree, same shape.
        ignored: (reader, number) where a reader left a vertebra out that most had painted.
    """

    mask: _Mask
    uncertain: NDArray[np.bool_]
    ignored: tuple[tuple[int, int], ...] = ()


def fuse_masks(
    readers: Sequence[_Mask],
    spacing_mm: tuple[float, float, float],
    *,
    method: Method = Method.MAJORITY,
    settled: Mapping[int, Method | int] = MappingProxyType({}),
) -> FusedMask:
    """Fuse the masks of several readers.

    Args:
        readers: one mask of vertebra numbers per reader, shape (k, j, i), all on one grid.
        spacing_mm: along the array's axes k, j, i.
        method: vote, or STAPLE.
        settled: by vertebra number another method, or the place of the reader whose mask counts.

    Raises:
        ValueError: if there is no mask, the grids differ, or STAPLE has fewer than three readers.
    """
    if not readers or any(mask.shape != readers[0].shape for mask in readers):
        raise ValueError("masks are fused on one grid, from one reader at least")
    if Method.STAPLE in (method, *settled.values()) and len(readers) < 3:
        raise ValueError("STAPLE needs three readers; with two it is their intersection")
    uncertain = np.zeros(readers[0].shape, bool)
    for mask in readers[1:]:
        uncertain |= mask != readers[0]
    fused = np.zeros_like(readers[0])
    best = np.zeros(fused.shape, np.float32)
    ignored: list[tuple[int, int]] = []
    for number, tight in boxes_of(readers).items():
        box = _widened(tight, fused.shape)
        votes = np.stack([mask[box] == number for mask in readers])
        here = votes.reshape(len(votes), -1).any(axis=1)
        if 2 * here.sum() > len(votes):
            ignored += [(reader, number) for reader in np.flatnonzero(~here).tolist()]
        way = settled.get(number, method)
        if isinstance(way, Method):
            belief = _belief(votes, spacing_mm, way)
        else:
            belief = votes[way].astype(np.float32)
        wins = (belief > STAPLE_FROM) & (belief > best[box])
        fused[box][wins] = number
        best[box][wins] = belief[wins]
    return FusedMask(fused, uncertain, tuple(ignored))


def _belief(
    votes: NDArray[np.bool_], spacing_mm: tuple[float, ...], method: Method
) -> NDArray[np.float32]:
    """Return how far each voxel belongs to a vertebra: above 0.5 it does."""
    if method is Method.STAPLE and votes.any():
        return _staple(votes)
    share = votes.mean(axis=0, dtype=np.float32)
    tied = share == 0.5
    if tied.any():
        inside = sum(_signed_mm(vote, spacing_mm) for vote in votes)
        share[tied] += np.where(np.asarray(inside)[tied] > 0, 1e-3, 0)
    return np.asarray(share)


def _signed_mm(vote: NDArray[np.bool_], spacing_mm: tuple[float, ...]) -> NDArray[np.float64]:
    """Return millimetres to the surface, positive within; a missing mask says nothing."""
    if not vote.any() or vote.all():
        return np.zeros(vote.shape)
    within = ndimage.distance_transform_edt(vote, sampling=spacing_mm)
    return np.asarray(within - ndimage.distance_transform_edt(~vote, sampling=spacing_mm))


def _staple(votes: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return STAPLE's probability; where it finds none (all but one empty) the share of votes."""
    images = [SimpleITK.GetImageFromArray(vote.astype(np.uint8)) for vote in votes]
    fused = SimpleITK.STAPLE(images, 1.0)  # type: ignore[no-untyped-call]  # its stubs are bare
    found = SimpleITK.GetArrayFromImage(fused).astype(np.float32)
    if not np.isfinite(found).all() or not (found > STAPLE_FROM).any():
        return np.asarray(votes.mean(axis=0, dtype=np.float32))
    return np.asarray(found)


def _widened(box: _Box, shape: tuple[int, ...]) -> _Box:
    return tuple(
        slice(max(0, axis.start - MARGIN_VOX), min(size, axis.stop + MARGIN_VOX))
        for axis, size in zip(box, shape, strict=True)
    )
