"""A pipeline that says the truth gets full marks; every lie costs the figure it should."""

from dataclasses import replace

import numpy as np
import pytest

from annotation.domain.proposal import CountedFrom, Proposal, Suggestion, VertebraProposal
from annotation.domain.vertebrae import is_graded, label_of
from inference.evaluation import judge, summarise
from inference.judged import JudgedCase, Seen
from inference.judging import overlap_in_plane
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom


@pytest.fixture(scope="module")
def phantom() -> Phantom:
    options = PhantomOptions(
        spacing_mm=(2.0, 2.0, 2.0), levels=("T9", "L3"), fracture=("L1", "wedge", 0.6)
    )
    return make_phantom(21, options)


@pytest.fixture
def truth(phantom: Phantom) -> Seen:
    shown = phantom.vertebrae
    proposed = tuple(
        VertebraProposal(
            n + 1, one.level, one.centroid_mm, one.six_points_mm, 1.0, is_partial=one.is_partial
        )
        for n, one in enumerate(shown)
    )
    lookup = np.zeros(256, np.uint8)
    for n, one in enumerate(shown):
        lookup[label_of(one.level)] = n + 1
    proposal = Proposal(proposed, lookup[phantom.mask], phantom.volume.grid, CountedFrom.L5_SACRUM)
    points = np.concatenate([one.six_points_mm for one in shown])
    line = np.concatenate([one.six_points_mm[1] for one in shown])
    z = points[..., 2]
    grid = phantom.volume.grid
    top, bottom = grid.to_mm(np.array([[0.0, 0, 0], [0, grid.dims[1] - 1, 0]]))[:, 2]
    return Seen(proposal, line, (max(float(z.min()), bottom), min(float(z.max()), top)))


def _judged(phantom: Phantom, seen: Seen, **changes: object) -> JudgedCase:
    return judge(phantom, replace(seen, proposal=replace(seen.proposal, **changes)))


def test_the_truth_gets_full_marks(phantom: Phantom, truth: Seen) -> None:
    figures = summarise([judge(phantom, truth)])
    assert (figures.precision, figures.recall, figures.dice) == (1.0, 1.0, 1.0)
    assert (figures.overlap_precision, figures.overlap_recall) == (1.0, 1.0)
    assert figures.auc == 1.0
    assert figures.keypoint_mm == pytest.approx(0.0, abs=1e-6)
    assert figures.limits_mm == pytest.approx(0.0, abs=1e-6)
    assert figures.line_mm is not None
    assert figures.line_mm < 0.5
    assert figures.n_vertebrae == sum(not one.is_partial for one in phantom.vertebrae)


def test_a_missed_fracture_costs_recall_dice_and_area(phantom: Phantom, truth: Seen) -> None:
    kept = tuple(one for one in truth.proposal.vertebrae if one.level != "L1")
    figures = summarise([_judged(phantom, truth, vertebrae=kept)])
    whole = figures.n_vertebrae
    assert figures.recall == pytest.approx(1 - 1 / whole)
    assert figures.dice == pytest.approx(1 - 1 / whole)
    assert figures.auc is not None
    assert figures.auc < 1.0


def test_a_vertebra_in_the_legs_is_false(phantom: Phantom, truth: Seen) -> None:
    ghost = replace(truth.proposal.vertebrae[0], number=99)
    far = np.array([0.0, 0.0, -300.0])
    assert ghost.six_points_mm is not None
    ghost = replace(
        ghost, centroid_mm=ghost.centroid_mm + far, six_points_mm=ghost.six_points_mm + far
    )
    case = _judged(phantom, truth, vertebrae=(*truth.proposal.vertebrae, ghost))
    assert case.n_false == 1
    assert case.overlapping[2] == 1


def test_names_off_by_one_are_wrong_only_where_an_anchor_shows(
    phantom: Phantom, truth: Seen
) -> None:
    levels = [one.level for one in truth.proposal.vertebrae]
    shifted = tuple(
        replace(one, level=level)
        for one, level in zip(truth.proposal.vertebrae, ["T8", *levels[:-1]], strict=True)
    )
    anchored = replace(phantom, shows=frozenset({"L5_sacrum"}))
    assert summarise([_judged(anchored, truth, vertebrae=shifted)]).labels_right == 0.0
    assert summarise([judge(anchored, truth)]).labels_right == 1.0
    loose = replace(phantom, shows=frozenset())
    figures = summarise([_judged(loose, truth, vertebrae=shifted)])
    assert (figures.labels_right, figures.assumed) == (None, 0.0)
    assumed = _judged(loose, truth, counted_from=CountedFrom.ASSUMED)
    assert summarise([assumed]).assumed == 1.0


def test_nothing_found_is_judged_too(phantom: Phantom, truth: Seen) -> None:
    empty = replace(truth.proposal, vertebrae=(), mask=np.zeros_like(phantom.mask))
    figures = summarise([judge(phantom, Seen(empty, np.zeros((0, 3)), None))])
    assert (figures.recall, figures.precision, figures.dice) == (0.0, None, 0.0)
    assert figures.line_mm is None


def test_overlap_of_two_vertebrae_shifted_against_each_other() -> None:
    flat = np.array([[(0, 20), (0, 0)], [(15, 18), (15, 2)], [(30, 20), (30, 0)]], dtype=float)
    one = np.concatenate([np.zeros((3, 2, 1)), flat], axis=2)
    other = one + np.array([7.0, 2.0, 1.0])
    assert overlap_in_plane(one, other) == pytest.approx(0.777875, abs=1e-6)


def test_a_classifier_that_says_more_than_the_points_is_heard(
    phantom: Phantom, truth: Seen
) -> None:
    said = tuple(
        replace(one, suggestion=Suggestion(one.level == "L2", 0.9 - 0.1 * n, 1.0, 9, 1))
        for n, one in enumerate(truth.proposal.vertebrae)
    )
    case = _judged(phantom, truth, vertebrae=said)
    calls = {one.level: one.called for one in case.vertebrae}
    assert (calls["L1"], calls["L2"]) == (False, True)
    whole = [one for one in said if not one.is_partial and is_graded(one.level)]
    assert case.worst == max(one.suggestion.score for one in whole if one.suggestion)
    measured = {one.level: one.called for one in judge(phantom, truth).vertebrae}
    assert (measured["L1"], measured["L2"]) == (True, False)
