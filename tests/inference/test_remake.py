from dataclasses import replace

from inference.config import Schedule, this_machine
from inference.learning import remake as remaking
from inference.learning.courses import COURSES
from inference.learning.lessons import Terms
from inference.learning.remake import Place, Plan, remake
from inference.weights import load_weights, read_card


def test_remaking_writes_weights_that_load_and_a_card_that_says_what_they_are(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(remaking, "_MEASURED", 1)
    once = Schedule(1, 1, 1e-3)
    course = COURSES["anchor-free"]
    nets = course.system.nets
    preset = replace(
        course.system.presets["tiny"],
        schedules=dict.fromkeys(nets, once),
        phantoms=dict.fromkeys(course.kinds, 1),
    )
    place = Place(tmp_path / "remade", tmp_path / "cache", workers=1)
    heard = []
    figures = remake(Plan(course, preset, Terms(seed=1)), place, this_machine("cpu"), heard.append)
    weights = load_weights(place.out, "cpu")
    assert weights.is_phantoms_only
    assert weights.card["manifest"]["cases"] == []
    assert read_card(place.out)["metrics"].keys() == figures.keys()
    assert {progress.what for progress in heard} >= {*nets, "phantoms", "held-out phantoms"}
    assert weights.sha256 in (place.out / "card.md").read_text()
