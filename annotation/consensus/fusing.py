"""Independent masks on the table of a sitting: compared at its opening, fused at its close.

What is fused follows from the masks and the standing settlements alone, so it can be made again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from annotation.bridge.runs import decode_runs, encode_runs
from annotation.consensus import selectors
from annotation.consensus.models import ConsensusMask, Disagreement, MaskSettlement, Sitting
from annotation.consensus.models import SittingMask as Mask
from annotation.domain.agreement.surfaces import boxes_of, compare_label_maps
from annotation.domain.mask_fusion import FusedMask, Method, fuse_masks
from annotation.domain.masks_apart import MasksApart
from annotation.reading.models import Reading
from annotation.refinement.independent import handed_in
from annotation.refinement.models import MaskRevision, MaskTrack
from annotation.refinement.replay import map_sha256
from annotation.refinement.selectors import bytes_of
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case
from annotation.studies.selectors import vertebrae_of
from annotation.studies.volumes import grid_of

FEWEST_MASKS = 2
_Taken = MaskSettlement.Taken
_Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Table:
    """The masks of a sitting and how they agree.

    Attributes:
        masks: by the place of the reading among the readings of the sitting.
        apart: every pair's agreement by vertebra number.
        n_uncertain: by vertebra number the voxels that are it to some painters only.
    """

    masks: dict[int, Mask]
    apart: dict[int, list[MasksApart]]
    n_uncertain: dict[int, int]


def lay_masks(sitting: Sitting, readings: Sequence[Reading]) -> Table:
    """Put the independent masks of the readings on the table; below two there is none."""
    found = handed_in(Case.objects.filter(pk=sitting.case_id)).get(sitting.case_id, {})
    painted = [
        (n, found[one.reader_id]) for n, one in enumerate(readings) if one.reader_id in found
    ]
    if len(painted) < FEWEST_MASKS:
        return Table({}, {}, {})
    masks = {
        n: Mask.objects.create(sitting=sitting, reading=readings[n], revision=revision)
        for n, revision in painted
    }
    labels = {n: _labels(revision) for n, revision in painted}
    return Table(masks, _apart(labels, _spacing_mm(sitting)), _uncertain(list(labels.values())))


def _labels(revision: MaskRevision) -> _Labels:
    return decode_runs(bytes_of(revision))


def _spacing_mm(sitting: Sitting) -> tuple[float, float, float]:
    i, j, k = grid_of(sitting.case.volume).spacing_mm
    return (k, j, i)


def _apart(
    labels: dict[int, _Labels], spacing_mm: tuple[float, float, float]
) -> dict[int, list[MasksApart]]:
    found: dict[int, list[MasksApart]] = {}
    for first, second in combinations(sorted(labels), 2):
        one, other = labels[first], labels[second]
        for number, agreed in compare_label_maps(one, other, spacing_mm).items():
            painter = "" if not agreed.missed else "A" if (one == number).any() else "B"
            found.setdefault(number, []).append(
                MasksApart(first, second, agreed.dice or 0.0, agreed.hd95_mm, painter)
            )
    return found


def _uncertain(labels: Sequence[_Labels]) -> dict[int, int]:
    found = {}
    for number, box in boxes_of(labels).items():
        votes = np.stack([one[box] == number for one in labels])
        found[number] = int((votes.any(axis=0) & ~votes.all(axis=0)).sum())
    return found


def agree_on_masks(sitting: Sitting, table: Table, differing: set[int]) -> None:
    """Settle the masks of the vertebrae on which nobody differs: they are fused."""
    sources = [one.revision_id for one in table.masks.values()]
    MaskSettlement.objects.bulk_create(
        MaskSettlement(sitting=sitting, vertebra=row, taken=_Taken.AGREED, sources=sources)
        for row in vertebrae_of(sitting.case)
        if row.number in table.apart and row.number not in differing
    )


def fused(sitting: Sitting) -> FusedMask:
    """Return the mask that the standing settlements of a sitting make, and what is uncertain."""
    masks = list(sitting.masks.select_related("revision"))
    ways = {number: _way(row, masks) for number, row in selectors.standing_masks(sitting).items()}
    labels = [_labels(one.revision) for one in masks]
    return fuse_masks(labels, _spacing_mm(sitting), settled=ways)


def _way(row: MaskSettlement, masks: Sequence[Mask]) -> Method | int:
    taken = row.basis if row.taken == _Taken.ADJUDICATED else row.taken
    if taken == _Taken.STAPLE:
        return Method.STAPLE
    if taken not in (_Taken.A, _Taken.B):
        return Method.MAJORITY
    return next(n for n, one in enumerate(masks) if one.revision_id == row.sources[0])


def keep_consensus_mask(sitting: Sitting) -> None:
    """Give the consensus track of a case a new revision, made from all settled vertebrae."""
    if not sitting.masks.exists():
        return
    made = fused(sitting)
    track, _ = MaskTrack.objects.get_or_create(
        case=sitting.case, kind=MaskTrack.Kind.CONSENSUS, author=None
    )
    MaskTrack.objects.select_for_update().get(pk=track.pk)
    newest = track.revisions.aggregate(newest=Max("number"))["newest"]
    revision = MaskRevision.objects.create(
        track=track,
        number=0 if newest is None else newest + 1,
        blob=blob_store().put(encode_runs(made.mask)),
        map_sha256=map_sha256(made.mask),
        author_kind=MaskRevision.AuthorKind.FUSED,
        cause=MaskRevision.Cause.SETTLE,
    )
    ConsensusMask.objects.create(
        sitting=sitting,
        revision=revision,
        uncertain_blob=blob_store().put(encode_runs(made.uncertain.astype(np.uint8))),
        n_uncertain=int(made.uncertain.sum()),
    )


def outlines(disagreement: Disagreement) -> _Labels:
    """Return one vertebra in both masks, shape (k, j, i).

    Returns:
        The sum of 1 where A paints it, 2 where B does, and 4 where the painters are not at one.
    """
    number = disagreement.vertebra.number
    masks = [
        (one.pk, _labels(one.revision) == number)
        for one in disagreement.sitting.masks.select_related("revision")
    ]
    shown = np.zeros(masks[0][1].shape, np.uint8)
    for key, bit in ((disagreement.mask_a_id, 1), (disagreement.mask_b_id, 2)):
        shown += bit * next(mask for pk, mask in masks if pk == key).astype(np.uint8)
    anyone, everyone = shown > 0, shown > 0
    for _, mask in masks:
        anyone, everyone = anyone | mask, everyone & mask
    shown[anyone & ~everyone] += 4
    return shown
