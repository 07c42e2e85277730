"""What the bridge's byte formats share: the 16-byte name, and inflating with a limit."""

import gzip
import zlib
from typing import Final

MAGIC_BYTES: Final = 16
MAX_VOXELS: Final = 2**31
"""More voxels than any CT of the product; keeps a forged header from asking for memory."""


class UnknownFormat(ValueError):
    """Bytes that are not of the format and version the reader knows, or are damaged."""


def magic(name: str) -> bytes:
    """Return the 16 bytes a format begins with: its name and version, padded with NUL."""
    encoded = name.encode("ascii")
    if len(encoded) > MAGIC_BYTES:
        raise ValueError(f"the format name {name!r} is longer than {MAGIC_BYTES} characters")
    return encoded.ljust(MAGIC_BYTES, b"\0")


def refuse_other(content: bytes, name: str) -> None:
    """Refuse bytes that do not begin with this format's name and version.

    Raises:
        UnknownFormat: naming the format that was expected.
    """
    if content[:MAGIC_BYTES] != magic(name):
        raise UnknownFormat(f"these bytes are not {name}")


def deflate(content: bytes, level: int = 6) -> bytes:
    """Return a gzip member that is the same for the same content (no time, no name)."""
    return gzip.compress(content, compresslevel=level, mtime=0)


def inflate(content: bytes, at_most: int) -> bytes:
    """Return the content of one gzip member.

    Raises:
        UnknownFormat: if it is no gzip member, is damaged, or holds more than `at_most` bytes.
    """
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(content, at_most + 1)
    except zlib.error as error:
        raise UnknownFormat("the bytes are not one whole gzip member") from error
    if len(plain) > at_most:
        raise UnknownFormat(f"the bytes inflate to more than {at_most}")
    if not inflater.eof or inflater.unused_data:
        raise UnknownFormat("the bytes are not one whole gzip member")
    return plain
