"""The course of the anchor-free system: coarse bodies for the localizer, fine spines for the rest.

Bodies with a low height ratio are cut first, and over a quarter of the fine phantoms surely have a
fracture, since the detector learns the shapes of fractures late.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from inference.learning import detecting, localizing, segmenting
from inference.learning.course import Arrays, Batch, Course, Kind, Subject
from inference.learning.examples import patch_example, picture_example, wide_example
from inference.learning.specimen import from_phantom
from inference.nets.detector import Detector
from inference.nets.localizer import Localizer
from inference.nets.segmenter import Segmenter
from inference.phantoms.make import PhantomOptions
from inference.phantoms.phantom import Phantom
from inference.systems.anchor_free import SYSTEM

_PICTURES: Final = 3
_PATCHES: Final = 4
_WINDOWS: Final = (("C2", "T4"), ("C3", "L3"), ("T1", "L2"), ("T6", "L4"), ("T10", "L5"))
_SPACINGS: Final = (
    (1.0, 1.0, 1.0),
    (0.8, 1.0, 0.8),
    (1.0, 2.0, 1.0),
    (1.5, 1.5, 1.5),
    (3.0, 3.0, 3.0),
)
_SPACING_CHANCES: Final = (0.5, 0.15, 0.1, 0.1, 0.15)


def wide_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom for the localizer: mostly whole bodies, coarse."""
    step = float(rng.choice([2.0, 2.0, 2.0, 3.0]))
    spacing = (step, float(rng.choice([2.0, 3.0, 4.0])), step)
    return PhantomOptions(spacing, "body" if rng.random() < 0.8 else "spine")


def fine_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom for the detector and the segmenter: the spine, mostly at 1 mm."""
    choice = int(rng.choice(len(_SPACINGS), p=_SPACING_CHANCES))
    options = PhantomOptions(_SPACINGS[choice], "spine")
    if rng.random() < 0.3:
        options = replace(options, levels=_WINDOWS[int(rng.integers(len(_WINDOWS)))])
    elif rng.random() < 0.4:
        options = replace(options, fracture=draw_fracture(rng))
    return options


def draw_fracture(rng: np.random.Generator) -> tuple[str, str, float]:
    """Draw a level, shape and height ratio of a moderate or severe fracture."""
    level = f"T{rng.integers(4, 13)}" if rng.random() < 0.6 else f"L{rng.integers(1, 5)}"
    if level == "T12":
        level = "T11"
    shape = str(rng.choice(["wedge", "biconcave", "crush"], p=[0.45, 0.35, 0.2]))
    return level, shape, float(rng.uniform(0.4, 0.76))


def cut_wide(phantom: Phantom, _rng: np.random.Generator) -> Iterator[tuple[str, Arrays]]:
    """Yield what the localizer learns from."""
    yield "wide", wide_example(from_phantom(phantom))


def cut_fine(phantom: Phantom, rng: np.random.Generator) -> Iterator[tuple[str, Arrays]]:
    """Yield straightened pictures and patches, fractured bodies first."""
    specimen = from_phantom(phantom)
    for _ in range(_PICTURES):
        picture = picture_example(specimen, rng)
        if picture is not None:
            yield "picture", picture
    bodies = sorted(specimen.bodies, key=lambda body: body.g + rng.uniform(0, 0.3))
    for body in bodies[:_PATCHES]:
        yield "patch", patch_example(specimen, body, rng)


def _wide_batch(net: Localizer, examples: list[Arrays], rng: np.random.Generator) -> Batch:
    return localizing.batch_of(examples, net.multiples, rng)


def _picture_batch(_net: Detector, examples: list[Arrays], rng: np.random.Generator) -> Batch:
    return detecting.batch_of(examples, rng)


def _patch_batch(_net: Segmenter, examples: list[Arrays], rng: np.random.Generator) -> Batch:
    return segmenting.batch_of(examples, rng)


COURSE: Final = Course(
    system=SYSTEM,
    kinds={
        "wide": Kind("wide", 1_000_000, wide_options, cut_wide),
        "fine": Kind("fine", 2_000_000, fine_options, cut_fine),
    },
    subjects={
        "localizer": Subject("wide", "wide", _wide_batch, localizing.loss_of, 0.35),
        "detector": Subject("fine", "picture", _picture_batch, detecting.loss_of, 0.4),
        "segmenter": Subject("fine", "patch", _patch_batch, segmenting.loss_of, 0.25),
    },
)
