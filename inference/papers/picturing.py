"""All bodies of a radiograph against the rest, pixel by pixel: table 1 of Kim et al. 2021.

Sensitivity, specificity, accuracy and Dice of the proposed outlines, and areas under the ROC and
the precision-recall curve of the network's chances, per picture, then mean and standard deviation
(doi:10.1007/s10278-021-00471-0). The plain U-Net that the paper compares with is trained beside the
MDR2-UNet and stands under it; it is what the outlines have to beat.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from annotation.domain.agreement.estimates import Statistic
from annotation.domain.agreement.values import mean_value
from inference import judging
from inference.judged import JudgedCase, Pixels
from inference.nets.radiograph import MDR2UNet, Outliner, PlainUNet
from inference.papers.measure import Measure, spread
from inference.papers.sheet import Compared
from inference.phases.film import places, prepare
from inference.pipelines.compression_ratio import chances, read
from inference.truths import Truth
from inference.weights import Weights

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NETS: Final[tuple[tuple[str, str, type[Outliner]], ...]] = (
    ("MDR2-UNet", "mdr2_unet", MDR2UNet),
    ("plain U-Net", "plain_unet", PlainUNet),
)


def pixels_of(truth: Bools, said: Bools, chance: Floats) -> Pixels:
    """Judge one picture.

    Args:
        truth: pixels of bodies, any shape.
        said: pixels that were outlined, same shape.
        chance: how likely each pixel belongs to a body, same shape.
    """
    right = truth == said
    n_true = int(truth.sum())
    has_both = 0 < n_true < truth.size
    return Pixels(
        sensitivity=float(right[truth].mean()) if n_true else None,
        specificity=float(right[~truth].mean()) if n_true < truth.size else None,
        accuracy=float(right.mean()),
        dice=judging.dice(truth, said),
        roc_auc=judging.roc_auc(chance.ravel(), truth.ravel()) if has_both else None,
        pr_auc=judging.average_precision(chance.ravel(), truth.ravel()),
    )


def pixels_seen(truth: Truth, weights: Weights) -> dict[str, Pixels]:
    """Judge what both networks outline on a radiograph; nothing where it has no outlines."""
    if truth.mask is None:
        return {}
    there, seen = truth.mask[0] > 0, {}
    for title, name, kind in NETS:
        net = weights.net(name, kind)
        said = read(truth.volume, net, weights.machine).mask[0] > 0
        film = prepare(truth.volume, net.side)
        at = np.moveaxis(film.to_film(places(there.shape)), -1, 0)
        chance = map_coordinates(chances(film, net, weights.machine), at, order=1)
        seen[title] = pixels_of(there, said, chance)
    return seen


def pixels_missed(truth: Truth) -> dict[str, Pixels]:
    """Judge a radiograph that could not be processed: nothing outlined by either network."""
    if truth.mask is None:
        return {}
    there = truth.mask[0] > 0
    nothing = pixels_of(there, np.zeros_like(there), np.zeros(there.shape))
    return {title: nothing for title, *_ in NETS}


def pictured(cases: Sequence[JudgedCase]) -> list[Compared]:
    """Return the rows of both networks, nothing where no case is a radiograph."""
    nets = [title for title, *_ in NETS if any(title in case.pixels for case in cases)]
    return [
        _row(cases, title, field.name, statistic)
        for title in nets
        for field in fields(Pixels)
        for statistic in (mean_value(), spread())
    ]


def _row(cases: Sequence[JudgedCase], title: str, name: str, statistic: Statistic) -> Compared:
    known = [
        (case.patient, value)
        for case in cases
        if title in case.pixels and (value := getattr(case.pixels[title], name)) is not None
    ]
    rows = np.array([value for _, value in known], dtype=np.float64).reshape(-1, 1)
    what = f"pixels, {title}: {name.replace('_', ' ')}, {statistic.name} over pictures"
    return Compared(Measure(what, statistic, rows, tuple(who for who, _ in known)))
