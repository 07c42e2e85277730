"""The course of the compression ratio: radiographs simulated from whole-body phantoms.

Both networks learn from the same films. Every second phantom surely has a moderate or severe
fracture. Phantoms are fine in the plane of the picture and coarse across it, where rays add up.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from annotation.domain.vertebrae import place_of
from inference.learning import outlining
from inference.learning.course import Arrays, Course, Kind, Subject
from inference.learning.courses.anchor_free import draw_fracture
from inference.phantoms.make import PhantomOptions
from inference.phantoms.phantom import Phantom
from inference.phantoms.radiograph import WINDOWS, draw_beam, taken
from inference.systems.compression_ratio import SYSTEM

_STEPS_MM: Final = (1.0, 0.7)
_ACROSS_MM: Final = 4.0
_FILMS: Final = 2
"""Radiographs of one phantom, each with a beam of its own."""


def film_options(rng: np.random.Generator) -> PhantomOptions:
    """Return options of a phantom that radiographs are taken of."""
    step = float(rng.choice(_STEPS_MM, p=(0.7, 0.3)))
    levels = WINDOWS[int(rng.integers(len(WINDOWS)))]
    fracture = draw_fracture(rng) if rng.random() < 0.5 else None
    while fracture and not place_of(levels[0]) <= place_of(fracture[0]) <= place_of(levels[1]):
        fracture = draw_fracture(rng)
    return PhantomOptions((step, step, _ACROSS_MM), "body", levels, fracture)


def cut_films(phantom: Phantom, rng: np.random.Generator) -> Iterator[tuple[str, Arrays]]:
    """Yield films of radiographs taken of a phantom, or the film of a radiograph itself."""
    if phantom.volume.grid.dims[2] == 1:
        yield "film", outlining.film_example(phantom)
        return
    for _ in range(_FILMS):
        yield "film", outlining.film_example(taken(phantom, draw_beam(rng), rng))


COURSE: Final = Course(
    system=SYSTEM,
    kinds={"film": Kind("film", 3_000_000, film_options, cut_films)},
    subjects={
        "mdr2_unet": Subject("film", "film", outlining.batch_of, outlining.loss_of, 0.75),
        "plain_unet": Subject("film", "film", outlining.batch_of, outlining.loss_of, 0.25),
    },
)
