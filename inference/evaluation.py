"""Judges a pipeline on phantoms that no network has learnt from."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import height_ratio, heights_mm
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from annotation.domain.vertebrae import is_graded, label_of
from inference import judging
from inference.phantoms.make import PhantomOptions
from inference.phantoms.phantom import Phantom, PhantomVertebra

Floats = NDArray[np.float64]

HELD_OUT_SEED: Final = 9_000_000
"""First of the seeds that no training may use."""
OPTIONS: Final = PhantomOptions(spacing_mm=(1.0, 1.0, 2.0), field="body")
FRACTURED_G: Final = 0.75


@dataclass(frozen=True)
class Seen:
    """What a pipeline says about a volume.

    Attributes:
        proposal: vertebrae and mask.
        line_mm: the spine's line within its limits, (n, 3) LPS; empty where none was found.
        limits_z_mm: its caudal and cranial end; None where no spine was found.
    """

    proposal: Proposal
    line_mm: Floats
    limits_z_mm: tuple[float, float] | None


@dataclass(frozen=True)
class JudgedVertebra:
    """One whole vertebra of the truth; what is None was not found.

    Attributes:
        level: true level.
        found_level: level it was given.
        g: true height ratio.
        found_g: measured from the proposed six points.
        errors_mm: in-plane distances of the six points.
        dice: of the whole vertebra's mask, 0 where not found.
    """

    level: str
    found_level: str | None
    g: float
    found_g: float | None
    errors_mm: tuple[float, ...]
    dice: float


@dataclass(frozen=True)
class JudgedCase:
    """One phantom.

    Attributes:
        seed: of the phantom.
        vertebrae: its whole vertebrae from C2 downward.
        n_false: found where no vertebra is, by centres within 20 mm.
        overlapping: (paired, missed, false) by overlap of hexagons.
        line_mm: mean distance of the line in axial planes; None where one side has none.
        limits_mm: mean error of the ends; None as above.
        shows: anchors in view.
        counted_from: what the pipeline counted from.
        seconds: per phase.
    """

    seed: int
    vertebrae: tuple[JudgedVertebra, ...]
    n_false: int
    overlapping: tuple[int, int, int]
    line_mm: float | None
    limits_mm: float | None
    shows: tuple[str, ...]
    counted_from: str
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def are_labels_right(self) -> bool:
        """Whether every whole vertebra was found and named rightly."""
        return all(one.level == one.found_level for one in self.vertebrae)


def options_of(seed: int) -> PhantomOptions:
    """Return what a phantom of the evaluation shows: a whole body, every third surely fractured."""
    if seed % 3:
        return OPTIONS
    rng = np.random.default_rng([seed, 3])
    level = str(rng.choice(["T5", "T7", "T8", "T9", "T10", "T11", "L1", "L2", "L3", "L4"]))
    shape = str(rng.choice(["wedge", "biconcave", "crush"]))
    return replace(OPTIONS, fracture=(level, shape, float(rng.uniform(0.4, 0.74))))


def judge(phantom: Phantom, seen: Seen) -> JudgedCase:
    """Compare what a pipeline saw with what is there.

    Cut vertebrae and C1, which has no body, are neither asked for nor counted as false.
    """
    found = list(seen.proposal.vertebrae)
    truths = list(phantom.vertebrae)
    centres = np.array([one.centroid_mm for one in found]).reshape(-1, 3)
    matching = judging.match_centres(np.array([one.centroid_mm for one in truths]), centres)
    partner = {t: found[f] for t, f in matching.pairs}
    judged = tuple(
        _judge_vertebra(phantom, truth, partner.get(t), seen.proposal)
        for t, truth in enumerate(truths)
        if _is_asked(truth)
    )
    truth_line = _line_of(truths)
    return JudgedCase(
        seed=phantom.seed,
        vertebrae=judged,
        n_false=len(matching.false),
        overlapping=_judge_overlaps(truths, found),
        line_mm=_line_error(truth_line, seen.line_mm),
        limits_mm=_limits_error(phantom, truth_line, seen.limits_z_mm),
        shows=tuple(sorted(phantom.shows)),
        counted_from=str(seen.proposal.counted_from),
        seconds=seen.proposal.seconds,
    )


def _is_asked(truth: PhantomVertebra) -> bool:
    return not truth.is_partial and truth.level != "C1"


def _judge_vertebra(
    phantom: Phantom, truth: PhantomVertebra, found: VertebraProposal | None, proposal: Proposal
) -> JudgedVertebra:
    if found is None:
        return JudgedVertebra(truth.level, None, truth.g, None, (), 0.0)
    points = found.six_points_mm
    overlap = judging.dice(phantom.mask == label_of(truth.level), proposal.mask == found.number)
    return JudgedVertebra(
        level=truth.level,
        found_level=found.level,
        g=truth.g,
        found_g=None if points is None else height_ratio(heights_mm(points)),
        errors_mm=()
        if points is None
        else tuple(judging.keypoint_errors_mm(truth.six_points_mm, points).tolist()),
        dice=overlap or 0.0,
    )


def _judge_overlaps(
    truths: list[PhantomVertebra], found: list[VertebraProposal]
) -> tuple[int, int, int]:
    bodies = [one.six_points_mm for one in found if one.six_points_mm is not None]
    overlap = np.zeros((len(truths), len(bodies)))
    for t, truth in enumerate(truths):
        for f, body in enumerate(bodies):
            if np.linalg.norm(body.mean(axis=(0, 1)) - truth.centroid_mm) < judging.VERSE_MM:
                overlap[t, f] = judging.overlap_in_plane(truth.six_points_mm, body)
    matching = judging.match_overlaps(overlap)
    asked = [_is_asked(one) for one in truths]
    paired = sum(asked[t] for t, _ in matching.pairs)
    return paired, sum(asked[t] for t in matching.missed), len(matching.false)


def _line_of(truths: list[PhantomVertebra]) -> Floats:
    points = [
        place
        for one in truths
        if one.level != "C1"
        for place in (one.six_points_mm[1, 0], one.centroid_mm, one.six_points_mm[1, 1])
    ]
    return np.array(points).reshape(-1, 3)


def _line_error(truth: Floats, found: Floats) -> float | None:
    if len(truth) == 0 or len(found) == 0:
        return None
    errors = judging.line_errors_mm(truth, found)
    return float(errors.mean()) if len(errors) else None


def _limits_error(
    phantom: Phantom, line: Floats, found: tuple[float, float] | None
) -> float | None:
    if len(line) == 0 or found is None:
        return None
    grid = phantom.volume.grid
    ends = grid.to_mm(np.array([[0.0, grid.dims[1] - 1, 0], [0, 0, 0]]))[:, 2]
    z = np.concatenate(
        [one.six_points_mm[..., 2].ravel() for one in phantom.vertebrae if one.level != "C1"]
    )
    truth = (max(float(z.min()), float(ends[0])), min(float(z.max()), float(ends[1])))
    return judging.limits_error_mm(truth, found)


@dataclass(frozen=True)
class Figures:
    """Summary over phantoms; None where nothing could be measured."""

    n_phantoms: int
    n_vertebrae: int
    line_mm: float | None
    limits_mm: float | None
    precision: float | None
    recall: float | None
    overlap_precision: float | None
    overlap_recall: float | None
    keypoint_mm: float | None
    sd_of_g: float | None
    n_fractured: int
    auc: float | None
    sensitivity: float | None
    n_anchored: int
    labels_right: float | None
    n_without_anchor: int
    assumed: float | None
    dice: float | None
    seconds: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def summarise(cases: list[JudgedCase]) -> Figures:
    """Pool cases: vertebrae over all phantoms, line and limits over phantoms."""
    bodies = [one for case in cases for one in case.vertebrae]
    n_found = sum(one.found_level is not None for one in bodies)
    n_false = sum(case.n_false for case in cases)
    paired, missed, false = (sum(case.overlapping[n] for case in cases) for n in range(3))
    graded = [one for one in bodies if is_graded(one.level)]
    scores = np.array([judging.MISSED if one.found_g is None else -one.found_g for one in graded])
    broken = np.array([one.g <= FRACTURED_G + 1e-9 for one in graded], dtype=bool)
    anchored = [case for case in cases if case.shows and case.vertebrae]
    loose = [case for case in cases if not case.shows and case.vertebrae]
    shifts = [one.found_g - one.g for one in bodies if one.found_g is not None]
    return Figures(
        n_phantoms=len(cases),
        n_vertebrae=len(bodies),
        line_mm=_mean([case.line_mm for case in cases]),
        limits_mm=_mean([case.limits_mm for case in cases]),
        precision=_share(n_found, n_found + n_false),
        recall=_share(n_found, len(bodies)),
        overlap_precision=_share(paired, paired + false),
        overlap_recall=_share(paired, paired + missed),
        keypoint_mm=_mean([error for one in bodies for error in one.errors_mm]),
        sd_of_g=float(np.std(shifts)) if shifts else None,
        n_fractured=int(broken.sum()),
        auc=judging.roc_auc(scores, broken) if graded else None,
        sensitivity=judging.sensitivity_at_specificity(scores, broken) if graded else None,
        n_anchored=len(anchored),
        labels_right=_share(sum(case.are_labels_right for case in anchored), len(anchored)),
        n_without_anchor=len(loose),
        assumed=_share(sum(c.counted_from == CountedFrom.ASSUMED for c in loose), len(loose)),
        dice=_mean([one.dice for one in bodies]),
        seconds=_mean([sum(case.seconds.values()) for case in cases]),
    )


def _mean(values: list[float | None] | list[float]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
