"""The framework behind the VerSe data: find the spine, label its projections, segment, fuse.

After Loeffler et al. 2020 (doi:10.1148/ryai.2020190138) and the publications on its parts:
Sekuboyina et al. 2018 (doi:10.1007/978-3-030-00937-3_74), 2020 (doi:10.1148/ryai.2020190074).
It places no six points, so its proposals have none and nothing is measured from them.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid, Volume
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from inference.nets.btrfly import Btrfly
from inference.nets.segmenter import Segmenter
from inference.nets.spine_heat import SpineHeat
from inference.phases.find_spine import Neighbourhood, find_spine
from inference.phases.foreign import without_foreign
from inference.phases.label import Count, Room
from inference.phases.read_heat import Sighting, name_sightings, see
from inference.phases.reformat import Reformations, reformat
from inference.phases.sampling import spacing_jik, to_patient
from inference.phases.segment import segment
from inference.weights import Weights

Floats = NDArray[np.float64]

NEAR_BORDER_MM: Final = 9.0
"""A centre as near to the border of the volume belongs to a body that is cut, or may be."""


@dataclass(frozen=True)
class Sight:
    """What the networks saw, before a mask is made.

    Attributes:
        where: the neighbourhood of the spine.
        pictures: its projections; None where no spine was found.
        found: vertebrae from cranial to caudal.
        count: their levels.
        seconds: time spent per phase.
    """

    where: Neighbourhood
    pictures: Reformations | None
    found: tuple[Sighting, ...]
    count: Count
    seconds: dict[str, float]

    @property
    def centres(self) -> Floats:
        """Centres of the bodies in grid millimetres, (n, 3)."""
        return np.array([one.centre for one in self.found]).reshape(-1, 3)


def preannotate(volume: Volume, weights: Weights) -> Proposal:
    """Propose vertebrae, levels and a mask for a CT of any size and spacing."""
    sight = look(volume, weights)
    started = time.perf_counter()
    net = weights.net("segmenter", Segmenter)
    mask = without_foreign(segment(volume, sight.centres, net, weights.machine), volume)
    seconds = {**sight.seconds, "segment": time.perf_counter() - started}
    vertebrae = tuple(
        VertebraProposal(
            number=place + 1,
            level=sight.count.levels[place],
            centroid_mm=to_patient(one.centre, volume.grid),
            six_points_mm=None,
            confidence=one.heat,
            is_partial=is_near_border(one.centre, volume.grid),
        )
        for place, one in enumerate(sight.found)
    )
    return Proposal(vertebrae, mask, volume.grid, sight.count.counted_from, None, seconds)


def look(volume: Volume, weights: Weights) -> Sight:
    """Find the spine and its vertebrae, without a mask."""
    clock = [time.perf_counter()]
    where = find_spine(volume, weights.net("spine", SpineHeat), weights.machine)
    clock.append(time.perf_counter())
    if where.is_empty:
        nothing = Count((), CountedFrom.ASSUMED)
        return Sight(where, None, (), nothing, _spent(clock, "find_spine"))
    pictures = reformat(volume, where)
    clock.append(time.perf_counter())
    found = tuple(see(pictures, weights.net("btrfly", Btrfly), weights.machine))
    clock.append(time.perf_counter())
    count = name_sightings(found, room_around(found, volume.grid))
    clock.append(time.perf_counter())
    seconds = _spent(clock, "find_spine", "reformat", "read_heat", "label")
    return Sight(where, pictures, found, count, seconds)


def room_around(found: tuple[Sighting, ...], grid: Grid) -> Room:
    """Return how much of the volume lies beyond the ends of a row, and which of it is cut."""
    if not found:
        return Room()
    bottom = (grid.dims[1] - 1) * grid.spacing_mm[1]
    cut = (place for place, one in enumerate(found) if is_near_border(one.centre, grid))
    first, last = float(found[0].centre[0]), float(found[-1].centre[0])
    return Room(first, bottom - last, frozenset(cut))


def is_near_border(centre: Floats, grid: Grid) -> bool:
    """Tell whether a centre (j, i, k) comes within `NEAR_BORDER_MM` of the volume's border."""
    j, i, k = grid.dims[1], grid.dims[0], grid.dims[2]
    spacing = spacing_jik(grid)
    to_low = centre + spacing / 2
    to_high = (np.array([j, i, k]) - 0.5) * spacing - centre
    return bool(min(to_low.min(), to_high.min()) < NEAR_BORDER_MM)


def _spent(clock: list[float], *names: str) -> dict[str, float]:
    return dict(zip(names, np.diff(clock).tolist(), strict=True))
