"""What a training came from, as hashes: the code, the data, the whole plan."""

import hashlib
import json
from pathlib import Path
from typing import Any


def code_version() -> str:
    """Return a short hash of all code of this package."""
    return _hashed(Path(__file__).parents[1], ["."])


def examples_version() -> str:
    """Return a short hash of the code that makes phantoms and cuts examples from them."""
    return _hashed(Path(__file__).parents[1], ["phantoms", "phases", "learning"])


def sha256_of(content: Any) -> str:
    """Return the SHA-256 of plain values, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _hashed(root: Path, folders: list[str]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for source in sorted((root / folder).rglob("*.py")):
            digest.update(str(source.relative_to(root)).encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
