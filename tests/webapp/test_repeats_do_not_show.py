"""A reader who gets a case back is answered as on a case that comes for the first time."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from annotation.activity.services import Span, record_spans
from annotation.reading import repeats, services
from annotation.reading.models import Assignment, Protocol
from tests import walking, working

pytestmark = pytest.mark.django_db

BEFORE = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
VOLATILE = (
    (re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), b"KEY"),
    (re.compile(rb"\b[0-9a-f]{32,64}\b"), b"HASH"),
    (re.compile(rb"20\d\d-\d\d-\d\dT[0-9:.]+(?:Z|[+]00:00)?"), b"TIME"),
    (re.compile(rb"LAM-\d{4}"), b"CODE"),
    (re.compile(rb'"id":\d+'), b"KEY"),
    (re.compile(rb"'Content-Length', '\d+'"), b"LENGTH"),
)


@pytest.fixture
def pair(dataset, people, settings):
    """A case that comes back to reader1 beside one that reader1 has not read."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    Protocol.objects.create(dataset=dataset, version=1, repeat_share=1.0)
    again = working.make_reading_case(dataset, people)
    span = Span(uuid.uuid4(), again.pk, "reading", 77.0, BEFORE)
    assert record_spans(people.reader1, [span]) == {span.id: ""}
    for user in (people.reader1, people.reader2):
        working.read_and_submit(again, user, {1: {"grade_reader": 2, "shape_reader": "wedge"}})
    assert again.stage == "final"
    Assignment.objects.update(done_at=timezone.now() - timedelta(days=40))
    repeats.give_repeats(dataset)
    return again, working.make_reading_case(dataset, people)


def answers(client: Client, case) -> dict[str, tuple[int, bytes]]:
    """Return what each address of a case answers, without keys, times and names of the case."""
    found = {}
    for address in walking.addresses():
        if str(case.pk) in address and str(case.pk) != address.strip("/").split("/")[-1]:
            response = client.get(address)
            body = walking.everything_in(response)
            if response.get("Content-Type") == "application/octet-stream":
                body = b"strokes and masks are each case's own"
            for pattern, word in VOLATILE:
                body = pattern.sub(word, body)
            found[address.replace(str(case.pk), "CASE")] = (response.status_code, body)
    return found


def differences(client: Client, pair) -> dict[str, list]:
    """Return by address what is answered differently on the two cases."""
    first, second = (answers(client, case) for case in pair)
    return {
        address: [first.get(address), second.get(address)]
        for address in first.keys() | second.keys()
        if first.get(address) != second.get(address)
    }


def test_no_address_of_a_case_tells_that_it_came_back(pair, people, sign_in):
    client = sign_in(people.reader1)
    assert len(answers(client, pair[1])) > 15
    assert differences(client, pair) == {}
    for case in pair:
        services.open_reading(case, user=people.reader1)
    assert differences(client, pair) == {}


def test_the_list_counts_it_as_a_case_to_read(pair, people, sign_in):
    client = sign_in(people.reader1)
    shown = client.get("/api/datasets/set/worklist/?scope=ready").json()
    assert {row["stage"] for row in shown["rows"]} == {"reading"}
    assert [(one["stage"], one["n"]) for one in shown["stages"]] == [("reading", 2)]


def test_writing_to_it_is_answered_as_on_a_first_reading(pair, people, sign_in):
    client = sign_in(people.reader1)

    def post(case, path, body) -> tuple[int, str]:
        address = f"/api/cases/{case.pk}/{path}"
        response = client.post(address, body, content_type="application/json")
        return response.status_code, re.sub(r"LAM-\d{4}", "CODE", response.json().get("detail", ""))

    for path, body in (
        ("moves/", {"move": "reopen"}),
        ("moves/", {"move": "settle"}),
        ("moves/", {"move": "reopen_mask"}),
        ("consensus/confirm_threshold/", {}),
        ("lease/", {}),
    ):
        first, second = (post(case, path, body) for case in pair)
        assert first == second, path
