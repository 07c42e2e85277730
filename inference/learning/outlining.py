"""Teaches the networks of radiographs: varied films of simulated ones, and the Dice loss."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from torch import Tensor

from annotation.domain.geometry import Volume
from inference.nets.radiograph import Outliner
from inference.phantoms.phantom import Phantom
from inference.phases.equalise import equalised
from inference.phases.film import places, stretched

Arrays = dict[str, NDArray[np.generic]]
Floats = NDArray[np.float64]

_MIRRORED: Final = 0.15
"""Some pictures show the front at the right, where their file does not say it."""


def film_example(radiograph: Phantom) -> Arrays:
    """Return what the networks learn from.

    Returns:
        picture: uint8 (nj, ni), equalised; target: bool (nj, ni), vertebral bodies; spacing:
        float64 (2,), of rows and columns.
    """
    volume: Volume = radiograph.volume
    grey = equalised(stretched(volume.hu[0]))
    return {
        "picture": np.rint(grey * 255).astype(np.uint8),
        "target": radiograph.body_mask[0] > 0,
        "spacing": np.array(volume.grid.spacing_mm)[[1, 0]],
    }


def batch_of(net: Outliner, examples: list[Arrays], rng: np.random.Generator) -> dict[str, Tensor]:
    """Return varied films (b, 1, side, side) and their targets (b, side, side)."""
    films = [_varied_film(example, net.side, rng) for example in examples]
    return {
        "picture": torch.from_numpy(np.stack([grey for grey, _ in films]))[:, None],
        "target": torch.from_numpy(np.stack([target for _, target in films])),
    }


def loss_of(net: Outliner, batch: dict[str, Tensor]) -> Tensor:
    """Return the Dice loss of each film, 1 - 2TP / (2TP + FP + FN), and its mean."""
    chance, target = torch.sigmoid(net(batch["picture"])), batch["target"]
    common = (chance * target).sum(dim=(1, 2))
    both = chance.sum(dim=(1, 2)) + target.sum(dim=(1, 2))
    return (1 - (2 * common + 1) / (both + 1)).mean()


def _varied_film(
    example: Arrays, side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    picture = np.asarray(example["picture"], dtype=np.float32) / 255
    at = np.moveaxis(
        _turned(picture.shape, np.asarray(example["spacing"], float), side, rng), -1, 0
    )
    blur = float(rng.uniform(0.3, 1.6))
    grey = map_coordinates(gaussian_filter(picture, blur, truncate=2.0), at, order=1, cval=-1.0)
    target = map_coordinates(np.asarray(example["target"], np.float32), at, order=1) >= 0.5
    beside = grey < 0
    grey = np.clip(grey, 0, 1) ** float(rng.uniform(0.7, 1.45))
    grey += np.float32(rng.uniform(0, 0.06)) * rng.standard_normal(grey.shape, dtype=np.float32)
    grey = np.where(beside, 0, np.clip(grey, 0, 1)).astype(np.float32)
    return grey, target.astype(np.float32)


def _turned(shape: tuple[int, ...], spacing: Floats, side: int, rng: np.random.Generator) -> Floats:
    """Return where on the picture the pixels of a film lie that is turned, scaled and shifted."""
    size = float((np.array(shape) * spacing).max()) / side
    angle, scale = np.deg2rad(rng.normal(0, 7)), float(rng.uniform(0.8, 1.35))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if rng.random() < _MIRRORED:
        turn = turn @ np.diag([1.0, -1.0])
    shift = rng.normal(0, 0.06, 2) * side
    from_middle = (places((side, side)) - (side - 1) / 2 + shift) @ turn.T / scale
    return np.asarray(from_middle * size / spacing + (np.array(shape) - 1) / 2)
