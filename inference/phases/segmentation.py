"""What any segmentation stage hands on: a mask of vertebrae, and what else it knows of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotation.domain.geometry import Volume
from annotation.domain.proposal import StraightenedPicture
from inference.phases.count import Looks

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Segmented:
    """A segmented volume.

    Attributes:
        mask: uint8 (k, j, i), one number per vertebra, in any order.
        looks: what the levels can be told from.
        points: by number, six points (3, 2, 3) in grid millimetres, where the stage places any.
        confidence: by number, 0-1, where the stage says one.
        straightened: picture for the reading screen, if the stage makes one.
        seconds: time spent per step.
    """

    mask: NDArray[np.uint8]
    looks: Looks
    points: Mapping[int, Floats] = field(default_factory=dict)
    confidence: Mapping[int, float] = field(default_factory=dict)
    straightened: StraightenedPicture | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


Segmentation = Callable[[Volume], Segmented]
"""A segmentation stage that is ready to run."""
