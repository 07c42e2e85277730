"""One simulated study through the services: protocol, readings, amendments, consensus, report."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from django.db import transaction

from annotation.agreement.automation import automation_of
from annotation.agreement.selectors import closed_readings
from annotation.agreement.services import compute
from annotation.consensus import selectors as consensus
from annotation.consensus import services as settling
from annotation.consensus import signing
from annotation.domain.geometry import Grid
from annotation.domain.geometry import Volume as Ct
from annotation.domain.workflow import Move, Role
from annotation.preannotation import services as preannotation
from annotation.preannotation.models import ProposedVertebra
from annotation.reading import services as readings
from annotation.reading.models import Protocol, Reading
from annotation.reading.services_amend import amend_reading
from annotation.refinement import services as refinement
from annotation.studies import services as studies
from annotation.studies.models import Case, Dataset
from benchmarks import study_readers as habits
from benchmarks.many import clone
from tests import making

FULL_MM = 20.0
SPACING_MM = 1.0
NUMBERS = (1, 2, 3)


@dataclass(frozen=True)
class Found:
    """One planted value with what a study says of it.

    Attributes:
        kind: "kappa", "bias of G" or "automation".
        name: which value.
        planted: what the readers' habits come to.
        value: what the report says, None where it is undefined.
        low, high: the report's 95 % interval.
    """

    kind: str
    name: str
    planted: float
    value: float | None
    low: float | None
    high: float | None

    @property
    def is_covered(self) -> bool | None:
        """Tell whether the interval holds the planted value; None without an interval."""
        if self.low is None or self.high is None:
            return None
        return self.low <= self.planted <= self.high


class House:
    """A data set with a template case at reading, and the readers; studies leave no trace."""

    def __init__(self) -> None:
        self.dataset = making.make_dataset("study")
        self.people = making.make_people(self.dataset)
        self.readers = [
            making.make_user(f"habit{n}", self.dataset, Role.READER)
            for n in range(len(habits.READERS))
        ]
        self.template = _make_template(self.dataset, self.people)
        arms = [{"name": f"{one} arm", "exposure": one, "weight": 1} for one in habits.ARMS]
        self.protocol = Protocol.objects.create(
            dataset=self.dataset, version=1, readers_per_case=len(self.readers), arms=arms
        )

    def study(self, seed: int, n_cases: int, planted: habits.Planted, draws: int) -> list[Found]:
        """Play one study and compare its report with what was planted."""
        with transaction.atomic():
            Protocol.objects.filter(pk=self.protocol.pk).update(allocation_seed=seed)
            found = list(_Study(self, seed, n_cases).found(planted, draws))
            transaction.set_rollback(True)
        return found


def _make_template(dataset: Dataset, people: making.People) -> Case:
    """Return a case at reading, of 1 mm: grades are withheld on coarser images."""
    hu = making.make_ct(dims=(20, 32, 10)).hu
    affine = np.array([[0.0, 0, -1, 10], [1, 0, 0, -20], [0, -1, 0, 100], [0, 0, 0, 1]])
    volume = making.make_volume(Ct(hu, Grid((20, 32, 10), affine)))
    preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset, volume)
    studies.advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    proposal = making.make_proposal(case.volume)
    preannotation.store_preannotation(case.preannotations.get(), proposal)
    case.refresh_from_db()
    refinement.submit_mask(case, by=people.student)
    refinement.approve_mask(case, by=people.reader1)
    return case


def points_of(g: float) -> list[Any]:
    """Return six points of a body 30 mm deep that is lower in front, with height ratio g."""
    heights = (FULL_MM * g, FULL_MM, FULL_MM)
    return [
        [[0.0, 15.0 * place, height / 2], [0.0, 15.0 * place, -height / 2]]
        for place, height in zip((-1, 0, 1), heights, strict=True)
    ]


def say(g: float, grade: int) -> dict[str, Any]:
    """Return what a reader says of a vertebra."""
    shape = "wedge" if grade else ""
    return {"six_points_mm": points_of(float(g)), "grade_reader": int(grade), "shape_reader": shape}


class _Study:
    def __init__(self, house: House, seed: int, n_cases: int) -> None:
        self.house, self.n = house, n_cases
        self.drawn = np.random.default_rng(seed)
        shape = (n_cases, len(NUMBERS))
        self.g = habits.draw_truth(n_cases * len(NUMBERS), self.drawn)
        self.true = habits.grades_of(self.g)
        self.proposed = habits.draw_proposed(self.true, self.drawn)
        self.own = [habits.judged(one, self.g, self.drawn) for one in habits.READERS]
        self.led = [
            habits.followed(reader, own, self.proposed, self.drawn)
            for reader, own in zip(habits.READERS, self.own, strict=True)
        ]
        self.hand = [habits.measured(one, self.g, self.drawn) for one in habits.READERS]
        self.at = np.arange(n_cases * len(NUMBERS)).reshape(shape)
        self.arms: list[list[str]] = []

    def found(self, planted: habits.Planted, draws: int) -> Iterator[Found]:
        cases = clone(self.house.template, self.n, events=False)
        self._propose(cases)
        for place, case in enumerate(cases):
            self._read(Case.objects.get(pk=case.pk), place)
        return self._compare(planted, draws)

    def _propose(self, cases: Sequence[Case]) -> None:
        """Let the model say what was drawn for it."""
        rows = ProposedVertebra.objects.filter(preannotation__case__in=cases)
        place = {case.pk: number for number, case in enumerate(cases)}
        changed = []
        for row in rows.select_related("vertebra"):
            grade = self.proposed[self.at[place[row.vertebra.case_id], row.vertebra.number - 1]]
            row.grade, row.g = int(grade), (0.95, 0.77, 0.68, 0.5)[grade]
            row.six_points_mm = points_of(row.g)
            changed.append(row)
        fields = ["grade", "g", "six_points_mm"]
        ProposedVertebra.objects.bulk_update(changed, fields, batch_size=200)

    def _read(self, case: Case, place: int) -> None:
        """Let all read, then settle what they differ on as it truly is.

        They come in an order of chance. Whoever commits first and amends hands in before the
        others: nobody amends a case that was final at once.
        """
        opened: dict[int, Reading] = {}
        for one in self.drawn.permutation(len(self.house.readers)).tolist():
            opened[one] = readings.open_reading(case, user=self.house.readers[one])
        for one in sorted(opened, key=lambda one: opened[one].exposure != habits.AFTER):
            self._say(opened[one], place, one)
        self.arms.append([opened[one].exposure for one in range(len(opened))])
        case.refresh_from_db()
        sitting = consensus.newest_sitting(case)
        if case.stage == "consensus":
            for row in consensus.open_disagreements(sitting):
                at = self.at[place, row.vertebra.number - 1]
                settling.settle_disagreement(
                    row,
                    by=self.house.readers[0],
                    taken="edited",
                    said=say(self.g[at], self.true[at]),
                    remark="as the phantom is",
                )
            for user in signing.unsigned(sitting):
                signing.settle_case(case, by=user)

    def _say(self, reading: Reading, place: int, one: int) -> None:
        exposure = str(reading.exposure)
        first = self.led if exposure == habits.SHOWN else self.own
        for number in NUMBERS:
            at = self.at[place, number - 1]
            said = say(self.hand[one][at], first[one][at])
            readings.save_finding(reading, number=number, said=said)
        readings.submit_reading(reading)
        at = self.at[place]
        turned = np.flatnonzero(self.led[one][at] != self.own[one][at])
        if exposure == habits.AFTER and len(turned):
            amended = amend_reading(reading, reason="the proposal says something else")
            for index in turned:
                said = say(self.hand[one][at[index]], self.led[one][at[index]])
                said.pop("six_points_mm")
                readings.save_finding(amended, number=int(index) + 1, said=said)
            readings.submit_reading(amended)

    def _compare(self, planted: habits.Planted, draws: int) -> Iterator[Found]:
        dataset = self.house.dataset
        said = closed_readings(dataset)
        letters = [said.letters[user.pk] for user in self.house.readers]
        rows = compute(said, draws=draws)["arms"]["all"]["rows"]
        by_key = {
            (row["of"], *row["readers"], row["statistic"]): row
            for row in rows
            if row["group"] == "all" and len(row["readers"]) == 2
        }
        for i, j in combinations(range(len(letters)), 2):
            first, second = (i, j) if letters[i] < letters[j] else (j, i)
            pair = letters[first], letters[second]
            arms = Counter((one[i], one[j]) for one in self.arms)
            for weights in ("unweighted", "linear", "quadratic"):
                value = planted.kappa(i, j, arms, weights)
                row = by_key["grade", *pair, f"kappa {weights}"]
                yield _found("kappa", f"{weights}, readers {i + 1} and {j + 1}", value, row)
            value = planted.difference_of_g(first, second)
            yield _found(
                "bias of G", f"readers {i + 1} and {j + 1}", value, by_key["g", *pair, "bias"]
            )
        yield from _rates(automation_of(dataset, said, draws=draws), planted)


def _rates(report: dict[str, Any], planted: habits.Planted) -> Iterator[Found]:
    for row in report["arms"]:
        for name in ("wrong_with_wrong", "follows_wrong"):
            key = name, row["group"], row["question"]
            if key in planted.rates:
                yield _found("automation", " ".join(key), planted.rates[key], row[name])
    for row in report["turned"]:
        for how in ("between", "within"):
            key = "turned", how, row["question"]
            yield _found("automation", " ".join(key), planted.rates[key], row[how])


def _found(kind: str, name: str, planted: float, row: dict[str, Any]) -> Found:
    return Found(kind, name, planted, row["value"], row["low"], row["high"])
