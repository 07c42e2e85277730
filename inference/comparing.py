"""Compares what a pipeline saw in a volume with the truth about it."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import CONVENTIONS, DEFAULT_CONVENTION, height_ratio, heights_mm
from annotation.domain.measures import Beside, compression_ratios
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from annotation.domain.vertebrae import is_graded, label_of
from inference import judging
from inference.judged import JudgedCase, JudgedVertebra, Seen
from inference.overlaps import Outlines, outlines
from inference.phases.compression import beside
from inference.truths import TrueVertebra, Truth

Floats = NDArray[np.float64]

CONVENTION: Final = CONVENTIONS[DEFAULT_CONVENTION]


def compare(truth: Truth, seen: Seen, *, with_surfaces: bool = True) -> JudgedCase:
    """Compare what a pipeline saw with what is there.

    Cut vertebrae are neither asked for nor counted as false; nor is C1 where the truth gives it six
    points, since it has no body. The VerSe truth has a centre of C1, which is asked for.

    Args:
        truth: a case with its truth.
        seen: what a pipeline made of its volume.
        with_surfaces: also compare what carries a vertebra's label with it, at 1 mm.
    """
    found, truths = list(seen.proposal.vertebrae), list(truth.vertebrae)
    judged = compare_bodies((truth.name, truth.patient), truths, found)
    vertebrae = judged.vertebrae
    if truth.mask is not None:
        masks = outlines(truth.mask, seen.proposal.mask, truth.volume.grid)
        vertebrae = tuple(_with_masks(one, masks, found, with_surfaces) for one in vertebrae)
    return replace(
        judged,
        vertebrae=vertebrae,
        line_mm=_line_error(_line_of(truths), seen.line_mm),
        limits_mm=_limits_error(truth, seen.limits_z_mm),
        shows=None if truth.shows is None else tuple(sorted(truth.shows)),
        counted_from=str(seen.proposal.counted_from),
        seconds=seen.proposal.seconds,
        identified=judged.identified if truth.are_levels_known else None,
        are_levels_known=truth.are_levels_known,
    )


def compare_bodies(
    named: tuple[str, str], truths: list[TrueVertebra], found: list[VertebraProposal]
) -> JudgedCase:
    """Compare vertebrae alone, as of two readers: no volume, no line, no mask.

    Args:
        named: the case and whose it is.
        truths: of one side, cranial to caudal.
        found: of the other.
    """
    centres = np.array([one.centroid_mm for one in found]).reshape(-1, 3)
    true_centres = np.array([one.centroid_mm for one in truths]).reshape(-1, 3)
    matching = judging.match_centres(true_centres, centres)
    partner = {t: found[f] for t, f in matching.pairs}
    vertebrae = _judge_vertebrae(truths, found, partner)
    asked = [vertebrae[t] for t, one in enumerate(truths) if _is_asked(one)]
    return JudgedCase(
        name=named[0],
        patient=named[1],
        vertebrae=tuple(asked),
        n_false=len(matching.false),
        overlapping=_judge_overlaps(truths, found),
        line_mm=None,
        limits_mm=None,
        shows=None,
        counted_from="",
        n_false_cut=sum(found[f].is_partial for f in matching.false),
        identified=_identified(truths, found),
        worst=_worst(found),
    )


def nothing_seen(truth: Truth) -> Seen:
    """Return what an empty proposal shows of a case."""
    empty = np.zeros(truth.volume.grid.shape, np.uint8)
    proposal = Proposal((), empty, truth.volume.grid, CountedFrom.ASSUMED)
    return Seen(proposal, np.zeros((0, 3)), None)


def failed(truth: Truth, reason: str) -> JudgedCase:
    """Return a case that a pipeline could not process: everything missed, nothing dropped."""
    return replace(compare(truth, nothing_seen(truth)), failure=reason)


def _is_asked(truth: TrueVertebra) -> bool:
    is_drawn_c1 = truth.level == "C1" and truth.six_points_mm is not None
    return not truth.is_partial and not is_drawn_c1


def _judge_vertebrae(
    truths: list[TrueVertebra], found: list[VertebraProposal], partner: dict[int, VertebraProposal]
) -> list[JudgedVertebra]:
    """Judge every true vertebra beside its neighbours, masks apart."""
    true_lost = _compressions([_true_beside(one) for one in truths])
    lost = _compressions([beside(one) for one in found])
    found_lost = dict(zip((one.number for one in found), lost, strict=True))
    said = _said(found)
    judged = []
    for t, truth in enumerate(truths):
        one = replace(_judge_vertebra(truth, partner.get(t)), compression=true_lost[t])
        if t in partner:
            number = partner[t].number
            called, score = said.get(number, (None, None))
            one = replace(one, found_number=number, found_compression=found_lost[number])
            one = replace(one, called=called, score=score)
        judged.append(one)
    return judged


def _judge_vertebra(truth: TrueVertebra, found: VertebraProposal | None) -> JudgedVertebra:
    judged = JudgedVertebra(
        truth.level, None, truth.g, None, (), None, grade=truth.grade, shape=truth.shape
    )
    if found is None:
        return judged
    points, true_points = found.six_points_mm, truth.six_points_mm
    errors: tuple[float, ...] = ()
    if points is not None and true_points is not None:
        errors = tuple(judging.keypoint_errors_mm(true_points, points).tolist())
    g = None if points is None else height_ratio(heights_mm(points))
    return replace(
        judged,
        found_level=found.level,
        found_g=g,
        errors_mm=errors,
        apart_mm=float(np.linalg.norm(truth.centroid_mm - found.centroid_mm)),
        slice_scores=() if found.suggestion is None else found.suggestion.slice_scores,
    )


def _with_masks(
    judged: JudgedVertebra, masks: Outlines, found: list[VertebraProposal], with_surfaces: bool
) -> JudgedVertebra:
    """Add how the masks agree, by place and by label."""
    label = label_of(judged.level)
    here = () if judged.found_number is None else (judged.found_number,)
    placed = masks.compare(label, here, with_surfaces=False)
    judged = replace(judged, dice=None if placed is None else placed.dice)
    if not with_surfaces:
        return judged
    named = [one.number for one in found if one.level == judged.level]
    labelled = masks.compare(label, named, with_surfaces=True)
    if labelled is None:
        return judged
    return replace(judged, label_dice=labelled.dice, label_hd95_mm=labelled.hd95_mm)


def _true_beside(one: TrueVertebra) -> Beside:
    heights = one.heights_mm
    is_sound = not one.is_partial and not one.has_foreign and not one.grade
    return _beside(one.level, heights, is_valid=is_sound and heights is not None)


def _beside(level: str, heights: Floats | None, *, is_valid: bool) -> Beside:
    if heights is None:
        return Beside(level, None, is_valid)
    a, m, p = (float(height) for height in heights)
    return Beside(level, (a, m, p), is_valid)


def _compressions(spine: list[Beside]) -> list[float | None]:
    return [None if one is None else one.percent for one in compression_ratios(spine)]


def _said(found: list[VertebraProposal]) -> dict[int, tuple[bool, float]]:
    """Return call and severity by number: the classifier's where there is one, else from G."""
    classified = {
        one.number: (one.suggestion.is_fractured, one.suggestion.score)
        for one in found
        if one.suggestion is not None
    }
    if classified:
        return classified
    ratios = {
        one.number: height_ratio(heights_mm(one.six_points_mm))
        for one in found
        if one.six_points_mm is not None
    }
    return {number: (CONVENTION.grade(g) > 0, -g) for number, g in ratios.items()}


