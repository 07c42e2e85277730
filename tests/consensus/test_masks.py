"""Independent masks in the consensus room: compared, settled, fused, taken back, made again."""

import gzip
import random

import nibabel as nib
import numpy as np
import pytest

from annotation.bridge.runs import decode_runs
from annotation.consensus import asking, fusing, selectors, services, signing, waiting
from annotation.consensus.mask_settling import reopen_masks, settle_masks
from annotation.consensus.models import ConsensusMask, Disagreement
from annotation.domain.refusals import Conflict, ContentRefused
from annotation.domain.workflow import Move, Role
from annotation.reading import services as readings
from annotation.reading.models import Protocol
from annotation.refinement.selectors import bytes_of, newest_revision
from annotation.rounds.freezing import freeze_case
from annotation.studies.models import Case
from annotation.studies.services import advance_case
from tests import making, working
from tests.blinding import client_of

pytestmark = pytest.mark.django_db
FRACTURE = {2: {"grade_reader": 2, "shape_reader": "wedge"}}


def cut(case, number: int, planes: int) -> np.ndarray:
    """Return the painted blocks without the first planes of one vertebra."""
    mask = working.blocks(case)
    first = mask[: 2 + planes]
    first[first == number] = 0
    return mask


def make_masks_case(dataset, people, masks, said=({}, {}), **protocol) -> Case:
    """Return a case whose readings are in, with one mask per reader: reader1, reader2, ..."""
    n = len(masks)
    fields = {"independent_masks": n, "readers_per_case": n} | protocol
    Protocol.objects.create(dataset=dataset, version=1, **fields)
    readers = [people.reader1, people.reader2]
    readers += [making.make_user("reader3", dataset, Role.READER)] * (n - 2)
    case = working.make_reading_case(dataset, people)
    for reader, planes, findings in zip(readers, masks, [*said, {}], strict=False):
        reading = working.read(case, reader, findings)
        if planes:
            working.paint_own(reading, cut(case, 2, planes))
        readings.submit_reading(reading)
    case.refresh_from_db()
    return case


@pytest.fixture
def case(dataset, people) -> Case:
    """T12 is smaller in the mask of reader2; all else is the same."""
    return make_masks_case(dataset, people, (0, 3))


def only(case) -> Disagreement:
    return selectors.newest_sitting(case).disagreements.get()


def sides(row: Disagreement) -> dict[str, str]:
    """Return which of a and b is the whole mask, and which the one that was cut."""
    whole = "a" if row.mask_a.reading.reader.username == "reader1" else "b"
    return {"whole": whole, "cut": "b" if whole == "a" else "a"}


def final_mask(case) -> np.ndarray:
    case.refresh_from_db()
    assert case.stage == "final"
    return decode_runs(bytes_of(selectors.final_mask(case)))


def sign(case, people) -> None:
    for reader in (people.reader1, people.reader2):
        signing.settle_case(case, by=reader)


def test_a_vertebra_whose_masks_differ_waits_below_all_else(case, people):
    row = only(case)
    assert (case.stage, row.kind, row.vertebra.number) == ("consensus", "masks", 2)
    n = working.blocks(case)[2:-2].shape[0]
    assert row.dice == pytest.approx(2 * (n - 3) / (2 * n - 3))
    assert row.reason == f"Masks: Dice {row.dice:.2f}, HD95 {row.hd95_mm:.1f} mm"
    assert row.hd95_mm == pytest.approx(9.0)  # three planes of 3 mm
    assert row.n_uncertain == 3 * 7 * 9
    assert selectors.open_disagreements(row.sitting) == [row]
    assert [one.taken for one in row.sitting.mask_settlements.all()] == ["agreed", "agreed"]
    with pytest.raises(ContentRefused, match="findings agree"):
        services.settle_disagreement(row, by=people.reader1, taken="a")
    with pytest.raises(Conflict, match="1 disagreement is open"):
        signing.settle_case(case, by=people.reader1)
    assert waiting.sittings_waiting(people.reader1, [case])[case.pk].is_to_do


