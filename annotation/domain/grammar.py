"""What a spine cannot be: checks of a label map against the names of its vertebrae.

Blocking problems stop a submission; the others only inform. Spines that have a T13 or an L6, or
lack a T12 or an L5, are declared so. Nothing is ever repaired here. What the checks measure, and
what they cannot tell, stands in docs/measured/grammar.md.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.anomalies import Anomaly, expected_chain
from annotation.domain.frames import Frame
from annotation.domain.geometry import Grid
from annotation.domain.grammar_contact import contact_problems
from annotation.domain.grammar_shape import shape_problems
from annotation.domain.grammar_size import size_problems
from annotation.domain.spine import Bone, Mask, Spine, SpineProblem, read_spine

__all__ = ["Bone", "SpineProblem", "spine_problems"]

_MAY_LACK: Final = frozenset({"T12", "L5"})


def spine_problems(
    mask: Mask,
    grid: Grid,
    bones: Sequence[Bone],
    *,
    hu: NDArray[np.int16] | None = None,
    anomalies: Collection[Anomaly] = (),
    scheme: str = "T",
) -> list[SpineProblem]:
    """Return the problems of a mask, blocking ones first.

    Args:
        mask: vertebra numbers, uint8, shape (k, j, i) of the grid.
        grid: canonical P, I, R grid the mask lies on.
        bones: all vertebrae of the case with their levels.
        hu: the volume in Hounsfield units, same shape; None leaves the check for air out.
        anomalies: what is declared for this spine.
        scheme: "T" or "Th", how thoracic levels are written in the sentences.

    Raises:
        GeometryMismatch: if mask, grid and volume do not fit.
    """
    spine = read_spine(mask, grid, bones, hu=hu, scheme=scheme)
    problems = [
        *_numbers(spine),
        *_names(spine),
        *_order(spine, expected_chain(anomalies)),
        *shape_problems(spine),
    ]
    if grid.frame is Frame.PATIENT_MM:  # in a shadow bones overlap, and are as large as they fell
        problems += [*contact_problems(spine), *size_problems(spine)]
    return sorted(problems, key=lambda problem: not problem.blocking)


def _numbers(spine: Spine) -> Iterable[SpineProblem]:
    if not spine.parts:
        yield SpineProblem("empty_mask", None, None, "Nothing is painted yet.", None, True)
    for number in spine.parts:
        if number not in spine.by_number:
            message = f"Voxels carry the number {number}, which is no vertebra of this case."
            yield spine.problem("unknown_number", number, message, blocking=True)
    for bone in spine.bones:
        if bone.number not in spine.parts and bone.level is not None:
            message = f"{spine.name(bone.number)} has no voxel."
            yield spine.problem("empty_vertebra", bone.number, message, blocking=False)


def _names(spine: Spine) -> Iterable[SpineProblem]:
    seen = [bone for bone in spine.bones if bone.number in spine.parts]
    counts = Counter(bone.level for bone in seen)
    for bone in seen:
        if bone.level is None:
            message = f"Vertebra {bone.number} has no level."
            yield spine.problem("no_level", bone.number, message, blocking=True)
        elif counts[bone.level] > 1:
            times = "twice" if counts[bone.level] == 2 else f"{counts[bone.level]} times"
            message = f"{spine.name(bone.number)} stands {times} in this spine."
            yield spine.problem("duplicate_level", bone.number, message, blocking=True)


def _order(spine: Spine, chain: tuple[str, ...]) -> Iterable[SpineProblem]:
    """Compare neighbours along the curve with the chain of levels that is declared."""
    places = {level: place for place, level in enumerate(chain)}
    named = [part.number for part in spine.order if spine.level_of(part.number)]
    for number in named:
        if spine.level_of(number) not in places:
            message = f"{spine.name(number)} is not declared for this spine."
            yield spine.problem("undeclared", number, message, blocking=True)
    placed = [number for number in named if spine.level_of(number) in places]
    for upper, lower in pairwise(placed):
        first, second = (places[spine.level_of(number) or ""] for number in (upper, lower))
        names = f"{spine.name(upper)} and {spine.name(lower)}"
        if second < first:
            message = f"{names} are out of order: {spine.name(lower)} lies below."
            yield spine.problem("order", lower, message, blocking=True)
        absent = chain[first + 1 : second]
        if absent:
            yield spine.problem("gap", lower, _gap(spine, absent, names), blocking=True)


def _gap(spine: Spine, absent: tuple[str, ...], names: str) -> str:
    verb = "is" if len(absent) == 1 else "are"
    message = f"{', '.join(map(spine.shown, absent))} {verb} absent between {names}."
    if len(absent) == 1 and absent[0] in _MAY_LACK:
        message += " If this spine has none, declare it."
    return message
