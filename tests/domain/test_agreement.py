"""Agreement statistics: worked examples, brute force, independent libraries, undefined cases."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from annotation.domain.agreement import categories, values
from annotation.domain.agreement.accuracy import accuracy, wilson
from annotation.domain.agreement.estimates import Statistic, estimate
from annotation.domain.agreement.surfaces import compare_masks

NAN = np.nan
A = [0, 0, 1, 2, 3, 0, 1, 0, 2, 0]
B = [0, 1, 1, 2, 2, 0, 0, 0, 3, 0]
C = [0, 0, NAN, 2, 3, 0, 1, NAN, 2, 1]
THREE = np.array([A, B, C], dtype=float).T
HEIGHTS = np.array(
    [[20.1, 20.4, 19.8], [15.2, 15, 15.9], [18, 18.3, 17.6], [22.4, 22.9, 22.1], [10.5, 11.2, 10.1]]
)


def value(statistic: Statistic, ratings: np.ndarray) -> float | None:
    return estimate(statistic, ratings, np.arange(len(ratings)), draws=0).value


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        (categories.percent_agreement(4), 0.6),
        (categories.cohen_kappa("unweighted", 4), 0.393939),
        (categories.cohen_kappa("linear", 4), 0.636364),
        (categories.cohen_kappa("quadratic", 4), 0.816514),
    ],
)
def test_two_readers_agree_as_worked_out_by_hand(statistic, expected):
    assert value(statistic, THREE[:, :2]) == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        (categories.krippendorff_alpha("nominal", 4), 0.494382),
        (categories.krippendorff_alpha("ordinal", 4), 0.813350),
        (categories.krippendorff_alpha("interval", 4), 0.844291),
        (categories.fleiss_kappa(4), 0.390863),
    ],
)
def test_three_readers_with_missing_grades_agree_as_worked_out_by_hand(statistic, expected):
    assert value(statistic, THREE) == pytest.approx(expected, abs=5e-7)


def test_moderate_or_worse_agrees_fully():
    coarse = (THREE[:, :2] >= 2).astype(float)
    assert value(categories.cohen_kappa("unweighted", 2), coarse) == 1


def test_heights_correlate_as_worked_out_by_hand():
    assert value(values.icc_agreement(), HEIGHTS) == pytest.approx(0.991346, abs=5e-7)
    assert value(values.icc_consistency(), HEIGHTS) == pytest.approx(0.992479, abs=5e-7)
    assert value(values.icc_of_mean(), HEIGHTS) == pytest.approx(0.997099, abs=5e-7)


def test_bland_and_altman_as_worked_out_by_hand():
    found = values.bland_altman(HEIGHTS[:, 0], HEIGHTS[:, 1])
    assert found is not None
    assert (found.bias, found.sd) == pytest.approx((-0.32, 0.334664), abs=5e-7)
    assert found.limits == pytest.approx((-0.975941, 0.335941), abs=5e-7)
    assert found.bias_interval == pytest.approx((-0.73554, 0.09554), abs=5e-6)
    assert found.lower_interval == pytest.approx((-1.742272, -0.20961), abs=5e-6)
    assert found.upper_interval == pytest.approx((-0.43039, 1.102272), abs=5e-6)
    sides = [value(values.limit_of_agreement(side), HEIGHTS[:, :2]) for side in (-1, 1)]
    assert sides == pytest.approx(list(found.limits), abs=1e-12)
    assert value(values.mean_difference(), HEIGHTS[:, :2]) == pytest.approx(found.bias)


def test_undefined_values_are_none_with_a_reason():
    zeros = np.zeros((6, 2))
    same = estimate(categories.cohen_kappa("linear", 4), zeros, np.arange(6))
    assert (same.value, same.low) == (None, None)
    assert "same category" in same.reason
    assert value(categories.percent_agreement(4), zeros) == 1
    one = np.column_stack([np.zeros(6), [0, 1, 0, 2, 0, 3]])
    assert value(categories.cohen_kappa("unweighted", 4), one) == pytest.approx(0)
    for metric in categories.METRICS:
        assert value(categories.krippendorff_alpha(metric, 4), zeros) is None
    assert value(categories.fleiss_kappa(4), zeros) is None
    assert value(values.icc_agreement(), np.ones((4, 2))) is None
    assert value(values.interval_alpha(), np.ones((4, 2))) is None
    nobody = estimate(categories.gwet_ac("linear", 4), np.full((3, 2), NAN), np.arange(3))
    assert (nobody.value, nobody.n_units) == (None, 0)


def random_grades(seed: int) -> np.ndarray:
    """Return grades of some raters on some units with gaps, now and then without variety."""
    random = np.random.default_rng(seed)
    n, raters = int(random.integers(2, 60)), int(random.integers(2, 6))
    chance = random.dirichlet(np.full(4, random.choice([0.1, 1.0, 5.0])))
    truth = random.choice(4, size=n, p=chance)
    own = random.choice(4, size=(n, raters), p=chance)
    ratings = np.where(random.random((n, raters)) < 0.7, truth[:, None], own).astype(float)
    ratings[random.random((n, raters)) < random.choice([0.0, 0.2, 0.5])] = NAN
    if seed % 10 == 0:
        ratings[np.isfinite(ratings[:, 0]), 0] = 1
    return ratings


@pytest.mark.parametrize("weights", categories.WEIGHTS)
def test_cohen_kappa_equals_scikit_learn_on_200_random_sets(weights):
    peers = {"unweighted": None, "linear": "linear", "quadratic": "quadratic"}
    n_compared = 0
    for seed in range(200):
        pair = random_grades(seed)[:, :2]
        both = pair[np.isfinite(pair).all(axis=1)].astype(int)
        found = value(categories.cohen_kappa(weights, 4), pair)
        if len(both) == 0 or len(np.unique(both)) == 1:
            assert found is None
            continue
        peer = cohen_kappa_score(*both.T, labels=[0, 1, 2, 3], weights=peers[weights])
        assert found == pytest.approx(peer, abs=1e-9)
        n_compared += 1
    assert n_compared > 150


def alpha_by_pairs(ratings: np.ndarray, apart) -> float | None:
    """Krippendorff's alpha from its definition: pairs within units against all pairs."""
    units = [row[np.isfinite(row)] for row in ratings]
    units = [unit for unit in units if len(unit) > 1]
    everything = np.concatenate(units) if units else np.zeros(0)
    n = len(everything)
    within = sum(
        2 * apart(x, y) / (len(unit) - 1) for unit in units for x, y in combinations(unit, 2)
    )
    between = sum(2 * apart(x, y) for x, y in combinations(everything, 2))
    return 1 - (within / n) / (between / (n * (n - 1))) if between > 0 else None


