"""What a course is: from which phantoms examples are cut, and how each network learns from them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from inference.learning.measuring import Measure, measured
from inference.learning.optimisers import NewOptimiser, Rate, adamw, one_cycle
from inference.phantoms.make import PhantomOptions
from inference.phantoms.phantom import Phantom
from inference.systems.system import System

Arrays = dict[str, NDArray[np.generic]]
Batch = dict[str, Tensor]


@dataclass(frozen=True)
class Kind:
    """One kind of phantom, and what is cut from it; also cut from finished cases.

    Attributes:
        name: as `Preset.phantoms` counts it.
        first_seed: of a training from phantoms; below the held-out seeds.
        options: what a phantom of this kind shows. A function of a module, since worker processes
            call it; so is `cut`.
        cut: yields (part, arrays) of the examples of one phantom, or of a case in the same form.
    """

    name: str
    first_seed: int
    options: Callable[[np.random.Generator], PhantomOptions]
    cut: Callable[[Phantom, np.random.Generator], Iterable[tuple[str, Arrays]]]


@dataclass(frozen=True)
class Subject:
    """How one network learns.

    Attributes:
        kind: name of the kind of phantom its examples come from.
        part: which of the examples that are cut from it.
        batch_of: turns examples into tensors; "picture" is the network's input. Takes the network,
            the examples and a random generator.
        loss_of: loss of the network on a batch.
        share: of the time that is given to all networks.
        optimiser: makes the optimiser of parameters and a learning rate.
        rate: factor of the learning rate at a share, 0-1, of the training.
    """

    kind: str
    part: str
    batch_of: Callable[[Any, list[Arrays], np.random.Generator], Batch]
    loss_of: Callable[[Any, Batch], Tensor]
    share: float
    optimiser: NewOptimiser = adamw
    rate: Rate = one_cycle


@dataclass(frozen=True)
class Course:
    """How all networks of a system learn.

    Attributes:
        system: whose networks.
        kinds: of phantom, by name.
        subjects: by network.
        measure: takes weights, seeds of held-out phantoms and a hearer of progress; returns figures
            by name. What stands here by default judges vertebrae one by one.
    """

    system: System
    kinds: Mapping[str, Kind]
    subjects: Mapping[str, Subject]
    measure: Measure = measured
