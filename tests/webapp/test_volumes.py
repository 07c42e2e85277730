import numpy as np
import pytest
from django.test import Client

from annotation.bridge.encode import decode_slice, read_index
from annotation.bridge.packing import UnknownFormat
from annotation.studies.blobs import blob_store
from annotation.studies.volumes import decode_ct, encode_ct, load_ct
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(dataset, people):
    return making.make_case(dataset, making.make_volume(making.make_ct(seed=5)))


def test_a_slice_comes_back_voxel_by_voxel_and_may_be_kept_for_ever(case, people, sign_in):
    meta = sign_in(people.student).get(f"/v/{case.volume_id}/meta.json").json()
    assert meta["dims"] == [20, 32, 10]
    answer = sign_in(people.student).get(meta["slice_url"].replace("{k}", "4"))
    assert "immutable" in answer["Cache-Control"]
    with blob_store().open(case.volume.slices_blob) as stream:
        index = read_index(stream)
    assert np.array_equal(decode_slice(answer.content, index), load_ct(case.volume).hu[4])


def test_only_who_sees_a_case_of_the_volume_gets_a_byte(case, people, sign_in):
    base = f"/v/{case.volume_id}/{case.volume.hash}"
    for place in ("s/0.j2c", "s/0.gz", "preview.gz", "thumbnail.png"):
        assert sign_in(people.reader1).get(f"{base}/{place}").status_code == 200
        assert sign_in(people.stranger).get(f"{base}/{place}").status_code == 404
        assert Client().get(f"{base}/{place}").status_code == 401


def test_another_hash_and_a_slice_beyond_the_last_are_not_there(case, people, sign_in):
    client = sign_in(people.student)
    assert client.get(f"/v/{case.volume_id}/{'0' * 64}/s/0.gz").status_code == 404
    assert client.get(f"/v/{case.volume_id}/{case.volume.hash}/s/10.gz").status_code == 404


def test_a_stored_ct_is_read_back_and_other_bytes_are_refused():
    ct = making.make_ct()
    back = decode_ct(encode_ct(ct))
    assert np.array_equal(back.hu, ct.hu)
    assert back.grid.is_same(ct.grid)
    with pytest.raises(UnknownFormat):
        decode_ct(encode_ct(ct)[:-1])
    with pytest.raises(UnknownFormat):
        decode_ct(b"lamina.hu/2\0\0\0\0\0" + encode_ct(ct)[16:])
