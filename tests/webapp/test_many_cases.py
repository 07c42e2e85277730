"""Lists of a data set ask the database as often for many cases as for few."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.reading import selectors
from annotation.refinement.leases import describe_lease
from annotation.refinement.selectors import lease_of, standing_return
from annotation.studies.models import Case
from tests import crowd, walking
from webapp.pages import standing
from webapp.pages.at_once import Sight
from webapp.pages.worklist import list_work

pytestmark = pytest.mark.django_db

KINDS = 3
"""Queries for what the fewer cases happened to hold none of; cases are ten times as many."""
LIST = re.compile(r"api/datasets/<slug:slug>/[^<]+")


@pytest.fixture(autouse=True)
def _quiet(caplog):
    caplog.set_level("CRITICAL", logger="django.request")


def counted(client, addresses: list[str]) -> dict[str, int]:
    """Return how many queries each address needs that answers 200."""
    found = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address).status_code
        if status == 200:
            found[address] = len(queries)
    return found


def test_no_list_of_a_data_set_asks_more_for_more_cases(dataset, people, sign_in):
    routes = sorted({route for route in walking.addresses().values() if LIST.fullmatch(route)})
    addresses = ["/" + route.replace("<slug:slug>", dataset.slug) for route in routes]
    clients = {who: sign_in(user) for who, user in vars(people).items() if who != "stranger"}
    crowd.gather(dataset, people, 50)
    for client in clients.values():
        counted(client, addresses)  # a first answer may keep what it has worked out
    few = {who: counted(client, addresses) for who, client in clients.items()}
    crowd.gather(dataset, people, 450, seed=1)
    for client in clients.values():
        counted(client, addresses)
    many = {who: counted(client, addresses) for who, client in clients.items()}
    assert {
        (who, address, few[who][address], n)
        for who, found in many.items()
        for address, n in found.items()
        if n > few[who][address] + KINDS
    } == set()
    assert sum(map(len, few.values())) > 20
    assert few["reader1"][f"/api/datasets/{dataset.slug}/worklist/"] < 30


@pytest.mark.parametrize("seed", [1, 2])
def test_all_cases_at_once_are_what_each_is_alone(dataset, people, seed):
    crowd.gather(dataset, people, 63, seed=seed)
    cases = list(Case.objects.filter(dataset=dataset).select_related("dataset"))
    for user in (people.student, people.reader1, people.reader2, people.manager):
        sight = Sight(user, dataset)
        for case in cases:
            readings = sight.readings
            assert readings.stage_for(case) == selectors.stage_for(user, case)
            assert readings.open_assignment(case) == selectors.open_assignment(user, case)
            hidden = selectors.is_proposal_hidden_from(user, case)
            assert readings.is_proposal_hidden(case) == hidden
            assert sight.waits_for(case) == standing.waits_for(user, case)
            assert sight.work_of(case) == standing.work_of(user, case)
            assert sight.open_moves(case) == standing.open_moves(user, case)
            assert sight.leases.get(case.pk) == lease_of(case)
            assert sight.returned(case) == standing_return(case)
            if case.stage == "reading":
                assert readings.may_read(case) == selectors.may_read(user, case)


def test_the_list_shows_levels_leases_and_returns_of_each_case(dataset, people):
    crowd.gather(dataset, people, 63)
    shown = list_work(people.student, dataset, "all")
    row = next(row for row in shown["rows"] if row["held_by"] and row["stage"] == "refining")
    lease = lease_of(Case.objects.get(pk=row["case"]))
    assert row["held_by"] == describe_lease(lease, people.student)
    assert {row["levels"] for row in shown["rows"]} == {"T11\N{EN DASH}L1"}
    assert {row["n_levels"] for row in shown["rows"]} == {3}
    assert shown["counts"]["all"] == len(shown["rows"])
    assert any(row["returned"] for row in shown["rows"])
