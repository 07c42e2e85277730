import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from annotation.preannotation import services as preannotation
from annotation.releases import services as releases
from annotation.releases.tasks import build_release
from annotation.rounds import services as rounds
from annotation.studies.blobs import blob_store
from annotation.studies.models import Case, Patient, PatientTombstone
from annotation.studies.volumes import load_ct
from tests import making, working
from webapp.withdrawal import withdraw_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def final(dataset, people, settings):
    folder = settings.WEIGHTS_ROOT / "parent"
    folder.mkdir()
    (folder / "card.json").write_text("{}")
    model = making.make_model("parent")
    preannotation.publish_model_version(dataset, model, by=None, reason="first")
    return working.make_final_case(dataset, people)


def _names(case: Case) -> list[str]:
    """Return rows of all tables that still hold one of the case's keys."""
    keys = {str(case.pk), case.pk.hex, str(case.patient_id), case.patient_id.hex}
    found = []
    for kind in apps.get_app_config("annotation").get_models():
        if kind.__name__ in ("PatientTombstone", "LiveEvent", "Job"):
            continue
        for row in kind._default_manager.values():
            if any(key in json.dumps(row, default=str) for key in keys):
                found.append(kind.__name__)
    return found


def test_a_person_is_taken_out_with_everything_and_a_tombstone_stays(dataset, people, final):
    other = making.make_case(dataset)
    blobs = set(blob_store().keys())
    tombstone = withdraw_patient(final.patient, by=people.manager)
    assert not Patient.objects.filter(pk=final.patient_id).exists()
    assert _names(final) == []
    assert tombstone.removed["readings"] == 2
    assert tombstone.removed["strokes"] == 1
    left = set(blob_store().keys())
    assert left < blobs
    assert load_ct(other.volume).hu.size
    assert len(left) == 5


def test_what_contained_the_person_says_so_and_gives_nothing_out(
    dataset, people, final, settings, sign_in
):
    training = rounds.start_round(dataset, by=people.manager)
    folder = rounds.prepare_folder(training)
    child = making.make_model("child", parent=making.make_model("candidate"))
    training.candidate_model = child.parent
    training.save()
    made = releases.start_release(dataset, by=people.manager, version="1", licence="CC0")
    build_release(str(made.job_id))
    made.refresh_from_db()
    archive = made.blob
    withdraw_patient(final.patient, by=None)
    for model in (child, child.parent):
        model.refresh_from_db()
        assert model.contains_withdrawn
    assert not training.parent_model.contains_withdrawn
    made.refresh_from_db()
    assert (made.contains_withdrawn, made.blob) == (True, "")
    assert not blob_store().exists(archive)
    assert not folder.exists()
    shown = sign_in(people.manager).get(f"/api/releases/{made.pk}/").json()
    assert (shown["download_url"], shown["n_cases"]) == (None, 0)
    assert _names(final) == []


def test_blobs_that_another_person_shares_stay(dataset):
    ct = making.make_ct(seed=3)
    one, other = (making.make_case(dataset, making.make_volume(ct)) for _ in range(2))
    assert one.volume.hu_blob == other.volume.hu_blob
    withdraw_patient(one.patient, by=None)
    assert load_ct(other.volume).hu.size


def test_the_command_asks_before_it_removes(dataset, capsys):
    case = making.make_case(dataset)
    with pytest.raises(CommandError, match="--yes"):
        call_command("withdraw_patient", case.code, "--dataset", dataset.slug)
    with pytest.raises(CommandError, match="no such case"):
        call_command("withdraw_patient", "LAM-9999", "--dataset", dataset.slug)
    call_command("withdraw_patient", case.code, "--dataset", dataset.slug, "--yes")
    assert "1 cases" in capsys.readouterr().out
    assert PatientTombstone.objects.get().patient_id == case.patient_id
