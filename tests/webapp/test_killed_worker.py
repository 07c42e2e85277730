"""A worker that is killed in the middle of a pre-annotation, with real processes and messages."""

from pathlib import Path

import pytest

from inference.systems.anchor_free import SYSTEM, new_nets
from inference.weights import save_weights
from tests.browser.house import House

LUMBAR = Path(__file__).resolve().parents[2] / "demo" / "lumbar" / "example_ct.nii.gz"

WAIT = """
import time
from annotation.work.models import Job
jobs = Job.objects.filter(kind="preannotation")
for _ in range(1200):
    if jobs.filter(state="{state}", attempts__gte={attempts}).exists():
        break
    time.sleep(0.1)
print(list(jobs.values_list("state", "attempts", "failure")))
"""

COUNT = """
from annotation.studies.models import Case, CaseEvent
case = Case.objects.get()
print(case.stage, case.preannotations.filter(status="done").count(), case.preannotations.count(),
      CaseEvent.objects.filter(move="offer").count(), case.tracks.count())
"""


@pytest.fixture
def house(tmp_path):
    running = House(tmp_path / "house")
    running.environment["LAMINA_JOB_STALE_SECONDS"] = "4"
    running.manage("migrate", "--verbosity", "0")
    preset = SYSTEM.presets["tiny"]
    card = {"name": "untrained", "trained_on": "nothing", "phantoms_only": True}
    save_weights(new_nets(preset), SYSTEM, preset, running.var / "weights" / "untrained", card)
    running.manage("demo_data", "--without-images")
    running.manage("register_model", "untrained", "--dataset", "demo")
    yield running
    running.stop()


def test_a_case_gets_its_pre_annotation_once_though_the_worker_was_killed(house):
    house.manage("intake", str(LUMBAR), "--dataset", "demo")
    house.start("worker")
    house.manage("shell", "-c", WAIT.format(state="running", attempts=1))
    house.kill("worker")
    assert "running" in house.manage("shell", "-c", WAIT.format(state="running", attempts=1))
    house.start("worker")
    ended = house.manage("shell", "-c", WAIT.format(state="done", attempts=2))
    assert "('done', 2, '')" in ended, ended + (house.var / "worker.log").read_text()[-2000:]
    assert house.manage("shell", "-c", COUNT).split()[-5:] == ["refining", "1", "1", "1", "1"]
