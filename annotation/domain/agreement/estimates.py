"""Statistics from additive sums, and their intervals by resampling whole patients.

Every statistic of this package is a function of sums over units (vertebrae). A unit therefore
contributes one row of features; a bootstrap draw weighs the rows of whole patients and adds them
up, so that vertebrae of one patient stay together (Field and Welsh 2007,
doi:10.1111/j.1467-9868.2007.00593.x). An undefined value is None with a reason, never 0 or NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

DRAWS: Final = 1000
SEED: Final = 20201
COVERAGE: Final = 0.95

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
    everything = np.zeros(int(entering.sum()), np.int64)
    summed = sum_by_part(rows[entering], patient[entering], everything, 1)
    return estimate_parts(statistic, summed, np.ones((1, 1), bool), draws=draws, seed=seed)[0]


@dataclass(frozen=True, eq=False)
class Summed:
    """Features of units, added up by patient and part.

    Attributes:
        sums: shape (patients, parts, features).
    """

    sums: Array


def sum_by_part(
    rows: Array, clusters: NDArray[np.int64], parts: NDArray[np.int64], n_parts: int
) -> Summed:
    """Add features up.

    Args:
        rows: features, shape (units, features).
        clusters: the patient of each unit, shape (units,).
        parts: the part (level) of each unit, 0 to `n_parts` - 1, shape (units,).
        n_parts: how many parts there are.
    """
    places, patient = np.unique(clusters, return_inverse=True)
    cell = patient * n_parts + parts
    size = len(places) * n_parts
    sums = np.zeros((size, rows.shape[1]))
    for one in range(rows.shape[1]):
        sums[:, one] = np.bincount(cell, rows[:, one], size)
    return Summed(sums.reshape(len(places), n_parts, rows.shape[1]))


def estimate_parts(
    statistic: Statistic,
    summed: Summed,
    groups: NDArray[np.bool_],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> list[Estimate]:
    """Return a statistic of several groups of parts, all from the same draws of patients.

    Args:
        statistic: which one.
        summed: its features, by patient and part.
        groups: which parts each group holds, shape (groups, parts).
        draws: bootstrap draws; 0 for the value alone.
        seed: of the draws.
    """
    sums = summed.sums
    drawn = _drawn(sums, draws, seed)
    found = []
    for group in groups:
        some = sums[:, group].sum(axis=1)
        value = _value(statistic, some)
        if value.value is not None and draws and value.n_clusters > 1:
            value = _with_interval(value, statistic.finish(drawn[:, group].sum(axis=1)))
        elif value.value is not None and draws:
            value = replace(value, reason="an interval needs two patients")
        found.append(value)
    return found


def _value(statistic: Statistic, sums: Array) -> Estimate:
    """Return the value alone, from sums by patient of shape (patients, features)."""
    total = sums.sum(axis=0)
    n_units, n_clusters = round(float(total[0])), int((sums[:, 0] > 0).sum())
    if n_units == 0:
        return Estimate(None, None, None, 0, 0, "no unit was rated by two raters")
    value = float(statistic.finish(total))
    if not np.isfinite(value):
        return Estimate(None, None, None, n_units, n_clusters, statistic.undefined(total))
    return Estimate(value, None, None, n_units, n_clusters)


def _with_interval(value: Estimate, drawn: Array) -> Estimate:
    defined = drawn[np.isfinite(drawn)]
    if not defined.size:
        return replace(value, reason="undefined in every draw", n_undefined=len(drawn))
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return replace(
        value, low=float(low), high=float(high), n_undefined=int(len(drawn) - defined.size)
    )


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


def _drawn(sums: Array, draws: int, seed: int) -> Array:
    """Return the sums of every draw, shape (draws, parts, features)."""
    n, *rest = sums.shape
    if n == 0 or draws == 0:
        return np.zeros((draws, *rest))
    flat = sums.reshape(n, -1)
    return np.asarray((patient_weights(n, draws, seed) @ flat).reshape(draws, *rest))


@lru_cache(maxsize=2)
def patient_weights(n: int, draws: int, seed: int) -> Array:
    """Return how often each of n patients stands in each draw, shape (draws, n)."""
    random = np.random.default_rng(seed)
    return random.multinomial(n, np.full(n, 1 / n), size=draws).astype(np.float64)


def divided(above: Array, below: Array) -> Array:
    """Return a quotient, NaN where the divisor is zero or smaller than rounding."""
    small = np.abs(below) <= 1e-12
    return np.where(small, np.nan, above / np.where(small, 1.0, below))
