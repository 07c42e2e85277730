"""The course of the VerSe framework: bodies for heat and projections, fine spines for patches.

Unusual counts are shown more often than they are met, or the Btrfly network would never name them.
A third of the fine phantoms hold metal or cement, and vertebrae that do are cut first, since their
targets leave it out.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from annotation.domain.vertebrae import label_of
from inference.learning import labelling, segmenting, spine_heating
from inference.learning.course import Arrays, Batch, Course, Kind, Subject
from inference.learning.courses.anchor_free import fine_options
from inference.learning.examples import patch_example
from inference.learning.specimen import from_phantom
from inference.learning.verse_examples import heat_example, pair_example
from inference.nets.btrfly import CHANNELS
from inference.nets.segmenter import Segmenter
from inference.phantoms.features import Features
from inference.phantoms.make import PhantomOptions
from inference.phantoms.phantom import Phantom
from inference.systems.verse_framework import SYSTEM

_PAIRS: Final = 2
_PATCHES: Final = 5
_VARIANTS: Final = (("T13",), ("L6",), ("no T12",), ("no L5",))
_VARIANT_CHANCE: Final = 0.2
_FOREIGN_CHANCE: Final = 0.3
_HOLDERS: Final = ("T8", "T9", "T10", "T11", "L1", "L2", "L3", "L4")
"""Levels that are asked to hold metal or cement; every person has them."""


def wide_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom for heat and projections: mostly whole bodies."""
    step = float(rng.choice([1.5, 2.0, 2.0, 3.0]))
    spacing = (step, float(rng.choice([1.5, 2.0, 3.0])), step)
    field = "body" if rng.random() < 0.7 else "spine"
    features = Features()
    if rng.random() < _VARIANT_CHANCE:
        features = Features(variants=_VARIANTS[int(rng.integers(len(_VARIANTS)))])
    return PhantomOptions(spacing, field, features=features, rich=True)


def patch_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom for patches: a fine spine, in part with foreign material."""
    options = replace(fine_options(rng), rich=True)
    if rng.random() >= _FOREIGN_CHANCE:
        return options
    first = int(rng.integers(len(_HOLDERS) - 1))
    if rng.random() < 0.5:
        features = Features(screws=_HOLDERS[first : first + 2])
    else:
        features = Features(cement=_HOLDERS[first : first + 1])
    return replace(options, features=features)


def cut_wide(phantom: Phantom, rng: np.random.Generator) -> Iterator[tuple[str, Arrays]]:
    """Yield the spine's heat and pairs of projections."""
    specimen = from_phantom(phantom, CHANNELS)
    heat = heat_example(specimen)
    if heat["heat"].size:
        yield "heat", heat
    for _ in range(_PAIRS):
        pair = pair_example(specimen, rng)
        if pair is not None:
            yield "pair", pair


def cut_fine(phantom: Phantom, rng: np.random.Generator) -> Iterator[tuple[str, Arrays]]:
    """Yield patches: vertebrae with foreign material first, then those with a low height ratio."""
    specimen = from_phantom(phantom, CHANNELS)
    foreign = {label_of(one.level) for one in phantom.vertebrae if one.has_foreign}
    bodies = sorted(
        specimen.bodies, key=lambda body: (body.label not in foreign, body.g + rng.uniform(0, 0.5))
    )
    for body in bodies[:_PATCHES]:
        yield "patch", patch_example(specimen, body, rng)


def _patch_batch(_net: Segmenter, examples: list[Arrays], rng: np.random.Generator) -> Batch:
    return segmenting.batch_of(examples, rng)


COURSE: Final = Course(
    system=SYSTEM,
    kinds={
        "wide": Kind("wide", 3_000_000, wide_options, cut_wide),
        "fine": Kind("fine", 4_000_000, patch_options, cut_fine),
    },
    subjects={
        "spine": Subject("wide", "heat", spine_heating.batch_of, spine_heating.loss_of, 0.2),
        "btrfly": Subject("wide", "pair", labelling.batch_of, labelling.loss_of, 0.5),
        "segmenter": Subject("fine", "patch", _patch_batch, segmenting.loss_of, 0.3),
    },
)