def test_masks_within_the_limits_are_fused_without_a_question(dataset, people):
    limits = {"mask_dice": 0.2, "mask_hd95_mm": 30.0}
    case = make_masks_case(dataset, people, (0, 3), limits=limits)
    assert case.stage == "final"
    made = ConsensusMask.objects.get()
    mask, blocks = final_mask(case), working.blocks(case)
    assert made.n_uncertain == 3 * 7 * 9
    assert ((mask > 0) <= (blocks > 0)).all()
    assert (mask[5:] == blocks[5:]).all()
    assert (mask[blocks != 2] == blocks[blocks != 2]).all()


@pytest.mark.parametrize("side", ["whole", "cut"])
def test_one_of_the_masks_is_taken_and_goes_into_rounds_and_releases(case, people, side):
    row = only(case)
    settled = settle_masks(row, by=people.reader1, taken=sides(row)[side])
    taken = row.mask_a if settled.taken == "a" else row.mask_b
    assert settled.sources == [taken.revision_id]
    assert waiting.sittings_waiting(people.reader1, [case])[case.pk].text == (
        "Your signature is missing"
    )
    sign(case, people)
    expected = working.blocks(case) if side == "whole" else cut(case, 2, 3)
    assert (final_mask(case) == expected).all()
    revision = selectors.final_mask(case)
    assert (revision.track.kind, revision.author_kind, revision.number) == ("consensus", "fused", 0)
    assert freeze_case(case, "train").revision == revision
    assert newest_revision(case).track.kind == "main"


def test_what_is_settled_is_taken_back_and_made_again(case, people):
    row = only(case)
    with pytest.raises(Conflict):
        reopen_masks(row, by=people.reader1)
    settle_masks(row, by=people.reader1, taken="fused", remark="rim")
    before = fusing.fused(row.sitting)
    reopen_masks(row, by=people.reader1)
    assert selectors.open_disagreements(row.sitting) == [row]
    asking.defer_disagreement(row, by=people.reader1)
    settle_masks(row, by=people.reader1, taken="fused", remark="rim")
    again = fusing.fused(row.sitting)
    assert (before.mask == again.mask).all()
    assert (before.uncertain == again.uncertain).all()
    assert [one.taken for one in row.mask_settlements.all()] == ["fused", "reopened", "fused"]
    with pytest.raises(ContentRefused, match="three masks"):
        settle_masks(row, by=people.reader1, taken="staple")


def test_a_case_opened_again_keeps_its_masks_and_never_overwrites_one(case, people):
    row = only(case)
    settle_masks(row, by=people.reader1, taken=sides(row)["whole"])
    sign(case, people)
    first = selectors.final_mask(case)
    advance_case(case, move=Move.REOPEN, by=people.reader1, role=Role.READER)
    case.refresh_from_db()
    again = only(case)
    assert selectors.open_disagreements(again.sitting) == []
    settle_masks(again, by=people.reader1, taken=sides(again)["cut"])
    sign(case, people)
    assert (final_mask(case) == cut(case, 2, 3)).all()
    second = selectors.final_mask(case)
    assert (second.track, second.number) == (first.track, 1)
    assert (decode_runs(bytes_of(first)) == working.blocks(case)).all()


def test_a_vertebra_is_settled_in_its_finding_and_in_its_masks(dataset, people):
    case = make_masks_case(dataset, people, (0, 3), said=(FRACTURE, {}))
    row = only(case)
    assert (row.kind, row.mask_a_id is not None) == ("grade", True)
    services.settle_disagreement(row, by=people.reader1, taken="a")
    assert selectors.open_disagreements(row.sitting) == [row]
    settle_masks(row, by=people.reader1, taken="fused")
    assert selectors.open_disagreements(row.sitting) == []
    services.reopen_disagreement(row, by=people.reader1)
    assert selectors.open_disagreements(row.sitting) == [row]


