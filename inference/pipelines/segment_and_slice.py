"""Segment and Slice: segment vertebrae, keep their bodies, judge sagittal slices of each.

After Glessgen et al.; docs/decisions/0009-segment-and-slice.md says what differs and why. A
vertebra is suggested as fractured where enough of its slices look so; the slice that decided is
kept. Nothing is measured by the classifier: six points come from the segmentation stage, if it
places any.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Volume
from annotation.domain.proposal import Proposal, Suggestion, VertebraProposal
from annotation.domain.vertebrae import is_graded
from inference.nets.segmenter import Segmenter
from inference.nets.slice_classifier import SliceClassifier
from inference.nnunet.backend import NnUnet, segment_by_nnunet
from inference.phases.bodies import Bodies, find_bodies
from inference.phases.count import Looks, count_by_looks, count_upwards
from inference.phases.judge_slices import ANY_SLICE, Rule, score_slices
from inference.phases.label import Count
from inference.phases.sampling import to_patient
from inference.phases.segment import segment
from inference.phases.segmentation import Segmentation, Segmented
from inference.phases.slices import cut_slices
from inference.phases.straighten import kept_picture, to_space
from inference.pipelines import anchor_free
from inference.pipelines.anchor_free import Sight, is_cut, look
from inference.pipelines.phase import Found, Phase
from inference.weights import Weights

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SliceScores:
    """Scores (n,) of the slices of the body with a number, and their k indices (n,)."""

    number: int
    scores: Floats
    k: Floats


@dataclass(frozen=True)
class JudgedSlices:
    """What the classifier says of the bodies it looked at."""

    bodies: tuple[SliceScores, ...]


@dataclass(frozen=True)
class Options:
    """What may be chosen; a card of weights may carry it as "options".

    Attributes:
        counting: name levels by their looks, or upwards from L5 as the paper did.
        rule: how many slices of a vertebra must look fractured.
        nnunet: a trained nnU-Net to segment with in place of our networks.
    """

    counting: Literal["looks", "upwards"] = "looks"
    rule: Rule = ANY_SLICE
    nnunet: NnUnet | None = None


def options_of(card: dict[str, Any]) -> Options:
    """Return the options a card carries.

    Raises:
        ValueError: if one is unknown.
    """
    said = dict(card.get("options", {}))
    counting = said.pop("counting", "looks")
    rule = Rule(int(said.pop("k", 1)), float(said.pop("threshold", ANY_SLICE.threshold)))
    model = said.pop("nnunet_model", None)
    if counting not in ("looks", "upwards"):
        raise ValueError(f"levels are counted by 'looks' or 'upwards', not by {counting!r}")
    if said:
        raise ValueError(f"the card has unknown options: {', '.join(sorted(said))}")
    return Options(counting, rule, None if model is None else NnUnet(Path(model)))


def preannotate(volume: Volume, weights: Weights, options: Options | None = None) -> Proposal:
    """Propose vertebrae, levels, a mask and suspected fractures for a CT.

    Args:
        volume: of any size and spacing.
        weights: of the system.
        options: None takes those of the weights' card.
    """
    chosen = options_of(weights.card) if options is None else options
    segmented = _stage(weights, chosen)(volume)
    clock = [time.perf_counter()]
    bodies = find_bodies(segmented.mask, volume)
    clock.append(time.perf_counter())
    count = _counted(bodies, segmented, volume, chosen)
    suggestions = _suggested(volume, bodies, count, (weights, chosen.rule))
    clock.append(time.perf_counter())
    spent = dict(zip(("bodies", "classify"), np.diff(clock).tolist(), strict=True))
    vertebrae = tuple(
        _proposed(volume, place, (bodies, segmented), (level, suggestion))
        for place, (level, suggestion) in enumerate(zip(count.levels, suggestions, strict=True))
    )
    return Proposal(
        vertebrae,
        bodies.mask,
        volume.grid,
        count.counted_from,
        segmented.straightened,
        {**segmented.seconds, **spent},
    )


def segment_by_patches(volume: Volume, weights: Weights) -> Segmented:
    """Segment with our own networks: localizer, detector, one patch per vertebra."""
    sight = look(volume, weights)
    started = time.perf_counter()
    found = sight.detections.found[:255]
    points = {place + 1: sight.points(one) for place, one in enumerate(found)}
    centres = np.array([each.mean(axis=(0, 1)) for each in points.values()]).reshape(-1, 3)
    mask = segment(volume, centres, weights.net("segmenter", Segmenter), weights.machine)
    kept = None
    if sight.curve is not None and sight.picture is not None:
        kept = kept_picture(sight.picture, sight.curve, volume)
    return Segmented(
        mask=mask,
        looks=_looks(sight),
        points=points,
        confidence={place + 1: one.objectness for place, one in enumerate(found)},
        straightened=kept,
        seconds={**sight.seconds, "segment": time.perf_counter() - started},
    )


def _looks(sight: Sight) -> Looks:
    if sight.curve is None:
        return Looks({})
    anchors = {
        name: (anchor.score, to_space(sight.curve, anchor.place))
        for name, anchor in sight.detections.anchors.items()
    }
    logits = {place + 1: one.level_logits for place, one in enumerate(sight.detections.found)}
    return Looks(logits, anchors, sight.room)


def _stage(weights: Weights, options: Options) -> Segmentation:
    if options.nnunet is not None:
        return partial(segment_by_nnunet, model=options.nnunet)
    return partial(segment_by_patches, weights=weights)


def _counted(bodies: Bodies, segmented: Segmented, volume: Volume, options: Options) -> Count:
    if options.counting == "upwards":
        return count_upwards(len(bodies.bones))
    return count_by_looks(bodies.bones, segmented.looks, volume.grid)


def _suggested(
    volume: Volume, bodies: Bodies, count: Count, by: tuple[Weights, Rule]
) -> list[Suggestion | None]:
    """Return what is suggested of each vertebra; nothing where it is cut or not to be graded."""
    weights, rule = by
    places = [
        place
        for place, (bone, level) in enumerate(zip(bodies.bones, count.levels, strict=True))
        if is_graded(level) and not bone.is_cut
    ]
    said = {
        one.number - 1: rule.applied(one.scores, one.k)
        for one in _judged(volume, bodies, places, weights).bodies
    }
    return [said.get(place) for place in range(len(bodies.bones))]


def _judged(
    volume: Volume, bodies: Bodies, places: Sequence[int], weights: Weights
) -> JudgedSlices:
    cut = [cut_slices(volume, bodies.bodies, place + 1) for place in places]
    scores = score_slices(cut, weights.net("classifier", SliceClassifier), weights.machine)
    return JudgedSlices(
        tuple(
            SliceScores(place + 1, each, slices.k)
            for place, each, slices in zip(places, scores, cut, strict=True)
        )
    )


def _proposed(
    volume: Volume,
    place: int,
    seen: tuple[Bodies, Segmented],
    said: tuple[str, Suggestion | None],
) -> VertebraProposal:
    bodies, segmented = seen
    bone = bodies.bones[place]
    is_alone = sum(other.source == bone.source for other in bodies.bones) == 1
    points = segmented.points.get(bone.source) if is_alone else None
    six = None if points is None else to_patient(points, volume.grid)
    return VertebraProposal(
        number=place + 1,
        level=said[0],
        centroid_mm=to_patient(bone.frame.centre, volume.grid),
        six_points_mm=six,
        confidence=segmented.confidence.get(bone.source, 1.0),
        is_partial=bone.is_cut or (six is not None and is_cut(six, volume.grid)),
        suggestion=said[1],
    )


def _bodies_alone(volume: Volume, _weights: Weights, found: Found) -> Bodies:
    return find_bodies(found.by("segment", anchor_free.Segmented).mask, volume)


def _slices_alone(volume: Volume, weights: Weights, found: Found) -> JudgedSlices:
    bodies = found.by("bodies", Bodies)
    places = [place for place, bone in enumerate(bodies.bones) if not bone.is_cut]
    return _judged(volume, bodies, places, weights)


PHASES: Final = (
    *anchor_free.PHASES,
    Phase("bodies", "vertebral bodies, parted and in order", _bodies_alone),
    Phase("slices", "how fractured each slice of each whole body looks", _slices_alone),
)
"""Phases that can be run alone, in order."""
