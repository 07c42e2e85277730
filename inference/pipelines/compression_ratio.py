"""The compression ratio in radiographs: make a film, outline the bodies, measure, count from below.

After Kim et al. 2021 (doi:10.1007/s10278-021-00471-0). Points lie in the radiograph's own frame,
millimetres of the detector or pixels; the ratios of `phases.compression` hold in both.
"""

import time

import numpy as np
import torch

from annotation.domain.frames import Frame, FramesMixed
from annotation.domain.geometry import Volume
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from inference.config import Machine
from inference.nets.blocks import channels_last
from inference.nets.radiograph import MDR2UNet, Outliner, PlainUNet
from inference.phases.film import Film, on_radiograph, prepare
from inference.phases.outline import Outline, Picture, levels_from_below, outlines
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


def read(volume: Volume, net: Outliner, machine: Machine) -> Proposal:
    """Read a radiograph with one of the networks."""
    if volume.grid.frame is Frame.PATIENT_MM:
        raise FramesMixed("a radiograph lies in the frame of its detector, not of the patient")
    clock = [time.perf_counter()]
    film = prepare(volume, net.side)
    clock.append(time.perf_counter())
    chance = chances(film, net, machine)
    clock.append(time.perf_counter())
    bodies = outlines(chance, film.shown)
    levels = levels_from_below(bodies)
    bodies = bodies[len(bodies) - len(levels) :]
    mask = np.zeros(volume.grid.shape, np.uint8)
    for number, body in enumerate(bodies, start=1):
        mask[0][on_radiograph(film, body.chance)] = number
    vertebrae = tuple(
        _proposed(film, body, number, level)
        for number, (body, level) in enumerate(zip(bodies, levels, strict=True), start=1)
    )
    clock.append(time.perf_counter())
    seconds = dict(zip(("prepare", "outline", "measure"), np.diff(clock).tolist(), strict=True))
    return Proposal(vertebrae, mask, volume.grid, CountedFrom.ASSUMED, seconds=seconds)


def chances(film: Film, net: Outliner, machine: Machine) -> Picture:
    """Return how likely each pixel of a film belongs to a vertebral body, (side, side)."""
    picture = channels_last(torch.from_numpy(film.grey)[None, None].to(machine.device))
    with torch.inference_mode(), machine.autocast():
        logits = net(picture)
    chance: Picture = torch.sigmoid(logits[0].float()).cpu().numpy()
    return chance


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
