"""What a person's readings are, for all cases of a dataset, in a fixed number of queries.

Every answer is that of the function of the same name in `reading.selectors`; each query is made
when it is first needed.
"""

from functools import cached_property
from uuid import UUID

from annotation.domain.workflow import Role, Stage
from annotation.reading.models import Assignment, Protocol, Purpose, Reading
from annotation.reading.selectors import away_from, own_readings_in, wanted_by
from annotation.studies.models import Case, Dataset, User

_OPENED_UP = (Stage.CONSENSUS.value, Stage.FINAL.value)


class ReadingsAtOnce:
    """One person's readings in one dataset, as they stand now."""

    def __init__(self, user: User, dataset: Dataset, roles: frozenset[Role]) -> None:
        self._user, self._dataset = user, dataset
        self._is_reader = Role.READER in roles

    def stage_for(self, case: Case) -> str:
        if case.stage not in _OPENED_UP:
            return case.stage
        comes_back = any(
            one.purpose == Purpose.REPEAT and one.done_at is None for one in self._live(case)
        )
        amends = case.stage == Stage.CONSENSUS.value and case.pk in self._amending
        return Stage.READING.value if comes_back or amends else case.stage

    def open_assignment(self, case: Case) -> Assignment | None:
        return next((one for one in self._live(case) if one.done_at is None), None)

    def has_reading_to_do(self, case: Case) -> bool:
        """Tell whether a case at reading waits for this reader."""
        if self.open_assignment(case) is not None:
            return True
        is_handed_in = self._own_status(case) == Reading.Status.SUBMITTED
        return not is_handed_in and self.may_read(case)

    def may_read(self, case: Case) -> bool:
        own = self._given.get(case.pk)
        if own:
            return any(one.ended_at is None for one in own)
        protocol = self._protocol
        if protocol.way == Protocol.Way.ASSIGN or protocol.adjudicator_id == self._user.pk:
            return False
        if self._is_away:
            return False
        begun = self._begun.get(case.pk, [])
        versions = {key: self._versions[key] for _, key in begun}
        needed = max(wanted_by(one, case) for one in versions.values() or [protocol])
        return len({reader for reader, _ in begun}) < needed

    def is_proposal_hidden(self, case: Case) -> bool:
        if not self._is_reader or self.stage_for(case) in _OPENED_UP:
            return False
        exposure = self._exposure_for(case)
        if exposure != Protocol.Exposure.AFTER_COMMIT:
            return exposure == Protocol.Exposure.HIDDEN
        is_committed = self._own_status(case) == Reading.Status.SUBMITTED
        return not is_committed or self.open_assignment(case) is not None

    def _exposure_for(self, case: Case) -> str:
        live = self._live(case)
        if live:
            return live[0].exposure
        arms = {arm["exposure"] for arm in self._protocol.arms}
        if not arms:
            return self._protocol.proposal_exposure
        return arms.pop() if len(arms) == 1 else Protocol.Exposure.HIDDEN.value

    def _live(self, case: Case) -> list[Assignment]:
        return [one for one in self._given.get(case.pk, ()) if one.ended_at is None]

    def _own_status(self, case: Case) -> str | None:
        """Return the status of the person's newest reading of a case, None without one."""
        if not self._is_reader:
            return None
        is_final = case.stage == Stage.FINAL.value  # an amendment that came too late
        for row in reversed(self._own.get(case.pk, ())):
            if not (is_final and row.status == Reading.Status.OPEN and row.amends_id is not None):
                return row.status
        return None

    @cached_property
    def _protocol(self) -> Protocol:
        return self._dataset.protocols.order_by("-version").first() or Protocol()

    @cached_property
    def _is_away(self) -> bool:
        return self._user.pk in away_from(self._dataset)

    @cached_property
    def _given(self) -> dict[UUID, list[Assignment]]:
        """Return what the person was ever given, by case, the newest first."""
        rows = Assignment.objects.filter(reader=self._user, case__dataset=self._dataset)
        rows = rows.exclude(purpose=Purpose.ADJUDICATION)
        found: dict[UUID, list[Assignment]] = {}
        for row in rows.order_by("-created_at"):
            found.setdefault(row.case_id, []).append(row)
        return found

    @cached_property
    def _own(self) -> dict[UUID, list[Reading]]:
        """Return the person's readings that were not withdrawn, by case, the oldest first."""
        rows = own_readings_in(self._user, self._dataset).order_by("opened_at")
        found: dict[UUID, list[Reading]] = {}
        for row in rows.exclude(status=Reading.Status.WITHDRAWN):
            found.setdefault(row.case_id, []).append(row)
        return found

    @cached_property
    def _amending(self) -> set[UUID]:
        """Return the cases on which the person amends a reading, as blind as one who reads."""
        return {
            case
            for case, rows in self._own.items()
            for row in rows
            if row.status == Reading.Status.OPEN
            and row.amends_id is not None
            and row.others_seen_at is None
        }

    @cached_property
    def _begun(self) -> dict[UUID, list[tuple[int, int]]]:
        """Return who reads each case at reading first, and under which version of the protocol."""
        rows = Assignment.objects.filter(
            case__dataset=self._dataset,
            case__stage=Stage.READING.value,
            purpose=Purpose.FIRST,
            ended_at=None,
        )
        found: dict[UUID, list[tuple[int, int]]] = {}
        for case, reader, protocol in rows.values_list("case", "reader", "protocol"):
            found.setdefault(case, []).append((reader, protocol))
        return found

    @cached_property
    def _versions(self) -> dict[int, Protocol]:
        return {row.pk: row for row in self._dataset.protocols.all()}