def _worst(found: list[VertebraProposal]) -> float | None:
    said = _said(found)
    whole = [one.number for one in found if is_graded(one.level) and not one.is_partial]
    return max((said[number][1] for number in whole if number in said), default=None)


def _identified(
    truths: list[TrueVertebra], found: list[VertebraProposal]
) -> judging.Identification | None:
    there = {one.level: one.centroid_mm for one in truths if _is_asked(one)}
    if not there:
        return None
    return judging.identify(there, {one.level: one.centroid_mm for one in found})


def _judge_overlaps(
    truths: list[TrueVertebra], found: list[VertebraProposal]
) -> tuple[int, int, int] | None:
    if any(one.six_points_mm is None for one in truths):
        return None
    bodies = [one.six_points_mm for one in found if one.six_points_mm is not None]
    if found and not bodies:
        return None
    overlap = np.zeros((len(truths), len(bodies)))
    for t, truth in enumerate(truths):
        if truth.six_points_mm is None:
            continue
        for f, body in enumerate(bodies):
            if np.linalg.norm(body.mean(axis=(0, 1)) - truth.centroid_mm) < judging.VERSE_MM:
                overlap[t, f] = judging.overlap_in_plane(truth.six_points_mm, body)
    matching = judging.match_overlaps(overlap)
    asked = [_is_asked(one) for one in truths]
    paired = sum(asked[t] for t, _ in matching.pairs)
    return paired, sum(asked[t] for t in matching.missed), len(matching.false)


def _line_of(truths: list[TrueVertebra]) -> Floats:
    points: list[Floats] = []
    for one in truths:
        if one.level == "C1":
            continue
        body = one.six_points_mm
        points += [one.centroid_mm] if body is None else [body[1, 0], one.centroid_mm, body[1, 1]]
    return np.array(points).reshape(-1, 3)


def _line_error(truth: Floats, found: Floats) -> float | None:
    if len(truth) == 0 or len(found) == 0:
        return None
    errors = judging.line_errors_mm(truth, found)
    return float(errors.mean()) if len(errors) else None


def _limits_error(truth: Truth, found: tuple[float, float] | None) -> float | None:
    """Compare ends where the truth knows them: from six points, within the volume."""
    bodies = [one.six_points_mm for one in truth.vertebrae if one.level != "C1"]
    known = [points[..., 2].ravel() for points in bodies if points is not None]
    if found is None or not known or len(known) < len(bodies):
        return None
    grid = truth.volume.grid
    ends = grid.to_mm(np.array([[0.0, grid.dims[1] - 1, 0], [0, 0, 0]]))[:, 2]
    z = np.concatenate(known)
    there = (max(float(z.min()), float(ends[0])), min(float(z.max()), float(ends[1])))
    return judging.limits_error_mm(there, found)
