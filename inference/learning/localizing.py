"""Teaches the localizer: crops of any shape, position by soft-argmax, limits slice by slice."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.learning.augment import varied
from inference.nets.blocks import padded
from inference.nets.localizer import CELL_MM, STEP_MM, Localizer, soft_argmax
from inference.phases.localize import normalised

Arrays = dict[str, NDArray[np.generic]]

_SHARPNESS_CELLS: Final = 1.2


def crop(example: Arrays, size: tuple[int, int, int], rng: np.random.Generator) -> Arrays:
    """Cut a crop of at most `size` voxels, mostly where the spine is, maybe mirrored and scaled."""
    picture, inside = example["picture"], example["inside"]
    path = np.array(example["path"], dtype=np.float64)
    start_j, length = _stretch(inside, size[0], rng)
    middle = start_j + length // 2
    starts = [start_j]
    for axis in (1, 2):
        place = float(path[middle, axis - 1]) / STEP_MM[axis]
        wander = size[axis] * (0.38 if rng.random() < 0.9 else 1.5)
        ideal = place - size[axis] / 2 + rng.uniform(-wander, wander)
        starts.append(int(np.clip(ideal, 0, max(picture.shape[axis] - size[axis], 0))))
    box = tuple(
        slice(start, start + n) for start, n in zip(starts, (length, *size[1:]), strict=True)
    )
    cut = np.asarray(picture[box], dtype=np.int16)
    rows = slice(start_j, start_j + length)
    shifted = path[rows] - np.array(starts[1:]) * np.array(STEP_MM[1:])
    if rng.random() < 0.5:
        cut = cut[:, :, ::-1]
        shifted[:, 1] = (cut.shape[2] - 1) * STEP_MM[2] - shifted[:, 1]
    return {"picture": cut, "path": shifted, "inside": inside[rows]}


def _stretch(inside: NDArray[np.generic], wanted: int, rng: np.random.Generator) -> tuple[int, int]:
    """Return start and length of the slices to cut: often across an end of the spine."""
    n = len(inside)
    length = min(wanted, n)
    if n == length:
        return 0, length
    ends = np.flatnonzero(np.diff(np.asarray(inside, dtype=int)))
    if len(ends) and rng.random() < 0.5:
        aim = int(rng.choice(ends)) - length // 2 + int(rng.integers(-length // 3, length // 3 + 1))
        return int(np.clip(aim, 0, n - length)), length
    return int(rng.integers(0, n - length + 1)), length


def batch_of(
    examples: list[Arrays], multiples: tuple[int, ...], rng: np.random.Generator
) -> dict[str, Tensor]:
    """Return a batch of varied crops, padded to one shape."""
    size = (int(rng.integers(40, 73)), int(rng.integers(40, 129)), int(rng.integers(36, 129)))
    crops = [_scaled(crop(example, size, rng), rng) for example in examples]
    shape = tuple(max(each["picture"].shape[axis] for each in crops) for axis in range(3))
    pictures, paths, insides = [], [], []
    for each in crops:
        x = normalised(varied(np.ascontiguousarray(each["picture"], dtype=np.int16), rng))
        grow = [n - have for n, have in zip(shape, x.shape, strict=True)]
        pictures.append(functional.pad(x, (0, grow[2], 0, grow[1], 0, grow[0])))
        seen = _in_view(each)
        paths.append(np.pad(np.asarray(each["path"]), ((0, grow[0]), (0, 0))))
        insides.append(np.pad(np.asarray(each["inside"]) * seen, (0, grow[0])))
    return {
        "picture": padded(torch.stack(pictures)[:, None], multiples, 0.0),
        "path": torch.from_numpy(np.stack(paths)).float(),
        "inside": torch.from_numpy(np.stack(insides)).float(),
    }


def _scaled(each: Arrays, rng: np.random.Generator) -> Arrays:
    """Stretch a crop in its axial plane; the spine's axis follows."""
    if rng.random() < 0.5:
        return each
    factor = rng.uniform(0.85, 1.2, size=2)
    cut = torch.from_numpy(np.ascontiguousarray(each["picture"], dtype=np.float32))
    size = [max(8, round(n * by)) for n, by in zip(cut.shape[1:], factor, strict=True)]
    grown = functional.interpolate(cut[None], size=size, mode="bilinear", align_corners=False)[0]
    exact = np.array([new / old for new, old in zip(size, cut.shape[1:], strict=True)])
    half = np.array(STEP_MM[1:]) / 2
    path = (np.asarray(each["path"], dtype=np.float64) + half) * exact - half
    return {
        "picture": grown.round().to(torch.int16).numpy(),
        "path": path,
        "inside": each["inside"],
    }


def _in_view(each: Arrays) -> NDArray[np.bool_]:
    limits = (np.array(each["picture"].shape[1:]) - 1) * np.array(STEP_MM[1:])
    path = np.asarray(each["path"], dtype=np.float64)
    return np.asarray(((path >= 0) & (path <= limits)).all(axis=1))


def loss_of(net: Localizer, batch: dict[str, Tensor]) -> Tensor:
    """Return MAE / 10 mm within the limits, twice BCE of the limits and 0.3 CE of the position."""
    position, limits = net(batch["picture"])
    inside = batch["inside"]
    n_slices = inside.shape[1]
    position, limits = position[:, :n_slices], limits[:, :n_slices]
    outside_too = functional.binary_cross_entropy_with_logits(limits, inside)
    cells = batch["path"] / CELL_MM
    apart = (soft_argmax(position) - cells).abs().sum(dim=2) * CELL_MM
    n_inside = inside.sum().clamp(min=1.0)
    error = (apart * inside).sum() / n_inside
    blurred = _blurred(cells, position.shape)
    log_chance = functional.log_softmax(position.flatten(2), dim=2).view_as(position)
    cross = -((blurred * log_chance).sum(dim=(2, 3)) * inside).sum() / n_inside
    return error / 10.0 + 2.0 * outside_too + 0.3 * cross


def _blurred(cells: Tensor, shape: torch.Size) -> Tensor:
    """Return a normalised Gaussian around each true cell, (b, j, i, k)."""
    sides = []
    for axis, n in enumerate(shape[2:]):
        steps = torch.arange(n, device=cells.device)
        apart = steps - cells[..., axis : axis + 1]
        sides.append(torch.exp(-0.5 * (apart / _SHARPNESS_CELLS) ** 2))
    blurred = sides[0][..., :, None] * sides[1][..., None, :]
    return blurred / blurred.sum(dim=(2, 3), keepdim=True).clamp(min=1e-6)
