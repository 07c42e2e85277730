"""Measures a set of weights on specimens whose truth is known."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import CONVENTIONS, DEFAULT_CONVENTION, height_ratio, heights_mm
from annotation.domain.proposal import CountedFrom, Proposal
from annotation.domain.vertebrae import is_graded
from inference.judging import (
    MISSED,
    dice,
    keypoint_errors_mm,
    match_centres,
    roc_auc,
)
from inference.learning.specimen import Body, Specimen
from inference.phases.localize import Localization, localize
from inference.phases.sampling import to_patient
from inference.pipelines.anchor_free import preannotate
from inference.weights import Weights

Floats = NDArray[np.float64]

WITHIN_MM: Final = 10.0
_POSITIVE_G: Final = CONVENTIONS[DEFAULT_CONVENTION].moderate + 1e-9


@dataclass(frozen=True)
class Measured:
    """What one specimen says about a set of weights.

    Attributes:
        line_mm: localizer's distance from the axis in axial planes, one per 4 mm step.
        limits_mm: mean error of both ends; None where no spine was found.
        hits, missed, false: whole vertebrae found, not found, and found where none is.
        keypoints_mm: in-plane distance of each of the six points of each hit.
        severities: 1 - G as measured, of every whole graded vertebra; `MISSED` where not found.
        is_positive: whether its true G is at most 0.75.
        g_errors: measured minus true G of each hit.
        is_labelled_right: every whole vertebra found and named right; None without any vertebra.
        shows_anchor: something to count from is in view.
        is_assumed: the levels came out as assumed.
        dice: per whole vertebra, 0 where missed.
        seconds: of the pipeline.
    """

    line_mm: Floats
    limits_mm: float | None
    hits: int
    missed: int
    false: int
    keypoints_mm: Floats
    severities: Floats
    is_positive: NDArray[np.bool_]
    g_errors: Floats
    is_labelled_right: bool | None
    shows_anchor: bool
    is_assumed: bool
    dice: Floats
    seconds: float


def measure(specimen: Specimen, weights: Weights) -> Measured:
    """Run the pipeline on a specimen and compare with its truth."""
    where = localize(specimen.volume, weights.nets.localizer, weights.machine)
    proposal = preannotate(specimen.volume, weights)
    line, limits = line_and_limits(specimen, where)
    whole = [body for body in specimen.bodies if not body.is_partial]
    pairs, missed, false = _paired(specimen, whole, proposal)
    points = _found_points(proposal)
    truths = [to_patient(body.points, specimen.volume.grid) for body in whole]
    severities = np.full(len(whole), MISSED)
    for t, f in pairs:
        severities[t] = 1 - height_ratio(heights_mm(points[f]))
    graded = np.array([is_graded(body.level) for body in whole], dtype=bool)
    hits = [t for t, _ in pairs]
    truth_g = np.array([body.g for body in whole])
    return Measured(
        line_mm=line,
        limits_mm=limits,
        hits=len(pairs),
        missed=missed,
        false=false,
        keypoints_mm=_flat([keypoint_errors_mm(truths[t], points[f]) for t, f in pairs]),
        severities=severities[graded],
        is_positive=truth_g[graded] <= _POSITIVE_G,
        g_errors=(1 - severities[hits]) - truth_g[hits],
        is_labelled_right=_is_labelled_right(whole, pairs, missed, proposal) if whole else None,
        shows_anchor=bool(specimen.shows),
        is_assumed=proposal.counted_from is CountedFrom.ASSUMED,
        dice=_dices(specimen, whole, pairs, proposal),
        seconds=sum(proposal.seconds.values()),
    )


def measure_all(
    specimens: Iterable[Specimen], weights: Weights, on_done: Callable[[int], None]
) -> list[Measured]:
    """Measure specimens one after the other; `on_done` hears how many are done."""
    measured: list[Measured] = []
    for specimen in specimens:
        measured.append(measure(specimen, weights))
        on_done(len(measured))
    return measured


def line_and_limits(specimen: Specimen, where: Localization) -> tuple[Floats, float | None]:
    """Return the localizer's errors: distances in axial planes, and the mean error of the ends."""
    limits = specimen.limits_mm()
    if limits is None or where.is_empty:
        return np.zeros(0), None
    heights = where.knots[:, 0]
    inside = (heights >= limits[0]) & (heights <= limits[1])
    apart = where.knots[inside, 1:] - specimen.path(heights[inside])
    ends = (abs(heights[0] - limits[0]) + abs(heights[-1] - limits[1])) / 2
    return np.asarray(np.linalg.norm(apart, axis=1)), float(ends)


