"""Slices come back voxel for voxel, one at a time, and the preview is the mean of its block."""

import io

import numpy as np
import pytest

from annotation.bridge.encode import (
    Encoding,
    decode_slice,
    pack_slices,
    preview,
    preview_bytes,
    preview_factors,
    read_index,
    read_slice,
)
from annotation.bridge.packing import UnknownFormat, inflate


class Counting(io.BytesIO):
    n_read = 0

    def read(self, size=-1):
        content = super().read(size)
        self.n_read += len(content)
        return content


def noise(shape, seed=0):
    values = np.random.default_rng(seed).integers(-32768, 32768, shape)
    return values.astype(np.int16)


@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("shape", [(2, 1, 1), (3, 5, 1), (1, 3, 70), (4, 64, 33)])
def test_every_slice_is_lossless(encoding, shape):
    hu = noise(shape)
    blob = io.BytesIO()
    shares = []
    pack_slices(hu, encoding, blob, shares.append)
    index = read_index(blob)
    assert index.dims == shape[::-1]
    assert shares[-1] == 1.0
    for k, plane in enumerate(hu):
        assert np.array_equal(decode_slice(read_slice(blob, index, k), index), plane)


def test_one_slice_is_read_without_the_others():
    hu = noise((40, 32, 32))
    blob = io.BytesIO()
    pack_slices(hu, Encoding.GZIP, blob)
    counting = Counting(blob.getvalue())
    index = read_index(counting)
    content = read_slice(counting, index, 39)
    assert counting.n_read < len(blob.getvalue()) / 10
    assert inflate(content, 2048) == hu[39].astype("<i2").tobytes()


def test_an_htj2k_slice_is_a_bare_codestream():
    blob = io.BytesIO()
    pack_slices(noise((1, 8, 8)), Encoding.HTJ2K, blob)
    content = read_slice(blob, read_index(blob), 0)
    assert content.startswith(b"\xff\x4f\xff\x51")


@pytest.mark.parametrize("k", [-1, 2])
def test_a_slice_that_is_not_there_is_named(k):
    blob = io.BytesIO()
    pack_slices(noise((2, 4, 4)), Encoding.GZIP, blob)
    with pytest.raises(IndexError, match=f"no slice {k}"):
        read_slice(blob, read_index(blob), k)


def test_another_format_and_a_cut_blob_are_refused():
    blob = io.BytesIO()
    pack_slices(noise((2, 4, 4)), Encoding.GZIP, blob)
    whole = blob.getvalue()
    with pytest.raises(UnknownFormat, match="not lamina"):
        read_index(io.BytesIO(whole.replace(b"slices/1", b"slices/9")))
    with pytest.raises(UnknownFormat):
        read_index(io.BytesIO(whole[:25]))
    cut = io.BytesIO(whole[:-1])
    with pytest.raises(UnknownFormat, match="slice 1 is cut off"):
        read_slice(cut, read_index(cut), 1)


def test_a_preview_voxel_is_at_most_four_millimetres():
    assert preview_factors((0.7, 0.7, 1.0)) == (5, 5, 4)
    assert preview_factors((4.0, 5.0, 3.0)) == (1, 1, 1)
    assert preview_factors((1.0, 2.0, 0.5)) == (4, 2, 8)


def test_a_preview_is_the_mean_of_each_block_also_at_the_border():
    hu = noise((5, 7, 6), seed=3)
    small = preview(hu, (4, 3, 2))
    assert small.shape == (3, 3, 2)
    for k, j, i in np.ndindex(small.shape):
        block = hu[2 * k : 2 * k + 2, 3 * j : 3 * j + 3, 4 * i : 4 * i + 4]
        assert small[k, j, i] == np.rint(block.mean())
    assert inflate(preview_bytes(small), 100) == small.astype("<i2").tobytes()
