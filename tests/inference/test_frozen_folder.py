import dataclasses
import json

import numpy as np
import pytest

from annotation.domain.geometry import Grid, Volume
from annotation.imaging.frozen import (
    Frozen,
    FrozenCase,
    FrozenFolderRefused,
    Seeds,
    read_case,
    read_frozen,
    write_case,
    write_manifest,
)

POINTS = {"L1": np.arange(18, dtype=float).reshape(3, 2, 3)}


def a_case(name, patient, split):
    return FrozenCase(name, patient, split, POINTS, frozenset({"L5_sacrum"}), "revision 3")


def a_volume():
    grid = Grid((4, 5, 6), np.diag([1.0, 2.0, 3.0, 1.0]))
    hu = np.arange(120).reshape(grid.shape).astype(np.int16)
    return Volume(hu, grid), (hu % 3).astype(np.uint8)


def frozen_at(folder, cases):
    volume, mask = a_volume()
    written = tuple(write_case(folder, case, volume, mask) for case in cases)
    return write_manifest(Frozen(folder, written, Seeds(0, 2), Seeds(9_000_000, 3), "a" * 64))


def test_what_was_frozen_is_read_back(tmp_path):
    frozen = frozen_at(tmp_path, [a_case("c1", "p1", "train"), a_case("c2", "p2", "frozen")])
    [case] = frozen.of_split("train")
    volume, mask = read_case(frozen, case)
    assert np.array_equal(volume.hu, a_volume()[0].hu)
    assert volume.grid.is_same(a_volume()[0].grid)
    assert np.array_equal(mask, a_volume()[1])
    assert np.array_equal(case.points["L1"], POINTS["L1"])
    assert case.shows == {"L5_sacrum"}
    assert len(frozen.manifest_sha256) == 64


def test_one_patient_on_both_sides_is_refused(tmp_path):
    cases = [a_case("c1", "p1", "train"), a_case("c2", "p1", "frozen")]
    with pytest.raises(FrozenFolderRefused, match="both sides"):
        frozen_at(tmp_path, cases)


def test_one_patient_on_both_sides_is_refused_when_read_too(tmp_path):
    frozen_at(tmp_path, [a_case("c1", "p1", "train"), a_case("c2", "p2", "frozen")])
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["cases"][1]["patient"] = "p1"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(FrozenFolderRefused, match="both sides"):
        read_frozen(tmp_path)


def test_a_case_named_twice_is_refused(tmp_path):
    with pytest.raises(FrozenFolderRefused, match="twice"):
        frozen_at(tmp_path, [a_case("c1", "p1", "train"), a_case("c1", "p2", "train")])


def test_a_changed_file_is_refused(tmp_path):
    frozen = frozen_at(tmp_path, [a_case("c1", "p1", "train")])
    (tmp_path / "cases" / "c1.npz").write_bytes(b"something else")
    with pytest.raises(FrozenFolderRefused, match="not what was frozen"):
        read_case(frozen, frozen.cases[0])


@pytest.mark.parametrize("change", [{"format": "lamina.frozen/2"}, {"phantoms": {}}, {"cases": 3}])
def test_a_foreign_manifest_is_refused(tmp_path, change):
    frozen_at(tmp_path, [a_case("c1", "p1", "train")])
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**manifest, **change}))
    with pytest.raises(FrozenFolderRefused):
        read_frozen(tmp_path)


def test_a_name_that_leaves_the_folder_is_refused(tmp_path):
    volume, mask = a_volume()
    case = dataclasses.replace(a_case("c1", "p1", "train"), case="../c1")
    with pytest.raises(FrozenFolderRefused):
        write_case(tmp_path, case, volume, mask)
