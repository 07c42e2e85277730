"""An independent converter (Li et al. 2016, doi:10.1016/j.jneumeth.2016.03.001) sees the same."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from annotation.imaging.canonical import to_canonical
from annotation.imaging.dicom import read_series
from annotation.imaging.nifti import read_ct

REPO = Path(__file__).parents[2]
TILTED = REPO / "tests/data/odd_series_dicom2nifti/gantrytilting"

pytestmark = pytest.mark.peer


def converted(folder, out):
    """Return canonical volumes, ours and theirs, of the one series in a folder."""
    command = [sys.executable, "-m", "dcm2niix", "-z", "n", "-b", "n", "-f", "v", "-o", str(out)]
    subprocess.run([*command, str(folder)], check=True, capture_output=True)
    (ours,) = read_series(sorted(path for path in folder.rglob("*") if path.is_file()))
    theirs = [result for path in sorted(out.glob("*.nii")) if (result := read_ct(path)).is_accepted]
    assert len(theirs) == 1
    return to_canonical(ours.stored)[0], to_canonical(theirs[0].stored)[0]


def test_every_voxel_of_the_thoracic_demo_and_its_place_are_equal(tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    out.mkdir()
    with zipfile.ZipFile(REPO / "demo/thoracic/lidc0314_crop_dicom_275.zip") as archive:
        archive.extractall(source)
    ours, theirs = converted(source, out)
    assert np.array_equal(ours.hu, theirs.hu)
    assert ours.grid.is_same(theirs.grid)


def test_a_tilted_gantry_is_set_upright_alike(tmp_path):
    ours, theirs = converted(TILTED, tmp_path)
    assert ours.grid.is_same(theirs.grid)
    seen = (ours.hu > -1024) & (theirs.hu > -1024)  # but for the cut row at either end
    apart = np.abs(ours.hu.astype(int) - theirs.hu)
    assert seen.mean() > 0.85
    assert apart[seen].max() <= 1
