"""An uploaded zip cannot leave its folder, grow without limit or bring its names along."""

import io
import stat
import zipfile

import pytest

from annotation.storage.archives import ArchiveRefused, Limits, is_zip, unpack


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    stream.seek(0)
    return stream


def test_files_come_out_under_numbers_and_names_stay_behind(tmp_path):
    stream = zipped([("Muster^Max/IM1", b"one"), ("Muster^Max/", b""), ("x/IM2.dcm", b"two")])
    assert is_zip(stream)
    unpacked = unpack(stream, tmp_path)
    assert [p.name for p in unpacked.paths] == ["00001", "00002"]
    assert [p.read_bytes() for p in unpacked.paths] == [b"one", b"two"]
    assert unpacked.inflated_bytes == 6
    assert not any("Muster" in str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/evil", "..\\evil", "C:\\evil", "a\\..\\..\\evil"]
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path, name):
    with pytest.raises(ArchiveRefused) as refused:
        unpack(zipped([("fine", b"x"), (name, b"x")]), tmp_path)
    assert refused.value.code == "SLIP"
    assert "evil" not in refused.value.reason


def test_a_symbolic_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(ArchiveRefused) as refused:
        unpack(zipped([(link, b"/etc/passwd")]), tmp_path)
    assert refused.value.code == "SLIP"


def test_inflation_is_counted_while_it_happens(tmp_path):
    stream = zipped([("a", bytes(3_000_000)), ("b", bytes(3_000_000))])
    with pytest.raises(ArchiveRefused) as refused:
        unpack(stream, tmp_path, Limits(inflated_bytes=4_000_000))
    assert refused.value.code == "TOO_LARGE"
    with pytest.raises(ArchiveRefused) as refused:
        unpack(stream, tmp_path, Limits(ratio_from_bytes=1_000_000))
    assert refused.value.code == "BOMB"


def test_a_lying_header_does_not_help_a_bomb(tmp_path):
    raw = bytearray(zipped([("a", bytes(3_000_000))]).getvalue())
    directory = raw.rfind(b"PK\x01\x02")
    raw[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    raw[22:26] = (100).to_bytes(4, "little")
    unpacked = unpack(io.BytesIO(bytes(raw)), tmp_path, Limits(inflated_bytes=4_000_000))
    assert sum(p.stat().st_size for p in unpacked.paths) <= 100
    assert [r.code for r in unpacked.refused] == ["DAMAGED"]


def test_too_many_files_are_refused_and_folders_do_not_count(tmp_path):
    stream = zipped([("d/", b""), ("d/1", b"1"), ("d/2", b"2"), ("__MACOSX/d/._1", b"3")])
    assert len(unpack(stream, tmp_path, Limits(files=2)).paths) == 2
    with pytest.raises(ArchiveRefused) as refused:
        unpack(stream, tmp_path, Limits(files=1))
    assert refused.value.code == "TOO_MANY_FILES"


def test_a_nested_archive_and_a_damaged_member_are_left_out_alone(tmp_path):
    inner = zipped([("x", b"1")]).getvalue()
    marker = b"damaged-me" * 10
    raw = bytearray(
        zipped([("a", b"A"), ("in.zip", inner), ("b", marker)], zipfile.ZIP_STORED).getvalue()
    )
    raw[raw.find(marker)] ^= 0xFF
    unpacked = unpack(io.BytesIO(bytes(raw)), tmp_path)
    assert [p.read_bytes() for p in unpacked.paths] == [b"A"]
    assert [(r.place, r.code) for r in unpacked.refused] == [
        (2, "NESTED_ARCHIVE"),
        (3, "DAMAGED"),
    ]


def test_what_is_no_zip_is_refused_in_one_sentence(tmp_path):
    assert not is_zip(io.BytesIO(b"DICM"))
    with pytest.raises(ArchiveRefused, match="cannot be opened"):
        unpack(io.BytesIO(b"no zip at all"), tmp_path)
