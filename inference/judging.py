"""What is measured on proposals, and how; pure arithmetic on arrays.

Detection by centres within 20 mm and identification after the VerSe challenge (Sekuboyina et al.
2021, doi:10.1016/j.media.2021.102166); detection by overlap of hexagons, errors of the localizer
and severity by the height ratio after Zakharov et al. 2023 (doi:10.1016/j.media.2022.102646).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, find_objects
from scipy.stats import rankdata

from inference.phases.butterfly import butterfly_iou

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Labels = NDArray[np.integer]

VERSE_MM: Final = 20.0
MISSED: Final = -np.inf
"""Severity score of a vertebra that was not found: below every found one."""


@dataclass(frozen=True)
class Matching:
    """Which found thing is which true one.

    Attributes:
        pairs: (index of the true, index of the found), each at most once.
        missed: indices of true ones without a pair.
        false: indices of found ones without a pair.
    """

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    false: tuple[int, ...]

    @property
    def precision(self) -> float | None:
        """Share of found ones that are true; None where nothing was found."""
        n = len(self.pairs) + len(self.false)
        return len(self.pairs) / n if n else None

    @property
    def recall(self) -> float | None:
        """Share of true ones that were found; None where there is nothing to find."""
        n = len(self.pairs) + len(self.missed)
        return len(self.pairs) / n if n else None


def match_centres(truth_mm: Floats, found_mm: Floats, within_mm: float = VERSE_MM) -> Matching:
    """Pair centres one to one, nearest pairs first, at most `within_mm` apart (inclusive)."""
    truth = np.asarray(truth_mm, dtype=np.float64).reshape(-1, 3)
    found = np.asarray(found_mm, dtype=np.float64).reshape(-1, 3)
    apart = np.linalg.norm(truth[:, None] - found[None], axis=-1)
    return _match(-apart, lambda score: score >= -within_mm)


def match_overlaps(overlap: Floats, at_least: float = 0.1) -> Matching:
    """Pair by overlap, shape (true, found), largest first, none below `at_least`."""
    return _match(np.asarray(overlap, dtype=np.float64), lambda score: score >= at_least)


def _match(score: Floats, is_enough: Callable[[float], bool]) -> Matching:
    n_true, n_found = score.shape
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for flat in np.argsort(-score, axis=None, kind="stable"):
        t, f = divmod(int(flat), n_found)
        if t in pairs or f in used or not is_enough(float(score[t, f])):
            continue
        pairs[t] = f
        used.add(f)
    return Matching(
        pairs=tuple(sorted(pairs.items())),
        missed=tuple(t for t in range(n_true) if t not in pairs),
        false=tuple(f for f in range(n_found) if f not in used),
    )


def own_plane(points_mm: Floats) -> Floats:
    """Return in-plane coordinates' axes of a vertebra: (2, 3) unit vectors of its sagittal plane.

    Args:
        points_mm: six points, (3, 2, 3).
    """
    flat = np.asarray(points_mm, dtype=np.float64).reshape(6, 3)
    axes = np.linalg.svd(flat - flat.mean(axis=0))[2]
    return np.asarray(axes[:2])


def keypoint_errors_mm(truth_mm: Floats, found_mm: Floats) -> Floats:
    """Return the distances of six points in the true vertebra's own plane, shape (6,)."""
    axes = own_plane(truth_mm)
    apart = (np.asarray(found_mm) - np.asarray(truth_mm)).reshape(6, 3) @ axes.T
    return np.asarray(np.linalg.norm(apart, axis=1))


def overlap_in_plane(truth_mm: Floats, found_mm: Floats) -> float:
    """Return the butterfly overlap of six points in the true vertebra's own sagittal plane."""
    axes = own_plane(truth_mm)
    return butterfly_iou(truth_mm @ axes.T, found_mm @ axes.T)


def line_errors_mm(truth_mm: Floats, found_mm: Floats) -> Floats:
    """Return distances in axial planes between two lines, at the heights of the found one.

    Args:
        truth_mm: (n, 3) points of the true line, LPS.
        found_mm: (m, 3) points of the found line, LPS; those above or below the true line are
            left out.
    """
    truth = truth_mm[np.argsort(truth_mm[:, 2])]
    inside = (found_mm[:, 2] >= truth[0, 2]) & (found_mm[:, 2] <= truth[-1, 2])
    found = found_mm[inside]
    there = np.stack([np.interp(found[:, 2], truth[:, 2], truth[:, axis]) for axis in (0, 1)], 1)
    return np.asarray(np.linalg.norm(found[:, :2] - there, axis=1))


