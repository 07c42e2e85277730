import pytest
from django.test import Client

from tests import making

pytestmark = pytest.mark.django_db

ADDRESS = "/api/session/keys/"


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_keys_are_kept_for_their_person_only(dataset):
    people = making.make_people(dataset)
    student = client_of(people.student)
    assert student.get(ADDRESS).json() == {"keys": {}, "letters": True}
    chosen = {"keys": {"refining.brush": ["P", "Ctrl+B"], "undo": []}, "letters": False}
    assert student.put(ADDRESS, chosen, content_type="application/json").json() == chosen
    assert client_of(people.student).get(ADDRESS).json() == chosen
    assert client_of(people.reader1).get(ADDRESS).json() == {"keys": {}, "letters": True}
    assert Client().get(ADDRESS).status_code == 401


@pytest.mark.parametrize(
    "keys", [{"no name!": ["B"]}, {"undo": "Z"}, {"undo": ["Z"] * 5}, {"undo": [""]}, []]
)
def test_what_is_no_table_of_keys_is_refused(dataset, keys):
    student = client_of(making.make_people(dataset).student)
    said = {"keys": keys, "letters": True}
    assert student.put(ADDRESS, said, content_type="application/json").status_code == 400
    assert student.get(ADDRESS).json()["keys"] == {}
