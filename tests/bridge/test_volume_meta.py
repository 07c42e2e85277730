"""What the browser is told of a volume, on the golden file that its own tests read."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from annotation.bridge.encode import Encoding, SliceIndex, decode_slice, preview
from annotation.bridge.meta import describe_volume, volume_hash
from annotation.domain.geometry import GeometryMismatch, Grid, Volume
from annotation.imaging.canonical import axis_codes, to_canonical
from annotation.imaging.results import Stored

GOLDEN = Path(__file__).parents[1] / "golden" / "volumes.json"
CASES = json.loads(GOLDEN.read_text())["cases"]


def by_name(case):
    return case["name"]


def int16_of(text, dims):
    return np.frombuffer(base64.b64decode(text), "<i2").reshape(dims[::-1]).astype(np.int16)


def stored_of(case):
    stored = case["stored"]
    grid = Grid(tuple(stored["dims"]), np.array(stored["affine_lps"]))
    return Stored(int16_of(stored["hu_base64"], grid.dims), grid)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_server_makes_of_a_stored_grid_what_the_golden_file_says(case):
    stored = stored_of(case)
    volume, turn = to_canonical(stored)
    meta = describe_volume(volume, volume_id="v", content_hash=volume_hash(volume)).as_json()
    golden = case["meta"]
    assert json.loads(json.dumps(meta)).keys() == golden.keys()
    for key in ("spacing_mm", "origin_mm", "direction"):
        assert np.allclose(meta.pop(key), golden[key], atol=1e-9)
    assert meta.pop("hash") == volume_hash(volume)
    for key, value in json.loads(json.dumps(meta)).items():
        if "url" not in key and key != "preview":
            assert value == golden[key]
    assert turn.as_record() == case["reorientation"]
    assert axis_codes(stored.grid) == case["stored"]["codes"]
    assert np.array_equal(volume.hu, int16_of(case["hu_base64"], volume.grid.dims))


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_a_voxel_in_the_browsers_geometry_is_the_voxel_of_the_file(case):
    meta, stored = case["meta"], stored_of(case)
    ni, nj, _ = meta["dims"]
    unit = np.array(meta["direction"]).reshape(3, 3)
    flat = int16_of(case["hu_base64"], meta["dims"]).reshape(-1)
    for voxel in case["voxels"]:
        i, j, k = voxel["ijk"]
        place = meta["origin_mm"] + (np.array([i, j, k]) * meta["spacing_mm"]) @ unit
        assert np.allclose(place, voxel["mm"], atol=1e-6)
        assert voxel["flat"] == i + ni * (j + nj * k)
        si, sj, sk = np.rint(stored.grid.to_ijk(place)).astype(int)
        assert [si, sj, sk] == voxel["stored_ijk"]
        assert flat[voxel["flat"]] == stored.voxels[sk, sj, si] == voxel["hu"]
    assert np.allclose(np.cross(unit[0], unit[1]), unit[2])
    assert np.argmax(np.abs(unit), axis=1).tolist() == [1, 2, 0]


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_golden_slices_and_preview_decode_to_the_voxels(case):
    dims = tuple(case["meta"]["dims"])
    hu = int16_of(case["hu_base64"], dims)
    for encoding, key in (
        (Encoding.HTJ2K, "slices_j2c_base64"),
        (Encoding.GZIP, "slices_gz_base64"),
    ):
        index = SliceIndex(encoding, dims, 0, (0,) * (dims[2] + 1))
        for plane, content in zip(hu, case[key], strict=True):
            assert np.array_equal(decode_slice(base64.b64decode(content), index), plane)
    told = case["meta"]["preview"]
    small = preview(hu, tuple(told["factor"]))
    assert np.array_equal(small, int16_of(case["preview_base64"], told["dims"]))


def test_urls_carry_the_hash_and_the_hash_follows_voxels_and_grid():
    stored = stored_of(CASES[1])
    volume, _ = to_canonical(stored)
    content_hash = volume_hash(volume)
    meta = describe_volume(volume, volume_id="7f", content_hash=content_hash)
    assert meta.slice_url == f"/v/7f/{content_hash}/s/{{k}}.j2c"
    assert meta.slice_url_gz == f"/v/7f/{content_hash}/s/{{k}}.gz"
    assert meta.preview.url == f"/v/7f/{content_hash}/preview.gz"
    changed = volume.hu.copy()
    changed[0, 0, 0] += 1
    assert volume_hash(Volume(changed, volume.grid)) != content_hash
    affine = volume.grid.affine_lps.copy()
    affine[0, 3] += 1e-6
    assert volume_hash(Volume(volume.hu, Grid(volume.grid.dims, affine))) != content_hash


def test_a_left_handed_or_sheared_grid_is_never_sent():
    for spoiled in (np.diag([1.0, 1, -1, 1]), np.eye(4) + 0.2 * np.eye(4)[[1, 0, 2, 3]]):
        grid = Grid((2, 2, 2), spoiled)
        volume = Volume(np.zeros((2, 2, 2), np.int16), grid)
        with pytest.raises(GeometryMismatch):
            describe_volume(volume, volume_id="v", content_hash="0")
