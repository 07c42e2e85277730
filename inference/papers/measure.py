"""One figure of a table: its units, what is made of them, its interval, and its spread over folds.

Intervals resample whole patients, by the same draws as everywhere in this product
(`annotation.domain.agreement.estimates`). Statistics that are no function of sums (areas under
curves) weigh every unit by how often its patient was drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.agreement.estimates import (
    COVERAGE,
    DRAWS,
    SEED,
    Array,
    Estimate,
    Statistic,
    divided,
    estimate,
    patient_weights,
)
from annotation.domain.agreement.values import mean_value

Bools = NDArray[np.bool_]
SPECIFICITY: Final = 0.9
FEW_DRAWS: Final = 100
"""Draws weighed at once, to bound memory."""


@dataclass(frozen=True)
class Ranked:
    """A statistic of scores and yes-or-no truth that rests on the ROC curve.

    Attributes:
        name: what it is called.
        finish: from false and true positive rates at every threshold, shape (draws, thresholds),
            thresholds falling, to one value per draw.
    """

    name: str
    finish: Callable[[Array, Array], Array]


@dataclass(frozen=True, eq=False)
class Measure:
    """A figure before it is computed.

    Attributes:
        what: as its row is called.
        statistic: what is made of the units.
        rows: shape (units, columns); for `Ranked` score and truth (0 or 1), a score of -inf for
            what was not found.
        patients: whose each unit is, one name per unit.
        digits: printed after the point.
    """

    what: str
    statistic: Statistic | Ranked
    rows: Array
    patients: tuple[str, ...]
    digits: int = 3

    def estimated(self, draws: int = DRAWS) -> Estimate:
        """Return the value with its patient-cluster bootstrap interval."""
        names, clusters = np.unique(np.array(self.patients, dtype=str), return_inverse=True)
        if not len(names):
            return Estimate(None, None, None, 0, 0, "nothing to measure")
        if isinstance(self.statistic, Ranked):
            return _ranked(self.statistic, self.rows, clusters, draws)
        found = estimate(self.statistic, self.rows, clusters, draws=draws, seed=SEED)
        return found if found.n_units else replace(found, reason="nothing to measure")

    def of(self, patients: frozenset[str]) -> "Measure":
        """Return the same figure of some patients."""
        inside = np.array([name in patients for name in self.patients], dtype=bool)
        kept = tuple(name for name in self.patients if name in patients)
        return replace(self, rows=self.rows[inside], patients=kept)


@dataclass(frozen=True)
class OverFolds:
    """A figure over parts of the patients; mean and SD (n - 1) of the parts that have a value."""

    mean: float | None
    sd: float | None
    n: int


def folds_by_patient(patients: Sequence[str], n: int, seed: int = SEED) -> list[frozenset[str]]:
    """Deal patients into n parts of nearly equal size, by seed; nobody is in two.

    Raises:
        ValueError: if there are fewer patients than parts.
    """
    names = sorted(set(patients))
    if not 2 <= n <= len(names):
        raise ValueError(f"{len(names)} patients cannot be dealt into {n} folds")
    order = np.random.default_rng(seed).permutation(len(names))
    return [frozenset(names[place] for place in order[fold::n]) for fold in range(n)]


def over_folds(measure: Measure, folds: Sequence[frozenset[str]]) -> OverFolds:
    """Return mean and standard deviation of a figure over parts of the patients."""
    values = [measure.of(fold).estimated(draws=0).value for fold in folds]
    known = [value for value in values if value is not None]
    if not known:
        return OverFolds(None, None, 0)
    sd = float(np.std(known, ddof=1)) if len(known) > 1 else None
    return OverFolds(float(np.mean(known)), sd, len(known))


def share() -> Statistic:
    """Return the sum of the first column over the sum of the second."""
    return Statistic(
        "share",
        lambda rows: np.column_stack([(rows[:, 1] > 0).astype(float), rows]),
        lambda sums: divided(sums[..., 1], sums[..., 2]),
        lambda sums: "nothing to measure",
    )


def pooled(what: str, parts: Sequence[tuple[str, int, int]]) -> Measure:
    """Return a share of single things, each a unit: parts of (patient, hits, of)."""
    hit = [[1.0] * hits + [0.0] * (of - hits) for _, hits, of in parts]
    patients = tuple(who for who, _, of in parts for _ in range(of))
    return Measure(what, mean_value(), np.concatenate([[], *hit]).reshape(-1, 1), patients)


def spread() -> Statistic:
    """Return the standard deviation (n - 1) of the only column."""

    def finish(sums: Array) -> Array:
        n, total, squares = sums[..., 0], sums[..., 1], sums[..., 2]
        variance = divided(squares - np.square(total) / np.maximum(n, 1), n - 1)
        return np.asarray(np.sqrt(np.maximum(variance, 0)))

    return Statistic("SD", _moments, finish, lambda sums: "fewer than two units")


def correlation() -> Statistic:
    """Return Pearson's r of two columns."""

    def finish(sums: Array) -> Array:
        n, x, y, xx, yy, xy = (sums[..., place] for place in range(6))
        some = np.maximum(n, 1)
        of_x, of_y = xx - np.square(x) / some, yy - np.square(y) / some
        both = np.sqrt(np.maximum(of_x, 0) * np.maximum(of_y, 0))
        return divided(xy - x * y / some, np.where(both < 1e-9, 0.0, both))

    return Statistic("r", _products, finish, lambda sums: "one side does not vary")


