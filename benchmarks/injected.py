"""Errors that people and models make in spine masks, put into masks that have none.

Each kind takes a sample and a generator and returns the sample with one error and the numbers that
are concerned, or None where the view is too short for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from annotation.domain.anomalies import Anomaly, expected_chain
from annotation.domain.geometry import Grid
from annotation.domain.grammar import Bone, SpineProblem, spine_problems
from annotation.domain.spine import Part, Spine, read_spine

Mask = NDArray[np.uint8]
ISLAND_ML: Final = (0.2, 2.0)
ISLAND_APART_MM: Final = 5.0
AIR_ML: Final = (1.0, 4.0)
AIR_HU: Final = -700
LARGER: Final = 2.0
SMALLER: Final = 0.4
TALLER: Final = 1.8
FLATTER: Final = 0.5
SPLIT_SHARE: Final = (0.35, 0.65)


@dataclass(frozen=True)
class Sample:
    """A mask with its CT or without, the levels of its numbers, and what is declared."""

    mask: Mask
    grid: Grid
    hu: NDArray[np.int16] | None
    levels: dict[int, str]
    anomalies: frozenset[Anomaly]

    @property
    def bones(self) -> list[Bone]:
        return [Bone(number, level) for number, level in self.levels.items()]

    def spine(self) -> Spine:
        return read_spine(self.mask, self.grid, self.bones)

    def stopping(self) -> list[SpineProblem]:
        """Return what the gate refuses."""
        found = spine_problems(
            self.mask, self.grid, self.bones, hu=self.hu, anomalies=self.anomalies
        )
        return [problem for problem in found if problem.blocking]

    def with_mask(self, mask: Mask) -> "Sample":
        return replace(self, mask=mask)


@dataclass(frozen=True)
class Injected:
    """A sample with an error, and the vertebra numbers that a finding may name."""

    sample: Sample
    numbers: frozenset[int]

    def is_caught(self) -> bool:
        """Tell whether the gate refuses, and names a vertebra that is concerned."""
        return any(problem.number in self.numbers for problem in self.sample.stopping())


Injection = Callable[[np.random.Generator, Sample], "Injected | None"]


def _whole(spine: Spine) -> list[Part]:
    return [part for part in spine.order if not part.touches[1] and not part.touches[2]]


def _inner(spine: Spine) -> list[int]:
    """Return places along the spine of whole vertebrae with a neighbour on both sides."""
    whole = {part.number for part in _whole(spine)}
    last = len(spine.order) - 1
    return [at for at in range(1, last) if spine.order[at].number in whole]


def _pick(rng: np.random.Generator, sample: Sample) -> Part | None:
    whole = _whole(sample.spine())
    return whole[int(rng.integers(len(whole)))] if len(whole) > 1 else None


def _around(spine: Spine, *places: int) -> frozenset[int]:
    reach = {place + step for place in places for step in (-1, 0, 1)}
    return frozenset(spine.order[at].number for at in reach if 0 <= at < len(spine.order))


def _renamed(sample: Sample, numbers: list[int], step: int) -> dict[int, str] | None:
    """Move the names of these numbers along the chain; None where it ends."""
    chain = expected_chain(sample.anomalies)
    levels = dict(sample.levels)
    for number in numbers:
        place = chain.index(levels[number]) + step
        if not 0 <= place < len(chain):
            return None
        levels[number] = chain[place]
    return levels


def neighbour_swap(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """Two neighbours carry each other's number."""
    spine = sample.spine()
    if len(spine.order) < 2:
        return None
    at = int(rng.integers(len(spine.order) - 1))
    one, other = spine.order[at].number, spine.order[at + 1].number
    lookup = np.arange(256, dtype=np.uint8)
    lookup[[one, other]] = other, one
    return Injected(sample.with_mask(lookup[sample.mask]), _around(spine, at, at + 1))


