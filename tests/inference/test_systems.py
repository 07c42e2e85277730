import pytest

from inference.learning.courses import COURSES
from inference.pipelines import PIPELINES
from inference.systems import SYSTEMS


@pytest.fixture(params=sorted(SYSTEMS))
def system(request):
    return SYSTEMS[request.param]


def test_every_system_can_be_run_and_taught(system):
    assert system.name in PIPELINES
    assert COURSES[system.name].system is system


def test_every_preset_says_all_that_its_networks_need(system):
    assert set(system.presets) >= {"tiny", "base", "paper"}
    for name, preset in system.presets.items():
        assert preset.name == name
        assert tuple(preset.widths) == tuple(preset.schedules) == system.nets
        assert set(preset.phantoms) == set(COURSES[system.name].kinds)


def test_its_networks_are_those_its_presets_name(system):
    assert tuple(system.new_nets(system.presets["tiny"])) == system.nets


def test_every_network_learns_from_a_kind_of_phantom_that_there_is(system):
    course = COURSES[system.name]
    assert tuple(course.subjects) == system.nets
    assert {subject.kind for subject in course.subjects.values()} == set(course.kinds)
