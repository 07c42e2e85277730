"""The course of Segment and Slice: the segmenting networks as before, and slices of bodies.

The classifier learns as in Glessgen et al.: batches of 32, stochastic gradient descent with a
momentum of 0.9, a tenth of the rate after every seven epochs. They stopped after five; ten are
planned here, so that the step is reached.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from inference.learning import slicing
from inference.learning.course import Arrays, Course, Kind, Subject
from inference.learning.courses import anchor_free
from inference.learning.optimisers import in_steps, sgd
from inference.phantoms.make import PhantomOptions
from inference.phantoms.phantom import Phantom
from inference.systems.segment_and_slice import SYSTEM

EPOCHS: Final = 10
_SPACINGS: Final = ((1.0, 1.0, 1.0), (0.8, 1.0, 0.8), (0.8, 0.8, 2.5), (1.5, 1.5, 1.5))
"""Along i, j and k; the third is a sagittal reconstruction as in the paper."""


def slice_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom for the slice classifier: fine, two of three with a fracture."""
    spacing = _SPACINGS[int(rng.choice(len(_SPACINGS), p=(0.5, 0.15, 0.2, 0.15)))]
    options = PhantomOptions(spacing, "spine")
    if rng.random() < 0.67:
        options = replace(options, fracture=anchor_free.draw_fracture(rng))
    return options


def cut_slices(phantom: Phantom, rng: np.random.Generator) -> Iterator[tuple[str, Arrays]]:
    """Yield slices with their truth."""
    for arrays in slicing.slice_examples(phantom, rng):
        yield "slice", arrays


_CLASSIFIER: Final = Subject(
    kind="slices",
    part="slice",
    batch_of=slicing.batch_of,
    loss_of=slicing.loss_of,
    share=0.4,
    optimiser=sgd,
    rate=in_steps(EPOCHS, every=7, gamma=0.1),
)

COURSE: Final = Course(
    system=SYSTEM,
    kinds={
        **anchor_free.COURSE.kinds,
        "slices": Kind("slices", 3_000_000, slice_options, cut_slices),
    },
    subjects={**anchor_free.COURSE.subjects, "classifier": _CLASSIFIER},
)
