"""Teaches the segmenter: one vertebra per patch, Dice and cross-entropy."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.learning.augment import varied
from inference.learning.examples import unpacked
from inference.nets.segmenter import PATCH, Segmenter
from inference.phases.segment import beacon, normalised, patch_axes

Arrays = dict[str, NDArray[np.generic]]


def usual_beacon() -> Tensor:
    """Return the beacon of a patch; a patch always lies the same way around its body."""
    origin = np.zeros(3)
    return beacon(patch_axes(origin, PATCH), origin)


def batch_of(examples: list[Arrays], rng: np.random.Generator) -> dict[str, Tensor]:
    """Return a batch of varied patches, some mirrored, some cut by a border of the volume."""
    pictures, targets = [], []
    for example in examples:
        picture = np.asarray(example["picture"], dtype=np.int16)
        target = unpacked(np.asarray(example["target"], dtype=np.uint8))
        if rng.random() < 0.5:
            picture, target = picture[..., ::-1].copy(), target[..., ::-1].copy()
        x = normalised(varied(picture, rng))
        if rng.random() < 0.15:
            _cut(x, target, rng)
        pictures.append(torch.stack([x, usual_beacon()]))
        targets.append(torch.from_numpy(target.astype(np.float32)))
    return {"picture": torch.stack(pictures), "target": torch.stack(targets)}


def _cut(x: Tensor, target: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Blank a slab at one side in place, as where a volume ends."""
    axis = int(rng.integers(3))
    width = int(rng.integers(2, 28))
    side = slice(0, width) if rng.random() < 0.5 else slice(PATCH[axis] - width, None)
    box = tuple(side if place == axis else slice(None) for place in range(3))
    x[box] = -2.0
    target[box] = False


def loss_of(net: Segmenter, batch: dict[str, Tensor]) -> Tensor:
    """Return soft Dice loss plus binary cross-entropy."""
    logits, target = net(batch["picture"]), batch["target"]
    chance = torch.sigmoid(logits)
    common = (chance * target).sum(dim=(1, 2, 3))
    both = chance.sum(dim=(1, 2, 3)) + target.sum(dim=(1, 2, 3))
    dice = 1 - (2 * common + 1) / (both + 1)
    return dice.mean() + functional.binary_cross_entropy_with_logits(logits, target)