def summary(measured: Sequence[Measured]) -> dict[str, float | None]:
    """Return the figures of many specimens; None where nothing could be measured."""
    hits = sum(each.hits for each in measured)
    missed, false = sum(each.missed for each in measured), sum(each.false for each in measured)
    anchored = [each for each in measured if each.shows_anchor]
    others = [each for each in measured if not each.shows_anchor]
    positive = np.concatenate([each.is_positive for each in measured] or [np.zeros(0, bool)])
    g_errors = _flat([each.g_errors for each in measured])
    return {
        "localizer_mm": _mean(_flat([each.line_mm for each in measured])),
        "limits_mm": _mean([each.limits_mm for each in measured if each.limits_mm is not None]),
        "precision": hits / (hits + false) if hits + false else None,
        "recall": hits / (hits + missed) if hits + missed else None,
        "keypoints_mm": _mean(_flat([each.keypoints_mm for each in measured])),
        "auc": roc_auc(_flat([each.severities for each in measured]), positive),
        "positives": float(positive.sum()),
        "g_sd": float(g_errors.std()) if len(g_errors) else None,
        "labels_right": _mean([bool(each.is_labelled_right) for each in anchored]),
        "counted_when_shown": _mean([not each.is_assumed for each in anchored]),
        "assumed_when_hidden": _mean([each.is_assumed for each in others]),
        "dice": _mean(_flat([each.dice for each in measured])),
        "seconds": _mean([each.seconds for each in measured]),
    }


def shares(measured: Sequence[Measured]) -> dict[str, float | None]:
    """Return what the gate compares: shares between 0 and 1, higher is better."""
    figures = summary(measured)
    limits = [each.limits_mm is not None and each.limits_mm <= 8.0 for each in measured]
    return {
        "precision": figures["precision"],
        "recall": figures["recall"],
        "centre_line_within_4mm": _mean(_flat([each.line_mm for each in measured]) <= 4.0),
        "limits_within_8mm": _mean(limits),
        "points_within_2mm": _mean(_flat([each.keypoints_mm for each in measured]) <= 2.0),
        "auc": figures["auc"],
        "labels_right": figures["labels_right"],
        "dice": figures["dice"],
    }


def _found_points(proposal: Proposal) -> list[Floats]:
    return [np.asarray(one.six_points_mm, dtype=np.float64) for one in proposal.vertebrae]


def _paired(
    specimen: Specimen, whole: Sequence[Body], proposal: Proposal
) -> tuple[tuple[tuple[int, int], ...], int, int]:
    """Pair whole bodies with found ones; what lies on a cut body is neither right nor wrong."""
    grid = specimen.volume.grid
    found = np.array([one.centroid_mm for one in proposal.vertebrae]).reshape(-1, 3)
    truth = np.array([to_patient(body.centre, grid) for body in whole]).reshape(-1, 3)
    matching = match_centres(truth, found, WITHIN_MM)
    cut = [body for body in specimen.bodies if body.is_partial]
    beside = np.array([to_patient(body.centre, grid) for body in cut]).reshape(-1, 3)
    left = found[list(matching.false)]
    false = len(match_centres(beside, left, 2 * WITHIN_MM).false)
    return matching.pairs, len(matching.missed), false


def _is_labelled_right(
    whole: Sequence[Body],
    pairs: tuple[tuple[int, int], ...],
    missed: int,
    proposal: Proposal,
) -> bool:
    return missed == 0 and all(whole[t].level == proposal.vertebrae[f].level for t, f in pairs)


def _dices(
    specimen: Specimen,
    whole: Sequence[Body],
    pairs: tuple[tuple[int, int], ...],
    proposal: Proposal,
) -> Floats:
    values = np.zeros(len(whole))
    number = {t: proposal.vertebrae[f].number for t, f in pairs}
    for index, body in enumerate(whole):
        truth = specimen.mask == body.label
        if index in number:
            values[index] = dice(truth, proposal.mask == number[index]) or 0.0
    return values


def _flat(parts: Sequence[Floats]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])


def _mean(values: Sequence[float] | NDArray[np.bool_] | Floats) -> float | None:
    return float(np.mean(values)) if len(values) else None
