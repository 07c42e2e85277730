"""The anchor-free six-point system: localize, straighten, detect, name, segment.

After Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646), with a patch segmenter. Heights and G
are for whoever reads the proposal to measure, in 3-D, from the six points in patient millimetres;
nothing is measured on the straightened picture.
"""

import time
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from annotation.domain.geometry import Grid, Volume
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from inference.nets.detector import Detector
from inference.nets.localizer import Localizer
from inference.nets.segmenter import Segmenter
from inference.phases.detect import Detection, Detections, detect
from inference.phases.follow import BEGUN_MM, followed, longer
from inference.phases.label import Count, Room, name_levels
from inference.phases.localize import Localization, localize
from inference.phases.sampling import to_patient
from inference.phases.segment import segment
from inference.phases.straighten import Curve, kept_picture, make_curve, straighten, to_space
from inference.pipelines.phase import Found, NotYetFound, Phase
from inference.weights import Weights

Floats = NDArray[np.float64]

EXTEND_MM = 40.0
"""Straight continuation of the curve beyond both limits, to see what follows."""
MOST_LOOKS = 8
"""How often the curve is led on to vertebrae beyond its ends."""
BORDER_MM = 2.0
"""A body whose points come this near to the border of the volume is cut by it."""


@dataclass(frozen=True)
class Straightened:
    """A curve with its frame, and the picture along it, (3, s, 128)."""

    curve: Curve
    picture: Tensor


@dataclass(frozen=True)
class Led:
    """A row of vertebrae on the last of the curves that were led through it.

    Attributes:
        curve, picture: of the last look.
        row: vertebrae within the limits and those that follow on them.
        room: of the volume beyond the ends of the curve.
    """

    curve: Curve
    picture: Tensor
    row: Detections
    room: Room


@dataclass(frozen=True)
class Segmented:
    """A mask of shape (k, j, i): 1 + place in the row, 0 elsewhere."""

    mask: NDArray[np.uint8]


@dataclass(frozen=True)
class Sight:
    """What the networks saw, before a mask is made.

    Attributes:
        localization: curve and limits.
        curve: with its frame; None where no spine was found.
        picture: straightened, (3, s, 128); None where no spine was found.
        detections: vertebrae within the limits.
        count: their levels.
        seconds: time spent per phase.
        room: of the volume beyond both ends of the curve.
    """

    localization: Localization
    curve: Curve | None
    picture: Tensor | None
    detections: Detections
    count: Count
    seconds: dict[str, float] = field(default_factory=dict)
    room: Room = field(default_factory=Room)

    def points(self, detection: Detection) -> Floats:
        """Return the six points of a detection in grid millimetres, (3, 2, 3)."""
        if self.curve is None:
            raise ValueError("no spine was found, so there is no curve to map points along")
        return to_space(self.curve, detection.points)


def preannotate(volume: Volume, weights: Weights) -> Proposal:
    """Propose vertebrae, levels, six points and a mask for a CT of any size and spacing."""
    sight = look(volume, weights)
    started = time.perf_counter()
    bodies = [sight.points(one) for one in sight.detections.found][:255]
    centres = np.array([body.mean(axis=(0, 1)) for body in bodies]).reshape(-1, 3)
    mask = segment(volume, centres, weights.net("segmenter", Segmenter), weights.machine)
    seconds = {**sight.seconds, "segment": time.perf_counter() - started}
    vertebrae = tuple(
        _proposed(volume.grid, place, body, sight) for place, body in enumerate(bodies)
    )
    kept = None
    if sight.curve is not None and sight.picture is not None:
        kept = kept_picture(sight.picture, sight.curve, volume)
    return Proposal(vertebrae, mask, volume.grid, sight.count.counted_from, kept, seconds)


def look(volume: Volume, weights: Weights) -> Sight:
    """Find the spine and its vertebrae, without a mask."""
    clock = [time.perf_counter()]
    where = localize(volume, weights.net("localizer", Localizer), weights.machine)
    clock.append(time.perf_counter())
    if where.is_empty:
        nothing = Count((), CountedFrom.ASSUMED)
        return Sight(where, None, None, Detections((), {}), nothing, _spent(clock, "localize"))
    led = lead_on(volume, where.knots, weights)
    clock.append(time.perf_counter())
    count = name_row(led, volume.grid)
    clock.append(time.perf_counter())
    seconds = _spent(clock, "localize", "detect", "label")
    return Sight(where, led.curve, led.picture, led.row, count, seconds, led.room)


