"""Keeps the files of an image as they came, where the deployment wishes it."""

import io
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from annotation.imaging.frames import NotListed, read_frames, silenced
from annotation.imaging.results import ImageRefused
from annotation.studies.blobs import original_store


def keep_original(files: Iterable[Path]) -> str:
    """Keep files as one archive under running numbers and return its key.

    Where originals are not kept nothing is written and the key is empty; the slice table alone
    remains.
    """
    if not settings.KEEP_ORIGINALS:
        return ""
    with tempfile.TemporaryFile() as spool:
        with tarfile.open(fileobj=spool, mode="w") as archive:
            for number, path in enumerate(files, start=1):
                _add(archive, f"{number:05d}", path.read_bytes())
        spool.seek(0)
        return original_store().put(spool)


class InstanceIndex:
    """Finds the DICOM files of a series again; reads each header once, when first asked."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        self._found: dict[str, list[Path]] | None = None

    def files_of(self, sop_uids: Iterable[str]) -> list[Path]:
        """Return the files that hold these instances."""
        if self._found is None:
            self._found = {}
            for path in self._paths:
                for uid in _instances(path):
                    self._found.setdefault(uid, []).append(path)
        return [path for uid in sop_uids for path in self._found.get(uid, [])]


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _instances(path: Path) -> set[str]:
    try:
        with silenced():
            return {frame.sop_uid for frame in read_frames(path, 0)}
    except (ImageRefused, NotListed):
        return set()
