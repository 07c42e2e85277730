"""Teaches the detector: crops of straightened pictures, targets per cell, and the loss.

The loss follows Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646), eq. 3: the error of the six
points is weighted by 1/G, so that fractured bodies count more. Its normaliser is taken here as the
number of positive cells.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.learning.augment import varied
from inference.nets.detector import ANCHORS, STRIDE, Detector, Maps
from inference.phases.detect import OFFSET_MM, cell_places, normalised
from inference.phases.straighten import V_BEFORE, WIDTH

Arrays = dict[str, NDArray[np.generic]]
Floats = NDArray[np.float64]

LENGTH: Final = 320
_IGNORED_MM: Final = 12.0
_HEAT_SIGMA_MM: Final = 2.0
_ANCHOR_SIGMA_MM: Final = 4.0
_LOWEST_G: Final = 0.3
_ROOM_ABOVE_MM: Final = np.array([20.0, 12.0, 12.0])
_ROOM_BELOW_MM: Final = np.array([12.0, 12.0, 34.0])
"""What must be in view around each of `ANCHORS` to know it: the dens, the sacrum."""
_ANCHOR_WEIGHT: Final = 12.0
"""Anchors are few; each of their cells counts for as many."""


@dataclass(frozen=True)
class Targets:
    """What the detector should say about one picture; rows r, columns c of cells.

    Attributes:
        objectness: (r, c), 1 near a centre.
        counted: (r, c), 0 where a cell is ignored.
        offsets: (12, r, c) in units of `OFFSET_MM`.
        weight: (r, c), 1/G at positive cells, else 0.
        level: (r, c), place in `CLASSES`, -1 elsewhere.
        heat: (6, r, c).
        anchors: (3, r, c).
    """

    objectness: Tensor
    counted: Tensor
    offsets: Tensor
    weight: Tensor
    level: Tensor
    heat: Tensor
    anchors: Tensor


@dataclass(frozen=True)
class View:
    """A part of a straightened picture: picture (3, s, v) as shown, and its truth."""

    picture: NDArray[np.int16]
    points: Floats
    g: Floats
    level: NDArray[np.int64]
    partial: NDArray[np.bool_]
    anchors: Floats


def whole_view(example: Arrays) -> View:
    """Return an example without cutting."""
    return View(
        np.asarray(example["picture"], dtype=np.int16),
        np.asarray(example["points"], dtype=np.float64),
        np.asarray(example["g"], dtype=np.float64),
        np.asarray(example["level"], dtype=np.int64),
        np.asarray(example["partial"], dtype=bool),
        np.asarray(example["anchors"], dtype=np.float64),
    )


def random_view(example: Arrays, rng: np.random.Generator) -> View:
    """Cut `LENGTH` rows, scaled, shifted across, and maybe blanked like a tight field of view."""
    whole = whole_view(example)
    scale, shift = rng.uniform(0.87, 1.15), rng.normal(0, 1.5)
    n = whole.picture.shape[1] * scale
    slack = n - LENGTH
    start = rng.uniform(min(slack, 0) - 10, max(slack, 0) + 10)
    picture = _resliced(whole.picture, (scale, start, shift))
    points = whole.points * scale + (-start, shift)
    anchors = whole.anchors.copy()
    anchors[:, 1:] = anchors[:, 1:] * scale + (-start, shift)
    view = View(picture, points, whole.g, whole.level, whole.partial.copy(), anchors)
    return _blanked(_hidden(view, 0, LENGTH - 1), rng)


def _resliced(picture: NDArray[np.int16], how: tuple[float, float, float]) -> NDArray[np.int16]:
    scale, start, shift = how
    s = (torch.arange(LENGTH) + start) / scale
    v = (torch.arange(WIDTH) - V_BEFORE - shift) / scale + V_BEFORE
    y = (s * 2 + 1) / picture.shape[1] - 1
    x = (v * 2 + 1) / WIDTH - 1
    where = torch.stack(torch.meshgrid(y, x, indexing="ij")[::-1], dim=-1)[None]
    lifted = torch.from_numpy(picture.astype(np.float32) + 1024.0)[None]
    cut = functional.grid_sample(lifted, where.float(), padding_mode="zeros", align_corners=False)
    return np.asarray((cut[0] - 1024.0).round().to(torch.int16).numpy())


def _hidden(view: View, first: float, last: float) -> View:
    """Mark what does not lie wholly within rows `first` to `last`."""
    low, high = view.points[..., 0].min(axis=(1, 2)), view.points[..., 0].max(axis=(1, 2))
    partial = view.partial | (low < first) | (high > last)
    anchors = view.anchors.copy()
    anchors[anchors[:, 1] - _ROOM_ABOVE_MM < first, 0] = 0.0
    anchors[anchors[:, 1] + _ROOM_BELOW_MM > last, 0] = 0.0
    return View(view.picture, view.points, view.g, view.level, partial, anchors)


def _blanked(view: View, rng: np.random.Generator) -> View:
    picture = view.picture.copy()
    first, last = 0, LENGTH - 1
    if rng.random() < 0.2:
        first = int(rng.integers(10, 100))
        picture[:, :first] = -1024
    if rng.random() < 0.2:
        last = LENGTH - 1 - int(rng.integers(10, 100))
        picture[:, last + 1 :] = -1024
    anchors = view.anchors.copy()
    if rng.random() < 0.1:
        picture[2] = -1024
        anchors[ANCHORS.index("T1_rib"), 0] = 0.0
    if rng.random() < 0.15:
        picture[:, :, : int(rng.integers(1, 24))] = -1024
    if rng.random() < 0.15:
        picture[:, :, WIDTH - int(rng.integers(1, 50)) :] = -1024
    seen = View(picture, view.points, view.g, view.level, view.partial, anchors)
    return _hidden(seen, first, last)


def targets_of(view: View) -> Targets:
    """Return what a perfect detector would say about a picture."""
    rows, columns = view.picture.shape[1] // STRIDE, view.picture.shape[2] // STRIDE
    places = cell_places(rows, columns).double()
    objectness = torch.zeros(rows, columns)
    counted = torch.ones(rows, columns)
    weight = torch.zeros(rows, columns)
    level = torch.full((rows, columns), -1)
    offsets = torch.zeros(rows, columns, 12)
    for index in range(len(view.points)):
        points = torch.from_numpy(view.points[index])
        apart = torch.linalg.vector_norm(places - points.mean(dim=(0, 1)), dim=-1)
        if view.partial[index]:
            counted[apart < max(_IGNORED_MM, float(np.ptp(view.points[index, ..., 0])) / 2)] = 0.0
            continue
        shortest = float((points[:, 1, 0] - points[:, 0, 0]).min())
        near = apart < min(5.0, max(3.0, 0.38 * shortest))
        objectness[near] = 1.0
        counted[near] = 1.0
        weight[near] = 1.0 / max(float(view.g[index]), _LOWEST_G)
        level[near] = int(view.level[index])
        seen = (points[None] - places[near][:, None, None]) / OFFSET_MM
        offsets[near] = seen.reshape(-1, 12).float()
    heat = _bumps(view.points.reshape(-1, 6, 2), places, _HEAT_SIGMA_MM)
    anchors = _anchor_bumps(view.anchors, places)
    return Targets(objectness, counted, offsets.permute(2, 0, 1), weight, level, heat, anchors)


def _bumps(points: Floats, places: Tensor, sigma: float) -> Tensor:
    """Return the maximum of Gaussians around points (n, m, 2) for each of m kinds, (m, r, c)."""
    s, v = places[:, 0, 0], places[0, :, 1]
    heat = torch.zeros(points.shape[1], len(s), len(v))
    for one in torch.from_numpy(points):
        along = torch.exp(-0.5 * ((s[None] - one[:, :1]) / sigma) ** 2)
        across = torch.exp(-0.5 * ((v[None] - one[:, 1:]) / sigma) ** 2)
        heat = torch.maximum(heat, (along[:, :, None] * across[:, None, :]).float())
    return heat


def _anchor_bumps(anchors: Floats, places: Tensor) -> Tensor:
    heat = torch.zeros(len(anchors), *places.shape[:2])
    for plane, anchor in zip(heat, anchors, strict=True):
        if anchor[0] > 0:
            plane[:] = _bumps(anchor[None, None, 1:], places, _ANCHOR_SIGMA_MM)[0]
    return heat


def batch_of(examples: list[Arrays], rng: np.random.Generator) -> dict[str, Tensor]:
    """Return a batch of varied views and their targets."""
    views = [random_view(example, rng) for example in examples]
    targets = [targets_of(view) for view in views]
    batch = {
        name: torch.stack([getattr(each, name) for each in targets])
        for name in Targets.__dataclass_fields__
    }
    batch["picture"] = torch.stack([normalised(varied(view.picture, rng)) for view in views])
    return batch


def loss_of(net: Detector, batch: dict[str, Tensor]) -> Tensor:
    """Return the weighted sum of all heads' losses."""
    return loss_of_maps(net(batch["picture"]), batch)


def loss_of_maps(maps: Maps, batch: dict[str, Tensor]) -> Tensor:
    """Return the loss of maps against stacked targets."""
    counted, positive = batch["counted"], batch["objectness"] > 0
    n_positive = positive.sum().clamp(min=1)
    object_loss = _mean_bce(maps.objectness, batch["objectness"], counted)
    apart = (maps.offsets - batch["offsets"]).abs().mean(dim=1)
    offset_loss = (apart * batch["weight"]).sum() / n_positive
    level_loss = functional.cross_entropy(
        maps.classes, batch["level"], ignore_index=-1, reduction="sum"
    )
    heat_loss = _mean_bce(maps.heat, batch["heat"], counted[:, None])
    anchor_weight = 1.0 + _ANCHOR_WEIGHT * batch["anchors"]
    anchor_loss = _mean_bce(maps.anchors, batch["anchors"], anchor_weight)
    return (
        10.0 * object_loss
        + 24.0 * offset_loss
        + 0.6 * level_loss / n_positive
        + 20.0 * heat_loss
        + 30.0 * anchor_loss
    )


def _mean_bce(logits: Tensor, target: Tensor, counted: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return (each * counted).mean()
