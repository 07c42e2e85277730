"""VerSe names and centroids, on the real sample and on files turned every way."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from annotation.domain.geometry import LPS_RAS, Grid
from annotation.imaging.nifti import read_labels
from annotation.imaging.results import Stored
from annotation.imaging.verse import (
    Kind,
    NotVerse,
    centroids_json,
    labels_missed,
    name_file,
    parse_name,
    plane_of,
    read_centroids,
)

SAMPLE = Path(__file__).parents[1] / "data/verse_masks_centroids/anjany_sample"


UNIT = {
    "L": (1, 0, 0),
    "R": (-1, 0, 0),
    "P": (0, 1, 0),
    "A": (0, -1, 0),
    "S": (0, 0, 1),
    "I": (0, 0, -1),
}
OPPOSITE = dict(zip("LRPASI", "RLAPIS", strict=True))


def grid_of(codes, spacing=(1.0, 1.0, 1.0), dims=(10, 12, 14)):
    affine = np.eye(4)
    affine[:3, :3] = np.array([UNIT[letter] for letter in codes]).T * np.asarray(spacing)
    assert "".join(nib.aff2axcodes(LPS_RAS @ affine)) == codes
    return Grid(dims, affine)


def test_the_real_sample_lies_in_its_own_labels():
    mask = read_labels(SAMPLE / "sub-verse004_seg-vert_msk.nii.gz")
    centroids = read_centroids((SAMPLE / "sub-verse004_seg-subreg_ctd.json").read_bytes())
    assert centroids.direction == "PIR"
    points = centroids.to_mm(mask.grid)
    assert set(points) == set(np.unique(mask.voxels)) - {0}
    assert labels_missed(points, mask) == ()
    whole = {
        label: mask.grid.to_mm(np.argwhere(mask.voxels == label)[:, ::-1].mean(axis=0))
        for label in points
    }
    anterior = [whole[label][1] - points[label][1] for label in points]
    assert 9 < min(anterior) < max(anterior) < 15


def test_what_is_written_is_what_the_sample_says():
    mask = read_labels(SAMPLE / "sub-verse004_seg-vert_msk.nii.gz")
    document = (SAMPLE / "sub-verse004_seg-subreg_ctd.json").read_text()
    points = read_centroids(document).to_mm(mask.grid)
    again = json.loads(centroids_json(points, mask.grid))
    original = json.loads(document)
    assert again[0] == {"direction": ["P", "I", "R"]}
    assert again[1:] == [
        {key: entry[key] if key == "label" else round(entry[key], 1) for key in entry}
        for entry in original[1:]
    ]


@pytest.mark.parametrize("file_codes", ["PIR", "LPS", "RAS", "SLA", "ILP"])
@pytest.mark.parametrize("json_codes", ["PIR", "RAS", "ASL"])
def test_a_turned_centroid_is_the_same_place(file_codes, json_codes):
    grid = grid_of(file_codes, (0.5, 0.7, 2.0))
    index = (2.0, 3.0, 5.0)
    place = grid.to_mm(np.array(index))
    point = []
    for letter in json_codes:
        axis = next(a for a in range(3) if file_codes[a] in (letter, OPPOSITE[letter]))
        same = file_codes[axis] == letter
        point.append(index[axis] if same else grid.dims[axis] - 1 - index[axis])
    document = [{"direction": list(json_codes)}, dict(zip("XYZ", point, strict=True), label=20)]
    found = read_centroids(json.dumps(document)).to_mm(grid)[20]
    assert np.allclose(found, place)


def test_a_centroid_beside_its_label_is_named_but_c1_is_not():
    grid = grid_of("PIR")
    labels = np.zeros(grid.shape, np.uint8)
    labels[2:4, 2:4, 2:4] = 20
    labels[8, 8, 8] = 1
    mask = Stored(labels, grid)
    points = {20: grid.to_mm(np.array([8.0, 8, 8])), 1: grid.to_mm(np.array([0.0, 0, 0]))}
    assert labels_missed(points, mask) == (20,)
    inside = {20: grid.to_mm(np.array([2.4, 3.2, 2.0]))}
    assert labels_missed(inside, mask, 0) == ()
    outside = {20: grid.to_mm(np.array([400.0, 3.0, -9.0]))}
    assert labels_missed(outside, mask) == (20,)


@pytest.mark.parametrize(
    "document",
    [
        "{}",
        "[]",
        "nothing",
        '[{"direction": ["P", "A", "R"]}]',
        '[{"direction": ["P", "I", "R"]}, {"label": 29, "X": 1, "Y": 1, "Z": 1}]',
        '[{"direction": ["P", "I", "R"]}, {"label": 20.5, "X": 1, "Y": 1, "Z": 1}]',
        '[{"direction": ["P", "I", "R"]}, {"label": 2, "X": 1, "Y": 1}]',
        '[{"direction": ["P", "I", "R"]}, {"label": 2, "X": 1, "Y": 1, "Z": 1},'
        ' {"label": 2, "X": 1, "Y": 1, "Z": 1}]',
    ],
)
def test_what_is_no_centroid_document_is_refused(document):
    with pytest.raises(NotVerse):
        read_centroids(document)


def test_a_centroid_that_is_no_number_is_skipped_and_none_is_not_written():
    document = '[{"direction": ["P","I","R"]}, {"label": 2, "X": NaN, "Y": 1, "Z": 1}]'
    assert read_centroids(document).points == {}
    with pytest.raises(NotVerse, match="no centroid file"):
        centroids_json({}, grid_of("PIR"))


@pytest.mark.parametrize(
    ("codes", "spacing", "plane"),
    [
        ("PIR", (1, 1, 3), "sag"),
        ("LPS", (0.29, 0.29, 1.25), "ax"),
        ("RAS", (0.8, 2.0, 0.8), "cor"),
        ("PIR", (1.0, 1.04, 0.96), "iso"),
        ("PIR", (3.0, 3.0, 1.0), "sag"),
    ],
)
def test_the_plane_is_that_of_upstream(codes, spacing, plane):
    assert plane_of(grid_of(codes, spacing)) == plane


def test_names_are_written_one_way_and_read_in_several():
    name = name_file("app0001", Kind.MASK, series="s2", plane="sag")
    assert str(name) == "sub-app0001_split-s2_dir-sag_seg-vert_msk.nii.gz"
    assert name.folder == "derivatives/sub-app0001"
    assert parse_name(str(name)) == name
    assert parse_name("sub-verse004_ct.nii").kind is Kind.CT
    assert parse_name("verse004_seg-vert_snp.png").subject == "verse004"
    old = parse_name("sub-verse012_seg-vb_ctd.json")
    assert str(old) == "sub-verse012_seg-subreg_ctd.json"
    for bad in ("sub-a_b_ct.nii.gz", "sub-a.nii.gz", "sub-a_dir-up_ct.nii.gz"):
        with pytest.raises(NotVerse):
            parse_name(bad)
    with pytest.raises(NotVerse):
        name_file("App-1", Kind.CT)
