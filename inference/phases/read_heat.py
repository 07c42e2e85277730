"""Reads vertebrae and their levels off the heat maps of both projections.

Sekuboyina et al. 2018 (doi:10.1007/978-3-030-00937-3_74) multiply the two maps of a level row by
row (their outer product) and take the highest place of each level. Here places come from what both
views call a vertebra of any level, and levels from a search over the whole row, so that none is
named twice and none against its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from annotation.domain.proposal import CountedFrom
from inference.config import Machine
from inference.nets.blocks import channels_last, padded
from inference.nets.btrfly import CHANNELS, MAPS, Btrfly, Views
from inference.nets.detector import CLASSES
from inference.phases.label import Count, Room, name_row
from inference.phases.reformat import Reformations, normalised

Floats = NDArray[np.float64]

SEEN: Final = 0.15
"""Product of both views' heat from which a place is a vertebra."""
APART_MM: Final = 9.0
"""Two places nearer than this are one vertebra."""
NO_ROOM: Final = Room()
_WINDOW_CELLS: Final = 3
_MOST_PEAKS: Final = 2000
"""Maps without sense have plateaus, where every cell is the highest of its surroundings."""
_FLOOR: Final = 0.02
_GAP: Final = 1.6
_C1: Final = CHANNELS.index("C1")
_OTHERS: Final = [CHANNELS.index(level) for level in CLASSES]


@dataclass(frozen=True)
class Sighting:
    """A vertebra of unsettled level.

    Attributes:
        centre: grid millimetres (j, i, k), (3,).
        heat: product of both views' heat there, 0-1.
        chances: (26,) share of each of `CHANNELS`, sum 1.
    """

    centre: Floats
    heat: float
    chances: Floats


def see(pictures: Reformations, net: Btrfly, machine: Machine) -> list[Sighting]:
    """Find the vertebrae on two projections, from cranial to caudal."""
    whole = padded(normalised(pictures.pictures)[None], (net.multiple,) * 2, -2.0)
    with torch.inference_mode(), machine.autocast():
        heat = net(channels_last(whole.to(machine.device))).heat()
    _, rows, columns = pictures.pictures.shape
    sagittal, coronal = (view[0, :, :rows, :columns].float().cpu() for view in heat.each())
    return sightings(Views(sagittal, coronal), pictures)


def sightings(heat: Views, pictures: Reformations) -> list[Sighting]:
    """Return the vertebrae of heat maps (27, rows, columns), from cranial to caudal.

    Where more is seen than a spine has levels, the clearest are kept.
    """
    sagittal, coronal = (1.0 - view[MAPS - 1] for view in heat.each())
    both = torch.einsum("ri,rk->rik", sagittal, coronal)
    found: list[Sighting] = []
    for place in peaks(both):
        cell = _refined(both, place)
        centre = pictures.to_space(cell)
        if any(np.linalg.norm(centre - one.centre) < APART_MM for one in found):
            continue
        if len(found) == len(CHANNELS):
            break
        chances = _chances(heat, place)
        found.append(Sighting(centre, float(both[place].clamp(0.0, 1.0)), chances))
    return sorted(found, key=lambda one: float(one.centre[0]))


def peaks(both: Tensor) -> list[tuple[int, int, int]]:
    """Return the highest cells of their surroundings, the highest first."""
    around = both[None, None]
    for axis in range(3):
        size = [1 + 2 * _WINDOW_CELLS * (axis == n) for n in range(3)]
        around = functional.max_pool3d(around, size, 1, [n // 2 for n in size])
    cells = torch.nonzero((both >= around[0, 0]) & (both > SEEN))
    order = torch.argsort(both[tuple(cells.T)], descending=True, stable=True)[:_MOST_PEAKS]
    return [(int(row), int(i), int(k)) for row, i, k in cells[order]]


def _refined(both: Tensor, place: tuple[int, int, int]) -> Floats:
    """Return a place between cells: per axis, the top of the parabola that fits the logarithms.

    A Gaussian's logarithm is a parabola; seven cells, each weighing what its heat is, do not mind
    that half precision makes steps of the heat.
    """
    refined = np.array(place, dtype=np.float64)
    for axis, at in enumerate(place):
        low = max(at - _WINDOW_CELLS, 0)
        line = both.movedim(axis, -1)[place[:axis] + place[axis + 1 :]]
        heat = line[low : at + _WINDOW_CELLS + 1].double().clamp(min=1e-6).numpy()
        if len(heat) > 2:
            away = np.arange(low - at, low - at + len(heat))
            bend, slope, _ = np.polyfit(away, np.log(heat), 2, w=heat)
            refined[axis] += np.clip(-slope / (2 * bend), -1.0, 1.0) if bend < -1e-6 else 0.0
    return refined


def _chances(heat: Views, place: tuple[int, int, int]) -> Floats:
    """Return the share of each level in the product of both views around a place."""
    shares = []
    for view, column in zip(heat.each(), place[1:], strict=True):
        rows = slice(max(place[0] - 1, 0), place[0] + 2)
        around = view[: MAPS - 1, rows, max(column - 1, 0) : column + 2]
        shares.append(around.amax(dim=(1, 2)).double().numpy() + _FLOOR)
    product = shares[0] * shares[1]
    return np.asarray(product / product.sum())


def name_sightings(found: Sequence[Sighting], room: Room = NO_ROOM) -> Count:
    """Name vertebrae from cranial to caudal.

    The first may be C1, which the search over the row does not know: it is where both views say so
    and the row goes on with C2.

    Args:
        found: from cranial to caudal.
        room: of the volume beyond the ends of the row.
    """
    if not found:
        return Count((), CountedFrom.ASSUMED)
    if int(found[0].chances.argmax()) == _C1:
        if len(found) == 1:
            return Count(("C1",), CountedFrom.ASSUMED)
        cut = frozenset(place - 1 for place in room.cut if place > 0)
        below = _named(found[1:], Room(room.cranial_mm, room.caudal_mm, cut))
        if below.levels[0] == "C2":
            return Count(("C1", *below.levels), below.counted_from)
    return _named(found, room)


def _named(found: Sequence[Sighting], room: Room) -> Count:
    evidence = np.stack([one.chances[_OTHERS] for one in found])
    evidence = evidence / evidence.sum(axis=1, keepdims=True)
    centres = np.stack([one.centre for one in found])
    return name_row(evidence, gaps(centres), room)


def gaps(centres: Floats) -> list[bool]:
    """Tell for each two neighbours whether there is room for one more between them.

    Args:
        centres: (n, 3) grid millimetres, from cranial to caudal.
    """
    pitches = np.linalg.norm(np.diff(centres, axis=0), axis=1)
    usual = [
        float(np.median(np.delete(pitches, place)[max(place - 2, 0) : place + 2]))
        if len(pitches) > 1
        else float(pitch)
        for place, pitch in enumerate(pitches)
    ]
    return [bool(pitch > _GAP * common) for pitch, common in zip(pitches, usual, strict=True)]
