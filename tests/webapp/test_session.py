import pytest
from django.test import Client

from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(dataset):
    user = making.make_people(dataset).student
    user.set_password("right and long")
    user.save()
    return user


def _sign_in(client, password):
    return client.post(
        "/api/session/",
        {"username": "student", "password": password},
        content_type="application/json",
    )


def test_a_visitor_is_nobody_and_gets_a_csrf_cookie():
    client = Client()
    answer = client.get("/api/session/")
    assert answer.json() == {"user": None, "memberships": []}
    assert "csrftoken" in client.cookies


def test_signing_in_and_out(person):
    client = Client()
    answer = _sign_in(client, "right and long")
    assert answer.status_code == 200
    assert answer.json()["memberships"] == [
        {"dataset": "set", "dataset_name": "Set set", "roles": ["student"]}
    ]
    assert client.delete("/api/session/").status_code == 204
    assert client.get("/api/session/").json()["user"] is None


def test_sign_in_needs_the_csrf_token(person):
    client = Client(enforce_csrf_checks=True)
    assert _sign_in(client, "right and long").status_code == 403


def test_five_wrong_passwords_lock_the_account_for_a_while(person):
    client = Client()
    left = [_sign_in(client, "wrong").json()["tries_left"] for _ in range(4)]
    assert left == [4, 3, 2, 1]
    locked = _sign_in(client, "wrong")
    assert (locked.status_code, locked.json()["code"]) == (429, "locked")
    assert locked.json()["minutes"] == 15
    assert _sign_in(client, "right and long").status_code == 429


def test_unknown_addresses_below_api_are_not_answered_by_the_front_end():
    assert Client().get("/api/nothing/").status_code == 404
