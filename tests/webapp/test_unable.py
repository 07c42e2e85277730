"""A server that cannot store says so in a form that pages understand, and changes nothing."""

import errno

import pytest
from django.db import OperationalError

from annotation.refinement import services
from annotation.refinement.models import Stroke
from tests import working

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(dataset, people, sign_in):
    case = working.make_named_case(dataset)
    services.take_lease(case, by=people.student)
    client = sign_in(people.student)
    client.raise_request_exception = False

    def _post():
        mask = working.blocks(case)
        body = working.stroke_between(mask * 0, mask, sequence=1)
        kind = "application/octet-stream"
        return client.post(f"/api/cases/{case.pk}/strokes/", body, content_type=kind)

    return _post


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507, "disk_full"),
        (OperationalError("database or disk is full"), 507, "disk_full"),
        (OperationalError("server closed the connection"), 503, "database_away"),
    ],
)
def test_a_stroke_that_cannot_be_stored_is_answered_so_that_it_waits(
    post, monkeypatch, error, status, code
):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(Stroke.objects, "create", fail)
    answer = post()
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Stroke.objects.count() == 0
    monkeypatch.undo()
    assert post().status_code == 200


def test_a_fault_of_ours_stays_a_fault(post, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("a bug")

    monkeypatch.setattr(Stroke.objects, "create", fail)
    assert post().status_code == 500
