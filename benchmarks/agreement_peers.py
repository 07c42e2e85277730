"""The statistics of agreement beside independent programs, on random data sets.

Each comparison names its peer: scikit-learn, statsmodels, krippendorff (GPL, for development only)
or SimpleITK; where none computes the same thing, the definition is written out by pairs.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

import krippendorff
import numpy as np
import SimpleITK
from sklearn import metrics
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.inter_rater import fleiss_kappa
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from annotation.domain.agreement import categories, values
from annotation.domain.agreement.accuracy import accuracy, wilson
from annotation.domain.agreement.estimates import Statistic, estimate
from annotation.domain.agreement.surfaces import compare_masks

NAN: Final = np.nan
GRADES: Final = 4
SETS: Final = 200
Value = float | None


@dataclass(frozen=True)
class Compared:
    """One statistic against its peer.

    Attributes:
        statistic: its name.
        peer: the program or definition.
        ours: value, None where undefined.
        theirs: value, None where undefined.
    """

    statistic: str
    peer: str
    ours: Value
    theirs: Value


def grades(seed: int) -> np.ndarray:
    """Return grades (units, raters) with gaps; some sets have a constant rater or one class."""
    random = np.random.default_rng(seed)
    n, raters = int(random.integers(2, 60)), int(random.integers(2, 6))
    chance = random.dirichlet(np.full(GRADES, random.choice([0.1, 1.0, 5.0])))
    truth = random.choice(GRADES, size=n, p=chance)
    own = random.choice(GRADES, size=(n, raters), p=chance)
    ratings = np.where(random.random((n, raters)) < 0.7, truth[:, None], own).astype(float)
    if seed % 10 == 0:
        ratings[:, 0] = 1
    if seed % 25 == 3:
        ratings[:] = random.integers(GRADES)
    ratings[random.random((n, raters)) < random.choice([0.0, 0.2, 0.5])] = NAN
    return ratings


def heights(seed: int) -> np.ndarray:
    """Return heights in millimetres (units, raters) with gaps; some sets have no spread."""
    random = np.random.default_rng(10_000 + seed)
    n, raters = int(random.integers(3, 40)), int(random.integers(2, 6))
    truth = random.normal(22, random.choice([0.0, 0.5, 3.0]), (n, 1))
    found = truth + random.normal(0, 0.7, (n, raters)) + random.normal(0, 0.5, raters)
    if seed % 25 == 3:
        found[:] = 20.0
    if seed % 10 == 0:
        found[:, 0] = 21.0
    found[random.random((n, raters)) < random.choice([0.0, 0.1, 0.3])] = NAN
    return found


def compare(seed: int) -> Iterator[Compared]:
    """Return every statistic beside its peer on the data set of a seed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # peers warn where ours is None
        for part in (_pairs, _many, _measured, _differences, _against, _masks):
            yield from part(seed)


def _ours(statistic: Statistic, ratings: np.ndarray) -> Value:
    return estimate(statistic, ratings, np.arange(len(ratings)), draws=0).value


def _known(value: float) -> Value:
    return float(value) if np.isfinite(value) else None


def _pairs(seed: int) -> Iterator[Compared]:
    pair = grades(seed)[:, :2]
    both = pair[np.isfinite(pair).all(axis=1)].astype(int)
    for weights, theirs in zip(categories.WEIGHTS, (None, "linear", "quadratic"), strict=True):
        found = None
        if len(both) and len(np.unique(both)) > 1:
            kappa = metrics.cohen_kappa_score(*both.T, labels=range(GRADES), weights=theirs)
            found = _known(kappa)
        ours = _ours(categories.cohen_kappa(weights, GRADES), pair)
        yield Compared(f"Cohen kappa, {weights}", "scikit-learn", ours, found)
    share = metrics.accuracy_score(*both.T) if len(both) else None
    ours = _ours(categories.percent_agreement(GRADES), pair)
    yield Compared("Percent agreement of two", "scikit-learn", ours, share)


def _many(seed: int) -> Iterator[Compared]:
    ratings = grades(seed)
    whole = ratings[np.isfinite(ratings).all(axis=1)].astype(int)
    counts = np.stack([(whole == grade).sum(axis=1) for grade in range(GRADES)], axis=1)
    found = None if len(np.unique(whole)) < 2 else _known(fleiss_kappa(counts))
    yield Compared(
        "Fleiss kappa", "statsmodels", _ours(categories.fleiss_kappa(GRADES), ratings), found
    )
    for metric in categories.METRICS:
        ours = _ours(categories.krippendorff_alpha(metric, GRADES), ratings)
        theirs = _alpha(ratings, metric, list(range(GRADES)))
        yield Compared(f"Krippendorff alpha, {metric}", "krippendorff", ours, theirs)
    for weights in categories.WEIGHTS:
        ours = _ours(categories.gwet_ac(weights, GRADES), ratings)
        theirs = _gwet_by_definition(ratings, weights)
        yield Compared(f"Gwet AC, {weights}", "definition by pairs", ours, theirs)
    ours = _ours(categories.percent_agreement(GRADES), ratings)
    theirs = _agreement_by_definition(ratings, lambda a, b: float(a == b))
    yield Compared("Percent agreement of many", "definition by pairs", ours, theirs)


