"""Finished cases of a frozen folder, in the form in which phantoms state their truth."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annotation.domain.genant import Shape, measure_points
from annotation.domain.geometry import Grid
from annotation.domain.vertebrae import place_of
from annotation.imaging.frozen import Frozen, FrozenCase, read_case
from inference.learning import cache
from inference.learning.course import Kind
from inference.learning.lineage import examples_version
from inference.phantoms.phantom import Phantom, PhantomVertebra


def as_phantom(folder: Frozen, case: FrozenCase) -> Phantom:
    """Return a frozen case in the form in which phantoms state their truth.

    What finished cases do not say, bodies apart from arches, is an empty mask.
    """
    volume, mask = read_case(folder, case)
    levels = sorted(case.points, key=place_of)
    vertebrae = tuple(
        _truth(level, np.asarray(case.points[level]), volume.grid) for level in levels
    )
    return Phantom(0, volume, mask, np.zeros_like(mask), vertebrae, case.shows)


def cut_cases(
    folder: Frozen, kinds: Iterable[Kind], own: Path, seed: int
) -> dict[str, list[cache.Wanted]]:
    """Cut the training cases of a frozen folder into examples, by kind.

    Args:
        folder: read and checked.
        kinds: what to cut.
        own: folder of the examples; never the shared cache, since they show patients.
        seed: of what is drawn while cutting.
    """
    kinds, own = tuple(kinds), own / examples_version()
    cut: dict[str, list[cache.Wanted]] = {kind.name: [] for kind in kinds}
    for index, case in enumerate(folder.of_split("train")):
        wanted = [cache.Wanted(kind, index, own) for kind in kinds]
        missing = [one for one in wanted if not cache.done_mark(one).exists()]
        phantom = as_phantom(folder, case) if missing else None
        for one in wanted:
            if phantom is not None and one in missing:
                cache.write_examples(one, phantom, np.random.default_rng([seed, index]))
            cut[one.kind.name].append(one)
    return cut


def _truth(level: str, points: NDArray[np.float64], grid: Grid) -> PhantomVertebra:
    measured = measure_points(points)
    index = grid.to_ijk(points)
    is_cut = bool((index < 0).any() or (index > np.array(grid.dims) - 1).any())
    return PhantomVertebra(
        level=level,
        centroid_mm=points.mean(axis=(0, 1)),
        six_points_mm=points,
        heights_mm=np.array(measured.heights_mm),
        g=measured.g,
        grade=measured.grade,
        shape=str(Shape(measured.shape)),
        is_partial=is_cut,
        has_foreign=False,
    )
