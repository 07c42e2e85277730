"""Random protocols, readers and acts: nothing is lost, settled twice or without a source."""

import random
from collections import Counter
from contextlib import suppress

import numpy as np
import pytest

from annotation.consensus import asking, room, selectors, services, signing
from annotation.consensus.models import Settlement, Sitting
from annotation.domain.fusion import fuse_points
from annotation.domain.refusals import Conflict, ContentRefused, NotPermitted
from annotation.domain.workflow import Move, MoveNotAllowed, Role
from annotation.reading import services as readings
from annotation.reading.models import FindingFields, Protocol, Reading
from annotation.reading.selectors import findings_of
from annotation.reading.services_amend import amend_reading
from annotation.studies.models import Case
from annotation.studies.services import advance_case
from benchmarks.many import clone
from tests import making, working
from tests.working import body

pytestmark = pytest.mark.django_db

REFUSALS = (Conflict, ContentRefused, NotPermitted, MoveNotAllowed)
SAID = [one.attname for one in FindingFields._meta.get_fields() if hasattr(one, "attname")]
NUMBERS = {1, 2, 3}
ACTS_OF_A_SITTING = 16
OTHER_ACTS = ("reopen", "reopen", "confirm", "sign", "ask", "amend", "reopen_case")


def state_of(sitting: Sitting) -> dict:
    """Return what stands for each vertebra: how, by whom, and every field."""
    return {
        number: (row.taken, row.by_id, {name: getattr(row, name) for name in SAID})
        for number, row in selectors.standing_settlements(sitting).items()
    }


def open_numbers(sitting: Sitting) -> set[int]:
    return {row.vertebra.number for row in selectors.open_disagreements(sitting)}


