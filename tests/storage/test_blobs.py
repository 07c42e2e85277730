"""The blob store keeps what it is given, under its hash, and says so when it does not."""

import hashlib
import io
import stat

import pytest

from annotation.storage.blobs import BadKey, BlobMissing, FileStore


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "blobs")


def test_bytes_and_streams_of_equal_content_get_one_key(store):
    content = b"slice" * 700_000
    key = store.put(content)
    assert key == hashlib.sha256(content).hexdigest()
    assert store.put(io.BytesIO(content)) == key
    assert list(store.keys()) == [key]
    assert store.read(key) == content
    with store.open(key) as stream:
        stream.seek(5)
        assert stream.read(5) == b"slice"
    assert store.size(key) == len(content)


def test_no_temporary_file_stays_after_a_failing_stream(store, tmp_path):
    class Broken(io.RawIOBase):
        def __init__(self):
            self.n = 0

        def read(self, size=-1):
            self.n += 1
            if self.n > 2:
                raise OSError("the line is cut")
            return b"x" * 10

    with pytest.raises(OSError, match="cut"):
        store.put(Broken())
    assert [p for p in (tmp_path / "blobs").rglob("*") if p.is_file()] == []


def test_verify_finds_a_changed_byte_and_putting_again_heals_it(store):
    key = store.put(b"mask")
    assert store.verify(key)
    path = store.path_of(key)
    path.chmod(0o600)
    path.write_bytes(b"mosk")
    assert not store.verify(key)
    store.put(b"mask")
    assert store.verify(key)


def test_delete_removes_once(store):
    key = store.put(b"gone")
    assert store.delete(key)
    assert not store.delete(key)
    assert not store.exists(key)
    with pytest.raises(BlobMissing, match=key):
        store.open(key)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65])
def test_a_key_that_is_no_hash_is_refused(store, key):
    with pytest.raises(BadKey):
        store.exists(key)


def test_a_blob_is_not_readable_by_everyone(store):
    mode = stat.S_IMODE(store.path_of(store.put(b"private")).stat().st_mode)
    assert mode & 0o007 == 0


def test_fresh_blobs_are_spared_by_the_grace_period_and_stale_parts_are_swept(store, tmp_path):
    store.put(b"new")
    assert list(store.keys(older_than_s=3600)) == []
    part = tmp_path / "blobs" / "incoming" / "tmpdead"
    part.write_bytes(b"half")
    assert store.sweep_incoming(older_than_s=3600) == 0
    assert store.sweep_incoming(older_than_s=0) == 1
    assert not part.exists()