def test_alpha_equals_its_definition_by_pairs():
    for seed in range(200):
        ratings = random_grades(seed)
        kept = ratings[np.isfinite(ratings).sum(axis=1) > 1]
        margin = np.array([(kept == c).sum() for c in range(4)], dtype=float)
        middle = np.cumsum(margin) - margin / 2
        metrics = {
            "nominal": lambda x, y: float(x != y),
            "interval": lambda x, y: (x - y) ** 2,
            "ordinal": lambda x, y, m=middle: (m[int(x)] - m[int(y)]) ** 2,
        }
        for metric, apart in metrics.items():
            found = value(categories.krippendorff_alpha(metric, 4), ratings)
            assert found == pytest.approx(alpha_by_pairs(ratings, apart), abs=1e-9)
        found = value(values.interval_alpha(), ratings)
        assert found == pytest.approx(alpha_by_pairs(ratings, metrics["interval"]), abs=1e-9)


def test_an_interval_keeps_the_vertebrae_of_a_patient_together():
    random = np.random.default_rng(5)
    patients = np.repeat(np.arange(30), 10)
    of_patient = random.normal(0, 2, 30)[patients]
    first = 20 + random.normal(0, 0.3, 300)
    pair = np.column_stack([first + of_patient, first])
    clustered = estimate(values.mean_difference(), pair, patients)
    alone = estimate(values.mean_difference(), pair, np.arange(300))
    assert clustered.value == pytest.approx(alone.value)
    assert clustered.high - clustered.low > 2 * (alone.high - alone.low)
    assert estimate(values.mean_difference(), pair, patients) == clustered


def test_shares_have_wilson_intervals():
    share = wilson(80, 91)
    assert (share.value, share.low, share.high) == pytest.approx(
        (0.879121, 0.7964, 0.9311), abs=5e-5
    )
    assert wilson(0, 0).value is None
    said = np.array([1] * 80 + [0] * 11 + [1] * 12 + [0] * 227, dtype=bool)
    true = np.array([1] * 91 + [0] * 239, dtype=bool)
    found = accuracy(said, true)
    assert found.specificity.value == pytest.approx(0.949791, abs=5e-7)
    assert found.positive_predictive.value == pytest.approx(0.869565, abs=5e-7)
    assert found.negative_predictive.value == pytest.approx(0.953782, abs=5e-7)
    assert found.accuracy.value == pytest.approx(0.930303, abs=5e-7)
    assert found.f1 == pytest.approx(0.874317, abs=5e-7)


def test_masks_are_compared_in_millimetres():
    a, b = np.zeros((3, 4, 4), bool), np.zeros((3, 4, 4), bool)
    a[:, 0:2], b[:, 1:3] = True, True
    assert compare_masks(a, b, (1, 1, 1)).dice == 0.5
    far = np.zeros((20, 20, 20), bool)
    near = far.copy()
    far[5:10, 5:10, 5:10], near[8:13, 5:10, 5:10] = True, True
    found = compare_masks(far, near, (2, 1, 1))
    assert found.hd95_mm == 6.0
    assert compare_masks(far, far, (2, 1, 1)).nsd_1mm == 1.0


def test_an_absent_mask_is_missed():
    nothing, something = np.zeros((4, 4, 4), bool), np.ones((4, 4, 4), bool)
    assert compare_masks(nothing, nothing, (1, 1, 1)).dice is None
    found = compare_masks(nothing, something, (1, 1, 1))
    assert (found.dice, found.hd95_mm, found.missed) == (0.0, None, True)
