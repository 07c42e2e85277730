"""A store of immutable blobs whose name is the SHA-256 of their content.

Writing is durable: the bytes go to a temporary file in the same file system, are flushed to the
disk, renamed, and the folder is flushed too. A key, never a path, is what a database row holds.
"""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

CHUNK_BYTES: Final = 1 << 20
_KEY = re.compile(r"[0-9a-f]{64}")
_TEMPORARY: Final = "incoming"


class BlobMissing(KeyError):
    """No blob has this key."""

    def __str__(self) -> str:
        return f"there is no blob {self.args[0]}"


class BadKey(ValueError):
    """A key that is not 64 lower-case hexadecimal digits."""


class FileStore:
    """Blobs as files under one folder, in 256 sub-folders by the first two digits of the key.

    Args:
        root: the folder; made where it is absent.
        mode: permissions of the blobs.
    """

    def __init__(self, root: Path, *, mode: int = 0o640) -> None:
        self._root = Path(root)
        self._mode = mode
        self._incoming = self._root / _TEMPORARY
        self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes | BinaryIO) -> str:
        """Keep the content and return its key; returns only when it is durable.

        Args:
            content: bytes, or a stream that is read from where it stands to its end.
        """
        digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in _chunks(content):
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fchmod(out.fileno(), self._mode)
                os.fsync(out.fileno())
            return self._settle(temporary, digest.hexdigest())
        finally:
            temporary.unlink(missing_ok=True)

    def _settle(self, temporary: Path, key: str) -> str:
        place = self._place(key)
        if not place.parent.is_dir():
            place.parent.mkdir(exist_ok=True)
            _fsync_folder(self._root)
        temporary.replace(place)
        _fsync_folder(place.parent)
        return key

    def open(self, key: str) -> BinaryIO:
        """Open a blob for reading.

        Raises:
            BlobMissing: if there is none.
        """
        return self.path_of(key).open("rb")

    def read(self, key: str) -> bytes:
        """Return the whole content of a blob."""
        return self.path_of(key).read_bytes()

    def path_of(self, key: str) -> Path:
        """Return where a blob lies now, for handing a file to a web server; never to be stored.

        Raises:
            BlobMissing: if there is none.
        """
        place = self._place(key)
        if not place.is_file():
            raise BlobMissing(key)
        return place

    def exists(self, key: str) -> bool:
        """Tell whether the blob is there."""
        return self._place(key).is_file()

    def size(self, key: str) -> int:
        """Return the number of bytes of a blob."""
        return self.path_of(key).stat().st_size

    def verify(self, key: str) -> bool:
        """Read the blob again and tell whether its content still has this key.

        Raises:
            BlobMissing: if there is none.
        """
        digest = hashlib.sha256()
        with self.open(key) as stream:
            for chunk in _chunks(stream):
                digest.update(chunk)
        return digest.hexdigest() == key

    def delete(self, key: str) -> bool:
        """Remove a blob for good; return whether it was there."""
        place = self._place(key)
        try:
            place.unlink()
        except FileNotFoundError:
            return False
        _fsync_folder(place.parent)
        return True

    def keys(self, *, older_than_s: float = 0.0) -> Iterator[str]:
        """Yield the keys of all blobs whose last writing is at least this many seconds ago."""
        latest = time.time() - older_than_s
        for folder in sorted(self._root.iterdir()):
            if folder.name == _TEMPORARY or not folder.is_dir():
                continue
            for place in sorted(folder.iterdir()):
                if _KEY.fullmatch(place.name) and place.stat().st_mtime <= latest:
                    yield place.name

    def sweep_incoming(self, *, older_than_s: float) -> int:
        """Remove half-written files that a killed process left; return their number."""
        latest = time.time() - older_than_s
        stale = [part for part in self._incoming.iterdir() if part.stat().st_mtime <= latest]
        for part in stale:
            part.unlink(missing_ok=True)
        return len(stale)

    def _place(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise BadKey("a blob's key is 64 lower-case hexadecimal digits")
        return self._root / key[:2] / key


def _chunks(content: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(content, bytes | bytearray | memoryview):
        yield bytes(content)
        return
    while chunk := content.read(CHUNK_BYTES):
        yield chunk


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
