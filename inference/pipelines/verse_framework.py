"""The framework behind the VerSe data: find the spine, label its projections, segment, fuse.

After Loeffler et al. 2020 (doi:10.1148/ryai.2020190138) and the publications on its parts:
Sekuboyina et al. 2018 (doi:10.1007/978-3-030-00937-3_74), 2020 (doi:10.1148/ryai.2020190074).
It places no six points, so its proposals have none and nothing is measured from them. The
straightened picture is made for the reading screen; the framework itself does not look at it.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Grid, Volume
from annotation.domain.proposal import (
    CountedFrom,
    Proposal,
    StraightenedPicture,
    VertebraProposal,
)
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
from inference.phases.straighten import kept_picture, make_curve, straighten
from inference.phases.thread import HALF_HEIGHT, thread
from inference.pipelines.anchor_free import EXTEND_MM
from inference.pipelines.phase import Found, NotYetFound, Phase
from inference.weights import Weights

Floats = NDArray[np.float64]

ALONE_MM: Final = 10.0
"""Half the height of a body that has no neighbour."""


@dataclass(frozen=True)
class Sightings:
    """Vertebrae from cranial to caudal."""

    found: tuple[Sighting, ...]

    @property
    def centres(self) -> Floats:
        """Centres of the bodies in grid millimetres, (n, 3)."""
        return np.array([one.centre for one in self.found]).reshape(-1, 3)


@dataclass(frozen=True)
class Sight:
    """What the networks saw, before a mask is made.

    Attributes:
        where: the neighbourhood of the spine.
        pictures: its projections; None where no spine was found.
        row: vertebrae from cranial to caudal.
        count: their levels.
        seconds: time spent per phase.
    """

    where: Neighbourhood
    pictures: Reformations | None
    row: Sightings
    count: Count
    seconds: dict[str, float]


def preannotate(volume: Volume, weights: Weights) -> Proposal:
    """Propose vertebrae, levels and a mask for a CT of any size and spacing."""
    sight = look(volume, weights)
    started = time.perf_counter()
    net = weights.net("segmenter", Segmenter)
    centres = sight.row.centres
    mask = without_foreign(segment(volume, centres, net, weights.machine), volume)
    seconds = {**sight.seconds, "segment": time.perf_counter() - started}
    cut = cut_ones(centres, volume.grid)
    vertebrae = tuple(
        VertebraProposal(
            number=place + 1,
            level=sight.count.levels[place],
            centroid_mm=to_patient(one.centre, volume.grid),
            six_points_mm=None,
            confidence=one.heat,
            is_partial=place in cut,
        )
        for place, one in enumerate(sight.row.found)
    )
    picture = straight_picture(volume, centres)
    return Proposal(vertebrae, mask, volume.grid, sight.count.counted_from, picture, seconds)


def straight_picture(volume: Volume, centres: Floats) -> StraightenedPicture | None:
    """Return the picture for the reading screen, along a curve through two or more centres."""
    if len(centres) < 2:
        return None
    curve = make_curve(thread(centres), EXTEND_MM)
    return kept_picture(straighten(volume, curve), curve, volume)


def look(volume: Volume, weights: Weights) -> Sight:
    """Find the spine and its vertebrae, without a mask."""
    clock = [time.perf_counter()]
    where = find_spine(volume, weights.net("spine", SpineHeat), weights.machine)
    clock.append(time.perf_counter())
    if where.is_empty:
        nothing = Count((), CountedFrom.ASSUMED)
        return Sight(where, None, Sightings(()), nothing, _spent(clock, "find_spine"))
    pictures = reformat(volume, where)
    clock.append(time.perf_counter())
    row = Sightings(tuple(see(pictures, weights.net("btrfly", Btrfly), weights.machine)))
    clock.append(time.perf_counter())
    count = name_sightings(row.found, room_around(row.centres, volume.grid))
    clock.append(time.perf_counter())
    seconds = _spent(clock, "find_spine", "reformat", "read_heat", "label")
    return Sight(where, pictures, row, count, seconds)


def room_around(centres: Floats, grid: Grid) -> Room:
    """Return how much of the volume lies beyond the ends of a row, and which of it is cut."""
    if len(centres) == 0:
        return Room()
    bottom = (grid.dims[1] - 1) * grid.spacing_mm[1]
    return Room(float(centres[0, 0]), bottom - float(centres[-1, 0]), cut_ones(centres, grid))


def cut_ones(centres: Floats, grid: Grid) -> frozenset[int]:
    """Return the places in a row (n, 3) of bodies that the border of the volume cuts.

    Nothing but centres is known, so a body is taken to be as high as the distance to its nearer
    neighbour says, and as deep and wide as it is high.
    """
    spacing = spacing_jik(grid)
    border = (np.array(grid.dims)[[1, 0, 2]] - 0.5) * spacing  # (i, j, k) -> (j, i, k)
    apart = np.linalg.norm(np.diff(centres, axis=0), axis=1) * HALF_HEIGHT
    nearer = np.minimum(np.append(apart, np.inf), np.insert(apart, 0, np.inf))
    half = np.where(np.isfinite(nearer), nearer, ALONE_MM)
    inside = np.minimum(centres + spacing / 2, border - centres).min(axis=1, initial=np.inf)
    return frozenset(np.flatnonzero(inside < half).tolist())


def _spent(clock: list[float], *names: str) -> dict[str, float]:
    return dict(zip(names, np.diff(clock).tolist(), strict=True))


@dataclass(frozen=True)
class Segmented:
    """A mask of shape (k, j, i): 1 + place in the row, 0 elsewhere."""

    mask: NDArray[np.uint8]


def _reformatted(volume: Volume, _weights: Weights, found: Found) -> Reformations:
    where = found.by("find_spine", Neighbourhood)
    if where.is_empty:
        raise NotYetFound("the phase find_spine found no spine, so there is nothing to project")
    return reformat(volume, where)


def _seen(_volume: Volume, weights: Weights, found: Found) -> Sightings:
    pictures = found.by("reformat", Reformations)
    return Sightings(tuple(see(pictures, weights.net("btrfly", Btrfly), weights.machine)))


def _named(volume: Volume, _weights: Weights, found: Found) -> Count:
    row = found.by("read_heat", Sightings)
    return name_sightings(row.found, room_around(row.centres, volume.grid))


def _segmented(volume: Volume, weights: Weights, found: Found) -> Segmented:
    centres, net = found.by("read_heat", Sightings).centres, weights.net("segmenter", Segmenter)
    return Segmented(without_foreign(segment(volume, centres, net, weights.machine), volume))


PHASES: Final = (
    Phase(
        "find_spine",
        "the neighbourhood of the spine",
        lambda volume, weights, _: find_spine(
            volume, weights.net("spine", SpineHeat), weights.machine
        ),
    ),
    Phase("reformat", "projections of the neighbourhood", _reformatted),
    Phase("read_heat", "vertebrae on the projections", _seen),
    Phase("label", "names of the levels", _named),
    Phase("segment", "the mask", _segmented),
)
"""Phases that can be run alone, in order."""
