"""Statistics from additive sums, and their intervals by resampling whole patients.

Every statistic of this package is a function of sums over units (vertebrae). A unit therefore
contributes one row of features; a bootstrap draw weighs the rows of whole patients and adds them
up, so that vertebrae of one patient stay together (Field and Welsh 2007,
doi:10.1111/j.1467-9868.2007.00593.x). An undefined value is None with a reason, never 0 or NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

DRAWS: Final = 1000
SEED: Final = 20201
COVERAGE: Final = 0.95
_DRAWS_AT_ONCE: Final = 250

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A value with its interval.

    Attributes:
        value: None where the statistic is undefined.
        low: lower end of the 95 % interval, None without one.
        high: upper end.
        n_units: units that entered.
        n_clusters: patients that entered.
        reason: why `value` or the interval is None, empty otherwise.
        n_undefined: bootstrap draws in which the statistic was undefined; they are left out.
    """

    value: float | None
    low: float | None
    high: float | None
    n_units: int
    n_clusters: int
    reason: str = ""
    n_undefined: int = 0


@dataclass(frozen=True)
class Statistic:
    """One statistic as features per unit and what is made of their sums.

    Attributes:
        name: what it is called in tables.
        features: from ratings, shape (units, raters), to rows, shape (units, n); a row of zeros
            contributes nothing. The first feature is 1 for a unit that enters, 0 otherwise.
        finish: from sums, shape (..., n), to values, shape (...), NaN where undefined.
        undefined: why the value is undefined, from the sums of all units.
    """

    name: str
    features: Callable[[Array], Array]
    finish: Callable[[Array], Array]
    undefined: Callable[[Array], str]


def estimate(
    statistic: Statistic,
    ratings: Array,
    clusters: NDArray[np.int64],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Estimate:
    """Return a statistic with its patient-cluster bootstrap interval.

    Args:
        statistic: which one.
        ratings: shape (units, raters), NaN where a rater gave none.
        clusters: the patient of each unit, as a number, shape (units,).
        draws: bootstrap draws; 0 for the value alone.
        seed: of the draws.

    Raises:
        ValueError: if the shapes do not fit or a rating is infinite.
    """
    rows, patient = _checked(statistic, ratings, clusters)
    entering = rows[:, 0] > 0
    rows, patient = rows[entering], patient[entering]
    places, patient = np.unique(patient, return_inverse=True)
    n_units, n_clusters = len(rows), len(places)
    if n_units == 0:
        return Estimate(None, None, None, 0, 0, "no unit was rated by two raters")
    sums = np.zeros((n_clusters, rows.shape[1]))
    np.add.at(sums, patient, rows)
    total = sums.sum(axis=0)
    value = float(statistic.finish(total))
    if not np.isfinite(value):
        return Estimate(None, None, None, n_units, n_clusters, statistic.undefined(total))
    if n_clusters < 2 or draws == 0:
        reason = "" if draws == 0 else "an interval needs two patients"
        return Estimate(value, None, None, n_units, n_clusters, reason)
    drawn = _resampled(statistic, sums, draws, seed)
    defined = drawn[np.isfinite(drawn)]
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail]) if defined.size else (np.nan, np.nan)
    if not defined.size:
        why = "undefined in every draw"
        return Estimate(value, None, None, n_units, n_clusters, why, draws)
    missing = draws - defined.size
    return Estimate(value, float(low), float(high), n_units, n_clusters, "", missing)


def _checked(
    statistic: Statistic, ratings: Array, clusters: NDArray[np.int64]
) -> tuple[Array, NDArray[np.int64]]:
    values = np.asarray(ratings, dtype=np.float64)
    patient = np.asarray(clusters)
    if values.ndim != 2 or patient.shape != values.shape[:1]:
        raise ValueError(f"ratings {values.shape} and patients {patient.shape} do not fit")
    if np.isinf(values).any():
        raise ValueError("a rating is infinite")
    return statistic.features(values), patient


def _resampled(statistic: Statistic, sums: Array, draws: int, seed: int) -> Array:
    """Return the statistic of every draw, shape (draws,), NaN where undefined."""
    random = np.random.default_rng(seed)
    n = len(sums)
    share = np.full(n, 1 / n)
    found = []
    for first in range(0, draws, _DRAWS_AT_ONCE):
        count = min(_DRAWS_AT_ONCE, draws - first)
        weights = random.multinomial(n, share, size=count).astype(np.float64)
        found.append(statistic.finish(weights @ sums))
    return np.concatenate(found)


def divided(above: Array, below: Array) -> Array:
    """Return a quotient, NaN where the divisor is zero or smaller than rounding."""
    small = np.abs(below) <= 1e-12
    return np.where(small, np.nan, above / np.where(small, 1.0, below))
