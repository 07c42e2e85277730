"""Judges a pipeline on phantoms that no network has learnt from."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

from annotation.domain.proposal import CountedFrom
from annotation.domain.vertebrae import is_graded, place_of
from inference import judging
from inference.comparing import compare
from inference.judged import JudgedCase, Seen
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.phantoms.phantom import Phantom
from inference.phantoms.radiograph import WINDOWS, make_radiograph
from inference.systems.system import Kind
from inference.truths import truth_of

OPTIONS: Final = PhantomOptions(spacing_mm=(1.0, 1.0, 2.0), field="body")
FRACTURED_G: Final = 0.75


def options_of(seed: int) -> PhantomOptions:
    """Return what a phantom of the evaluation shows: a whole body, every third surely fractured."""
    if seed % 3:
        return OPTIONS
    rng = np.random.default_rng([seed, 3])
    level = str(rng.choice(["T5", "T7", "T8", "T9", "T10", "T11", "L1", "L2", "L3", "L4"]))
    shape = str(rng.choice(["wedge", "biconcave", "crush"]))
    return replace(OPTIONS, fracture=(level, shape, float(rng.uniform(0.4, 0.74))))


def radiograph_options_of(seed: int) -> PhantomOptions:
    """Return what a phantom shows that a radiograph of the evaluation is taken of.

    A window of thoracic and lumbar levels that holds the fracture, where one was asked for.
    """
    options = options_of(seed)
    level = None if options.fracture is None else place_of(options.fracture[0])
    fitting = [
        (upper, lower)
        for upper, lower in WINDOWS
        if level is None or place_of(upper) <= level <= place_of(lower)
    ]
    window = fitting[int(np.random.default_rng([seed, 5]).integers(len(fitting)))]
    return replace(options, spacing_mm=(1.0, 1.0, 4.0), levels=window)


def shown_to(kind: Kind, seed: int) -> Phantom:
    """Return the phantom of a seed as a system of this kind reads it: a CT or a radiograph."""
    if kind == "ct":
        return make_phantom(seed, options_of(seed))
    return make_radiograph(seed, radiograph_options_of(seed))


def judge(phantom: Phantom, seen: Seen) -> JudgedCase:
    """Compare what a pipeline saw with a phantom; surfaces are left out."""
    return compare(truth_of(phantom), seen, with_surfaces=False)


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
    overlaps = [case.overlapping for case in cases if case.overlapping is not None]
    paired, missed, false = (sum(one[n] for one in overlaps) for n in range(3))
    graded = [one for one in bodies if is_graded(one.level) and one.g is not None]
    scores = np.array([judging.MISSED if one.found_g is None else -one.found_g for one in graded])
    broken = np.array([(one.g or 0.0) <= FRACTURED_G + 1e-9 for one in graded], dtype=bool)
    anchored = [case for case in cases if case.shows and case.vertebrae]
    loose = [case for case in cases if not case.shows and case.vertebrae]
    shifts = [
        one.found_g - one.g for one in bodies if one.found_g is not None and one.g is not None
    ]
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