def lead_on(volume: Volume, knots: Floats, weights: Weights) -> Led:
    """Straighten along a curve and detect, as long as there are vertebrae beyond its ends."""
    room = room_beyond(knots, volume.grid)
    for _ in range(MOST_LOOKS):
        curve = make_curve(knots, EXTEND_MM)
        picture = straighten(volume, curve, weights.machine.device)
        everything = detect(picture, weights.net("detector", Detector), weights.machine)
        high = len(curve) - 1 - EXTEND_MM
        row = followed(everything, EXTEND_MM, high, is_end_seen=room.caudal_mm > BEGUN_MM)
        further = longer(knots, curve, row, EXTEND_MM)
        if further is None:
            break
        knots = further
        room = room_beyond(knots, volume.grid)
    return Led(curve, picture, row, room)


def name_row(led: Led, grid: Grid) -> Count:
    """Name the vertebrae of a row."""
    return name_levels(led.row, room=replace(led.room, cut=cut_ones(led.curve, led.row, grid)))


def centres_of(curve: Curve, row: Detections) -> Floats:
    """Return the centres of at most 255 bodies in grid millimetres, (n, 3)."""
    bodies = [to_space(curve, one.points) for one in row.found[:255]]
    return np.array([body.mean(axis=(0, 1)) for body in bodies]).reshape(-1, 3)


def room_beyond(knots: Floats, grid: Grid) -> Room:
    """Return how much of the volume lies beyond the ends of a curve."""
    caudal_end = (grid.dims[1] - 1) * grid.spacing_mm[1]
    return Room(float(knots[0, 0]), caudal_end - float(knots[-1, 0]))


def cut_ones(curve: Curve, row: Detections, grid: Grid) -> frozenset[int]:
    """Return the places in the row of vertebrae that the border of the volume cuts."""
    bodies = [to_patient(to_space(curve, one.points), grid) for one in row.found]
    return frozenset(place for place, body in enumerate(bodies) if is_cut(body, grid))


def _spent(clock: list[float], *names: str) -> dict[str, float]:
    return dict(zip(names, np.diff(clock).tolist(), strict=True))


def _proposed(grid: Grid, place: int, body: Floats, sight: Sight) -> VertebraProposal:
    points = to_patient(body, grid)
    return VertebraProposal(
        number=place + 1,
        level=sight.count.levels[place],
        centroid_mm=np.asarray(points.mean(axis=(0, 1))),
        six_points_mm=points,
        confidence=sight.detections.found[place].objectness,
        is_partial=is_cut(points, grid),
    )


def is_cut(points_mm: Floats, grid: Grid) -> bool:
    """Tell whether six points (3, 2, 3) come within `BORDER_MM` of the volume's border."""
    index = grid.to_ijk(points_mm)
    spacing = np.array(grid.spacing_mm)
    low = (index + 0.5) * spacing
    high = (np.array(grid.dims) - 0.5 - index) * spacing
    return bool(min(low.min(), high.min()) < BORDER_MM)


def _straightened(volume: Volume, weights: Weights, found: Found) -> Straightened:
    where = found.by("localize", Localization)
    if where.is_empty:
        raise NotYetFound("the phase localize found no spine, so there is nothing to straighten")
    curve = make_curve(where.knots, EXTEND_MM)
    return Straightened(curve, straighten(volume, curve, weights.machine.device))


def _detected(_volume: Volume, weights: Weights, found: Found) -> Detections:
    picture = found.by("straighten", Straightened).picture
    return detect(picture, weights.net("detector", Detector), weights.machine)


def _followed(volume: Volume, weights: Weights, found: Found) -> Led:
    where = found.by("localize", Localization)
    if where.is_empty:
        raise NotYetFound("the phase localize found no spine, so there is nothing to follow")
    return lead_on(volume, where.knots, weights)


def _segmented(volume: Volume, weights: Weights, found: Found) -> Segmented:
    led = found.by("follow", Led)
    net = weights.net("segmenter", Segmenter)
    return Segmented(segment(volume, centres_of(led.curve, led.row), net, weights.machine))


PHASES: Final = (
    Phase(
        "localize",
        "the spine's curve and its limits",
        lambda volume, weights, _: localize(
            volume, weights.net("localizer", Localizer), weights.machine
        ),
    ),
    Phase("straighten", "the picture along the curve", _straightened),
    Phase("detect", "vertebrae and anchors on the picture", _detected),
    Phase("follow", "the row within the limits and beyond, on curves led through it", _followed),
    Phase(
        "label",
        "names of the levels",
        lambda volume, _, found: name_row(found.by("follow", Led), volume.grid),
    ),
    Phase("segment", "the mask", _segmented),
)
"""Phases that can be run alone, in order."""
