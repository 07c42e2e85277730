"""The compression ratio in radiographs: make a film, outline the bodies, measure, count from below.

After Kim et al. 2021 (doi:10.1007/s10278-021-00471-0). Points lie in the radiograph's own frame,
millimetres of the detector or pixels; the ratios of `phases.compression` hold in both.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from annotation.domain.frames import Frame, FramesMixed
from annotation.domain.geometry import Volume
from annotation.domain.measures import Compression
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from inference.config import Machine
from inference.nets.blocks import channels_last
from inference.nets.radiograph import MDR2UNet, Outliner, PlainUNet
from inference.phases.compression import ratios_of
from inference.phases.film import Film, on_radiograph, prepare
from inference.phases.outline import Outline, Picture, levels_from_below, outlines
from inference.pipelines.phase import Found, Phase
from inference.weights import Weights


def preannotate(volume: Volume, weights: Weights) -> Proposal:
    """Propose bodies, levels, six points and a mask for a lateral radiograph.

    Raises:
        FramesMixed: if the volume lies in the patient, as a CT does.
        GeometryMismatch: if it has more than one slice.
    """
    return read(volume, weights.net("mdr2_unet", MDR2UNet), weights.machine)


def preannotate_plainly(volume: Volume, weights: Weights) -> Proposal:
    """Propose the same by the plain U-Net that the paper compares with; raises as the other."""
    return read(volume, weights.net("plain_unet", PlainUNet), weights.machine)


@dataclass(frozen=True)
class Chances:
    """What `chances` returns, as a phase leaves it."""

    chance: Picture


@dataclass(frozen=True)
class Measured:
    """What is found on a radiograph.

    Attributes:
        mask: uint8, (1, nj, ni): numbers of the vertebrae.
        vertebrae: from above downwards, in the radiograph's frame.
        ratios: compression ratio of each, None where it has none.
    """

    mask: NDArray[np.uint8]
    vertebrae: tuple[VertebraProposal, ...]
    ratios: tuple[Compression | None, ...]


def read(volume: Volume, net: Outliner, machine: Machine) -> Proposal:
    """Read a radiograph with one of the networks."""
    if volume.grid.frame is Frame.PATIENT_MM:
        raise FramesMixed("a radiograph lies in the frame of its detector, not of the patient")
    clock = [time.perf_counter()]
    film = prepare(volume, net.side)
    clock.append(time.perf_counter())
    chance = chances(film, net, machine)
    clock.append(time.perf_counter())
    found = measured(film, chance)
    clock.append(time.perf_counter())
    seconds = dict(zip(("film", "outline", "measure"), np.diff(clock).tolist(), strict=True))
    return Proposal(found.vertebrae, found.mask, volume.grid, CountedFrom.ASSUMED, seconds=seconds)


def chances(film: Film, net: Outliner, machine: Machine) -> Picture:
    """Return how likely each pixel of a film belongs to a vertebral body, (side, side)."""
    picture = channels_last(torch.from_numpy(film.grey)[None, None].to(machine.device))
    with torch.inference_mode(), machine.autocast():
        logits = net(picture)
    chance: Picture = torch.sigmoid(logits[0].float()).cpu().numpy()
    return chance


def measured(film: Film, chance: Picture) -> Measured:
    """Measure the bodies that a network sees, and lead them back onto the radiograph."""
    bodies = outlines(chance, film.shown)
    levels = levels_from_below(bodies)
    bodies = bodies[len(bodies) - len(levels) :]
    mask = np.zeros(film.grid.shape, np.uint8)
    for number, body in enumerate(bodies, start=1):
        mask[0][on_radiograph(film, body.chance)] = number
    vertebrae = tuple(
        _proposed(film, body, number, level)
        for number, (body, level) in enumerate(zip(bodies, levels, strict=True), start=1)
    )
    return Measured(mask, vertebrae, tuple(ratios_of(vertebrae)))


def _proposed(film: Film, body: Outline, number: int, level: str) -> VertebraProposal:
    points = film.to_frame(body.points)
    return VertebraProposal(
        number=number,
        level=level,
        centroid_mm=points.reshape(6, 3).mean(axis=0),
        six_points_mm=points,
        confidence=body.confidence,
        is_partial=body.is_partial,
    )


def _outlined(_volume: Volume, weights: Weights, found: Found) -> Chances:
    net = weights.net("mdr2_unet", MDR2UNet)
    return Chances(chances(found.by("film", Film), net, weights.machine))


PHASES: Final = (
    Phase(
        "film",
        "the picture as the network sees it",
        lambda volume, weights, _: prepare(volume, weights.net("mdr2_unet", MDR2UNet).side),
    ),
    Phase(
        "outline",
        "where the network sees vertebral bodies",
        _outlined,
    ),
    Phase(
        "measure",
        "mask, six points and compression ratios",
        lambda _, __, found: measured(found.by("film", Film), found.by("outline", Chances).chance),
    ),
)
"""Phases that can be run alone, in order."""
