"""What cases at consensus wait for, as one reader's worklist says it; a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from annotation.consensus import room
from annotation.consensus.models import (
    Disagreement,
    MaskSettlement,
    Settlement,
    Signature,
    Sitting,
    Turn,
)
from annotation.domain.discrepancy import Kind
from annotation.domain.workflow import Role, Stage
from annotation.reading.models import Reading
from annotation.studies.models import Case, Membership, User


@dataclass(frozen=True)
class Waiting:
    """What a case at consensus is for one reader.

    Attributes:
        is_to_do: the reader can do something there now.
        is_open: the reader may enter the sitting.
        text: what the case waits for, "" where the sitting goes on.
    """

    is_to_do: bool
    is_open: bool
    text: str = ""


@dataclass(frozen=True)
class _Table:
    """What lies on the table of one sitting.

    Attributes:
        readings: with their protocols.
        open_two: open disagreements that the readers decide.
        open_third: open disagreements that a third reader was asked to decide.
        deciders: third readers whose decisions stand.
        signed: keys of those who have signed or were signed for.
    """

    sitting: Sitting
    readings: Sequence[Reading]
    open_two: int
    open_third: int
    deciders: frozenset[int]
    signed: frozenset[int]


def sittings_waiting(user: User, cases: Iterable[Case]) -> dict[UUID, Waiting]:
    """Return what each case at consensus is for a reader, by the case's key."""
    at_consensus = [case.pk for case in cases if case.stage == Stage.CONSENSUS.value]
    if not at_consensus:
        return {}
    tables = _tables(at_consensus)
    datasets = {table.sitting.case.dataset_id for table in tables}
    rows = Membership.objects.filter(dataset__in=datasets, role=Role.READER.value)
    readers = set(rows.values_list("dataset", "user"))
    return {table.sitting.case_id: _waiting(user.pk, table, readers) for table in tables}


def _waiting(user: int, table: _Table, members: set[tuple[UUID, int]]) -> Waiting:
    dataset = table.sitting.case.dataset_id
    if (dataset, user) not in members:
        return Waiting(False, False)
    opens = room.opens_for(table.readings)
    readers = {reading.reader_id for reading in table.readings}
    if opens is not None and timezone.now() < opens:
        text = f"The sitting opens on {room.day_of(opens)}"
        return Waiting(False, False, text if user in readers else "")
    if user in readers:
        return _reader(user, table)
    named = room.protocol_of(table.readings).adjudicator_id
    is_of_use = named is not None and named not in readers and (dataset, named) in members
    return _third(user, table) if not is_of_use or named == user else Waiting(False, False)


def _reader(user: int, table: _Table) -> Waiting:
    if table.open_two:
        return Waiting(True, True)
    if table.open_third:
        return Waiting(False, True, "Waits for a third reader")
    if table.deciders:
        return Waiting(False, True, "Waits for the third reader's signature")
    if user in table.signed:
        return Waiting(False, True, "Waits for the other signature")
    return Waiting(True, True, "Your signature is missing")


def _third(user: int, table: _Table) -> Waiting:
    if table.open_third:
        return Waiting(True, True, "You are asked to decide")
    if table.open_two == 0 and user in table.deciders - table.signed:
        return Waiting(True, True, "Your signature is missing")
    return Waiting(False, False)


def _tables(cases: Sequence[UUID]) -> list[_Table]:
    rows = Sitting.objects.filter(case__in=cases).select_related("case")
    rows = rows.prefetch_related("readings__protocol", "readings__amends")
    newest = {row.case_id: row for row in rows.order_by("number")}
    keys = [row.pk for row in newest.values()]
    asked = _asked(keys)
    standing = _standing(Settlement, keys)
    masks = _standing(MaskSettlement, keys)
    open_two, open_third = dict.fromkeys(keys, 0), dict.fromkeys(keys, 0)
    for row in Disagreement.objects.filter(sitting__in=keys):
        place = (row.sitting_id, row.vertebra_id)
        is_of_findings = row.kind != Kind.MASKS.value
        if (is_of_findings and place not in standing) or (row.mask_a_id and place not in masks):
            counts = open_third if row.pk in asked else open_two
            counts[row.sitting_id] += 1
    deciders = {
        (sitting, by)
        for (sitting, _), (taken, by) in (*standing.items(), *masks.items())
        if taken == Settlement.Taken.ADJUDICATED
    }
    signed = _signed(keys)
    return [
        _Table(
            row,
            list(row.readings.all()),
            open_two[row.pk],
            open_third[row.pk],
            frozenset(by for sitting, by in deciders if sitting == row.pk and by is not None),
            frozenset(person for sitting, person in signed if sitting == row.pk),
        )
        for row in newest.values()
    ]


def _asked(sittings: Sequence[int]) -> set[UUID]:
    rows = Turn.objects.filter(disagreement__sitting__in=sittings)
    rows = rows.exclude(kind=Turn.Kind.DEFERRED).order_by("at", "id")
    newest = dict(rows.values_list("disagreement", "kind"))
    return {key for key, kind in newest.items() if kind == Turn.Kind.ASKED}


def _standing(
    table: type[Settlement] | type[MaskSettlement], sittings: Sequence[int]
) -> dict[tuple[int, int], tuple[str, int | None]]:
    """Return what was taken and by whom, by sitting and vertebra, where it stands."""
    rows = table._default_manager.filter(sitting__in=sittings).order_by("at")
    newest = {
        (sitting, vertebra): (taken, by)
        for sitting, vertebra, taken, by in rows.values_list("sitting", "vertebra", "taken", "by")
    }
    return {key: said for key, said in newest.items() if said[0] != Settlement.Taken.REOPENED}


def _signed(sittings: Sequence[int]) -> set[tuple[int, int]]:
    rows = Signature.objects.filter(sitting__in=sittings, void_at__isnull=True)
    return {
        (sitting, absent or by)
        for sitting, by, absent in rows.values_list("sitting", "by", "in_place_of")
    }
