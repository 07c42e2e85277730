"""Agreement on categories: percent, Cohen, Fleiss, Krippendorff, Gwet.

Ratings are category numbers 0 to n-1, NaN where missing; categories are fixed beforehand, because
weights and chance agreement depend on them. Sources: Cohen 1968 (doi:10.1037/h0026256), Fleiss 1971
(doi:10.1037/h0031619), Krippendorff 2011 (Computing Krippendorff's alpha-reliability), Gwet 2008
(doi:10.1348/000711006X126600).
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final

import numpy as np

from annotation.domain.agreement.estimates import Array, Statistic, divided

WEIGHTS: Final = ("unweighted", "linear", "quadratic")
METRICS: Final = ("nominal", "ordinal", "interval")


def disagreement_weights(kind: str, n_categories: int) -> Array:
    """Return the weight of every pair of categories, 0 on the diagonal and 1 at most.

    Raises:
        ValueError: if the kind is none of `WEIGHTS`.
    """
    if kind not in WEIGHTS:
        raise ValueError(f"weights are one of {', '.join(WEIGHTS)}, not {kind}")
    place = np.arange(n_categories, dtype=np.float64)
    apart = np.abs(place[:, None] - place[None, :])
    if kind == "unweighted":
        return np.asarray(apart > 0, dtype=np.float64)
    scaled = apart / max(n_categories - 1, 1)
    return scaled if kind == "linear" else np.square(scaled)


def percent_agreement(n_categories: int) -> Statistic:
    """Return the share of equal pairs among all pairs of ratings of a unit, averaged over units."""
    return Statistic(
        "agreement", partial(_agreeing, n_categories), lambda s: divided(s[..., 1], s[..., 0]), _few
    )


def cohen_kappa(weights: str, n_categories: int) -> Statistic:
    """Return Cohen's kappa of the first two raters, over the units both rated."""
    weight = disagreement_weights(weights, n_categories)
    return Statistic(
        f"kappa {weights}",
        _pairs_of(n_categories),
        partial(_kappa, weight),
        lambda sums: "both raters used one and the same category",
    )


def fleiss_kappa(n_categories: int) -> Statistic:
    """Return Fleiss' kappa over the units that all raters rated."""
    return Statistic(
        "Fleiss kappa",
        partial(_complete, n_categories),
        _fleiss,
        lambda sums: "all raters used one and the same category",
    )


def krippendorff_alpha(metric: str, n_categories: int) -> Statistic:
    """Return Krippendorff's alpha for categories, with missing ratings.

    Raises:
        ValueError: if the metric is none of `METRICS`.
    """
    if metric not in METRICS:
        raise ValueError(f"a metric is one of {', '.join(METRICS)}, not {metric}")
    return Statistic(
        f"alpha {metric}",
        _coincidences_of(n_categories),
        partial(_alpha, metric, n_categories),
        lambda sums: "all ratings are one and the same category",
    )


def gwet_ac(weights: str, n_categories: int) -> Statistic:
    """Return Gwet's AC1 (unweighted) or AC2, with missing ratings."""
    name = "Gwet AC1" if weights == "unweighted" else f"Gwet AC2 {weights}"
    agree = 1 - disagreement_weights(weights, n_categories)
    return Statistic(
        name,
        partial(_gwet_rows, agree),
        partial(_gwet, agree),
        lambda sums: "fewer than two categories",
    )


@lru_cache
def _pairs_of(n_categories: int) -> Callable[[Array], Array]:
    """Return one and the same function each time: statistics with equal features share them."""
    return partial(_pairs, n_categories)


@lru_cache
def _coincidences_of(n_categories: int) -> Callable[[Array], Array]:
    return partial(_coincidences, n_categories)


def counts_per_unit(ratings: Array, n_categories: int) -> Array:
    """Return how many raters chose each category, shape (units, categories).

    Raises:
        ValueError: if a rating is no category.
    """
    given = ratings[np.isfinite(ratings)]
    if given.size and (given.min() < 0 or given.max() >= n_categories or (given % 1).any()):
        raise ValueError(f"a rating is no category of 0 to {n_categories - 1}")
    return np.stack([(ratings == c).sum(axis=1) for c in range(n_categories)], axis=1).astype(float)


def _few(sums: Array) -> str:
    return "no unit was rated by two raters"


def _agreeing(n_categories: int, ratings: Array) -> Array:
    counts = counts_per_unit(ratings, n_categories)
    given = counts.sum(axis=1)
    equal = divided((counts * (counts - 1)).sum(axis=1), given * (given - 1))
    enters = given >= 2
    return np.stack([enters, np.where(enters, equal, 0.0)], axis=1)


