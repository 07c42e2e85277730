"""run.py says in one sentence what keeps it from starting."""

import errno
import importlib.util
import socket
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
run = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(run)


def test_a_taken_port_is_named() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(run.Stop, match=f"Port {port} is taken"):
            run.check_port(port)


def test_an_old_python_is_named(monkeypatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    with pytest.raises(run.Stop, match=r"Python 3\.11 or newer is needed"):
        run.check_machine()


def test_a_missing_venv_module_names_the_package(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(run.Stop, match=r"apt install python3\.\d+-venv"):
        run.check_machine()


def test_a_small_disk_is_named(monkeypatch, tmp_path) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(run.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**6))
    monkeypatch.setattr(run, "VENV", tmp_path / "none")
    with pytest.raises(run.Stop, match="set-up needs 4 GB"):
        run.check_machine()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("npm error code ENOSPC", "The disk is full"),
        ("[Errno 101] Network is unreachable", "No network"),
        ("npm error code EAI_AGAIN", "No network"),
        ("SyntaxError: invalid syntax", "pip failed"),
    ],
)
def test_a_failed_command_is_explained(output, sentence) -> None:
    program = f"import sys; print({output!r}); sys.exit(1)"
    with pytest.raises(run.Stop, match=sentence.replace("pip", Path(sys.executable).name)):
        run.call(sys.executable, "-c", program)


def test_a_full_disk_while_writing_ends_in_a_sentence() -> None:
    assert "disk is full" in run._reason(str(OSError(errno.ENOSPC, "No space left on device")), "x")


def test_a_step_is_done_once_for_the_same_inputs(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(run, "STAMPS", tmp_path)
    acts: list[str] = []
    run.once("step", "a", "Step", lambda: acts.append("first"))
    run.once("step", "a", "Step", lambda: acts.append("again"))
    run.once("step", "b", "Step", lambda: acts.append("changed"))
    assert acts == ["first", "changed"]


def test_fresh_puts_former_data_aside(monkeypatch, tmp_path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    (var / "work").write_text("a student's week")
    monkeypatch.setattr(run, "VAR", var)
    run.set_aside()
    assert not var.exists()
    (aside,) = tmp_path.glob("var-before-*")
    assert (aside / "work").read_text() == "a student's week"


def test_stopping_ends_what_a_program_started(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(run, "VAR", tmp_path)
    note = tmp_path / "child"
    child = f"import os, time, pathlib; pathlib.Path({str(note)!r}).write_text(str(os.getpid()))"
    inner = f"{child}; time.sleep(60)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    supervisor = run.Supervisor({"web": [sys.executable, "-c", program]})
    monkeypatch.setattr(supervisor, "logs", tmp_path)
    supervisor.start("web")
    for _ in range(200):
        if note.exists() and note.read_text():
            break
        time.sleep(0.05)
    supervisor.stop()
    pid = int(note.read_text())
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    assert state == "" or state.startswith("Z")
    assert supervisor.running["web"].returncode is not None
