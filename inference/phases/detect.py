"""Finds vertebrae by six points on the straightened picture."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.config import Machine
from inference.nets.blocks import channels_last, padded
from inference.nets.detector import ANCHORS, STRIDE, Detector, Maps
from inference.phases.butterfly import butterfly_iou
from inference.phases.straighten import V_BEFORE

Floats = NDArray[np.float64]

OFFSET_MM: Final = 16.0
"""Unit of the offsets."""
OBJECTNESS: Final = 0.5
_OVERLAP: Final = 0.1
_NEAR_MM: Final = 6.0
_WINDOW_CELLS: Final = 2


@dataclass(frozen=True)
class Detection:
    """A vertebra on the straightened picture.

    Attributes:
        points: (3, 2, 2): position, end, (s, v) in millimetres.
        objectness: 0-1.
        level_logits: (25,), one per `CLASSES`.
    """

    points: Floats
    objectness: float
    level_logits: Floats

    @property
    def centre(self) -> Floats:
        """Mean of the six points, (s, v)."""
        return np.asarray(self.points.mean(axis=(0, 1)))


@dataclass(frozen=True)
class Anchor:
    """The best place of one anchor of the count: its probability and (s, v)."""

    score: float
    place: Floats


@dataclass(frozen=True)
class Detections:
    """All that the detector says: vertebrae from cranial to caudal, and the anchors."""

    found: tuple[Detection, ...]
    anchors: dict[str, Anchor]


def normalised(hu: Tensor) -> Tensor:
    """Return what the detector reads of Hounsfield units."""
    return ((hu - 150.0) / 350.0).clamp(-2.0, 4.0)


def detect(picture: Tensor, net: Detector, machine: Machine) -> Detections:
    """Find vertebrae in a (3, s, 128) picture in Hounsfield units."""
    x = padded(normalised(picture)[None], (net.multiple, net.multiple), -2.0).to(machine.device)
    with torch.inference_mode(), machine.autocast():
        maps = net(channels_last(x))
    return decode(maps)


def cell_places(rows: int, columns: int) -> Tensor:
    """Return (s, v) in millimetres of the centre of each cell, (r, c, 2)."""
    s = torch.arange(rows, dtype=torch.float32) * STRIDE + (STRIDE - 1) / 2
    v = torch.arange(columns, dtype=torch.float32) * STRIDE + (STRIDE - 1) / 2 - V_BEFORE
    return torch.stack(torch.meshgrid(s, v, indexing="ij"), dim=-1)


def decode(maps: Maps) -> Detections:
    """Turn the maps of one picture (batch of one) into vertebrae and anchors."""
    objectness = torch.sigmoid(maps.objectness[0]).cpu()
    places = cell_places(*objectness.shape)
    offsets = maps.offsets[0].cpu().permute(1, 2, 0).reshape(*objectness.shape, 3, 2, 2)
    points = places[:, :, None, None] + offsets * OFFSET_MM
    classes = maps.classes[0].cpu().permute(1, 2, 0)
    heat = torch.sigmoid(maps.heat[0]).cpu().double().numpy()
    candidates = [
        _candidate(row, column, (objectness, points, classes), heat)
        for row, column in _peaks(objectness)
    ]
    whole = [one for one in candidates if _is_upright(one.points)]
    return Detections(_suppressed(whole), _anchors(torch.sigmoid(maps.anchors[0]).cpu(), places))


def _peaks(objectness: Tensor) -> list[tuple[int, int]]:
    around = torch.nn.functional.max_pool2d(objectness[None], 3, 1, 1)[0]
    rows, columns = torch.nonzero((objectness >= around) & (objectness > OBJECTNESS), as_tuple=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True)]


def _candidate(
    row: int, column: int, maps: tuple[Tensor, Tensor, Tensor], heat: Floats
) -> Detection:
    objectness, points, classes = maps
    near = (slice(max(row - 1, 0), row + 2), slice(max(column - 1, 0), column + 2))
    weight = objectness[near].flatten()
    weight = weight / weight.sum()
    voted = torch.einsum("n,npef->pef", weight, points[near].reshape(-1, 3, 2, 2))
    logits = torch.einsum("n,nc->c", weight, classes[near].reshape(-1, classes.shape[2]))
    snapped = snap(voted.double().numpy(), heat)
    return Detection(snapped, float(objectness[row, column]), logits.double().numpy())


def snap(points: Floats, heat: Floats) -> Floats:
    """Move each point to the weighted centre of its heat map within two cells.

    Args:
        points: (3, 2, 2) in millimetres (s, v).
        heat: (6, r, c) probabilities.
    """
    moved = points.copy()
    for index in range(6):
        place = (index // 2, index % 2)
        cell = (points[place] + (0.0, V_BEFORE) - (STRIDE - 1) / 2) / STRIDE
        row, column = (round(float(value)) for value in cell)
        low_row, low_column = max(row - _WINDOW_CELLS, 0), max(column - _WINDOW_CELLS, 0)
        if row < 0 or column < 0:
            continue
        window = heat[
            index,
            low_row : row + _WINDOW_CELLS + 1,
            low_column : column + _WINDOW_CELLS + 1,
        ]
        if window.size == 0 or window.max() < 0.1:
            continue
        weight = window**1.5 / (window**1.5).sum()
        rows = (weight.sum(axis=1) * np.arange(window.shape[0])).sum() + low_row
        columns = (weight.sum(axis=0) * np.arange(window.shape[1])).sum() + low_column
        centre = np.array([rows, columns]) * STRIDE + (STRIDE - 1) / 2
        moved[place] = centre - (0.0, V_BEFORE)
    return moved


def _is_upright(points: Floats) -> bool:
    """Tell whether superior lies above inferior and anterior before posterior."""
    heights = points[:, 1, 0] - points[:, 0, 0]
    depths = np.diff(points[:, :, 1], axis=0)
    return bool(heights.min() > 2.0 and depths.min() > 0.0)


def _suppressed(candidates: list[Detection]) -> tuple[Detection, ...]:
    kept: list[Detection] = []
    for one in sorted(candidates, key=lambda each: -each.objectness):
        if not any(_is_same(one, other) for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda each: float(each.centre[0])))


def _is_same(one: Detection, other: Detection) -> bool:
    apart = float(np.linalg.norm(one.centre - other.centre))
    return apart < _NEAR_MM or butterfly_iou(one.points, other.points) > _OVERLAP


def _anchors(score: Tensor, places: Tensor) -> dict[str, Anchor]:
    found: dict[str, Anchor] = {}
    for name, plane in zip(ANCHORS, score, strict=True):
        best = int(plane.argmax())
        place = places.reshape(-1, 2)[best].double().numpy()
        found[name] = Anchor(float(plane.flatten()[best]), place)
    return found
