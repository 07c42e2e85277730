"""Which vertebra of a case each vertebra of a new proposal is: the one it covers most."""

import numpy as np
from numpy.typing import NDArray


def match_by_overlap(
    proposed: NDArray[np.uint8], known: NDArray[np.uint8], *, least_share: float = 0.25
) -> dict[int, int]:
    """Return the known number of each proposed number that has one.

    Pairs are taken by falling overlap; each number is used once.

    Args:
        proposed: label map of the new proposal, shape (k, j, i).
        known: label map the case has, same shape.
        least_share: of the smaller of the two that must be shared.
    """
    both = (proposed > 0) & (known > 0)
    pairs, counts = np.unique(np.stack([proposed[both], known[both]]), axis=1, return_counts=True)
    size_new = np.bincount(proposed.reshape(-1), minlength=256)
    size_old = np.bincount(known.reshape(-1), minlength=256)
    found: dict[int, int] = {}
    for place in np.argsort(-counts, kind="stable"):
        new, old = int(pairs[0, place]), int(pairs[1, place])
        enough = counts[place] >= least_share * min(size_new[new], size_old[old])
        if enough and new not in found and old not in found.values():
            found[new] = old
    return found


def renumber(mask: NDArray[np.uint8], numbers: dict[int, int]) -> NDArray[np.uint8]:
    """Return a label map with its numbers replaced; numbers that are not named become 0."""
    table = np.zeros(256, np.uint8)
    for old, new in numbers.items():
        table[old] = new
    return np.asarray(table[mask])
