"""What holds for the whole tree."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("annotation", "inference", "webapp")


def python_files() -> list[Path]:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    return [file for file in files if "migrations" not in file.parts]


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in [*python_files(), ROOT / "run.py"]
        if (lines := len(file.read_text().splitlines())) > 400
    }
    assert long == {}


def writes_a_stage(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(to, ast.Attribute) and to.attr == "stage" for to in node.targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "update" and any(word.arg == "stage" for word in node.keywords)
    return False


def test_stage_is_written_in_one_place_only() -> None:
    writers = {
        str(file.relative_to(ROOT))
        for file in python_files()
        if any(writes_a_stage(node) for node in ast.walk(ast.parse(file.read_text())))
    }
    assert writers == {"annotation/studies/services.py"}


def test_readings_are_unblinded_in_few_named_places() -> None:
    doors = {
        str(file.relative_to(ROOT)) for file in python_files() if ".unblinded" in file.read_text()
    }
    allowed = re.compile(
        r"annotation/(reading/(models|selectors|services\w*)|consensus/\w+)\.py"
        r"|webapp/withdrawal\.py"
    )
    assert [door for door in doors if not allowed.fullmatch(door)] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in python_files()
        if not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert silent == []


def test_run_py_imports_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "run.py").read_text())
    names = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert names <= set(sys.stdlib_module_names)


def test_run_time_packages_are_pinned_and_free() -> None:
    lines = [
        line
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert [line for line in lines if "==" not in line] == []
    names = {line.split("==")[0].strip().lower() for line in lines}
    assert names.isdisjoint({"torchvision", "timm", "pylibjpeg-libjpeg", "medpy", "krippendorff"})


def test_no_address_of_a_registry_in_the_lock_file() -> None:
    lock = ROOT / "frontend" / "package-lock.json"
    assert '"resolved"' not in lock.read_text()


def test_nothing_is_tracked_that_belongs_to_one_machine() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [path for path in tracked if path.startswith(("var/", ".venv/", "frontend/dist/"))] == []
