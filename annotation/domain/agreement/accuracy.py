"""A reader against a reference: sensitivity, specificity, predictive values.

Intervals are Wilson's (1927, doi:10.1080/01621459.1927.10502953).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True)
class Share:
    """A share with its Wilson interval; all None where nothing was counted, with the reason."""

    hits: int
    of: int
    value: float | None
    low: float | None
    high: float | None
    reason: str = ""


@dataclass(frozen=True)
class Accuracy:
    """What a yes-or-no reader reached against a reference."""

    sensitivity: Share
    specificity: Share
    positive_predictive: Share
    negative_predictive: Share
    accuracy: Share
    f1: float | None


def wilson(hits: int, of: int, *, coverage: float = 0.95, empty: str = "nothing counted") -> Share:
    """Return a share with its Wilson score interval.

    Raises:
        ValueError: if there are more hits than cases, or fewer than none.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    if of == 0:
        return Share(0, 0, None, None, None, empty)
    z = float(stats.norm.ppf((1 + coverage) / 2))
    p = hits / of
    below = 1 + z**2 / of
    middle = (p + z**2 / (2 * of)) / below
    half = z / below * float(np.sqrt(p * (1 - p) / of + z**2 / (4 * of**2)))
    return Share(hits, of, p, max(0.0, middle - half), min(1.0, middle + half))


def accuracy(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> Accuracy:
    """Compare yes-or-no answers with a reference, both of shape (n,)."""
    both = int((said & true).sum())
    only_said, only_true = int((said & ~true).sum()), int((~said & true).sum())
    neither = int((~said & ~true).sum())
    wrong = only_said + only_true
    f1 = 2 * both / (2 * both + wrong) if both + wrong else None
    return Accuracy(
        wilson(both, both + only_true, empty="no positive in the reference"),
        wilson(neither, neither + only_said, empty="no negative in the reference"),
        wilson(both, both + only_said, empty="nothing called positive"),
        wilson(neither, neither + only_true, empty="nothing called negative"),
        wilson(both + neither, both + neither + wrong, empty="nothing rated"),
        f1,
    )
