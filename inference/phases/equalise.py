"""Contrast-limited adaptive histogram equalisation of one picture.

After Zuiderveld 1994 (Graphics Gems IV): each tile of the picture gets a map that flattens its own
histogram, a bin holds at most a limited share so that noise is not blown up, and between the
centres of tiles the maps are blended.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

TILES: Final = 8
"""Tiles along each side."""
BINS: Final = 256
CLIP: Final = 0.01
"""Share of a tile's pixels that a bin may hold above an even spread."""


def equalised(picture: Picture) -> Picture:
    """Return a picture of values 0-1 with its contrast evened out, same shape, values 0-1."""
    level = np.rint(np.clip(picture, 0, 1) * (BINS - 1)).astype(np.intp)
    rows, columns = (_cuts(n) for n in level.shape)
    maps = np.array(
        [[_map(level[a:b, c:d]) for c, d in columns] for a, b in rows], dtype=np.float32
    )
    above, below, down = _between(level.shape[0], rows)
    left, right, across = _between(level.shape[1], columns)
    out = np.zeros(level.shape, np.float32)
    for row, share_down in ((above, 1 - down), (below, down)):
        for column, share_across in ((left, 1 - across), (right, across)):
            weight = share_down[:, None] * share_across[None, :]
            out += weight * maps[row[:, None], column[None, :], level]
    return out


def _cuts(n: int) -> list[tuple[int, int]]:
    """Return where the tiles of a side of n pixels begin and end; fewer where it is short."""
    edges = np.linspace(0, n, min(TILES, n) + 1).round().astype(int)
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def _map(tile: NDArray[np.intp]) -> Picture:
    counts = np.bincount(tile.ravel(), minlength=BINS).astype(np.float64)
    even = tile.size / BINS
    limit = even + CLIP * (tile.size - even)
    excess = np.maximum(counts - limit, 0).sum()
    counts = np.minimum(counts, limit) + excess / BINS
    return np.asarray(np.cumsum(counts) / tile.size, dtype=np.float32)


def _between(
    n: int, cuts: list[tuple[int, int]]
) -> tuple[NDArray[np.intp], NDArray[np.intp], Picture]:
    """Return for each pixel the tiles before and after it and the share of the later one."""
    centres = np.array([(a + b - 1) / 2 for a, b in cuts])
    place = np.interp(np.arange(n), centres, np.arange(len(cuts)))
    before = np.minimum(place.astype(np.intp), max(len(cuts) - 2, 0))
    after = np.minimum(before + 1, len(cuts) - 1)
    return before, after, (place - before).astype(np.float32)
