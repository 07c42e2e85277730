"""The Dockerfile passes its linter and the compose file holds together."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yml").read_text())
    return loaded


def test_the_dockerfile_passes_hadolint() -> None:
    linter = Path(sys.executable).parent / "hadolint"
    command = [linter, DOCKER / "Dockerfile"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_image_runs_as_an_ordinary_user_and_says_whether_it_is_well() -> None:
    stages = (DOCKER / "Dockerfile").read_text().split("\nFROM ")
    final = [stage for stage in stages if " AS web" in stage or " AS worker" in stage]
    assert len(final) == 2
    for stage in final:
        assert "\nUSER 1000:1000\n" in stage
        assert "\nHEALTHCHECK " in stage


def test_every_image_is_pinned() -> None:
    images = [service.get("image", "") for service in compose()["services"].values()]
    foreign = [image for image in images if image and not image.startswith("lamina-")]
    assert foreign
    assert all(":" in image and not image.endswith(":latest") for image in foreign)


def test_services_wait_for_services_that_exist() -> None:
    services = compose()["services"]
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            assert other in services
            healthy = "healthcheck" in services[other]
            assert how["condition"] == "service_healthy" if healthy else other == "migrate"


def test_what_the_compose_file_starts_is_in_the_build_context() -> None:
    dockerfile = (DOCKER / "Dockerfile").read_text()
    copied = [
        part
        for line in dockerfile.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for part in line.split()[1:-1]
    ]
    assert copied
    assert [part for part in copied if not (ROOT / part).exists()] == []


def test_workers_start_by_a_command_that_exists() -> None:
    for name in ("worker", "training", "migrate"):
        command = compose()["services"][name]["command"]
        if command[2] != "migrate":
            assert (ROOT / "webapp" / "management" / "commands" / f"{command[2]}.py").exists()
