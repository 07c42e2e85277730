"""Run every check of the project and print what ran; called by `run.py test`.

Parts that need a program this machine lacks are left out by marker; with `CI` set a missing one is
an error.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PARTS = ("lint", "types", "contracts", "frontend", "python", "services", "browser")
DATABASE_ROOMS = (
    "work",
    "studies",
    "activity",
    "preannotation",
    "refinement",
    "reading",
    "qualification",
    "consensus",
    "agreement",
    "rounds",
    "releases",
    "webapp",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium-like browser."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def find_postgres() -> Path | None:
    """Return the folder with PostgreSQL's server programs."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def programs_of_nnunet() -> Path:
    """Return the folder of nnU-Net's own environment, whether it is there or not."""
    return Path(os.environ.get("LAMINA_NNUNET", ROOT / ".venv-nnunet"))


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    """Wait until something listens on the port."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"the server on port {port} did not start")


@dataclass
class Services:
    """A private PostgreSQL and Redis for the time of the tests."""

    folder: Path
    stops: list[list[str]] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def postgres(self, programs: Path) -> str:
        """Start a cluster in the folder and return its URL."""
        data, port = self.folder / "postgres", free_port()
        as_user: list[str] = []
        if os.geteuid() == 0:  # the server refuses to run as root
            as_user = ["runuser", "-u", "postgres", "--"]
            self.folder.chmod(0o755)
            data.mkdir()
            shutil.chown(data, "postgres", "postgres")
        control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w"]
        make = [*as_user, str(programs / "initdb"), "-D", str(data), "-U", "lamina", "-A", "trust"]
        subprocess.run([*make, "-E", "UTF8"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data}"
        start = [*control, "-l", str(data / "log"), "-o", settings, "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.stops.append([*control, "-m", "immediate", "stop"])
        return f"postgresql://lamina@127.0.0.1:{port}/postgres"

    def redis(self, program: str) -> str:
        """Start a Redis without persistence and return its URL."""
        port = free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.processes.append(
            subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, cwd=self.folder)
        )
        wait_for_port(port)
        return f"redis://127.0.0.1:{port}/0"

    def stop(self) -> None:
        """Stop what was started."""
        for command in self.stops:
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, cwd="/")
        for process in self.processes:
            process.terminate()
            process.wait()


@dataclass
class Run:
    """Which commands ran and how they ended; what a command printed follows its name whole."""

    rows: list[tuple[str, bool, float]] = field(default_factory=list)
    printing: Lock = field(default_factory=Lock)

    def step(self, name: str, command: list[str], cwd: Path = ROOT, **environment: str) -> None:
        """Run one command and note whether it passed."""
        with self.printing:
            print(f"... {name}", flush=True)
        started = time.monotonic()
        env = {**os.environ, **environment}
        done = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        with self.printing:
            print(f"\n=== {name}\n{done.stdout}", end="", flush=True)
            self.rows.append((name, done.returncode == 0, time.monotonic() - started))

    def report(self) -> int:
        """Print the table and return the exit code."""
        print("\n" + "=" * 60)
        for name, passed, seconds in self.rows:
            print(f"{'passed' if passed else 'FAILED':8}{seconds:7.0f} s  {name}")
        failed = sum(not passed for _, passed, _ in self.rows)
        print(f"\nsteps: {len(self.rows) - failed} passed, {failed} failed")
        return 1 if failed or not self.rows else 0


def tool(name: str) -> str:
    """Return the path of a program of this environment."""
    return str(BIN / name)


def check_code(run: Run, wanted: set[str]) -> None:
    """Lint, types, import contracts, migrations."""
    if "lint" in wanted:
        run.step("ruff", [tool("ruff"), "check", "."])
        run.step("ruff format", [tool("ruff"), "format", "--check", "."])
    if "types" in wanted:
        run.step("mypy", [tool("mypy"), "annotation", "inference", "webapp", "run.py"])
    if "contracts" in wanted:
        run.step("import contracts", [tool("lint-imports")])
        migrations = ["manage.py", "makemigrations", "--check", "--dry-run"]
        run.step("migrations", [sys.executable, *migrations])


def check_frontend(run: Run) -> None:
    """Types, lint and unit tests of the front end."""
    node, npm = os.environ["LAMINA_NODE"], os.environ["LAMINA_NPM"]
    for script in ("types", "test"):
        run.step(f"front end: {script}", [node, npm, "run", script], cwd=ROOT / "frontend")


@dataclass(frozen=True)
class Found:
    """Programs of this machine that some tests need."""

    chromium: str | None
    postgres: Path | None
    redis: str | None

    def missing(self) -> list[str]:
        """Return the names of what is not here."""
        return [name for name, path in vars(self).items() if not path]


def check_on_sqlite(run: Run, pytest: list[str], found: Found, wanted: set[str], long: str) -> None:
    """Python tests, then those in a browser."""
    if "python" in wanted:
        marks = f"not browser and not postgres and not redis{long}"
        run.step("Python on SQLite", [*pytest, "-m", marks], DATABASE_URL="", REDIS_URL="")
    if "browser" in wanted and found.chromium:
        command = [*pytest, "-m", f"browser{long}"]
        urls = {"DATABASE_URL": "", "REDIS_URL": ""}
        run.step("Browser on SQLite", command, LAMINA_CHROMIUM=found.chromium, **urls)


def check_database(run: Run, pytest: list[str], found: Found, wanted: set[str], long: str) -> None:
    """Tests of the rooms and the walk in the browser, on PostgreSQL and Redis."""
    if not (wanted & {"services", "browser"} and found.postgres and found.redis):
        return
    with tempfile.TemporaryDirectory(prefix="lamina-") as folder:
        services = Services(Path(folder))
        try:
            urls = {
                "DATABASE_URL": services.postgres(found.postgres),
                "REDIS_URL": services.redis(found.redis),
            }
            if "services" in wanted:
                rooms = [f"tests/{room}" for room in DATABASE_ROOMS]
                rooms = [room for room in rooms if (ROOT / room).is_dir()]
                command = [*pytest, "-m", f"not browser{long}", *rooms]
                run.step("Rooms on PostgreSQL and Redis", command, **urls)
            if "browser" in wanted and found.chromium:
                command = [*pytest, "-m", f"browser and walk{long}"]
                name = "Walk in the browser on PostgreSQL and Redis"
                run.step(name, command, LAMINA_CHROMIUM=found.chromium, **urls)
        finally:
            services.stop()


def check_beside(run: Run, pytest: list[str], found: Found, wanted: set[str], long: str) -> None:
    """Style, types, contracts and the front end, then what needs PostgreSQL and Redis."""
    check_code(run, wanted)
    if "frontend" in wanted:
        check_frontend(run)
    check_database(run, pytest, found, wanted, long)


def play_chaos(run: Run, found: Found) -> None:
    """Two hundred rounds of bad luck on each database."""
    databases = ["sqlite", *(["postgresql"] if found.postgres and found.redis else [])]
    for database in databases:
        command = [sys.executable, "-m", "tests.chaos", "--rounds", "200", "--database", database]
        run.step(f"200 rounds of bad luck on {database}", command)


def main() -> int:
    """Find what is here, say so, run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", action="store_true")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS])
    options = parser.parse_args()
    wanted = set(options.parts or PARTS)
    found = Found(find_chromium(), find_postgres(), shutil.which("redis-server"))
    here = [f"{name}: {'yes' if path else 'not found'}" for name, path in vars(found).items()]
    print(f"Python and front end: always; {'; '.join(here)}", flush=True)
    if found.missing() and os.environ.get("CI"):
        print(f"CI is set, so these must be here: {', '.join(found.missing())}")
        return 1
    long = "" if options.long else " and not long"
    long += "" if programs_of_nnunet().exists() else " and not nnunet"
    pytest = [sys.executable, "-m", "pytest", "-q", "--durations=8"]
    run = Run()
    with ThreadPoolExecutor(2) as lanes:
        both = [
            lanes.submit(check_on_sqlite, run, pytest, found, wanted, long),
            lanes.submit(check_beside, run, pytest, found, wanted, long),
        ]
    for lane in both:
        lane.result()
    if "browser" in wanted and found.chromium and options.long:
        play_chaos(run, found)
    return run.report()


if __name__ == "__main__":
    sys.exit(main())
