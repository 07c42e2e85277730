"""Sittings and what was settled in them."""

from collections.abc import Container
from uuid import UUID

from annotation.consensus.models import (
    ConsensusMask,
    Disagreement,
    MaskSettlement,
    Settlement,
    Sitting,
)
from annotation.domain.discrepancy import Kind
from annotation.domain.refusals import Conflict, NotPermitted, NotVisible
from annotation.domain.workflow import Role, Stage
from annotation.reading.models import Finding, Reading
from annotation.reading.selectors import findings_of, readings_visible_to, stage_for
from annotation.refinement.models import MaskRevision
from annotation.refinement.selectors import newest_revision
from annotation.studies.models import Case, Dataset, User
from annotation.studies.qualifying import require_qualified
from annotation.studies.selectors import cases_visible_to, roles_in

_SHOWN_AT = (Stage.CONSENSUS.value, Stage.FINAL.value)
_NOT_YOURS = "This disagreement does not exist or is not yours to see."


def newest_sitting(case: Case) -> Sitting | None:
    """Return the sitting that counts, None before the first."""
    return case.sittings.order_by("-number").first()


def get_sitting(user: User, case: Case) -> Sitting:
    """Return the sitting a reader may see.

    Raises:
        NotPermitted: for anyone but readers of the dataset.
        Conflict: if the case is not at consensus or final.
    """
    if Role.READER not in roles_in(user, case.dataset):
        raise NotPermitted("Only a reader of this dataset may do this.")
    stage = stage_for(user, case)
    sitting = newest_sitting(case) if stage in _SHOWN_AT else None
    if sitting is None:
        raise Conflict(f"The case is at stage {stage}; nothing is to be settled.", code="stage")
    return sitting


def get_disagreement(user: User, disagreement_id: UUID) -> Disagreement:
    """Return one disagreement of a case that a reader sees at consensus or final.

    Raises:
        NotVisible: in the same words where it is hidden and where there is none.
    """
    cases = cases_visible_to(user).filter(stage__in=_SHOWN_AT)
    rows = Disagreement.objects.filter(pk=disagreement_id, sitting__case__in=cases)
    found = rows.select_related("sitting__case__dataset", "sitting__case__volume", "vertebra")
    disagreement = found.first()
    if disagreement is None:
        raise NotVisible(_NOT_YOURS)
    case = disagreement.sitting.case
    if Role.READER not in roles_in(user, case.dataset) or stage_for(user, case) != case.stage:
        raise NotVisible(_NOT_YOURS)
    return disagreement


def lock_sitting(sitting: Sitting, by: User) -> None:
    """Lock the newest sitting of a case at consensus for a reader, who is about to change it.

    Raises:
        NotPermitted: for anyone but readers of the dataset who have passed its test.
        Conflict: if the sitting is closed, or the case is being read by this reader.
    """
    case = sitting.case
    if Role.READER not in roles_in(by, case.dataset):
        raise NotPermitted("Only a reader of this dataset may do this.")
    require_qualified(by, case.dataset, Role.READER)
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    case.refresh_from_db(fields=["stage"])
    newest = newest_sitting(case)
    stage = stage_for(by, case)
    if stage != Stage.CONSENSUS.value or newest is None or newest.pk != sitting.pk:
        raise Conflict(f"The case is at stage {stage}; this sitting is closed.", code="stage")


def standing_settlements(sitting: Sitting) -> dict[int, Settlement]:
    """Return the settlement that stands for each vertebra number; none where it is open again."""
    newest: dict[int, Settlement] = {}
    rows = sitting.settlements.select_related("vertebra", "by").order_by("at")
    for row in rows:
        newest[row.vertebra.number] = row
    return {number: row for number, row in newest.items() if row.taken != Settlement.Taken.REOPENED}


