"""One case that is read blind, what betrays its readers, and who looks on."""

import uuid
from datetime import UTC, datetime

import numpy as np
from django.test import Client

from annotation.activity.services import Span, record_spans
from annotation.bridge.runs import encode_runs
from annotation.domain.workflow import Move
from annotation.preannotation import services as preannotation
from annotation.reading import services as readings
from annotation.reading.models import Protocol
from annotation.reading.own_masks import own_mask
from annotation.refinement.pins import set_pin
from annotation.refinement.replay import current_state, map_sha256
from annotation.studies.models import Case
from annotation.studies.volumes import grid_of
from tests import making, walking, working

NAME = "Quaggarella"
REMARK = "okapi between the end plates"
PLACE_MM = 137.31905
ACTIVE = (b"521.77", b"521.8")
"""How long A was active on the case, as an answer would write it."""
PIN = "gnu beside the facet joint"
PLANTED = {
    1: {
        "grade_reader": 3,
        "shape_reader": "crush",
        "remark": REMARK,
        "six_points_mm": working.body((PLACE_MM, -22.7719, 41.8083), (11.1907, 13.3301, 19.0709)),
    }
}
ENGINE = "django.contrib.auth.backends.ModelBackend"


class Blind:
    """One case at reading; A and B have opened their readings, A will say what is planted.

    With an exposure the case has a proposal of a model, with points of its own; with masks both
    readers paint one of their own.
    """

    def __init__(self, dataset, exposure: str = "", *, masks: int = 0) -> None:
        if masks:
            Protocol.objects.create(dataset=dataset, version=1, independent_masks=masks)
        self.people = making.make_people(dataset)
        self.checker = making.make_user("checker", dataset, making.Role.READER)
        roles = (making.Role.MANAGER, making.Role.READER)
        self.reading_manager = making.make_user("both", dataset, *roles)
        self.case = self._proposed(dataset, exposure) if exposure else self._painted(dataset)
        middle = grid_of(self.case.volume).to_mm(np.array([9.0, 5.0, 4.0]))
        set_pin(self.case, by=self.checker, kind="note", text=PIN, at_mm=middle, number=1)
        working.services.approve_mask(self.case, by=self.checker)
        self.a = making.make_user("quagga", dataset, making.Role.READER)
        self.a.first_name = NAME
        self.a.save()
        self.b = self.people.reader2
        self.reading_b = working.read(self.case, self.b, {})

    def _painted(self, dataset) -> Case:
        return working.make_checking_case(dataset, self.people)

    def _proposed(self, dataset, exposure: str) -> Case:
        Protocol.objects.create(dataset=dataset, version=1, proposal_exposure=exposure)
        model = making.make_model()
        preannotation.publish_model_version(dataset, model, by=None, reason="first")
        case = making.make_case(dataset)
        working.studies.advance_case(case, move=Move.QUEUE, by=None, role=making.Role.SYSTEM)
        proposal = making.make_proposal(case.volume)
        preannotation.store_preannotation(case.preannotations.get(), proposal)
        case.refresh_from_db()
        working.services.submit_mask(case, by=self.people.student)
        return case

    def markers(self) -> list[bytes]:
        """Return what betrays A: name, words, places, measures and keys."""
        own = readings.open_reading(self.case, user=self.a)
        finding = readings.selectors.findings_of(own)[0]
        said = [NAME, "quagga", REMARK, str(PLACE_MM), repr(finding.g), str(own.pk)]
        return [text.encode() for text in said]

    def proposed(self) -> list[bytes]:
        """Return what betrays the model: its key and places in millimetres."""
        proposal = self.case.preannotations.get()
        rows = proposal.vertebrae.all()
        places = [repr(x) for row in rows for x in row.centroid_mm if x % 1]
        return [text.encode() for text in (str(proposal.pk), *places)]

    def say(self) -> None:
        working.read(self.case, self.a, PLANTED)
        at = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        span = Span(uuid.uuid4(), self.case.pk, "reading", 521.7731, at, number=1)
        assert record_spans(self.a, [span]) == {span.id: ""}

    def paint(self) -> list[bytes]:
        """Let A take a plane out of one vertebra; return what betrays the mask."""
        track = own_mask(readings.open_reading(self.case, user=self.a))
        state = current_state(track)
        mask = state.mask.copy()
        mask[4][mask[4] == 1] = 0
        working.paint_own(self.reading_a, mask)
        digest = map_sha256(mask)
        return [digest.encode(), encode_runs(mask), str(track.strokes.get().pk).encode()]

    def submit(self) -> None:
        readings.submit_reading(readings.open_reading(self.case, user=self.a))

    def submit_all(self) -> None:
        self.submit()
        readings.submit_reading(self.reading_b)
        self.case.refresh_from_db()
        assert self.case.stage == "consensus"

    @property
    def reading_a(self):
        return readings.open_reading(self.case, user=self.a)

    def try_keys(self) -> list[str]:
        """Return the keys in whose addresses something may be changed."""
        own = (self.case.pk, self.reading_b.pk, self.reading_a.pk, self.case.dataset.slug + "/")
        return [str(key) for key in own]

    def onlookers(self) -> dict:
        people = self.people
        return {
            "the other reader": self.b,
            "a reader who has not begun": people.reader1,
            "a manager who reads too": self.reading_manager,
            "the student": people.student,
            "the manager": people.manager,
            "a stranger": people.stranger,
            "nobody": None,
        }


def client_of(user) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend=ENGINE)
    return client


def found_in(answers: walking.Answers, markers) -> list:
    return [
        (place, marker)
        for place, (_, body) in answers.items()
        for marker in markers
        if marker in body
    ]
