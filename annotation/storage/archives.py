"""Safe reading of an uploaded zip: no path of it is used, nothing in it may grow without limit.

Members are written under running numbers, so neither a folder name nor a file name of the sender
goes any further. An archive that tries to leave its folder, or that inflates beyond the limits, is
refused as a whole; a single damaged or nested member is refused alone.
"""

import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Final

CHUNK_BYTES: Final = 1 << 20
_LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)")
_NESTED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"BZh",
    b"\xfd7zXZ",
)


@dataclass(frozen=True)
class Limits:
    """How much one import may bring.

    Attributes:
        files: members that are files.
        inflated_bytes: all members together, counted while they are inflated.
        ratio: inflated bytes per stored byte, judged once `ratio_from_bytes` are inflated.
        ratio_from_bytes: an archive below this size is never judged by its ratio.
    """

    files: int = 3_000
    inflated_bytes: int = 4 << 30
    ratio: float = 200.0
    ratio_from_bytes: int = 64 << 20


class ArchiveRefused(ValueError):
    """The whole archive is refused; `code` says why in one word."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class MemberRefused:
    """One member that is left out: its place in the archive (from 1) and why."""

    place: int
    code: str
    reason: str


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive, in the archive's order."""

    paths: tuple[Path, ...]
    refused: tuple[MemberRefused, ...] = ()
    inflated_bytes: int = 0


@dataclass
class _Tally:
    limits: Limits
    stored_bytes: int
    inflated_bytes: int = 0
    refused: list[MemberRefused] = field(default_factory=list)

    def add(self, n_bytes: int) -> None:
        self.inflated_bytes += n_bytes
        if self.inflated_bytes > self.limits.inflated_bytes:
            raise ArchiveRefused(
                "TOO_LARGE",
                f"the archive inflates to more than {self.limits.inflated_bytes >> 20} MiB",
            )
        if (
            self.inflated_bytes > self.limits.ratio_from_bytes
            and self.inflated_bytes > self.limits.ratio * self.stored_bytes
        ):
            raise ArchiveRefused(
                "BOMB", f"the archive inflates more than {self.limits.ratio:.0f}-fold"
            )


def is_zip(stream: BinaryIO) -> bool:
    """Tell by its first bytes whether a stream is a zip; leaves it at its beginning."""
    stream.seek(0)
    magic = stream.read(4)
    stream.seek(0)
    return magic in (b"PK\x03\x04", b"PK\x05\x06")


def unpack(stream: BinaryIO, folder: Path, limits: Limits | None = None) -> Unpacked:
    """Inflate a zip into an existing folder, under running numbers instead of names.

    Args:
        stream: the archive, seekable.
        folder: where the members go; files in it are named 00001, 00002 and so on.
        limits: see `Limits`.

    Returns:
        The files written and the members left out.

    Raises:
        ArchiveRefused: NOT_A_ZIP, TOO_MANY_FILES, SLIP, TOO_LARGE or BOMB; the folder may then
            hold what was inflated before, which the caller discards.
    """
    stream.seek(0, 2)
    tally = _Tally(limits or Limits(), stored_bytes=max(stream.tell(), 1))
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    # zipfile raises NotImplementedError for zips of a later version than it reads
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveRefused("NOT_A_ZIP", "the archive cannot be opened as a zip") from error
    with archive:
        members = _checked_members(archive, tally.limits)
        written = [
            path
            for place, member in enumerate(members, start=1)
            if (path := _inflate(archive, member, place, folder, tally)) is not None
        ]
    return Unpacked(tuple(written), tuple(tally.refused), tally.inflated_bytes)


def _checked_members(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    every = archive.infolist()
    for member in every:
        _refuse_slip(member)
    members = [m for m in every if not m.is_dir() and not _LITTER.search(m.filename)]
    if len(members) > limits.files:
        raise ArchiveRefused("TOO_MANY_FILES", f"the archive holds more than {limits.files} files")
    return members


def _refuse_slip(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename.replace("\\", "/")
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if (
        is_link
        or name.startswith("/")
        or re.match(r"[A-Za-z]:", name)
        or ".." in name.split("/")
        or "\0" in name
    ):
        raise ArchiveRefused("SLIP", "a member of the archive points outside of it")


def _inflate(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: int, folder: Path, tally: _Tally
) -> Path | None:
    target = folder / f"{place:05d}"
    if member.flag_bits & 0x1:
        tally.refused.append(MemberRefused(place, "ENCRYPTED", "the file is encrypted"))
        return None
    try:
        with archive.open(member) as source, target.open("wb") as out:
            first = source.read(CHUNK_BYTES)
            if first.startswith(_NESTED):
                tally.refused.append(
                    MemberRefused(place, "NESTED_ARCHIVE", "an archive inside the archive")
                )
            else:
                _copy(first, source, out, tally)
                return target
    # zipfile raises NotImplementedError for compressions and encryptions it does not know
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        tally.refused.append(MemberRefused(place, "DAMAGED", "the file is damaged in the archive"))
    target.unlink(missing_ok=True)
    return None


def _copy(first: bytes, source: IO[bytes], out: BinaryIO, tally: _Tally) -> None:
    chunk = first
    while chunk:
        tally.add(len(chunk))
        out.write(chunk)
        chunk = source.read(CHUNK_BYTES)