def _pairs(n_categories: int, ratings: Array) -> Array:
    """Return one, then the cell of the confusion matrix that a unit falls into."""
    counts_per_unit(ratings, n_categories)
    both = np.isfinite(ratings[:, :2]).all(axis=1)
    cells = np.zeros((len(ratings), n_categories * n_categories))
    first, second = ratings[both, 0].astype(int), ratings[both, 1].astype(int)
    cells[np.flatnonzero(both), first * n_categories + second] = 1
    return np.column_stack([both.astype(float), cells])


def _kappa(weight: Array, sums: Array) -> Array:
    n = len(weight)
    table = sums[..., 1:].reshape(*sums.shape[:-1], n, n)
    total = sums[..., 0]
    expected = table.sum(axis=-1)[..., :, None] * table.sum(axis=-2)[..., None, :]
    seen = (weight * table).sum(axis=(-1, -2)) * total
    return np.asarray(1 - divided(seen, (weight * expected).sum(axis=(-1, -2))))


def _complete(n_categories: int, ratings: Array) -> Array:
    counts = counts_per_unit(ratings, n_categories)
    raters = ratings.shape[1]
    whole = np.isfinite(ratings).all(axis=1) & (raters > 1)
    equal = (counts * (counts - 1)).sum(axis=1) / max(raters * (raters - 1), 1)
    rows = np.column_stack([np.ones(len(counts)), equal, counts / raters])
    return np.asarray(rows * whole[:, None])


def _fleiss(sums: Array) -> Array:
    n = sums[..., 0]
    seen = divided(sums[..., 1], n)
    expected = np.square(divided(sums[..., 2:], n[..., None])).sum(axis=-1)
    return np.asarray(divided(seen - expected, 1 - expected))


def _coincidences(n_categories: int, ratings: Array) -> Array:
    counts = counts_per_unit(ratings, n_categories)
    given = counts.sum(axis=1)
    enters = given >= 2
    pairs = counts[:, :, None] * counts[:, None, :]
    place = np.arange(n_categories)
    pairs[:, place, place] -= counts
    pairs /= np.where(enters, given - 1, 1)[:, None, None]
    rows = np.column_stack([np.ones(len(counts)), pairs.reshape(len(counts), -1)])
    return np.asarray(rows * enters[:, None])


def _alpha(metric: str, n_categories: int, sums: Array) -> Array:
    table = sums[..., 1:].reshape(*sums.shape[:-1], n_categories, n_categories)
    margin = table.sum(axis=-1)
    total = margin.sum(axis=-1)
    apart = _METRIC[metric](margin)
    seen = (table * apart).sum(axis=(-1, -2))
    expected = (margin[..., :, None] * margin[..., None, :] * apart).sum(axis=(-1, -2))
    return np.asarray(1 - divided(seen * (total - 1), expected))


def _nominal(margin: Array) -> Array:
    n = margin.shape[-1]
    return np.broadcast_to(1 - np.eye(n), (*margin.shape, n))


def _interval(margin: Array) -> Array:
    n = margin.shape[-1]
    place = np.arange(n, dtype=np.float64)
    return np.broadcast_to(np.square(place[:, None] - place), (*margin.shape, n))


def _ordinal(margin: Array) -> Array:
    """Return squared ranks between categories: ratings between them, half of each end."""
    up_to = np.cumsum(margin, axis=-1) - margin / 2
    return np.square(up_to[..., :, None] - up_to[..., None, :])


_METRIC: Final[dict[str, Callable[[Array], Array]]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
}


def _gwet_rows(agree: Array, ratings: Array) -> Array:
    """Return: rated at all, rated twice, weighted agreement, share of each category."""
    counts = counts_per_unit(ratings, len(agree))
    given = counts.sum(axis=1)
    twice, once = given >= 2, given >= 1
    weighted = counts @ agree
    equal = divided((counts * (weighted - 1)).sum(axis=1), given * (given - 1))
    share = np.where(once[:, None], counts / np.maximum(given, 1)[:, None], 0)
    return np.column_stack([once, twice, np.where(twice, equal, 0), share]).astype(float)


def _gwet(agree: Array, sums: Array) -> Array:
    n_categories = len(agree)
    if n_categories < 2:
        return np.full(sums.shape[:-1], np.nan)
    seen = divided(sums[..., 2], sums[..., 1])
    share = divided(sums[..., 3:], sums[..., :1])
    chance = agree.sum() / (n_categories * (n_categories - 1)) * (share * (1 - share)).sum(axis=-1)
    return np.asarray(divided(seen - chance, 1 - chance))
