"""Teaches the Btrfly network: heat maps of both projections, and the energy-based prior.

Sekuboyina et al. 2018 (doi:10.1007/978-3-030-00937-3_74): squared error and cross-entropy of the
heat maps; where the network has a prior, its auto-encoder learns to rebuild true maps and to fail
on predicted ones up to a margin, while the network learns to make maps of low energy. Both steps
are taken at once: each term reaches the parameters of one side only.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call
from torch.nn import functional

from inference.learning.augment import varied
from inference.nets.blocks import padded
from inference.nets.btrfly import MAPS, Btrfly, Prior, Views
from inference.phases.reformat import normalised
from inference.phases.sampling import AIR_HU

Arrays = dict[str, NDArray[np.generic]]

SIGMA_CELLS: Final = 2.5
"""Standard deviation of a mark on its heat map: 5 mm."""
MARGIN: Final = 1.5
"""Energy per row above which the prior need not push predicted maps; true ones that are not rebuilt
at all have about 3 where vertebrae follow on each other."""
_NEAR: Final = 9.0
"""How much more a cell on a vertebra counts than one of the background."""
_PLAUSIBLE: Final = 0.1
_AIR: Final = int(AIR_HU)


def batch_of(net: Btrfly, examples: list[Arrays], rng: np.random.Generator) -> dict[str, Tensor]:
    """Return a batch of varied stretches of both projections, some mirrored."""
    rows = int(rng.integers(48, 225))
    cuts = [stretch(example, rows, rng) for example in examples]
    shape = [max(each["pictures"].shape[axis] for each in cuts) for axis in (1, 2)]
    pictures, targets = [], []
    for each in cuts:
        hu = np.asarray(each["pictures"], dtype=np.int16)
        views = torch.stack([normalised(varied(picture, rng)) for picture in hu])
        ends = [n - have for n, have in zip(shape, views.shape[1:], strict=True)]
        pictures.append(functional.pad(views, (0, ends[1], 0, ends[0]), value=-2.0))
        targets.append(torch.stack(heat_of(each["marks"], each["level"], shape).each()))
    picture = padded(torch.stack(pictures), (net.multiple,) * 2, -2.0)
    heat = torch.stack(targets)
    grown = [n - have for n, have in zip(picture.shape[2:], shape, strict=True)]
    heat = functional.pad(heat, (0, grown[1], 0, grown[0]))
    heat[:, :, MAPS - 1] = 1 - heat[:, :, : MAPS - 1].sum(dim=2)
    return {"picture": picture, "heat": heat}


def stretch(example: Arrays, rows: int, rng: np.random.Generator) -> Arrays:
    """Cut at most so many rows, shift the columns of each view, mirror the coronal one maybe."""
    pictures = np.asarray(example["pictures"], dtype=np.int16)
    start = int(rng.integers(0, max(pictures.shape[1] - rows, 0) + 1))
    cut = pictures[:, start : start + rows]
    marks = np.array(example["marks"], dtype=np.float64).reshape(-1, 3) - (start, 0, 0)
    if rng.random() < 0.5:
        cut = np.stack([cut[0], cut[1, :, ::-1]])
        marks[:, 2] = cut.shape[2] - 1 - marks[:, 2]
    most = 8
    moves = rng.integers(0, most + 1, size=2)
    wide = np.full((2, cut.shape[1], cut.shape[2] + most), _AIR, dtype=np.int16)
    for view, move in enumerate(moves):
        wide[view, :, move : move + cut.shape[2]] = cut[view]
    kept = (marks[:, 0] > -0.5) & (marks[:, 0] < cut.shape[1] - 0.5)
    return {
        "pictures": wide,
        "marks": (marks + np.array([0, *moves]))[kept],
        "level": np.asarray(example["level"], dtype=np.int64)[kept],
    }


def heat_of(marks: NDArray[np.generic], level: NDArray[np.generic], shape: list[int]) -> Views:
    """Return the true heat maps of marks: shares that sum to 1 over the maps of a cell.

    Args:
        marks: (n, 3) row, sagittal column, coronal column.
        level: (n,) places in `CHANNELS`.
        shape: rows and columns of the maps.
    """
    places = torch.from_numpy(np.asarray(marks, dtype=np.float32)).reshape(-1, 3)
    rows = _bells(places[:, 0], shape[0])
    views = []
    for axis in (1, 2):
        columns = _bells(places[:, axis], shape[1])
        maps = torch.zeros(MAPS, *shape)
        for place, row, column in zip(level.tolist(), rows, columns, strict=True):
            maps[place] = torch.maximum(maps[place], row[:, None] * column[None])
        maps[-1] = 1 - maps[:-1].amax(dim=0)
        views.append(maps / maps.sum(dim=0))
    return Views(*views)


def _bells(places: Tensor, n: int) -> Tensor:
    return torch.exp(-0.5 * ((torch.arange(n) - places[:, None]) / SIGMA_CELLS) ** 2)


def loss_of(net: Btrfly, batch: dict[str, Tensor]) -> Tensor:
    """Return the loss of the heat maps, with that of both sides of the prior where there is one."""
    views = net(batch["picture"])
    true = Views(batch["heat"][:, 0], batch["heat"][:, 1])
    loss = sum_of_errors(views, true)
    if net.prior is None:
        return loss
    seen = views.heat()
    return loss + _PLAUSIBLE * implausibility(net.prior, seen) + prior_loss(net.prior, seen, true)


def sum_of_errors(views: Views, true: Views) -> Tensor:
    """Return squared error plus cross-entropy, cells near a vertebra weighing ten times as much."""
    errors = []
    for logits, target in zip(views.each(), true.each(), strict=True):
        weight = 1 + _NEAR * (1 - target[:, MAPS - 1])
        squared = (logits.softmax(dim=1) - target).square().sum(dim=1)
        cross = -(logits.log_softmax(dim=1) * target).sum(dim=1)
        errors.append((weight * (squared + cross)).mean())
    return torch.stack(errors).sum()


def implausibility(prior: Prior, seen: Views) -> Tensor:
    """Return the energy of predicted maps, the network's loss; the prior stays as it is."""
    fixed = {name: value.detach() for name, value in prior.named_parameters()}
    energy: Tensor = functional_call(prior, fixed, (seen,))
    return energy.mean()


def prior_loss(prior: Prior, seen: Views, true: Views) -> Tensor:
    """Return the prior's loss: low energy of true maps, at least the margin for predicted ones."""
    shown = Views(seen.sagittal.detach(), seen.coronal.detach())
    loss: Tensor = prior(true).mean() + functional.relu(MARGIN - prior(shown)).mean()
    return loss
