"""Starts the real application for browser tests: web server, workers, a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlparse

import psycopg

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_database(url: str, name: str) -> str:
    """Create a database of this name on the server of `url` and return its URL."""
    if not url:
        return ""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    return urlparse(url)._replace(path=f"/{name}").geturl()


@dataclass
class House:
    """One running application; every program can be killed and started again."""

    var: Path
    port: int = field(default_factory=free_port)
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    database: str = "lamina_walk"

    def __post_init__(self) -> None:
        self.environment = {
            **os.environ,
            "LAMINA_VAR": str(self.var),
            "LAMINA_LOG": "INFO",
            "LAMINA_JOB_STALE_SECONDS": "8",
            "LAMINA_ROUND_SECONDS": os.environ.get("LAMINA_ROUND_SECONDS", ""),
            "DATABASE_URL": own_database(os.environ.get("DATABASE_URL", ""), self.database),
        }
        self.var.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str) -> None:
        """Start `web`, `worker` or `training`."""
        uvicorn = ["-m", "uvicorn", "webapp.asgi:application", "--host", "127.0.0.1"]
        uvicorn += ["--port", str(self.port), "--log-level", "warning"]
        commands = {
            "web": uvicorn,
            "worker": ["manage.py", "work", "--queues", "io,infer"],
            "training": ["manage.py", "work", "--queues", "train"],
        }
        with (self.var / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, *commands[name]],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if name == "web":
            self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2)  # noqa: S310 (loopback)
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.var / "web.log").read_text()[-2000:])

    def kill(self, name: str) -> None:
        """SIGKILL a program and everything it started."""
        process = self.programs.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.programs):
            self.kill(name)
