"""The lumbar CT goes from import to release, as four users, in a real browser."""

import json
import zipfile

import nibabel as nib
import numpy as np
import pytest

from tests.browser import walking
from tests.browser.walking import ROOT, Person

pytestmark = [pytest.mark.browser, pytest.mark.walk]
CT = ROOT / "demo" / "lumbar" / "example_ct.nii.gz"


@pytest.fixture
def running(house):
    house.manage("demo_data", "--without-images")
    for name in ("web", "worker", "training"):
        house.start(name)
    return house


def test_a_real_ct_goes_the_whole_way(running, browser, pictures, tmp_path) -> None:
    manager = Person(browser, running, "manager")
    case = walking.import_image(manager, CT)
    detail = walking.wait_for_stage(manager, case, "refining")
    assert detail["proposal"]["phantoms_only"]
    assert {"L1", "L2", "L3", "L4"} <= {one["level"] for one in detail["proposal"]["vertebrae"]}

    student = Person(browser, running, "student")
    counts = walking.refine(student, case, "L3")
    student.leave()

    reader1 = Person(browser, running, "reader1")
    walking.check(reader1, case)
    walking.read(reader1, case, level="L1", keys="1w")
    reader2 = Person(browser, running, "reader2")
    assert "unblinded" not in json.dumps(reader2.api(f"/cases/{case}/"))
    walking.read(reader2, case, level="L1", keys="0")
    walking.wait_for_stage(manager, case, "consensus")
    assert walking.settle(reader1, reader2, case) >= 1
    reader1.leave()
    reader2.leave()

    done = walking.train(manager)
    assert done["outcome"] in ("promoted", "refused")
    assert done["n_cases"] == 1
    file = walking.release(manager, "1.0", tmp_path)
    manager.page.screenshot(path=pictures / "release.png")
    manager.leave()
    _prove(file, counts, tmp_path)


def _prove(file, counts: dict[str, int], folder) -> None:
    """The release holds the CT as imported and the mask as painted."""
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    (ct_file,) = folder.glob("**/*_ct.nii.gz")
    (mask_file,) = folder.glob("**/*_seg-vert_msk.nii.gz")
    ct, mask, source = nib.load(ct_file), nib.load(mask_file), nib.load(CT)
    assert np.allclose(ct.affine, mask.affine)
    assert ct.shape == mask.shape
    released = nib.as_closest_canonical(ct)
    original = nib.as_closest_canonical(source)
    assert np.allclose(released.affine, original.affine, atol=1e-3)
    assert np.array_equal(released.get_fdata(), original.get_fdata())
    labels, voxels = np.unique(np.asarray(mask.dataobj), return_counts=True)
    assert sorted(voxels[labels > 0]) == sorted(n for n in counts.values() if n)