def standing_masks(sitting: Sitting) -> dict[int, MaskSettlement]:
    """Return the settlement of masks that stands for each vertebra number."""
    rows = sitting.mask_settlements.select_related(
        "vertebra", "by", "disagreement__mask_a", "disagreement__mask_b"
    )
    newest = {row.vertebra.number: row for row in rows.order_by("at")}
    back = MaskSettlement.Taken.REOPENED
    return {number: row for number, row in newest.items() if row.taken != back}


def is_open(
    row: Disagreement,
    settled: Container[int],
    masks: Container[int],
) -> bool:
    """Tell whether the finding or the masks of a disagreement wait to be settled.

    Args:
        row: with its vertebra.
        settled: vertebra numbers whose findings are settled.
        masks: vertebra numbers whose masks are.
    """
    number = row.vertebra.number
    is_of_findings = row.kind != Kind.MASKS.value
    return (is_of_findings and number not in settled) or (
        row.mask_a_id is not None and number not in masks
    )


def open_disagreements(sitting: Sitting) -> list[Disagreement]:
    """Return what is not settled, gravest first."""
    settled, masks = standing_settlements(sitting), standing_masks(sitting)
    rows = sitting.disagreements.select_related("vertebra").order_by("rank")
    return [row for row in rows if is_open(row, settled, masks)]


def final_mask(case: Case) -> MaskRevision | None:
    """Return the mask of a final case: what its last sitting made of independent masks, if any.

    Without them it is the newest revision of the main mask.
    """
    sitting = newest_sitting(case) if case.stage == Stage.FINAL.value else None
    made = ConsensusMask.objects.filter(sitting=sitting).select_related("revision__track").first()
    return made.revision if sitting is not None and made is not None else newest_revision(case)


def get_consensus_mask(user: User, case: Case) -> ConsensusMask:
    """Return what the last closed sitting of a case made of independent masks.

    Raises:
        NotVisible: for a person to whom the case is not final, and where there is none.
    """
    is_closed = stage_for(user, case) == case.stage == Stage.FINAL.value
    made = ConsensusMask.objects.filter(sitting=newest_sitting(case)).first()
    if not is_closed or made is None:
        raise NotVisible("This case has no such mask.", code="no_mask")
    return made


def settled_findings(case: Case) -> dict[int, Settlement]:
    """Return the agreed finding of each vertebra number of a final case, for rounds and releases.

    Empty while the case is not final: nothing unsettled goes any further.
    """
    sitting = newest_sitting(case) if case.stage == Stage.FINAL.value else None
    return standing_settlements(sitting) if sitting else {}


def settled_grades(dataset: Dataset) -> dict[str, int]:
    """Return the settled grade of every vertebra of a dataset's final cases, by its key."""
    rows = Settlement.objects.filter(
        sitting__case__dataset=dataset, sitting__case__stage=Stage.FINAL.value
    )
    standing: dict[str, Settlement] = {}
    for row in rows.select_related("vertebra").order_by("sitting__number", "at"):
        standing[str(row.vertebra.uuid)] = row
    return {
        vertebra: row.grade_reader
        for vertebra, row in standing.items()
        if row.taken != Settlement.Taken.REOPENED and row.grade_reader is not None
    }


def incorporated_readings(dataset: Dataset) -> set[UUID]:
    """Return the keys of the readings that the settled findings of final cases were made from."""
    newest: dict[UUID, Sitting] = {}
    rows = Sitting.objects.filter(case__dataset=dataset, case__stage=Stage.FINAL.value)
    for row in rows.order_by("number").prefetch_related("readings"):
        newest[row.case_id] = row
    return {reading.pk for row in newest.values() for reading in row.readings.all()}


def finding_in(reading: Reading, disagreement: Disagreement) -> Finding | None:
    """Return what one of a disagreement's readings says about its vertebra."""
    return findings_of(reading).filter(vertebra=disagreement.vertebra_id).first()


def is_proposal_shown(user: User, case: Case) -> bool:
    """Tell whether the model's proposal was shown in any of the readings."""
    return readings_visible_to(user, case).filter(proposal_shown=True).exists()
