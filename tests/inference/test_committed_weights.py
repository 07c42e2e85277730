import numpy as np

from inference.judging import match_centres
from inference.phantoms.make import PhantomOptions, make_phantom
from inference.pipelines import PIPELINES
from inference.weights import committed_folder, load_weights, read_card


def test_the_committed_weights_have_seen_no_real_case_and_say_so():
    card = read_card(committed_folder())
    assert card["phantoms_only"] is True
    assert card["manifest"]["cases"] == []
    assert card["trained_on"] == "simulated spines only"
    page = (committed_folder() / "card.md").read_text()
    assert "simulated spines only" in page
    assert card["sha256"] in page


def test_no_phantom_of_the_evaluation_was_in_their_training():
    for seeds in read_card(committed_folder())["manifest"]["phantoms"].values():
        assert seeds["first"] + seeds["n"] <= 9_000_000


def test_they_are_small():
    assert sum(path.stat().st_size for path in committed_folder().iterdir()) < 20e6


def test_they_find_the_bodies_of_a_phantom_they_have_not_seen():
    options = PhantomOptions((1.5, 1.5, 1.5), "spine", levels=("T10", "L4"))
    phantom = make_phantom(9_000_777, options)
    proposal = PIPELINES["anchor-free"](phantom.volume, load_weights())
    whole = [one for one in phantom.vertebrae if not one.is_partial]
    truth = np.array([one.centroid_mm for one in whole])
    found = np.array([one.centroid_mm for one in proposal.vertebrae]).reshape(-1, 3)
    assert len(match_centres(truth, found, 10.0).missed) <= 1
    assert proposal.mask.max() == len(proposal.vertebrae)
