import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from annotation.preannotation.selectors import weights_folder
from annotation.studies.models import Case, Dataset, User
from tests import making
from tests.dicom_series import series_files, zipped

pytestmark = pytest.mark.django_db


def test_the_demo_makes_accounts_that_can_sign_in_and_a_second_start_changes_nothing(
    tmp_path, capsys
):
    place = tmp_path / "accounts.txt"
    for _ in range(2):
        call_command("demo_data", "--accounts", str(place), "--without-images")
    assert place.stat().st_mode & 0o077 == 0
    accounts = dict(line.split() for line in place.read_text().splitlines())
    assert set(accounts) == {"student", "reader1", "reader2", "manager"}
    for username, password in accounts.items():
        answer = Client().post(
            "/api/session/",
            json.dumps({"username": username, "password": password}),
            content_type="application/json",
        )
        assert answer.json()["memberships"][0]["dataset"] == "demo"
    assert User.objects.count() == 4


def test_the_shipped_model_serves_the_demo(tmp_path, settings):
    settings.SHIPPED_WEIGHTS_ROOT = tmp_path
    (tmp_path / "anchor-free-tiny").mkdir()
    card = {"format": "lamina.weights/1", "sha256": "c" * 64, "name": "anchor-free-tiny"}
    (tmp_path / "anchor-free-tiny" / "card.json").write_text(json.dumps(card))
    arguments = ("--accounts", str(tmp_path / "accounts.txt"), "--without-images")
    call_command("demo_data", *arguments)
    model = Dataset.objects.get().service_terms.get().model
    assert model.version == "anchor-free-tiny"
    assert (weights_folder(model) / "card.json").is_file()


def test_newer_shipped_weights_serve_the_demo_and_the_older_stay_what_they_were(tmp_path, settings):
    settings.SHIPPED_WEIGHTS_ROOT = tmp_path
    place = tmp_path / "anchor-free-tiny"
    place.mkdir()
    for digit in "cd":
        card = {"format": "lamina.weights/1", "sha256": digit * 64, "name": "anchor-free-tiny"}
        (place / "card.json").write_text(json.dumps(card))
        call_command("demo_data", "--accounts", str(tmp_path / "accounts.txt"), "--without-images")
    older, newer = [term.model for term in Dataset.objects.get().service_terms.all()]
    assert newer.version == "anchor-free-tiny+dddddddd"
    assert json.loads((weights_folder(older) / "card.json").read_text())["sha256"] == "c" * 64


def test_a_folder_and_an_archive_are_taken_in_from_the_command_line(dataset, tmp_path, capsys):
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / "series.zip").write_bytes(zipped(series_files()))
    call_command("intake", str(folder), "--dataset", dataset.slug)
    assert "it is now LAM-0001" in capsys.readouterr().out
    assert Case.objects.get().stage == "queued"
    with pytest.raises(CommandError, match="no file"):
        call_command("intake", str(tmp_path / "nowhere"), "--dataset", dataset.slug)
    with pytest.raises(CommandError, match="no data set"):
        call_command("intake", str(folder), "--dataset", "other")


def test_health_and_doctor_answer(dataset, capsys, db):
    assert Client().get("/healthz").content == b"ok"
    call_command("doctor", "--worker")
    assert "key file: well" in capsys.readouterr().out


def test_a_model_is_registered_by_its_folder(dataset, settings):
    folder = settings.WEIGHTS_ROOT / "candidate"
    folder.mkdir()
    card = {"format": "lamina.weights/1", "sha256": "d" * 64, "name": "candidate"}
    (folder / "card.json").write_text(json.dumps(card))
    making.make_case(dataset)
    call_command("register_model", "candidate", "--dataset", dataset.slug)
    assert dataset.service_terms.get().model.weights == "candidate"