def test_three_masks_are_voted_on_or_given_to_staple(dataset, people):
    case = make_masks_case(dataset, people, (0, 3, 5))
    row = only(case)
    assert row.n_uncertain == 5 * 7 * 9
    settle_masks(row, by=people.reader1, taken="fused")
    assert (fusing.fused(row.sitting).mask == cut(case, 2, 3)).all()
    staple = settle_masks(row, by=people.reader1, taken="staple")
    assert len(staple.sources) == 3
    found = fusing.fused(row.sitting).mask
    assert set(np.unique(found[5:])) == {0, 1, 2, 3}


def test_random_acts_lose_no_vertebra_and_every_settlement_names_its_sources(dataset, people):
    case = make_masks_case(dataset, people, (0, 3, 5))
    row, drawn = only(case), random.Random(4)
    on_table = {one.revision_id for one in row.sitting.masks.all()}
    for _ in range(6):
        before = fusing.fused(row.sitting).mask
        settle_masks(row, by=people.reader1, taken=drawn.choice(["a", "b", "fused", "staple"]))
        standing = selectors.standing_masks(row.sitting)
        assert set(standing) == {1, 2, 3}
        assert all(set(one.sources) <= on_table and one.sources for one in standing.values())
        if drawn.random() < 0.5:
            reopen_masks(row, by=people.reader1)
            assert selectors.open_disagreements(row.sitting) == [row]
            if not row.mask_settlements.exclude(taken="reopened").count() > 1:
                assert (fusing.fused(row.sitting).mask == before).all()
    agreed = row.sitting.mask_settlements.filter(taken="agreed")
    assert sorted(agreed.values_list("vertebra__number", flat=True)) == [1, 3]


def test_a_third_reader_decides_on_masks_where_asked(case, dataset, people):
    third = making.make_user("third", dataset, Role.READER)
    row = only(case)
    asking.ask_third_reader(row, by=people.reader1)
    settled = settle_masks(row, by=third, taken="fused")
    assert (settled.taken, settled.basis) == ("adjudicated", "fused")
    assert signing.signers_of(row.sitting) == [third]


def test_the_room_shows_both_masks_and_offers_the_uncertain_voxels(case, people):
    client, row = client_of(people.reader1), only(case)
    shown = client.get(f"/api/cases/{case.pk}/consensus/").json()
    (entry,) = shown["disagreements"]
    assert (entry["kind"], entry["open"], shown["open"]) == ("masks", True, 1)
    assert (entry["masks"]["n_masks"], entry["masks"]["settled"]) == (2, None)
    both = decode_runs(client.get(f"/api/disagreements/{row.pk}/masks/").content)
    block, small = working.blocks(case) == 2, cut(case, 2, 3) == 2
    assert (both[small] == 3).all()
    assert (both[block & ~small] == (5 if sides(row)["whole"] == "a" else 6)).all()
    assert not both[~block].any()
    place = f"/api/disagreements/{row.pk}"
    settled = client.post(f"{place}/settle_masks/", {"taken": "fused"}, "application/json").json()
    assert (settled["open"], settled["disagreements"][0]["masks"]["settled"]["taken"]) == (
        0,
        "fused",
    )
    assert client.post(f"{place}/reopen_masks/").json()["open"] == 1
    settle_masks(row, by=people.reader1, taken="a")
    uncertain = f"/api/cases/{case.pk}/consensus/uncertain/"
    assert client.get(uncertain).status_code == 404
    sign(case, people)
    answer = client_of(people.manager).get(uncertain)
    image = nib.Nifti1Image.from_bytes(gzip.decompress(answer.content))
    assert (np.asarray(image.dataobj).transpose(2, 1, 0) == (block & ~small)).all()
    assert answer["Content-Disposition"].endswith('_uncertain_sitting-1.nii.gz"')
    for user in (people.student, people.manager):
        assert client_of(user).get(f"{place}/masks/").status_code == 404
    tracks = client_of(people.student).get(f"/api/cases/{case.pk}/").json()["tracks"]
    assert [one["kind"] for one in tracks] == ["main", "consensus"]
