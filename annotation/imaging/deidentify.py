"""Pseudonyms, unique identifiers and dates that stand in for the real ones.

All derive from one secret by HMAC-SHA256, so that they are the same in every worker and every
run, and cannot be made or undone without the key. The key lies in a file of its own, outside the
database and outside its backups: whoever has both can link a case to a person again.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
import stat
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32
LONGEST_SHIFT_DAYS: Final = 365
_PSEUDONYM_LETTERS: Final = 10
_DA: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(.*)", re.DOTALL)


class KeyFileUnsafe(PermissionError):
    """The key file can be read by others, or is not a key."""


def load_key(path: Path) -> bytes:
    """Return the key; makes it, readable by its owner alone, where there is none.

    Two processes that start at once end up with the same key.

    Raises:
        KeyFileUnsafe: if others may read or write the file, or its content is no key.
    """
    if not path.exists():
        with suppress(FileExistsError):
            _create(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyFileUnsafe(f"the key file is open to others (mode {mode:04o}); set it to 0600")
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError as error:
        raise KeyFileUnsafe("the key file does not hold a key") from error
    if len(key) != KEY_BYTES:
        raise KeyFileUnsafe(f"the key file does not hold {KEY_BYTES} bytes")
    return key


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """Return ten letters and digits that stand for a value.

    Args:
        key: the secret.
        kind: what the value is, such as ``patient``, together with whatever scope must not be
            linked to another, such as the dataset.
        value: what must not be seen; surrounding blanks do not count.
    """
    digest = _digest(key, f"pseudonym/{kind}", value.strip())
    return base64.b32encode(digest).decode().lower()[:_PSEUDONYM_LETTERS]


def new_uid(key: bytes, old_uid: str) -> str:
    """Return the DICOM UID that stands for another, in the UUID-derived root 2.25."""
    return f"2.25.{int.from_bytes(_digest(key, 'uid', old_uid.strip())[:16], 'big')}"


def shift_days(key: bytes, patient_id: str) -> int:
    """Return by how many days all dates of a patient are moved: -365 to -1, always the same."""
    number = int.from_bytes(_digest(key, "shift", patient_id.strip())[:8], "big")
    return -1 - number % LONGEST_SHIFT_DAYS


def shift_date(text: str, days: int) -> str:
    """Move a DICOM date or date-time; the time of day stays, intervals between dates too.

    Args:
        text: DA or DT.
        days: from `shift_days`.

    Returns:
        The moved text; empty where the text holds no whole date.
    """
    parts = _DA.fullmatch(text.strip())
    if parts is None:
        return ""
    try:
        moved = date(int(parts[1]), int(parts[2]), int(parts[3])) + timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{moved:%Y%m%d}{parts[4]}"


def _digest(key: bytes, kind: str, value: str) -> bytes:
    if len(key) < KEY_BYTES:
        raise ValueError(f"a key has at least {KEY_BYTES} bytes")
    message = b"\0".join((b"lamina.deidentify/1", kind.encode(), value.encode()))
    return hmac.new(key, message, hashlib.sha256).digest()


def _create(path: Path) -> None:
    """Write a new key beside the file and link it into place, so that no one sees half a key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(KEY_BYTES) + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(part, path)
    finally:
        part.unlink(missing_ok=True)