def _alpha(ratings: np.ndarray, metric: str, domain: list[float] | None) -> Value:
    paired = ratings[np.isfinite(ratings).sum(axis=1) > 1]
    if len(np.unique(paired[np.isfinite(paired)])) < 2:
        return None
    return _known(krippendorff.alpha(paired.T, level_of_measurement=metric, value_domain=domain))


def _agreement_by_definition(ratings: np.ndarray, agree: Callable[[float, float], float]) -> Value:
    units = [row[np.isfinite(row)] for row in ratings]
    shares = [
        np.mean([agree(a, b) for a, b in combinations(unit, 2)]) for unit in units if len(unit) > 1
    ]
    return float(np.mean(shares)) if shares else None


def _gwet_by_definition(ratings: np.ndarray, weights: str) -> Value:
    """Gwet 2014, Handbook of Inter-Rater Reliability, chapter 4, with missing ratings."""
    power = {"unweighted": 0, "linear": 1, "quadratic": 2}[weights]
    far = (GRADES - 1) ** power

    def agree(a: float, b: float) -> float:
        return 1.0 - (abs(a - b) ** power / far if a != b else 0.0)

    seen = _agreement_by_definition(ratings, agree)
    rated = [row[np.isfinite(row)] for row in ratings if np.isfinite(row).any()]
    if seen is None:
        return None
    share = [np.mean([np.mean(row == grade) for row in rated]) for grade in range(GRADES)]
    total = sum(agree(a, b) for a, b in product(range(GRADES), repeat=2))
    chance = total / (GRADES * (GRADES - 1)) * sum(p * (1 - p) for p in share)
    return float((seen - chance) / (1 - chance))


def _measured(seed: int) -> Iterator[Compared]:
    ratings = heights(seed)
    theirs = _icc_by_models(ratings[np.isfinite(ratings).all(axis=1)])
    ours = (values.icc_agreement(), values.icc_consistency(), values.icc_of_mean())
    for statistic, found in zip(ours, theirs, strict=True):
        peer = "statsmodels (least squares)"
        yield Compared(statistic.name, peer, _ours(statistic, ratings), found)
    yield Compared(
        "Krippendorff alpha of heights",
        "krippendorff",
        _ours(values.interval_alpha(), ratings),
        _alpha(ratings, "interval", None),
    )


def _icc_by_models(whole: np.ndarray) -> tuple[Value, Value, Value]:
    """Return ICC(2,1), (3,1), (2,k) from residuals of nested linear models (Shrout and Fleiss)."""
    n, k = whole.shape
    if n < 2 or np.ptp(whole) == 0:
        return None, None, None
    unit, rater = (one.ravel() for one in np.indices(whole.shape))
    one = np.ones((n * k, 1))
    units, raters = np.eye(n)[unit][:, 1:], np.eye(k)[rater][:, 1:]
    flat = whole.ravel() - whole.mean()
    alone, by_unit, by_rater, both = (
        float(OLS(flat, np.hstack([one, *terms])).fit().ssr)
        for terms in ([], [units], [raters], [units, raters])
    )
    msr, msc = (alone - by_unit) / (n - 1), (alone - by_rater) / (k - 1)
    mse = both / ((n - 1) * (k - 1))
    return (
        (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n),
        (msr - mse) / (msr + (k - 1) * mse),
        (msr - mse) / (msr + (msc - mse) / n),
    )


def _differences(seed: int) -> Iterator[Compared]:
    first, second = heights(seed)[:, :2].T
    both = np.isfinite(first) & np.isfinite(second)
    found = values.bland_altman(first, second)
    apart = DescrStatsW((first - second)[both]) if both.sum() > 1 else None
    names = ("bias", "lower end", "upper end", "sd", "slope")
    ours: list[Value] = [None] * 5
    theirs: list[Value] = [None] * 5
    if found is not None and apart is not None:
        ours = [found.bias, *found.bias_interval, found.sd, found.slope]
        sd = float(apart.std_ddof(1))
        ends = apart.tconfint_mean() if sd > 0 else (apart.mean, apart.mean)
        mean = ((first + second) / 2)[both]
        line = OLS((first - second)[both], np.column_stack([np.ones(len(mean)), mean]))
        slope = float(line.fit().params[1]) if np.ptp(mean) > 0 else None
        theirs = [float(apart.mean), *map(float, ends), sd, slope]
    for name, a, b in zip(names, ours, theirs, strict=True):
        yield Compared(f"Bland-Altman, {name}", "statsmodels", a, b)