def roc_auc() -> Ranked:
    """Return the area under the ROC curve; ties count half."""

    def finish(false_rate: Array, true_rate: Array) -> Array:
        start = np.zeros((len(false_rate), 1))
        x, y = (np.hstack([start, rate]) for rate in (false_rate, true_rate))
        return np.asarray((np.diff(x) * (y[:, 1:] + y[:, :-1]) / 2).sum(axis=1))

    return Ranked("ROC AUC", finish)


def sensitivity_at(specificity: float = SPECIFICITY) -> Ranked:
    """Return the largest sensitivity among thresholds of at least this specificity.

    Nothing is interpolated: only thresholds that are one of the scores count.
    """
    allowed = round(1 - specificity, 9) + 1e-9

    def finish(false_rate: Array, true_rate: Array) -> Array:
        return np.asarray(np.where(false_rate <= allowed, true_rate, 0.0).max(axis=1))

    return Ranked(f"sensitivity at specificity {specificity:g}", finish)


def roc_points(scores: Array, is_positive: Bools) -> tuple[Array, Array]:
    """Return false and true positive rates from (0, 0) to (1, 1), one point per threshold."""
    rates = _rates(scores, is_positive, np.ones((1, len(scores))))
    return tuple(np.concatenate([[0.0], rate[0]]) for rate in rates)  # type: ignore[return-value]


def _ranked(statistic: Ranked, rows: Array, clusters: NDArray[np.int64], draws: int) -> Estimate:
    scores, positive = rows[:, 0], rows[:, 1] > 0
    n_units, n_clusters = len(rows), int(clusters.max()) + 1
    if positive.all() or not positive.any():
        which = "positive" if positive.all() else "negative"
        return Estimate(None, None, None, n_units, n_clusters, f"every unit is {which}")
    value = float(statistic.finish(*_rates(scores, positive, np.ones((1, n_units))))[0])
    found = Estimate(value, None, None, n_units, n_clusters)
    if not draws:
        return found
    if n_clusters < 2:
        return replace(found, reason="an interval needs two patients")
    weights = patient_weights(n_clusters, draws, SEED)
    drawn = np.concatenate(
        [
            _of_draws(statistic, scores, positive, weights[first : first + FEW_DRAWS, clusters])
            for first in range(0, draws, FEW_DRAWS)
        ]
    )
    defined = drawn[np.isfinite(drawn)]
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return replace(
        found, low=float(low), high=float(high), n_undefined=int(len(drawn) - len(defined))
    )


def _of_draws(statistic: Ranked, scores: Array, positive: Bools, weights: Array) -> Array:
    """Return the statistic of every draw, NaN where a class was not drawn."""
    has_both = (weights[:, positive].sum(axis=1) > 0) & (weights[:, ~positive].sum(axis=1) > 0)
    values = np.full(len(weights), np.nan)
    if has_both.any():
        values[has_both] = statistic.finish(*_rates(scores, positive, weights[has_both]))
    return values


def _rates(scores: Array, positive: Bools, weights: Array) -> tuple[Array, Array]:
    """Return false and true positive rates at every threshold, thresholds falling.

    Args:
        scores: shape (units,).
        positive: shape (units,), at least one of either class with weight.
        weights: shape (draws, units).
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    heavy, is_one = weights[:, order], positive[order]
    true = np.cumsum(heavy * is_one, axis=1)[:, last]
    false = np.cumsum(heavy * ~is_one, axis=1)[:, last]
    return false / false[:, -1:], true / true[:, -1:]


def _moments(rows: Array) -> Array:
    """Return one, value and square per row of one column, zeros where it is missing."""
    given = np.isfinite(rows[:, 0])
    value = np.where(given, rows[:, 0], 0.0)
    return np.column_stack([given.astype(float), value, np.square(value)])


def _products(rows: Array) -> Array:
    both = np.isfinite(rows[:, :2]).all(axis=1)
    if not both.any():
        return np.zeros((len(rows), 6))
    x, y = (np.where(both, rows[:, side] - rows[both, side].mean(), 0.0) for side in (0, 1))
    return np.column_stack([both.astype(float), x, y, x * x, y * y, x * y])
