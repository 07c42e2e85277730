"""Every test has roots of its own below a temporary folder."""

import pytest
from django.test import Client

from tests import making


@pytest.fixture(autouse=True)
def _own_roots(settings, tmp_path):
    for name in ("STORE", "ORIGINALS", "INCOMING", "ROUNDS", "WEIGHTS"):
        root = tmp_path / name.lower()
        root.mkdir()
        setattr(settings, f"{name}_ROOT", root)
    settings.VAR_DIR = tmp_path
    settings.KEY_FILE = tmp_path / "keys" / "pseudonyms.key"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def dataset(db):
    return making.make_dataset()


@pytest.fixture
def people(dataset):
    return making.make_people(dataset)


@pytest.fixture
def sign_in():
    """Return a function that gives a client signed in as a person."""

    def _sign_in(user) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return _sign_in