def _against(seed: int) -> Iterator[Compared]:
    pair = grades(seed)[:, :2]
    said, true = pair[np.isfinite(pair).all(axis=1)].T >= 1
    found = accuracy(said, true)
    ours = {
        "Sensitivity": found.sensitivity.value,
        "Specificity": found.specificity.value,
        "Positive predictive value": found.positive_predictive.value,
        "Negative predictive value": found.negative_predictive.value,
        "F1": found.f1,
    }
    scores = (
        lambda: metrics.recall_score(true, said, zero_division=NAN),
        lambda: metrics.recall_score(~true, ~said, zero_division=NAN),
        lambda: metrics.precision_score(true, said, zero_division=NAN),
        lambda: metrics.precision_score(~true, ~said, zero_division=NAN),
        lambda: metrics.f1_score(true, said, zero_division=NAN),
    )
    for (name, value), score in zip(ours.items(), scores, strict=True):
        yield Compared(name, "scikit-learn", value, _known(score()) if len(said) else None)
    hits, of = int((said & true).sum()), int(true.sum())
    share = wilson(hits, of)
    ends = proportion_confint(hits, of, method="wilson") if of else (None, None)
    for name, a, b in zip(("lower", "upper"), (share.low, share.high), ends, strict=True):
        yield Compared(f"Wilson interval, {name} end", "statsmodels", a, b)


def masks(seed: int) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float]]:
    """Return two ragged balls that overlap more or less, and their spacing; some are empty."""
    random = np.random.default_rng(20_000 + seed)
    spacing = tuple(float(one) for one in random.uniform(0.5, 3.0, 3))
    grid = np.stack(np.indices((14, 16, 15)), axis=-1).astype(float)
    found = []
    for _ in range(2):
        away = np.linalg.norm(grid - random.uniform(5, 9, 3), axis=-1)
        found.append(away < random.uniform(2, 5) + random.normal(0, 0.4, away.shape))
    if seed % 20 == 0:
        found[0][:] = False
    if seed % 40 == 0:
        found[1][:] = False
    return found[0], found[1], (spacing[0], spacing[1], spacing[2])


def _masks(seed: int) -> Iterator[Compared]:
    first, second, spacing = masks(seed)
    found = compare_masks(first, second, spacing)
    ours = (found.dice, found.hd95_mm, found.assd_mm, found.nsd_1mm, found.nsd_2mm)
    theirs = _masks_by_simpleitk(first, second, spacing)
    names = ("Dice", "HD95", "ASSD", "NSD 1 mm", "NSD 2 mm")
    for name, a, b in zip(names, ours, theirs, strict=True):
        peer = "SimpleITK" if name == "Dice" else "SimpleITK's surfaces, distances by pairs"
        yield Compared(name, peer, a, b)


def _masks_by_simpleitk(
    first: np.ndarray, second: np.ndarray, spacing: tuple[float, float, float]
) -> tuple[Value, ...]:
    if not (first.any() and second.any()):
        dice = None if first.any() == second.any() else 0.0
        return dice, None, None, None, None
    images = [
        SimpleITK.GetImageFromArray(np.pad(one, 1).astype(np.uint8)) for one in (first, second)
    ]
    for image in images:
        image.SetSpacing(spacing[::-1])
    overlap = SimpleITK.LabelOverlapMeasuresImageFilter()
    overlap.Execute(*images)
    edges = [SimpleITK.LabelContour(image, fullyConnected=False) for image in images]
    ways = []
    for mine, other in (edges, edges[::-1]):
        # The exact distances of each surface voxel to the nearest one, without a transform.
        at = [np.argwhere(SimpleITK.GetArrayFromImage(one)) * spacing for one in (mine, other)]
        ways.append(np.linalg.norm(at[0][:, None] - at[1][None], axis=-1).min(axis=1))
    both = np.concatenate(ways)
    return (
        float(overlap.GetDiceCoefficient()),
        float(max(np.percentile(way, 95) for way in ways)),
        float(both.mean()),
        float((both <= 1).mean()),
        float((both <= 2).mean()),
    )
