"""What two processes do at once ends as if one had waited for the other; on either data base."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from annotation.domain.workflow import Move, MoveNotAllowed, Role
from annotation.preannotation.models import PreAnnotation
from annotation.preannotation.services import ask_for_preannotation, publish_model_version
from annotation.studies.models import Case
from annotation.studies.services import add_vertebra, advance_case, create_case
from annotation.work.models import Job
from annotation.work.services import claim_job
from tests import making

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that begin together; return results or errors, in order."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            gate.wait()
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_four_who_move_a_case_one_does(dataset):
    case = making.make_case(dataset)

    def move() -> None:
        mine = Case.objects.get(pk=case.pk)
        advance_case(mine, move=Move.EXCLUDE, by=None, role=Role.MANAGER)

    results = at_once(move, move, move, move)
    assert sum(isinstance(result, MoveNotAllowed) for result in results) == 3
    assert results.count(None) == 1
    assert case.events.count() == 1


def test_cases_and_vertebrae_made_at_once_get_numbers_of_their_own(dataset):
    volumes = [making.make_volume() for _ in range(4)]
    cases = at_once(
        *(lambda v=volume: create_case(dataset, volume=v, title="CT") for volume in volumes)
    )
    assert sorted(case.number for case in cases) == [1, 2, 3, 4]
    first = Case.objects.get(number=1)
    made = at_once(*[lambda: add_vertebra(first, level="T12", origin="person")] * 4)
    assert sorted(vertebra.number for vertebra in made) == [1, 2, 3, 4]


def test_of_four_workers_one_gets_the_job(db):
    job = Job.objects.create(kind="release", task="t", queue="io", channel="c")
    claims = at_once(*[lambda: claim_job(job.pk)] * 4)
    assert sum(claim is not None for claim in claims) == 1
    job.refresh_from_db()
    assert job.attempts == 1


def test_a_proposal_asked_for_four_times_at_once_is_one_request(dataset, monkeypatch):
    monkeypatch.setattr("annotation.work.services.send_job", lambda job: None)
    publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset)
    requests = at_once(*[lambda: ask_for_preannotation(case)] * 4)
    assert len({request.pk for request in requests}) == 1
    assert PreAnnotation.objects.count() == Job.objects.count() == 1