class Story:
    """One case from its first reading to the end, by chance."""

    def __init__(self, case: Case, people: list, seed: int) -> None:
        self.case, self.people, self.drawn = case, people, random.Random(seed)
        drawn, dataset = self.drawn, case.dataset
        self.acts: Counter[str] = Counter()
        self.refused = 0
        version = dataset.protocols.count() + 1
        adjudicator = drawn.choice([None, people[-1]])
        self.protocol = Protocol.objects.create(
            dataset=dataset,
            version=version,
            readers_per_case=drawn.choice([1, 2, 2, 3]),
            proposal_exposure=drawn.choice(Protocol.Exposure.values),
            allocation_seed=seed,
            adjudicator=adjudicator,
        )
        self.readers = drawn.sample(people[:-1], self.protocol.readers_per_case)

    def said(self) -> dict:
        """Return what a reader may say of a vertebra, contradictions included."""
        drawn = self.drawn
        some = {
            "grade_reader": drawn.choice([0, 0, 1, 2, 3, None]),
            "shape_reader": drawn.choice(["", "wedge", "crush"]),
            "not_graded_reason": drawn.choice(["", "", "", "artefact"]),
            "six_points_mm": body(heights=[drawn.choice([12, 15, 16, 18, 20]) for _ in range(3)]),
            "deformity": drawn.choice([[], ["schmorl"]]),
            "level": drawn.choice(["T11", "T12", "L1"]),
            "remark": drawn.choice(["", "seen twice"]),
        }
        return {name: some[name] for name in drawn.sample(sorted(some), drawn.randint(1, 5))}

    def read(self, user) -> None:
        reading = readings.open_reading(self.case, user=user)
        for _ in range(self.drawn.randint(0, 6)):
            with suppress(*REFUSALS):
                number = self.drawn.randint(1, 4)
                readings.save_finding(reading, number=number, said=self.said())
        readings.mark_others_normal(reading, numbers=sorted(NUMBERS))
        readings.submit_reading(reading)
        before = list(findings_of(reading).values())
        with pytest.raises(Conflict):
            readings.save_finding(reading, number=1, said={"grade_reader": 3})
        assert list(findings_of(reading).values()) == before
        self.case.refresh_from_db()

    def play(self) -> None:
        for user in self.readers:
            self.read(user)
        assert self.case.stage in ("consensus", "final")
        self.check()
        for _ in range(ACTS_OF_A_SITTING):
            act = self.drawn.choice(
                [self.settle] * 3 + [getattr(self, name) for name in OTHER_ACTS]
            )
            try:
                act()
                self.acts[act.__name__] += 1
            except REFUSALS:
                self.refused += 1
            self.case.refresh_from_db()
            self.check()
        self.finish()

    def someone(self):
        return self.drawn.choice([*self.readers, self.people[-1]])

    def disagreement(self):
        rows = list(self.sitting.disagreements.select_related("vertebra", "sitting__case"))
        if not rows:
            raise Conflict("nothing to decide", code="none")
        return self.drawn.choice(rows)

    @property
    def sitting(self) -> Sitting:
        return selectors.newest_sitting(self.case)

    def settle(self) -> None:
        """Settle one vertebra, and now and then take it back at once: the state is as before."""
        one = self.disagreement()
        was, open_before, by = state_of(self.sitting), open_numbers(self.sitting), self.someone()
        said = self.said() if self.drawn.random() < 0.5 else {}
        taken = self.drawn.choice(["a", "b", "mean", "edited"])
        services.settle_disagreement(one, by=by, taken=taken, said=said, remark="why")
        if one.vertebra.number in open_before and self.drawn.random() < 0.5:
            services.reopen_disagreement(one, by=by)
            assert state_of(self.sitting) == was
            assert open_numbers(self.sitting) == open_before

    def reopen(self) -> None:
        services.reopen_disagreement(self.disagreement(), by=self.someone())

    def confirm(self) -> None:
        services.confirm_threshold(self.case, by=self.someone())

    def ask(self) -> None:
        asking.ask_third_reader(self.disagreement(), by=self.someone())

    def amend(self) -> None:
        own = self.drawn.choice(list(self.sitting.readings.all()))
        amended = amend_reading(own, reason="looked again")
        with suppress(ContentRefused):
            readings.save_finding(amended, number=self.drawn.randint(1, 3), said=self.said())
        readings.mark_others_normal(amended, numbers=sorted(NUMBERS))
        readings.submit_reading(amended)

    def sign(self) -> None:
        signing.settle_case(self.case, by=self.someone())

    def reopen_case(self) -> None:
        was = state_of(self.sitting)
        by = self.drawn.choice(self.readers)
        advance_case(self.case, move=Move.REOPEN, by=by, role=Role.READER)
        self.case.refresh_from_db()
        assert state_of(self.sitting) == was
        assert open_numbers(self.sitting) == set()

    def check(self) -> None:
        """Every vertebra stands in one place, and what is settled names where it comes from."""
        for sitting in self.case.sittings.all():
            settled, still_open = selectors.standing_settlements(sitting), open_numbers(sitting)
            assert set(settled) | still_open == NUMBERS
            assert not set(settled) & still_open
            disputed = {row.vertebra.number for row in sitting.disagreements.all()}
            rows = list(sitting.settlements.select_related("vertebra"))
            agreed = [row.vertebra.number for row in rows if row.taken == "agreed"]
            assert len(agreed) == len(set(agreed))
            assert sorted([*agreed, *disputed]) == sorted(NUMBERS)
            for row in rows:
                self.check_source(sitting, row)

    def check_source(self, sitting: Sitting, row: Settlement) -> None:
        if row.taken == Settlement.Taken.AGREED:
            sources = list(sitting.readings.all())
            assert row.by_id is None
            assert len(sources) >= 1
        else:
            assert row.by_id is not None
            sources = [row.disagreement.reading_a, row.disagreement.reading_b]
            assert {one.pk for one in sources} <= {one.pk for one in sitting.readings.all()}
        findings = [findings_of(one).filter(vertebra=row.vertebra).first() for one in sources]
        basis = row.basis or row.taken
        if basis in ("a", "b"):
            source = findings["ab".index(basis)]
            assert [getattr(row, name) for name in SAID if name != "remark"] == [
                getattr(source, name) for name in SAID if name != "remark"
            ]
        if basis in ("mean", "agreed"):
            points = [np.array(one.six_points_mm) for one in findings if one.six_points_mm]
            expected = fuse_points(points).six_points_mm if points else None
            assert (row.six_points_mm is None) == (expected is None)
            if expected is not None:
                np.testing.assert_allclose(row.six_points_mm, expected)

    def finish(self) -> None:
        """Decide what is open, sign, and find every vertebra in the final case once."""
        if self.case.stage == "consensus":
            sitting = self.sitting
            for one in selectors.open_disagreements(sitting):
                asked = one.pk in room.asked_turns(sitting)
                by = self.people[-1] if asked else self.readers[0]
                services.settle_disagreement(one, by=by, taken="a")
            working.sign_all(self.case)
        assert self.case.stage == "final"
        self.check()
        assert set(selectors.settled_findings(self.case)) == NUMBERS
        submitted = Reading.unblinded.filter(case=self.case, status="submitted")
        assert {one.reader_id for one in submitted} == {user.pk for user in self.readers}


def play(dataset, people, seeds) -> tuple[Counter[str], int]:
    """Play a story per seed; return how often each act was done, and how often one was refused."""
    others = [making.make_user(f"reader{n}", dataset, Role.READER) for n in (3, 4)]
    third = making.make_user("third", dataset, Role.READER)
    template = working.make_reading_case(dataset, people)
    cases = clone(template, len(seeds))
    acts: Counter[str] = Counter()
    refused = 0
    for case, seed in zip(cases, seeds, strict=True):
        readers = [people.reader1, people.reader2, *others, third]
        story = Story(Case.objects.get(pk=case.pk), readers, seed)
        story.play()
        acts += story.acts
        refused += story.refused
    assert set(acts) == {"settle", *OTHER_ACTS}, "not refused each time"
    return acts, refused


def test_random_readings_and_sittings_keep_every_vertebra_once(dataset, people):
    play(dataset, people, range(16))


@pytest.mark.long
def test_many_random_readings_and_sittings_keep_every_vertebra_once(
    dataset, people, record_property
):
    """What is recorded stands on the page that `python -m benchmarks.stories --write` writes."""
    seeds = range(100, 900)
    acts, refused = play(dataset, people, seeds)
    record_property("stories", {"seeds": [seeds[0], seeds[-1]], "acts": acts, "refused": refused})
