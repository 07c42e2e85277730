"""Teaches where the spine is: crops of a coarse volume, cross-entropy and Dice of its heat."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.learning.augment import varied
from inference.nets.blocks import padded
from inference.nets.spine_heat import SpineHeat
from inference.phases.find_spine import normalised

Arrays = dict[str, NDArray[np.generic]]


def batch_of(net: SpineHeat, examples: list[Arrays], rng: np.random.Generator) -> dict[str, Tensor]:
    """Return a batch of varied crops of one size, some mirrored."""
    size = [int(n) for n in rng.integers((24, 28, 28), (97, 81, 81))]
    pictures, heats = [], []
    for example in examples:
        picture, heat = _crop(example, size, rng)
        if rng.random() < 0.5:
            picture, heat = picture[..., ::-1], heat[..., ::-1]
        pictures.append(normalised(varied(np.ascontiguousarray(picture), rng)))
        heats.append(torch.from_numpy(heat.astype(np.float32) / 255))
    shape = [max(each.shape[axis] for each in heats) for axis in range(3)]
    return {
        "picture": padded(_stacked(pictures, shape)[:, None], net.multiples, 0.0),
        "heat": padded(_stacked(heats, shape), net.multiples, 0.0),
    }


def _crop(
    example: Arrays, size: list[int], rng: np.random.Generator
) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Cut a crop, mostly one that holds a part of the spine."""
    picture = np.asarray(example["picture"], dtype=np.int16)
    heat = np.asarray(example["heat"], dtype=np.uint8)
    starts = [
        int(rng.integers(0, max(n - m, 0) + 1)) for n, m in zip(heat.shape, size, strict=True)
    ]
    hot = np.flatnonzero(heat > 200)
    if len(hot) and rng.random() < 0.85:
        aim = np.unravel_index(int(rng.choice(hot)), heat.shape)
        starts = [
            int(np.clip(int(at) - rng.integers(0, m), 0, max(n - m, 0)))
            for at, m, n in zip(aim, size, heat.shape, strict=True)
        ]
    box = tuple(slice(start, start + m) for start, m in zip(starts, size, strict=True))
    return picture[box], heat[box]


def _stacked(crops: list[Tensor], shape: list[int]) -> Tensor:
    grown = []
    for crop in crops:
        ends = [n - have for n, have in zip(shape, crop.shape, strict=True)]
        grown.append(functional.pad(crop, (0, ends[2], 0, ends[1], 0, ends[0])))
    return torch.stack(grown)


def loss_of(net: SpineHeat, batch: dict[str, Tensor]) -> Tensor:
    """Return binary cross-entropy plus soft Dice loss of the heat."""
    logits, heat = net(batch["picture"]), batch["heat"]
    seen = torch.sigmoid(logits)
    common, both = (seen * heat).sum(), (seen.square() + heat.square()).sum()
    return (
        functional.binary_cross_entropy_with_logits(logits, heat)
        + 1
        - (2 * common + 1) / (both + 1)
    )