def gap(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """An inner vertebra is not painted; half of the time the names below close up."""
    spine = sample.spine()
    places = _inner(spine)
    if not places:
        return None
    at = int(rng.choice(places))
    number = spine.order[at].number
    mask = sample.mask.copy()
    mask[mask == number] = 0
    below = [part.number for part in spine.order[at + 1 :]]
    levels = _renamed(sample, below, -1) if rng.random() < 0.5 else dict(sample.levels)
    levels = {key: level for key, level in (levels or sample.levels).items() if key != number}
    return Injected(replace(sample, mask=mask, levels=levels), _around(spine, at))


def shift(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """From an inner vertebra on all names are off by one."""
    spine = sample.spine()
    if len(spine.order) < 2:
        return None
    at = int(rng.integers(1, len(spine.order)))
    below = [part.number for part in spine.order[at:]]
    step = int(rng.choice((-1, 1)))
    levels = _renamed(sample, below, step) or _renamed(sample, below, -step)
    if levels is None:
        return None
    return Injected(replace(sample, levels=levels), _around(spine, at))


def duplicate(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """A vertebra has the name of another one."""
    numbers = sorted(sample.levels)
    if len(numbers) < 2:
        return None
    one, other = (int(number) for number in rng.choice(numbers, 2, replace=False))
    levels = {**sample.levels, one: sample.levels[other]}
    return Injected(replace(sample, levels=levels), frozenset({one, other}))


def _halves(sample: Sample, part: Part, direction: NDArray[np.float64], share: float) -> Mask:
    """Return which voxels of a box lie beyond a plane that leaves this share before it."""
    found = np.argwhere(sample.mask[part.box] == part.number)
    kji = found + [axis.start for axis in part.box]
    own = sample.grid.to_mm(kji[:, ::-1].astype(float)) @ direction
    beyond = np.zeros(sample.mask[part.box].shape, np.uint8)
    beyond[tuple(found[own > np.quantile(own, share)].T)] = 1
    return beyond


def split(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """One vertebra carries two numbers; the names below move on where the chain allows."""
    spine = sample.spine()
    places = _inner(spine)
    if not places:
        return None
    at = int(rng.choice(places))
    part = spine.order[at]
    axis = int(rng.choice((1, 2), p=(0.4, 0.6)))
    direction = -spine.frames[at][2] if axis == 2 else spine.frames[at][1]
    beyond = _halves(sample, part, direction, float(rng.uniform(*SPLIT_SHARE)))
    new = max(sample.levels) + 1
    mask = sample.mask.copy()
    mask[part.box][beyond == 1] = new
    below = [one.number for one in spine.order[at + 1 :]]
    after = sample.levels[below[0]]
    levels = {**(_renamed(sample, below, 1) or sample.levels), new: after}
    injected = replace(sample, mask=mask, levels=levels)
    return Injected(injected, _around(spine, at) | {new})


def fused(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """One number on two vertebrae, names closed up or not, or the room between both filled."""
    spine = sample.spine()
    places = [at for at in _inner(spine) if at + 1 in _inner(spine)]
    if not places:
        return None
    at = int(rng.choice(places))
    upper, lower = spine.order[at], spine.order[at + 1]
    way = rng.random()
    if way < 1 / 3:
        filled = _fill_between(sample, spine, at)
        return Injected(filled, _around(spine, at, at + 1)) if filled else None
    mask = np.where(sample.mask == lower.number, np.uint8(upper.number), sample.mask)
    below = [part.number for part in spine.order[at + 2 :]]
    levels = (_renamed(sample, below, -1) if way < 2 / 3 else None) or dict(sample.levels)
    levels = {number: level for number, level in levels.items() if number != lower.number}
    return Injected(replace(sample, mask=mask, levels=levels), _around(spine, at, at + 1))


def _fill_between(sample: Sample, spine: Spine, at: int) -> Sample | None:
    """Paint the disc: half of it belongs to the upper vertebra, half to the lower one."""
    upper, lower = spine.order[at], spine.order[at + 1]
    frame = spine.frames[at]
    middle = (upper.centre_mm + lower.centre_mm) / 2
    both = np.isin(sample.mask, (upper.number, lower.number))
    reach = max(1, round(9 / sample.grid.spacing_mm[1]))
    closed = ndimage.binary_closing(both, np.ones((1, 2 * reach + 1, 1), bool))
    found = np.argwhere(closed & (sample.mask == 0))
    own = (sample.grid.to_mm(found[:, ::-1].astype(float)) - middle) @ frame.T
    found = found[(own[:, 1] < 0) & (np.abs(own[:, 0]) < 22)]
    if not len(found):
        return None
    mask = sample.mask.copy()
    mask[tuple(found.T)] = upper.number
    return sample.with_mask(mask)


def _ball(sample: Sample, centre: NDArray[np.int64], volume_ml: float) -> NDArray[np.int64]:
    """Return the voxels (k, j, i) of a ball."""
    spacing = np.array(sample.grid.spacing_mm)[::-1]
    radius = (3 * volume_ml * 1000 / (4 * np.pi)) ** (1 / 3)
    reach = np.ceil(radius / spacing).astype(int) + 1
    low, high = centre - reach, centre + reach + 1
    low, high = np.maximum(low, 0), np.minimum(high, sample.mask.shape)
    kji = np.argwhere(np.ones(high - low, bool)) + low
    near = np.argsort(np.linalg.norm((kji - centre) * spacing, axis=1), kind="stable")
    return np.asarray(kji[near[: max(8, round(volume_ml * 1000 / spacing.prod()))]])


def island(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """A second piece at least 5 mm away, in soft tissue or inside another vertebra."""
    part = _pick(rng, sample)
    if part is None:
        return None
    own = sample.mask == part.number
    away = ndimage.distance_transform_edt(~own, sampling=sample.grid.spacing_mm[::-1])
    volume_ml = float(rng.uniform(*ISLAND_ML))
    clear = ISLAND_APART_MM + (3 * volume_ml * 1000 / (4 * np.pi)) ** (1 / 3) + 3
    is_inside = rng.random() < 0.5
    place = (sample.mask != 0) if is_inside else (sample.mask == 0)
    inner = np.zeros(sample.mask.shape, bool)
    inner[3:-3, 3:-3, 3:-3] = True
    found = np.argwhere(place & inner & (away > clear) & (away < 70))
    if not len(found):
        return None
    voxels = _ball(sample, found[int(rng.integers(len(found)))], volume_ml)
    mask = sample.mask.copy()
    mask[tuple(voxels.T)] = part.number
    return Injected(sample.with_mask(mask), frozenset({part.number}))


def on_air(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """A part of a label lies on air: lung, bowel or beside the patient."""
    part = _pick(rng, sample)
    if sample.hu is None:
        return None
    air = ndimage.binary_erosion(sample.hu < AIR_HU, iterations=3)
    found = np.argwhere(air & (sample.mask == 0))
    if part is None or not len(found):
        return None
    middle = sample.grid.to_ijk(part.centre_mm)[::-1]
    spacing = np.array(sample.grid.spacing_mm)[::-1]
    near = np.argsort(np.linalg.norm((found - middle) * spacing, axis=1))[: max(1, len(found) // 4)]
    voxels = _ball(sample, found[int(rng.choice(near))], float(rng.uniform(*AIR_ML)))
    mask = sample.mask.copy()
    mask[tuple(voxels.T)] = part.number
    return Injected(sample.with_mask(mask), frozenset({part.number}))


def cut_half(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """Half of a vertebra's voxels are missing: left, right, front, back, upper or lower."""
    spine = sample.spine()
    places = [at for at, part in enumerate(spine.order) if part in _whole(spine)]
    if len(places) < 2:
        return None
    at = int(rng.choice(places))
    part = spine.order[at]
    direction = spine.frames[at][int(rng.integers(3))] * int(rng.choice((-1, 1)))
    beyond = _halves(sample, part, direction, 0.5)
    mask = sample.mask.copy()
    mask[part.box][beyond == 1] = 0
    return Injected(sample.with_mask(mask), frozenset({part.number}))


def jump(rng: np.random.Generator, sample: Sample) -> Injected | None:
    """A vertebra is far too large, too small, too tall or too flat."""
    part = _pick(rng, sample)
    if part is None:
        return None
    how = int(rng.integers(4))
    mask = sample.mask.copy()
    own = mask == part.number
    if how < 2:
        changed = _grown(own, mask == 0, LARGER) if how == 0 else _shrunk(own, SMALLER)
    else:
        changed = _stretched(own, TALLER if how == 2 else FLATTER)
    mask[own] = 0
    mask[changed] = part.number
    spine = sample.spine()
    at = next(place for place, one in enumerate(spine.order) if one.number == part.number)
    return Injected(sample.with_mask(mask), _around(spine, at))


def _grown(own: NDArray[np.bool_], free: NDArray[np.bool_], times: float) -> NDArray[np.bool_]:
    grown, target = own, times * own.sum()
    for _ in range(12):
        if grown.sum() >= target:
            break
        grown = ndimage.binary_dilation(grown) & (free | own)
    return np.asarray(grown)


def _shrunk(own: NDArray[np.bool_], share: float) -> NDArray[np.bool_]:
    depth = ndimage.distance_transform_edt(own)[own]
    kept = np.zeros(own.shape, bool)
    kept[own] = depth > np.quantile(depth, 1 - share)
    return kept


def _stretched(own: NDArray[np.bool_], times: float) -> NDArray[np.bool_]:
    """Stretch along the rows about the middle."""
    rows = np.arange(own.shape[1])
    middle = float(np.argwhere(own)[:, 1].mean())
    source = np.rint(middle + (rows - middle) / times).astype(int)
    inside = (source >= 0) & (source < len(rows))
    made = own[:, np.clip(source, 0, len(rows) - 1)]
    made[:, ~inside] = False
    return np.asarray(made)


KINDS: Final[dict[str, tuple[Injection, str]]] = {
    "neighbour swap": (neighbour_swap, "two neighbours carry each other's number"),
    "gap": (gap, "an inner vertebra not painted; in half, the names below close up"),
    "shift from a level on": (shift, "names off by one from an inner vertebra on"),
    "duplicate level": (duplicate, "a vertebra has the name of another"),
    "split vertebra": (split, "two numbers on one, 35-65 % each, names below moved on"),
    "fused pair": (
        fused,
        "one number on two vertebrae (names closed up or not), or the disc painted",
    ),
    "island": (island, "0.2-2 ml, at least 5 mm away; half of them inside another vertebra"),
    "label on air": (on_air, "1-4 ml of a label where the CT is below -700 HU"),
    "cut half": (cut_half, "half of the voxels missing on one of six sides"),
    "volume or height jump": (
        jump,
        "volume x 2 or x 0.4, or height x 1.8 or x 0.5",
    ),
}
"""The ten kinds that a mask itself can carry; the two of files are in `benchmarks.grammar`."""
