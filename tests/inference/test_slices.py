import numpy as np
import pytest
import torch

from annotation.domain.geometry import Grid, Volume
from inference.config import Machine
from inference.nets.slice_classifier import SliceClassifier
from inference.phases.judge_slices import ANY_SLICE, Rule, score_slices
from inference.phases.slices import cut_slices, pictures, shaved, slice_places


@pytest.mark.parametrize(
    ("n", "kept"),
    [
        (23, list(range(5, 18))),
        (14, [5, 6, 7, 8]),
        (13, [5, 6, 7]),
        (12, [4, 5, 6, 7]),
        (4, [0, 1, 2, 3]),
        (3, [0, 1, 2]),
        (1, [0]),
    ],
)
def test_five_slices_are_shaved_off_on_either_side_while_three_remain(n, kept):
    assert list(shaved(n)) == kept


def test_slices_lie_two_millimetres_apart_around_the_middle_of_the_body():
    places = slice_places((100.0, 145.0))  # 22 slices and a millimetre left over
    assert len(places) == 12
    assert np.allclose(np.diff(places), 2.0)
    assert places.mean() == pytest.approx(122.5)
    assert places[0] - 100.0 == pytest.approx(0.5 + 5 * 2.0 + 1.0)


@pytest.fixture(scope="module")
def case():
    """A block of 400 HU, 40 mm wide, 20 mm tall and 30 mm deep, in a volume of -50 HU."""
    grid = Grid((60, 50, 40), np.diag([-1.0, 1.0, -1.5, 1.0]))
    bodies = np.zeros(grid.shape, np.uint8)
    bodies[6:33, 15:35, 10:40] = 4
    hu = np.where(bodies, 400, -50).astype(np.int16)
    hu[17, 15:35, 10:40] = 900
    return Volume(hu, grid), bodies


def test_a_slice_shows_the_body_in_millimetres_and_knows_its_column(case):
    volume, bodies = case
    slices = cut_slices(volume, bodies, 4)
    assert slices.hu.shape == slices.inside.shape == (len(slices.k), 256, 256)
    assert slices.k.mean() == pytest.approx(19.0)  # the middle of columns 6 to 32
    assert slices.k[0] == pytest.approx(19.0 - 2.0 * (len(slices.k) - 1) / 2 / 1.5)
    areas = slices.inside.sum(dim=(1, 2)) * 0.25**2
    assert torch.allclose(areas.float(), torch.full((len(slices.k),), 600.0), rtol=0.02)
    rows, columns = torch.nonzero(slices.inside[0], as_tuple=True)
    assert float(rows.float().mean()) == pytest.approx(127.5, abs=1)
    assert float(columns.float().mean()) == pytest.approx(127.5, abs=1)
    grey = (slices.hu * slices.inside).sum(dim=(1, 2)) / slices.inside.sum(dim=(1, 2))
    assert abs(slices.k[int(grey.argmax())] - 17) < 0.7
    assert grey.max() > 500
    assert grey[-1] == pytest.approx(400, abs=30)


def test_a_body_that_is_not_there_is_refused(case):
    with pytest.raises(ValueError, match="number 9"):
        cut_slices(*case, 9)


def test_the_picture_shows_nothing_outside_the_body_and_no_contrast_of_the_scan(case):
    volume, bodies = case
    before = pictures(cut_slices(volume, bodies, 4))
    brighter = Volume((volume.hu * 1.5 + 100).astype(np.float32), volume.grid)
    after = pictures(cut_slices(brighter, bodies, 4))
    inside = cut_slices(volume, bodies, 4).inside[:, None]
    assert before[~inside].abs().max() == 0
    assert before[inside].min() > 0.2
    assert torch.allclose(before, after, atol=0.02)


SCORES = np.array([0.1, 0.7, 0.95, 0.6, 0.2])
COLUMNS = np.array([30.0, 32.5, 35.0, 37.5, 40.0])


def test_any_slice_decides_by_the_highest_score():
    said = ANY_SLICE.applied(SCORES, COLUMNS)
    assert (said.is_fractured, said.score, said.slice_k) == (True, 0.95, 35.0)
    assert (said.n_slices, said.k_needed) == (5, 1)


@pytest.mark.parametrize(
    ("k", "is_fractured", "column"), [(2, True, 32.5), (3, True, 37.5), (4, False, 40.0)]
)
def test_k_of_n_stands_or_falls_with_the_kth_slice(k, is_fractured, column):
    said = Rule(k).applied(SCORES, COLUMNS)
    assert said.is_fractured is is_fractured
    assert said.slice_k == column
    assert said.is_fractured == ((SCORES >= 0.5).sum() >= k)


def test_where_there_are_fewer_slices_than_asked_for_all_must_agree():
    assert Rule(9).applied(np.array([0.8, 0.9]), COLUMNS[:2]).is_fractured
    assert not Rule(9).applied(np.array([0.3, 0.9]), COLUMNS[:2]).is_fractured
    assert ANY_SLICE.applied(np.array([]), np.array([])) is None


def test_a_score_at_the_threshold_counts():
    assert Rule(1, 0.6).applied(np.array([0.6]), COLUMNS[:1]).is_fractured
    with pytest.raises(ValueError, match="at least one"):
        Rule(0)


def test_the_network_is_resnet_18_for_one_channel_and_one_logit():
    net = SliceClassifier((64, 128, 256, 512))
    n = sum(parameter.numel() for parameter in net.parameters())
    original = 11_689_512
    head, stem = 512 * 1000 + 1000, 64 * 3 * 7 * 7
    assert n == original - head - stem + (512 + 1) + stem // 3 == 11_170_753
    convolutions = [m for m in net.modules() if isinstance(m, torch.nn.Conv2d)]
    plain = [m for m in convolutions if m.kernel_size != (1, 1)]
    assert len(plain) + 1 == 18  # and the head
    assert len(convolutions) - len(plain) == 3


def test_it_halves_five_times_and_answers_for_every_picture():
    net = SliceClassifier((8, 8, 16, 16)).eval()
    x = torch.rand(3, 1, 256, 256)
    shapes = []
    net.stages.register_forward_hook(lambda *a: shapes.append(tuple(a[2].shape)))
    assert net(x).shape == (3,)
    assert shapes == [(3, 16, 8, 8)]


def test_scores_come_back_body_by_body(case):
    net = SliceClassifier((4, 4, 4, 4)).eval()
    slices = cut_slices(*case, 4)
    machine = Machine(torch.device("cpu"), half=None)
    first, second = score_slices([slices, slices], net, machine)
    assert first.shape == slices.k.shape
    assert np.allclose(first, second, atol=1e-5)
    assert score_slices([], net, machine) == []
