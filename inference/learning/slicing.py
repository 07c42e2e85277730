"""Teaches the slice classifier: slices of known bodies, varied as in Glessgen et al.

A slice is positive where its own three heights give G <= 0.80, whatever the vertebra as a whole is
called: beside the middle, a fractured body can look whole, and the other way round.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from annotation.domain.genant import CONVENTIONS, DEFAULT_CONVENTION, height_ratio
from annotation.domain.geometry import Grid
from annotation.domain.vertebrae import is_graded, label_of
from inference.learning.augment import varied
from inference.nets.slice_classifier import SliceClassifier
from inference.phantoms.phantom import Phantom, PhantomVertebra
from inference.phases.bodies import find_bodies
from inference.phases.slices import Slices, cut_slices, pictures

Arrays = dict[str, NDArray[np.generic]]

TURN: Final = np.pi / 12
"""Largest rotation, radians."""
ZOOM: Final = (0.9, 1.1)
SURE_MM: Final = 6.0
"""Six points of a finished case speak for slices so near to their plane, and for no others."""
MOST: Final = {True: 8, False: 12}
"""Positive and negative slices that are kept of one phantom, so that no folder overflows."""


def slice_examples(phantom: Phantom, rng: np.random.Generator) -> Iterator[Arrays]:
    """Yield slices of a phantom, or of a case in its form, cut as the pipeline cuts them.

    Yields:
        hu: int16 (256, 256); inside: packed bits of the body; fractured: float32, 0 or 1.
    """
    found = find_bodies(phantom.mask, phantom.volume)
    truths = {label_of(one.level): one for one in phantom.vertebrae if _is_sure(one)}
    left = dict(MOST)
    for place in rng.permutation(len(found.bones)):
        bone = found.bones[place]
        if bone.source not in truths or bone.is_cut:
            continue
        slices = cut_slices(phantom.volume, found.bodies, int(place) + 1)
        for index in rng.permutation(len(slices.k)):
            ratio = ratio_on(truths[bone.source], float(slices.k[index]), phantom.volume.grid)
            if ratio is None or left[_is_fractured(ratio)] == 0:
                continue
            left[_is_fractured(ratio)] -= 1
            yield _example(slices, int(index), is_fractured=_is_fractured(ratio))


def ratio_on(vertebra: PhantomVertebra, k: float, grid: Grid) -> float | None:
    """Return G of the three heights of a body on one sagittal slice, None where it is not known.

    Args:
        vertebra: its truth. A phantom's is exact on every slice; that of a finished case holds
            near the plane of its six points.
        k: index of the slice, fractional.
        grid: of the volume.
    """
    heights = vertebra.heights_at(k)
    if heights is not None:
        return height_ratio(heights)
    if vertebra.section is not None:
        return None
    plane = float(grid.to_ijk(vertebra.six_points_mm)[..., 2].mean())
    is_near = abs(k - plane) * grid.spacing_mm[2] <= SURE_MM
    return float(vertebra.g) if is_near else None


def batch_of(
    _net: SliceClassifier, examples: list[Arrays], rng: np.random.Generator
) -> dict[str, Tensor]:
    """Return a batch of varied pictures: grey values, then turned, mirrored and zoomed."""
    hu = torch.stack([varied(np.asarray(one["hu"], dtype=np.int16), rng) for one in examples])
    inside = torch.stack([_unpacked(one) for one in examples])
    normal = pictures(Slices(hu, inside, np.zeros(len(examples))))
    target = torch.tensor([float(np.asarray(one["fractured"])) for one in examples])
    return {"picture": moved(normal, rng), "target": target}


def moved(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Return pictures (b, 1, h, w) turned within 15 degrees, half of them mirrored, and zoomed."""
    turns = torch.empty(len(x), 2, 3)
    for row in turns:
        angle, zoom = rng.uniform(-TURN, TURN), rng.uniform(*ZOOM)
        mirror = -1.0 if rng.random() < 0.5 else 1.0
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / zoom
        row[:, :2] = torch.from_numpy(turn * [mirror, 1.0])
        row[:, 2] = 0
    grid = functional.affine_grid(turns, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, mode="bilinear", align_corners=False)


def loss_of(net: SliceClassifier, batch: dict[str, Tensor]) -> Tensor:
    """Return the binary cross-entropy."""
    return functional.binary_cross_entropy_with_logits(net(batch["picture"]), batch["target"])


def _is_sure(vertebra: PhantomVertebra) -> bool:
    return is_graded(vertebra.level) and not vertebra.is_partial


def _is_fractured(ratio: float) -> bool:
    return CONVENTIONS[DEFAULT_CONVENTION].grade(ratio) > 0


def _example(slices: Slices, index: int, *, is_fractured: bool) -> Arrays:
    return {
        "hu": slices.hu[index].round().clamp(-1024, 3071).to(torch.int16).numpy(),
        "inside": np.packbits(slices.inside[index].numpy()),
        "fractured": np.array(is_fractured, dtype=np.float32),
    }


def _unpacked(example: Arrays) -> Tensor:
    shape = np.asarray(example["hu"]).shape
    bits = np.unpackbits(np.asarray(example["inside"], dtype=np.uint8), count=shape[0] * shape[1])
    return torch.from_numpy(bits.reshape(shape).astype(bool))
