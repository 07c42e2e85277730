from django.core.management import call_command

from webapp.management.commands.client_types import SCHEMA, TYPES, schema_text, types_text


def test_the_committed_schema_is_that_of_the_code():
    assert SCHEMA.read_text() == schema_text(), "run manage.py client_types"


def test_the_front_ends_types_are_made_from_it():
    assert TYPES.read_text() == types_text(SCHEMA.read_text()), "run manage.py client_types"


def test_the_schema_is_valid_and_nothing_in_it_is_guessed(tmp_path):
    place = tmp_path / "schema.yaml"
    call_command("spectacular", "--file", str(place), "--validate", "--fail-on-warn")
    assert place.stat().st_size > 0
