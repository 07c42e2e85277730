"""What a pipeline saw and how right it was: the forms that judging hands on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotation.domain.proposal import Proposal
from inference import judging

Floats = NDArray[np.float64]


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
    """One whole vertebra of the truth; what is None was not found or cannot be known.

    Attributes:
        level: true level.
        found_level: level it was given; None where it was not found.
        g: true height ratio.
        found_g: measured from the proposed six points.
        errors_mm: in-plane distances of the six points.
        dice: of the vertebra's mask with what was found at its place, 0 where not found; None
            where the truth has no mask.
        found_number: of the proposed vertebra.
        grade: of the truth.
        shape: of the truth's deformity.
        apart_mm: between the two centres.
        label_dice: of its mask with what carries its label, at 1 mm.
        label_hd95_mm: of the same two.
        compression: per cent of anterior height lost against the neighbours.
        found_compression: the same, from the proposed points.
        called: whether the system calls it fractured; None where it says nothing.
        score: how severe the system says it is, higher is worse: its classifier's score where it
            has one, minus G otherwise; None where it says nothing.
        slice_scores: how fractured each of its slices looks, highest first; empty for a system that
            looks at no slices.
    """

    level: str
    found_level: str | None
    g: float | None
    found_g: float | None
    errors_mm: tuple[float, ...]
    dice: float | None
    found_number: int | None = None
    grade: int | None = None
    shape: str = ""
    apart_mm: float | None = None
    label_dice: float | None = None
    label_hd95_mm: float | None = None
    compression: float | None = None
    found_compression: float | None = None
    called: bool | None = None
    score: float | None = None
    slice_scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class Pixels:
    """How a network outlines all bodies of one picture; None where a class is absent."""

    sensitivity: float | None
    specificity: float | None
    accuracy: float
    dice: float | None
    roc_auc: float | None
    pr_auc: float | None


@dataclass(frozen=True)
class JudgedCase:
    """One case.

    Attributes:
        name: of the case.
        patient: whose it is.
        vertebrae: its whole vertebrae from C2 downward.
        n_false: found where no vertebra is, by centres within 20 mm.
        overlapping: (paired, missed, false) by overlap of hexagons; None without true points.
        line_mm: mean distance of the line in axial planes; None where one side has none.
        limits_mm: mean error of the ends; None as above.
        shows: anchors in view; None where nobody says.
        counted_from: what the pipeline counted from.
        seconds: per phase.
        n_false_cut: of `n_false`, those that the pipeline itself calls cut by the border.
        identified: labels by the rule of the challenge; None where there is none to find.
        worst: highest score of all proposed thoracic and lumbar vertebrae that are not cut; None
            where none has a score.
        are_levels_known: whether the truth names levels.
        pixels: of a radiograph, by network.
        failure: why the case could not be processed, empty where it was.
    """

    name: str
    patient: str
    vertebrae: tuple[JudgedVertebra, ...]
    n_false: int
    overlapping: tuple[int, int, int] | None
    line_mm: float | None
    limits_mm: float | None
    shows: tuple[str, ...] | None
    counted_from: str
    seconds: dict[str, float] = field(default_factory=dict)
    n_false_cut: int = 0
    identified: judging.Identification | None = None
    worst: float | None = None
    are_levels_known: bool = True
    pixels: Mapping[str, Pixels] = field(default_factory=dict)
    failure: str = ""

    @property
    def are_labels_right(self) -> bool:
        """Whether every whole vertebra was found and named rightly."""
        return all(one.level == one.found_level for one in self.vertebrae)

    @property
    def is_processed(self) -> bool:
        """Whether anything came out: no failure, and a vertebra where there is one."""
        has_found = any(one.found_level is not None for one in self.vertebrae) or self.n_false > 0
        return not self.failure and (has_found or not self.vertebrae)
