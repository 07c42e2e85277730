"""Agreement on measured values: intraclass correlation, interval alpha, Bland and Altman.

Sources: Shrout and Fleiss 1979 (doi:10.1037/0033-2909.86.2.420), Krippendorff 2011, Bland and
Altman 1986 (doi:10.1016/S0140-6736(86)90837-8). Values are centred before they are squared, so
that sums of squares keep their digits.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from annotation.domain.agreement.estimates import Array, Statistic, divided

LIMITS_SD: Final = 1.96


def icc_agreement() -> Statistic:
    """Return ICC(2,1): two-way random, absolute agreement, single rater; complete units only."""
    return Statistic("ICC(2,1)", _two_way_rows, _icc21, _no_spread)


def icc_consistency() -> Statistic:
    """Return ICC(3,1): two-way mixed, consistency, single rater; complete units only."""
    return Statistic("ICC(3,1)", _two_way_rows, _icc31, _no_spread)


def icc_of_mean() -> Statistic:
    """Return ICC(2,k): absolute agreement of the mean of all raters; complete units only."""
    return Statistic("ICC(2,k)", _two_way_rows, _icc2k, _no_spread)


def interval_alpha() -> Statistic:
    """Return Krippendorff's alpha for measured values, with missing ones."""
    return Statistic("alpha interval", _alpha_rows, _alpha, lambda sums: "all values are equal")


def mean_value() -> Statistic:
    """Return the mean of the only column."""
    return Statistic("mean", _value_rows, lambda s: divided(s[..., 1], s[..., 0]), _few)


def mean_difference() -> Statistic:
    """Return the bias of the first rater against the second."""
    return Statistic("bias", _difference_rows, lambda s: divided(s[..., 1], s[..., 0]), _few)


def limit_of_agreement(side: int) -> Statistic:
    """Return the lower (-1) or upper (+1) limit of agreement: bias and 1.96 standard deviations."""

    def finish(sums: Array) -> Array:
        n, total, squares = sums[..., 0], sums[..., 1], sums[..., 2]
        variance = divided(squares - np.square(total) / np.maximum(n, 1), n - 1)
        return np.asarray(divided(total, n) + side * LIMITS_SD * np.sqrt(np.maximum(variance, 0)))

    name = "upper limit" if side > 0 else "lower limit"
    return Statistic(name, _difference_rows, finish, lambda sums: "fewer than two pairs")


@dataclass(frozen=True)
class BlandAltman:
    """Differences a - b in the unit of the values, with intervals that ignore clusters.

    Attributes:
        n: pairs.
        bias: mean difference.
        sd: standard deviation of the differences (n - 1).
        limits: bias -+ 1.96 sd.
        bias_interval: 95 % interval of the bias.
        lower_interval: of the lower limit.
        upper_interval: of the upper limit.
        slope: of the difference on the mean, None where all means are equal.
    """

    n: int
    bias: float
    sd: float
    limits: tuple[float, float]
    bias_interval: tuple[float, float]
    lower_interval: tuple[float, float]
    upper_interval: tuple[float, float]
    slope: float | None


def bland_altman(a: Array, b: Array) -> BlandAltman | None:
    """Return the differences of paired values; None for fewer than two pairs.

    Args:
        a: values, NaN where missing, shape (n,).
        b: values of the other rater, same shape.
    """
    both = np.isfinite(a) & np.isfinite(b)
    first, second = np.asarray(a)[both], np.asarray(b)[both]
    n = int(both.sum())
    if n < 2:
        return None
    difference, mean = first - second, (first + second) / 2
    bias, sd = float(difference.mean()), float(difference.std(ddof=1))
    limits = (bias - LIMITS_SD * sd, bias + LIMITS_SD * sd)
    t = float(stats.t.ppf(0.975, n - 1))
    of_bias = t * sd / np.sqrt(n)
    of_limit = t * sd * float(np.sqrt(1 / n + LIMITS_SD**2 / (2 * (n - 1))))
    spread = float(np.square(mean - mean.mean()).sum())
    slope = float((difference * (mean - mean.mean())).sum() / spread) if spread > 0 else None
    return BlandAltman(
        n,
        bias,
        sd,
        limits,
        (bias - of_bias, bias + of_bias),
        (limits[0] - of_limit, limits[0] + of_limit),
        (limits[1] - of_limit, limits[1] + of_limit),
        slope,
    )


