"""Label maps and strokes as bytes: the same bytes that the browser's tests read."""

import base64
import json
from dataclasses import astuple, replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.bridge.packing import UnknownFormat, deflate, inflate, magic
from annotation.bridge.runs import decode_runs, encode_runs
from annotation.bridge.strokes import (
    BaseMismatch,
    Heading,
    Tool,
    apply_stroke,
    difference,
    encode_stroke,
    inverse,
    parse_stroke,
)

GOLDEN = Path(__file__).parents[1] / "golden"
RUNS = json.loads((GOLDEN / "runs.json").read_text())
STROKES = json.loads((GOLDEN / "strokes.json").read_text())


def labels_of(content, dims):
    return np.frombuffer(base64.b64decode(content), np.uint8).reshape(dims[::-1]).copy()


def by_name(case):
    return case["name"]


@pytest.mark.parametrize("case", RUNS["cases"], ids=by_name)
def test_a_golden_label_map_reads_and_writes_alike(case):
    labels = labels_of(case["labels_base64"], case["dims"])
    assert np.array_equal(decode_runs(base64.b64decode(case["gzip_base64"])), labels)
    assert inflate(encode_runs(labels), 10_000).hex() == case["plain_hex"]


@pytest.mark.parametrize("case", RUNS["refused"], ids=by_name)
def test_a_wrong_label_map_is_refused(case):
    with pytest.raises(UnknownFormat):
        decode_runs(base64.b64decode(case["gzip_base64"]))


def test_a_forged_header_does_not_ask_for_memory():
    forged = magic("lamina.runs/1") + b"\xff" * 12 + (0).to_bytes(4, "little")
    with pytest.raises(UnknownFormat):
        decode_runs(deflate(forged))


@pytest.mark.parametrize("case", STROKES["cases"], ids=by_name)
def test_a_golden_stroke_reads_writes_and_applies_alike(case):
    stroke = parse_stroke(bytes.fromhex(case["hex"]))
    decoded = case["decoded"]
    heading = stroke.heading
    assert str(heading.id) == decoded["id"]
    said = (heading.sequence, heading.base_revision, heading.tool, heading.track, heading.number)
    keys = ("sequence", "base_revision", "tool", "track", "number")
    assert said == tuple(decoded[key] for key in keys)
    assert [list(astuple(one)) for one in stroke.levels] == decoded["levels"]
    runs = zip(stroke.starts, stroke.lengths, stroke.old, stroke.new, strict=True)
    assert [[int(x) for x in run] for run in runs] == decoded["runs"]
    assert encode_stroke(stroke).hex() == case["hex"]
    before = labels_of(case["before_base64"], case["dims"])
    after = labels_of(case["after_base64"], case["dims"])
    work = before.copy()
    apply_stroke(work, stroke)
    assert np.array_equal(work, after)
    made = replace(difference(before, after, heading), levels=stroke.levels)
    assert encode_stroke(made).hex() == case["hex"]
    back = inverse(stroke, heading)
    apply_stroke(work, back)
    assert np.array_equal(work, before)
    assert inverse(back, heading).levels == stroke.levels


@pytest.mark.parametrize(
    "case", [one for one in STROKES["cases"] if one["hex_1"] is not None], ids=by_name
)
def test_a_stroke_of_the_first_version_is_read_and_written_as_the_second(case):
    assert encode_stroke(parse_stroke(bytes.fromhex(case["hex_1"]))).hex() == case["hex"]


@pytest.mark.parametrize("case", STROKES["refused"], ids=by_name)
def test_a_wrong_stroke_is_refused(case):
    with pytest.raises(UnknownFormat):
        parse_stroke(bytes.fromhex(case["hex"]))


@given(seed=st.integers(0, 10_000), colours=st.integers(1, 5))
def test_any_difference_survives_the_bytes(seed, colours):
    random = np.random.default_rng(seed)
    before = random.integers(0, colours, (3, 5, 4)).astype(np.uint8)
    after = random.integers(0, colours + 1, (3, 5, 4)).astype(np.uint8)
    stroke = parse_stroke(encode_stroke(difference(before, after, Heading(uuid4(), 1, 0))))
    apply_stroke(before, stroke)
    assert np.array_equal(before, after)
    assert np.array_equal(decode_runs(encode_runs(after)), after)


def test_a_stroke_on_another_base_changes_nothing_and_says_where():
    before = np.zeros((2, 3, 4), np.uint8)
    after = before.copy()
    after[1, 1, 1:3] = 5
    stroke = difference(before, after, Heading(uuid4(), 1, 0, Tool.BRUSH))
    base = before.copy()
    base[1, 1, 2] = 8
    kept = base.copy()
    with pytest.raises(BaseMismatch) as mismatch:
        apply_stroke(base, stroke)
    assert mismatch.value.first_index == 2 + 4 * (1 + 3 * 1)
    assert mismatch.value.n_voxels == 1
    assert np.array_equal(base, kept)


def test_a_run_beyond_the_map_is_refused():
    big = np.zeros((2, 3, 4), np.uint8)
    painted = big.copy()
    painted[1, 2, 3] = 1
    stroke = difference(big, painted, Heading(uuid4(), 1, 0))
    with pytest.raises(UnknownFormat, match="beyond"):
        apply_stroke(np.zeros((2, 3, 3), np.uint8), stroke)
