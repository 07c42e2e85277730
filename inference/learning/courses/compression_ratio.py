"""The course of the compression ratio: radiographs simulated from whole-body phantoms.

Both networks learn from the same films.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from inference.learning import outlining
from inference.learning.course import Arrays, Course, Kind, Subject
from inference.phantoms.phantom import Phantom
from inference.phantoms.radiograph import draw_beam, film_options, taken
from inference.systems.compression_ratio import SYSTEM

_FILMS: Final = 2
"""Radiographs of one phantom, each with a beam of its own."""


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