def _few(sums: Array) -> str:
    return "no unit was rated by two raters"


def _no_spread(sums: Array) -> str:
    if sums[0] < 2:
        return "fewer than two units were rated by all raters"
    return "all values are equal"


def _centred(values: Array) -> Array:
    middle = float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
    return np.asarray(values - middle)


def _two_way_rows(ratings: Array) -> Array:
    """Return one, sum of squares, square of the sum, then the values of every rater."""
    whole = np.isfinite(ratings).all(axis=1) & (ratings.shape[1] > 1)
    values = np.where(whole[:, None], _centred(np.where(whole[:, None], ratings, np.nan)), 0.0)
    squares, row = np.square(values).sum(axis=1), values.sum(axis=1)
    return np.column_stack([whole.astype(float), squares, np.square(row), values])


def _mean_squares(sums: Array) -> tuple[Array, Array, Array, Array, int]:
    n, squares, rows, columns = sums[..., 0], sums[..., 1], sums[..., 2], sums[..., 3:]
    k = columns.shape[-1]
    grand = np.square(columns.sum(axis=-1)) / np.maximum(n * k, 1)
    between_rows = rows / k - grand
    between_columns = np.square(columns).sum(axis=-1) / np.maximum(n, 1) - grand
    rest = squares - grand - between_rows - between_columns
    msr = divided(between_rows, n - 1)
    msc = between_columns / max(k - 1, 1)
    mse = divided(rest, (n - 1) * (k - 1))
    return msr, msc, mse, n, k


def _icc21(sums: Array) -> Array:
    msr, msc, mse, n, k = _mean_squares(sums)
    return divided(msr - mse, msr + (k - 1) * mse + k * (msc - mse) / np.maximum(n, 1))


def _icc31(sums: Array) -> Array:
    msr, _, mse, _, k = _mean_squares(sums)
    return divided(msr - mse, msr + (k - 1) * mse)


def _icc2k(sums: Array) -> Array:
    msr, msc, mse, n, _ = _mean_squares(sums)
    return divided(msr - mse, msr + (msc - mse) / np.maximum(n, 1))


def _alpha_rows(ratings: Array) -> Array:
    """Return one, values, their sum, their squares, and the disagreement within the unit."""
    given = np.isfinite(ratings).sum(axis=1)
    enters = given >= 2
    values = np.where(np.isfinite(ratings), _centred(ratings), 0.0)
    total, squares = values.sum(axis=1), np.square(values).sum(axis=1)
    within = 2 * (given * squares - np.square(total)) / np.maximum(given - 1, 1)
    rows = np.column_stack([np.ones(len(given)), given, total, squares, within])
    return np.asarray(rows * enters[:, None])


def _alpha(sums: Array) -> Array:
    n, total, squares, within = (sums[..., place] for place in (1, 2, 3, 4))
    seen = divided(within, n)
    expected = divided(2 * (n * squares - np.square(total)), n * (n - 1))
    return np.asarray(1 - divided(seen, expected))


def _value_rows(ratings: Array) -> Array:
    given = np.isfinite(ratings[:, 0])
    return np.column_stack([given.astype(float), np.where(given, ratings[:, 0], 0.0)])


def _difference_rows(ratings: Array) -> Array:
    both = np.isfinite(ratings[:, :2]).all(axis=1)
    difference = np.where(both, ratings[:, 0] - ratings[:, 1], 0.0)
    return np.column_stack([both.astype(float), difference, np.square(difference)])
