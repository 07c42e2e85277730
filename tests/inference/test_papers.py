"""Figures of the papers' tables: worked examples, scikit-learn and scipy, and what is trivial."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from annotation.domain.agreement.estimates import patient_weights
from annotation.domain.geometry import Grid
from annotation.domain.vertebrae import place_of
from inference import judging
from inference.config import this_machine
from inference.judged import JudgedCase, JudgedVertebra
from inference.nets.radiograph import MDR2UNet, PlainUNet
from inference.papers import measure
from inference.papers.baseline import anatomical, mean_heights_mm, stacked
from inference.papers.classing import classed, confusion
from inference.papers.compressing import compared
from inference.papers.labelling import labelled
from inference.papers.locating import located
from inference.papers.measure import Measure
from inference.papers.picturing import pictured, pixels_missed, pixels_of, pixels_seen
from inference.papers.severity import MODERATE, TASKS, patients_of, ranked, severities, vertebrae_of
from inference.papers.sheet import Compared, Row, Sheet, Terms, as_csv, as_markdown, computed
from inference.phantoms.make import PhantomOptions
from inference.phantoms.radiograph import make_radiograph
from inference.systems.compression_ratio import SYSTEM
from inference.truths import truth_of
from inference.weights import Weights

NEGATIVE = [0.95, 0.9, 0.88, 0.87, 0.86, 0.85, 0.84, 0.83, 0.82, 0.70]
POSITIVE = [0.81, 0.72, 0.66, 0.5]


def _scores(g: list[float], true: list[bool]) -> np.ndarray:
    return np.column_stack([-np.array(g), np.array(true, dtype=float)])


def _ranked(rows: np.ndarray, kind: measure.Ranked) -> Measure:
    return Measure("x", kind, rows, tuple(f"p{n % 7}" for n in range(len(rows))))


def test_the_worked_example_of_the_curve() -> None:
    rows = _scores(NEGATIVE + POSITIVE, [False] * 10 + [True] * 4)
    assert _ranked(rows, measure.roc_auc()).estimated(0).value == pytest.approx(0.95)
    assert _ranked(rows, measure.sensitivity_at()).estimated(0).value == 1.0
    assert _ranked(rows, measure.sensitivity_at(0.95)).estimated(0).value == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_curves_agree_with_scikit_learn_ties_and_weights_included(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    scores = np.round(rng.normal(size=n), 1)
    positive = rng.random(n) < 0.3
    positive[:2] = True, False
    rows = np.column_stack([scores, positive])
    found = _ranked(rows, measure.roc_auc())
    assert found.estimated(0).value == pytest.approx(metrics.roc_auc_score(positive, scores))
    assert found.estimated(0).value == pytest.approx(judging.roc_auc(scores, positive))
    weights = patient_weights(7, 3, 5)[:, np.arange(n) % 7]
    drawn = measure._of_draws(measure.roc_auc(), scores, positive, weights)
    for value, weight in zip(drawn, weights, strict=True):
        peer = metrics.roc_auc_score(positive, scores, sample_weight=weight)
        assert value == pytest.approx(peer)
    false, true, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
    best = true[false <= 0.1].max()
    assert _ranked(rows, measure.sensitivity_at()).estimated(0).value == pytest.approx(best)
    assert np.allclose(measure.roc_points(scores, positive)[1], true)


def test_one_class_has_no_curve_and_says_so() -> None:
    nothing = _ranked(_scores([0.9, 0.8], [False, False]), measure.roc_auc()).estimated()
    assert (nothing.value, nothing.reason) == (None, "every unit is negative")
    assert Measure("x", measure.roc_auc(), np.zeros((0, 2)), ()).estimated().value is None


def test_correlation_and_spread_agree_with_scipy() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(1000.0, 1.0, 40)
    rows = np.column_stack([x, x + rng.normal(size=40)])
    people = tuple(f"p{n % 9}" for n in range(40))
    r = Measure("r", measure.correlation(), rows, people).estimated()
    assert r.value == pytest.approx(stats.pearsonr(*rows.T).statistic)
    assert r.low is not None
    assert r.high is not None
    assert r.low < r.value < r.high
    flat = np.column_stack([x, np.zeros(40)])
    assert Measure("r", measure.correlation(), flat, people).estimated().value is None
    sd = Measure("sd", measure.spread(), rows[:, :1], people).estimated(0).value
    assert sd == pytest.approx(np.std(rows[:, 0], ddof=1))


def test_the_interval_resamples_patients_not_vertebrae() -> None:
    rows = np.repeat([[1.0], [0.0]], 50, axis=0)
    from_many = Measure("x", measure.spread(), rows, tuple(map(str, range(100)))).estimated()
    two = tuple("a" if n < 50 else "b" for n in range(100))
    from_two = Measure("x", measure.spread(), rows, two).estimated()
    assert from_two.low == 0.0
    assert from_many.low is not None
    assert from_many.low > 0.4


def test_folds_hold_every_patient_once() -> None:
    people = [f"p{n}" for n in range(12)] * 2
    folds = measure.folds_by_patient(people, 5)
    assert sorted(name for fold in folds for name in fold) == sorted(set(people))
    values = np.arange(24.0).reshape(-1, 1)
    own = Measure("x", measure.share(), np.hstack([values, np.ones((24, 1))]), tuple(people))
    means = [np.mean([v for v, who in zip(values, people, strict=True) if who in f]) for f in folds]
    found = measure.over_folds(own, folds)
    assert found.mean == pytest.approx(np.mean(means))
    assert found.sd == pytest.approx(np.std(means, ddof=1))
    with pytest.raises(ValueError, match="3 patients"):
        measure.folds_by_patient(["a", "b", "c"], 5)


def _vertebra(level: str, g: float, found_g: float | None, shape: str = "") -> JudgedVertebra:
    grade = sum(g <= limit + 1e-9 for limit in (0.8, 0.75, 0.6))
    return JudgedVertebra(
        level=level,
        found_level=None if found_g is None else level,
        g=g,
        found_g=found_g,
        errors_mm=() if found_g is None else (0.5,) * 6,
        dice=0.0 if found_g is None else 0.9,
        grade=grade,
        shape=shape,
        label_dice=0.0 if found_g is None else 0.9,
        label_hd95_mm=None if found_g is None else 2.0,
        compression=100 * (1 - g),
        found_compression=None if found_g is None else 100 * (1 - found_g),
        called=None if found_g is None else found_g <= 0.8,
        score=None if found_g is None else -found_g,
    )


def _case(name: str, *vertebrae: JudgedVertebra, n_false: int = 0) -> JudgedCase:
    scores = [one.score for one in vertebrae if one.score is not None]
    hits = sum(one.found_level == one.level for one in vertebrae)
    return JudgedCase(
        name=name,
        patient=name,
        vertebrae=vertebrae,
        n_false=n_false,
        overlapping=(hits, len(vertebrae) - hits, n_false),
        line_mm=1.0,
        limits_mm=4.0,
        shows=("L5_sacrum",),
        counted_from="L5_sacrum",
        identified=judging.Identification(hits, len(vertebrae), 3.0, hits),
        worst=max(scores, default=None),
    )


@pytest.fixture
def cases() -> list[JudgedCase]:
    return [
        _case("a", _vertebra("T8", 0.9, 0.85), _vertebra("T9", 0.7, 0.72, "wedge")),
        _case("b", _vertebra("L1", 0.78, 0.79, "wedge"), _vertebra("L2", 0.5, None, "crush")),
        _case("c", _vertebra("T8", 0.86, 0.74), _vertebra("C5", 0.6, 0.9), n_false=1),
        _case("d", _vertebra("L3", 0.55, 0.6, "biconcave"), _vertebra("L4", 0.9, 0.88)),
    ]


def _values(rows: list[Compared], draws: int = 0) -> dict[str, Row]:
    return {one.measure.what: computed(one, Terms(draws=draws)) for one in rows}


def test_tasks_leave_out_what_they_leave_out(cases: list[JudgedCase]) -> None:
    found = vertebrae_of(cases)
    assert sorted(one.grade for one in found) == [0, 0, 0, 1, 2, 3]
    assert len(vertebrae_of(cases, with_missed=True)) == 7
    sizes = [len(ranked("x", measure.roc_auc(), task, found).rows) for task in TASKS]
    assert sizes == [6, 5, 6]
    score = -np.array([0.85, 0.72, 0.79, 0.74, 0.6, 0.88])
    for task, truth in zip(
        (TASKS[0], TASKS[2]), ([0, 1, 1, 0, 1, 0], [0, 1, 0, 0, 1, 0]), strict=True
    ):
        value = ranked("x", measure.roc_auc(), task, found).estimated(0).value
        assert value == pytest.approx(metrics.roc_auc_score(truth, score))


def test_a_patient_is_as_severe_as_the_lowest_height_ratio(cases: list[JudgedCase]) -> None:
    people = {one.patient: (one.score, one.grade) for one in patients_of(cases)}
    assert people == {"a": (-0.72, 2), "b": (-0.79, 3), "c": (-0.74, 0), "d": (-0.6, 3)}
    empty = replace(cases[0], worst=None)
    assert patients_of([empty])[0].score == judging.MISSED


def test_missed_fractures_and_single_shapes_have_their_rows(cases: list[JudgedCase]) -> None:
    rows = _values(severities(cases, [anatomical(case) for case in cases]))
    assert rows[f"ROC AUC, {MODERATE.name}, vertebrae"].estimate.value == 1.0
    missed = rows[f"ROC AUC, {MODERATE.name}, vertebrae, missed ones lowest"].estimate
    assert missed.value == pytest.approx(2 / 3)
    crush = rows[f"ROC AUC, {MODERATE.name}, crush against unfractured, missed lowest"]
    assert (crush.estimate.value, crush.estimate.n_units) == (0.0, 5)
    assert crush.trivial
    assert crush.baseline is not None


def test_detection_labels_and_classes_by_hand(cases: list[JudgedCase]) -> None:
    plain = [anatomical(case) for case in cases]
    where = _values(located(cases, plain, plain))
    assert where["precision, centres within 20 mm"].estimate.value == pytest.approx(7 / 8)
    assert where["recall, centres within 20 mm"].estimate.value == pytest.approx(7 / 8)
    by_patient = where["recall, centres within 20 mm, mean over patients"].estimate
    assert by_patient.value == pytest.approx(3.5 / 4)
    shifts = [-0.05, 0.02, 0.01, -0.12, 0.3, 0.05, -0.02]
    assert where["G, SD of the error"].estimate.value == pytest.approx(np.std(shifts, ddof=1))
    named = _values(labelled(cases, plain, plain))
    assert named["identification rate"].estimate.value == pytest.approx(7 / 8)
    assert named["Dice by label at 1 mm, missed 0"].estimate.value == pytest.approx(7 * 0.9 / 8)
    assert named["share of cases with every label right"].estimate.value == 0.75
    counts = confusion(cases, with_missed=True)
    assert (counts.true_positive, counts.false_negative) == (3, 1)
    assert (counts.false_positive, counts.true_negative) == (1, 2)
    rows = {row.what: row for row in classed(cases)}
    assert rows["cases with every vertebra called rightly"].estimate.value == 0.5
    assert rows["cases that could not be processed"].estimate.value == 0.0
    assert rows["accuracy, missed called unfractured"].baseline == pytest.approx(3 / 7)


def test_table_of_the_paper_with_its_wilson_intervals() -> None:
    told = [(0.7, 0.7)] * 80 + [(0.9, 0.7)] * 12 + [(0.7, 0.9)] * 11 + [(0.9, 0.9)] * 227
    case = _case("all", *(_vertebra("L1", g, found) for g, found in told))
    rows = {row.what: row.estimate for row in classed([case])}
    sensitivity = rows["sensitivity, found vertebrae"]
    assert sensitivity.value == pytest.approx(0.879121, abs=1e-6)
    assert (sensitivity.low, sensitivity.high) == pytest.approx((0.7964, 0.9311), abs=1e-4)
    assert rows["specificity, found vertebrae"].value == pytest.approx(0.949791, abs=1e-6)
    assert rows["accuracy, found vertebrae"].value == pytest.approx(0.930303, abs=1e-6)


def test_other_rules_on_the_same_slices_stand_beside_the_one_that_was_used() -> None:
    told = [((0.9, 0.6, 0.2), 0.7), ((0.6, 0.4, 0.1), 0.7), ((0.55, 0.2), 0.9), ((0.4, 0.3), 0.9)]
    one = _vertebra("L1", 0.9, 0.9)
    seen = [
        replace(one, slice_scores=scores, grade=2 if g < 0.8 else 0, called=scores[0] >= 0.5)
        for scores, g in told
    ]
    rows = {row.what: row.estimate.value for row in classed([_case("a", *seen)])}
    assert (rows["sensitivity, any slice"], rows["specificity, any slice"]) == (1.0, 0.5)
    assert (rows["sensitivity, two slices"], rows["specificity, two slices"]) == (0.5, 1.0)
    assert rows["sensitivity, three slices"] == 0.0
    assert rows["sensitivity, mean of the three highest slices"] == 0.5
    without = {row.what: row.estimate.n_units for row in classed([_case("b", one)])}
    assert without.get("sensitivity, any slice", 0) == 0


def test_compression_is_compared_with_no_loss_at_all(cases: list[JudgedCase]) -> None:
    rows = _values(compared(cases, [anatomical(case) for case in cases]))
    found = np.array([15, 28, 21, 26, 40, 12.0])
    true = np.array([10, 30, 22, 14, 45, 10.0])
    assert rows["compression, %: r"].estimate.value == pytest.approx(
        stats.pearsonr(found, true).statistic
    )
    assert rows["compression, %: bias"].estimate.value == pytest.approx((found - true).mean())
    low = (found - true).mean() - 1.96 * (found - true).std(ddof=1)
    assert rows["compression, %: lower limit of agreement"].estimate.value == pytest.approx(low)
    assert rows["compression, %: r"].baseline is None


def test_a_stack_of_mean_vertebrae_fills_the_volume_from_below() -> None:
    affine = np.array([[0, 0, -1.0, 0], [1.0, 0, 0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1]])
    grid = Grid((100, 200, 90), affine)
    seen = stacked(grid)
    levels = [one.level for one in seen.proposal.vertebrae]
    assert levels[-1] == "L5"
    assert [place_of(level) for level in levels] == sorted(map(place_of, levels))
    lowest = seen.proposal.vertebrae[-1]
    assert lowest.six_points_mm is not None
    heights = np.linalg.norm(np.diff(lowest.six_points_mm, axis=1)[:, 0], axis=-1)
    assert heights == pytest.approx(mean_heights_mm("L5"))
    assert lowest.six_points_mm[..., 2].min() == pytest.approx(-199.5)
    body = np.argwhere(seen.proposal.mask == lowest.number)
    assert abs(body.mean(axis=0)[::-1] - grid.to_ijk(lowest.centroid_mm)).max() < 1.0
    assert seen.limits_z_mm == pytest.approx((-199.5, 0.5))


def test_a_sheet_prints_every_figure_with_interval_folds_and_baseline(
    cases: list[JudgedCase],
) -> None:
    plain = [anatomical(case) for case in cases]
    terms = Terms(tuple(measure.folds_by_patient([case.patient for case in cases], 2)), 50)
    rows = tuple(computed(one, terms) for one in located(cases, plain, plain))
    sheet = Sheet("held-out phantoms", "Where", rows, ("A note.",))
    text = as_markdown(sheet)
    assert "| measure | held-out phantoms | 95 % interval |" in text
    assert "| precision, centres within 20 mm | 0.875 |" in text
    assert text.endswith("A note.")
    table = as_csv([sheet]).splitlines()
    assert len(table) == len(rows) + 1
    assert table[0].startswith("data,table,measure,n,patients,value,low,high")


def test_pixels_of_a_picture_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    truth = np.zeros((30, 40), bool)
    truth[10:20, 12:25] = True
    chance = np.round(np.clip(0.5 * truth + rng.normal(0.3, 0.2, truth.shape), 0, 1), 2)
    said = chance >= 0.5
    found = pixels_of(truth, said, chance)
    assert found.sensitivity == pytest.approx(metrics.recall_score(truth.ravel(), said.ravel()))
    assert found.specificity == pytest.approx(metrics.recall_score(~truth.ravel(), ~said.ravel()))
    assert found.accuracy == pytest.approx(metrics.accuracy_score(truth.ravel(), said.ravel()))
    assert found.dice == pytest.approx(metrics.f1_score(truth.ravel(), said.ravel()))
    assert found.roc_auc == pytest.approx(metrics.roc_auc_score(truth.ravel(), chance.ravel()))
    peer = metrics.average_precision_score(truth.ravel(), chance.ravel())
    assert found.pr_auc == pytest.approx(peer)
    empty = pixels_of(np.zeros_like(truth), said, chance)
    assert (empty.sensitivity, empty.roc_auc, empty.pr_auc) == (None, None, None)


def test_both_networks_of_a_radiograph_are_judged(cases: list[JudgedCase]) -> None:
    levels = ("L1", "L3")
    phantom = make_radiograph(7, PhantomOptions((2.0, 2.0, 6.0), "spine", levels))
    widths = (4, 4, 4, 4, 4)
    nets = {"mdr2_unet": MDR2UNet(widths, 64), "plain_unet": PlainUNet(widths, 64)}
    for net in nets.values():
        net.eval()
    preset = replace(SYSTEM.presets["tiny"], widths=dict.fromkeys(nets, widths))
    weights = Weights("bare", "", SYSTEM, preset, nets, this_machine("cpu"), {})
    truth = truth_of(phantom)
    seen = pixels_seen(truth, weights)
    assert list(seen) == ["MDR2-UNet", "plain U-Net"]
    lost = pixels_missed(truth)["plain U-Net"]
    assert (lost.sensitivity, lost.specificity, lost.dice, lost.roc_auc) == (0.0, 1.0, 0.0, 0.5)
    judged = [replace(cases[0], pixels=seen), replace(cases[1], pixels=pixels_missed(truth))]
    rows = _values(pictured(judged))
    row = rows["pixels, plain U-Net: specificity, mean over pictures"].estimate
    there = seen["plain U-Net"].specificity
    assert there is not None
    assert (row.n_units, row.value) == (2, pytest.approx((1 + there) / 2))
    assert pictured(cases) == []