def limits_error_mm(truth: tuple[float, float], found: tuple[float, float]) -> float:
    """Return the mean absolute error of the two ends."""
    return (abs(truth[0] - found[0]) + abs(truth[1] - found[1])) / 2


def roc_auc(scores: Floats, is_positive: Bools) -> float | None:
    """Return the area under the ROC curve (Mann-Whitney; ties count half); None with one class."""
    positive = np.asarray(is_positive, dtype=bool)
    n_pos, n_neg = int(positive.sum()), int((~positive).sum())
    if not n_pos or not n_neg:
        return None
    ranks = rankdata(np.asarray(scores, dtype=np.float64))
    return float((ranks[positive].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg))


def average_precision(scores: Floats, is_positive: Bools) -> float | None:
    """Return the area under the precision-recall curve, in steps; None without a positive.

    Precision at every threshold, weighted by the recall gained there; nothing is interpolated.
    """
    score, positive = np.asarray(scores, dtype=np.float64), np.asarray(is_positive, dtype=bool)
    if not positive.any():
        return None
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    true = np.cumsum(positive[order])[last]
    gained = np.diff(true, prepend=0) / true[-1]
    return float((gained * true / (last + 1)).sum())


def sensitivity_at_specificity(
    scores: Floats, is_positive: Bools, specificity: float = 0.9
) -> float | None:
    """Return the largest sensitivity among thresholds of at least this specificity.

    No interpolation: a threshold is one of the scores, and positive is what reaches it.
    """
    score, positive = np.asarray(scores, dtype=np.float64), np.asarray(is_positive, dtype=bool)
    if positive.all() or not positive.any():
        return None
    allowed = round(1 - specificity, 9)
    best = 0.0
    for threshold in np.unique(score):
        called = score >= threshold
        if called[~positive].mean() <= allowed:
            best = max(best, float(called[positive].mean()))
    return best


@dataclass(frozen=True)
class Identification:
    """Labels by the challenge's rule.

    Attributes:
        hits: true labels that are identified.
        n_truth: true labels.
        mean_distance_mm: over labels on both sides; None without any.
        n_both: labels on both sides.
    """

    hits: int
    n_truth: int
    mean_distance_mm: float | None
    n_both: int = 0

    @property
    def rate(self) -> float | None:
        """Identification rate."""
        return self.hits / self.n_truth if self.n_truth else None


def identify(truth: Mapping[str, Floats], found: Mapping[str, Floats]) -> Identification:
    """Judge labelled centres (LPS mm) of one case.

    A label on both sides is a hit where the true centre nearest to the found one, among the labels
    on both sides, is its own and lies at most 20 mm away.
    """
    both = [label for label in truth if label in found]
    hits, distances = 0, []
    for label in both:
        apart = {other: float(np.linalg.norm(truth[other] - found[label])) for other in both}
        distances.append(apart[label])
        hits += min(apart, key=lambda other: apart[other]) == label and apart[label] <= VERSE_MM
    mean = float(np.mean(distances)) if distances else None
    return Identification(hits, len(truth), mean, len(both))


def are_all_labels_right(truth: Sequence[str], found: Sequence[str], matching: Matching) -> bool:
    """Tell whether every true vertebra was found and every pair carries the same label."""
    return not matching.missed and all(truth[t] == found[f] for t, f in matching.pairs)


def dice(one: Bools, other: Bools) -> float | None:
    """Return the Dice coefficient; None where both are empty, 0 where one is."""
    n = int(np.count_nonzero(one)) + int(np.count_nonzero(other))
    return 2 * int(np.count_nonzero(one & other)) / n if n else None


def body_centre_of_mask(mask: Bools, spacing_kji_mm: tuple[float, float, float]) -> Floats:
    """Return the fractional index (k, j, i) of the body's middle in a whole vertebra's mask.

    The body is the thickest part: the mean of the voxels that lie at least half as deep as the
    deepest one, weighted by the cube of their depth.

    Raises:
        ValueError: if the mask is empty.
    """
    if not mask.any():
        raise ValueError("an empty mask has no centre")
    box = find_objects(mask.astype(np.uint8))[0]
    depth = distance_transform_edt(np.pad(mask[box], 1), sampling=spacing_kji_mm)[1:-1, 1:-1, 1:-1]
    where = np.argwhere(depth >= 0.5 * depth.max())
    weight = depth[tuple(where.T)] ** 3
    inside = (where * weight[:, None]).sum(axis=0) / weight.sum()
    return np.asarray(inside + [part.start for part in box])
