"""Verbs on the masks of a disagreement: settle, take back."""

from django.db import transaction

from annotation.consensus import asking, room, selectors
from annotation.consensus.changes import after_change
from annotation.consensus.models import Disagreement, MaskSettlement, Sitting
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.studies.models import User

Taken = MaskSettlement.Taken
FEWEST_FOR_STAPLE = 3


@transaction.atomic
def settle_masks(
    disagreement: Disagreement, *, by: User, taken: str, remark: str = ""
) -> MaskSettlement:
    """Settle which voxels are one vertebra; an earlier settlement stays and counts no more.

    Args:
        disagreement: on whose vertebra masks differ.
        by: a reader of the case, or the third reader who was asked.
        taken: `a` or `b`, `fused` (vote, tied voxels by the shape-based average) or `staple`.
        remark: in the person's words.

    Raises:
        NotPermitted: for onlookers.
        Conflict: if the case is not at consensus, the wash-out lasts, or another holds the pen.
        ContentRefused: if the masks do not differ here, or STAPLE has too few.
    """
    sitting = disagreement.sitting
    selectors.lock_sitting(sitting, by)
    room.require_decider(sitting, by, disagreement)
    settlement = MaskSettlement(
        sitting=sitting,
        vertebra=disagreement.vertebra,
        disagreement=disagreement,
        taken=taken,
        basis=taken,
        sources=_sources(disagreement, taken),
        remark=remark,
        by=by,
    )
    if room.role_in(sitting, by) == "adjudicator":
        settlement.taken = Taken.ADJUDICATED
        asking.assign_adjudication(sitting, by.pk)
    settlement.save(force_insert=True)
    after_change(sitting)
    return settlement


def _sources(disagreement: Disagreement, taken: str) -> list[int]:
    """Return the revisions that a settlement is made from."""
    if disagreement.mask_a is None or disagreement.mask_b is None:
        raise ContentRefused("The masks do not differ here.", code="nothing_to_take")
    if taken in (Taken.A, Taken.B):
        mask = disagreement.mask_a if taken == Taken.A else disagreement.mask_b
        return [mask.revision_id]
    sources = list(disagreement.sitting.masks.values_list("revision", flat=True))
    if taken == Taken.STAPLE and len(sources) < FEWEST_FOR_STAPLE:
        raise ContentRefused(
            "STAPLE needs three masks; of two it is their intersection.", code="too_few"
        )
    return sources


@transaction.atomic
def reopen_masks(disagreement: Disagreement, *, by: User) -> None:
    """Take the settlement of masks back; it stays on record.

    Raises:
        Conflict: if they are open already, or the case is not at consensus.
    """
    sitting = disagreement.sitting
    selectors.lock_sitting(sitting, by)
    room.require_decider(sitting, by, disagreement)
    standing = selectors.standing_masks(sitting).get(disagreement.vertebra.number)
    if standing is None or disagreement.mask_a_id is None:
        raise Conflict("No settlement of masks stands here.", code="open")
    MaskSettlement.objects.create(
        sitting=sitting,
        vertebra=disagreement.vertebra,
        disagreement=disagreement,
        taken=Taken.REOPENED,
        basis=standing.basis or standing.taken,
        sources=standing.sources,
        by=by,
    )
    after_change(sitting)


def carry_masks_over(previous: Sitting, sitting: Sitting) -> None:
    """Keep what people settled where the same masks lie on the table again."""
    then, now = (set(one.masks.values_list("revision", flat=True)) for one in (previous, sitting))
    if then != now:
        return
    by_revision = {one.revision_id: one for one in sitting.masks.all()}
    standing = selectors.standing_masks(previous)
    for row in sitting.disagreements.filter(mask_a__isnull=False).select_related("vertebra"):
        before = standing.get(row.vertebra.number)
        former = before.disagreement if before is not None else None
        if before is None or former is None or former.mask_a is None or former.mask_b is None:
            continue
        row.mask_a = by_revision[former.mask_a.revision_id]
        row.mask_b = by_revision[former.mask_b.revision_id]
        row.save(update_fields=["mask_a", "mask_b"])
        MaskSettlement.objects.create(
            sitting=sitting,
            vertebra=row.vertebra,
            disagreement=row,
            taken=before.taken,
            basis=before.basis,
            sources=before.sources,
            remark=before.remark,
            by=before.by,
        )
