"""How experts fare against each other, by the same rules as a system: the experts' row.

As in table 2 of Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646): where several read a study,
every expert is judged against every other one. Readings are published six points
(`annotation.imaging.expert_readings`), a folder with `readings.json` and `spacings.json`; a study
counts as a patient. Its points lie on its own axes (backward, sideways, downward), which distances,
height ratios and overlaps do not mind.
"""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Final

import numpy as np

from annotation.domain.genant import measure_points
from annotation.domain.proposal import VertebraProposal
from annotation.domain.vertebrae import place_of
from annotation.imaging.expert_readings import (
    ExpertReading,
    ReadingsRefused,
    read_expert_readings,
    read_spacings,
)
from inference.comparing import compare_bodies
from inference.judged import JudgedCase
from inference.truths import TrueVertebra

READINGS: Final = "readings.json"
SPACINGS: Final = "spacings.json"


def read_experts(folder: Path) -> list[JudgedCase]:
    """Return every ordered pair of experts of every study as a judged case.

    Raises:
        ValueError: naming what is missing or wrong, or that no study has two readers.
    """
    try:
        spacings = read_spacings((folder / SPACINGS).read_bytes())
        readings = read_expert_readings((folder / READINGS).read_bytes(), spacings)
    except FileNotFoundError as missing:
        raise ValueError(f"{missing.filename} is missing") from None
    except ReadingsRefused as refused:
        raise ValueError(f"{folder}: {refused}") from None
    pairs = compared_pairs(readings)
    if not pairs:
        raise ValueError(f"{folder} holds no study that two experts read")
    return pairs


def compared_pairs(readings: Sequence[ExpertReading]) -> list[JudgedCase]:
    """Judge every expert against every other one of the same study."""
    studies: dict[str, dict[str, list[ExpertReading]]] = {}
    for one in readings:
        studies.setdefault(one.study, {}).setdefault(one.expert, []).append(one)
    return [
        compare_bodies(
            (f"{study}, {reader} against {other}", study),
            [_as_truth(one) for one in _downward(experts[other])],
            [_as_found(n, one) for n, one in enumerate(_downward(experts[reader]), start=1)],
        )
        for study, experts in studies.items()
        for reader, other in permutations(sorted(experts), 2)
    ]


def _downward(readings: Sequence[ExpertReading]) -> list[ExpertReading]:
    return sorted(readings, key=lambda one: place_of(one.level))


def _as_truth(one: ExpertReading) -> TrueVertebra:
    measured = measure_points(one.points_mm)
    centre = np.asarray(one.points_mm.mean(axis=(0, 1)))
    return TrueVertebra(one.level, centre, one.points_mm, measured.grade, str(measured.shape))


def _as_found(number: int, one: ExpertReading) -> VertebraProposal:
    centre = np.asarray(one.points_mm.mean(axis=(0, 1)))
    return VertebraProposal(number, one.level, centre, one.points_mm, 1.0)
