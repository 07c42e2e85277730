"""Makes cases in a running house by the real services; called through its `shell` command."""

import secrets
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from annotation.consensus.selectors import newest_sitting, open_disagreements
from annotation.consensus.services import settle_disagreement
from annotation.consensus.signing import settle_case
from annotation.domain.geometry import Volume as Ct
from annotation.domain.proposal import StraightenedPicture
from annotation.domain.workflow import Move, Role, Stage
from annotation.preannotation import services as preannotation
from annotation.preannotation.selectors import model_in_service
from annotation.reading.models import Protocol
from annotation.refinement import services as refinement
from annotation.refinement.models import MaskRevision
from annotation.studies.models import Case, Dataset, Image, Membership, Origin, User
from annotation.studies.services import add_vertebra, advance_case
from annotation.studies.volumes import grid_of
from tests import making, working

PEOPLE = ("student", "reader1", "reader2", "manager")


def make_reading_case() -> Case:
    """Return a case of the demo data set with a model's points, open for blind readings."""
    dataset, people = _demo()
    if model_in_service(dataset) is None:
        preannotation.publish_model_version(dataset, making.make_model(), by=None, reason="first")
    case = making.make_case(dataset)
    fine = np.diag([1.0, 1.0, 1.5, 1.0]).tolist()
    Image.objects.filter(pk=case.image_id).update(affine_lps=fine)
    advance_case(case, move=Move.QUEUE, by=None, role=Role.SYSTEM)
    request = case.preannotations.get()
    proposal = replace(making.make_proposal(case.volume), straightened=_picture(case))
    preannotation.store_preannotation(request, proposal)
    case.refresh_from_db()
    refinement.take_lease(case, by=people.student)
    refinement.submit_mask(case, by=people.student)
    case.refresh_from_db()
    refinement.approve_mask(case, by=people.reader1)
    return case


def make_consensus_case() -> Case:
    """Return a case whose readers differ: T11 by a fracture, L1 by the shape of one."""
    case = make_reading_case()
    reader1, reader2 = (User.objects.get(username=name) for name in ("reader1", "reader2"))
    both = {"grade_reader": 2, "shape_reader": "crush", "remark": "seen by reader one"}
    working.read_and_submit(case, reader1, {1: {"grade_reader": 3}, 3: both})
    working.read_and_submit(
        case, reader2, {1: {"grade_reader": 0}, 3: {**both, "shape_reader": "wedge", "remark": ""}}
    )
    return case


def make_oblique_case() -> Case:
    """Return a refining case on an oblique, uneven grid with three levels painted by a model."""
    ct = making.make_ct(seed=7, dims=(60, 90, 24))
    mask = np.zeros(ct.grid.shape, np.uint8)
    for number in (1, 2, 3):
        top = 20 * number - 8
        mask[4:-4, top : top + 12, 14:30] = number
    return _start_refining(ct, mask)


def make_tool_case() -> Case:
    """Return a refining case on an oblique, uneven grid whose mask has something for every tool.

    T12 lacks slices, L1 has islands, a closed hole and a tunnel, L2 is two bodies in one.
    """
    ct = making.make_ct(seed=7, dims=(60, 90, 24))
    mask = np.zeros(ct.grid.shape, np.uint8)
    mask[4:20, 12:24, 14:30] = 1
    mask[[9, 10, 13]] = 0
    mask[4:20, 32:44, 14:30] = 2
    mask[10:12, 36:39, 20:23] = 0
    mask[4:20, 40, 26] = 0
    mask[10:12, 36:39, 40:43] = 2
    mask[8:10, 50:52, 20:24] = 2
    mask[4:20, 52:76, 14:30] = 3
    return _start_refining(ct, mask)


def _start_refining(ct: Ct, mask: NDArray[np.uint8]) -> Case:
    """Return a refining case with T12, L1 and L2 as a model's mask, on a tilted grid."""
    dataset = Dataset.objects.get(slug="demo")
    tilt = np.radians(17.0)
    turn = np.eye(4)
    turn[1:3, 1:3] = [[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]]
    affine = turn @ ct.grid.affine_lps @ np.diag([0.8, 1.1, 1.0, 1.0])
    volume = making.make_volume(replace(ct, grid=replace(ct.grid, affine_lps=affine)))
    case = making.make_case(dataset, volume)
    for level in ("T12", "L1", "L2"):
        add_vertebra(case, level=level, origin=Origin.PROPOSAL)
    refinement.start_main_track(case, mask=mask, author_kind=MaskRevision.AuthorKind.MODEL)
    advance_case(case, move=Move.OFFER, by=None, role=Role.SYSTEM)
    case.refresh_from_db()
    return case


def _picture(case: Case) -> StraightenedPicture:
    """Return a straight spine at 0.5 mm that is bent a little to the side: off the slices."""
    grid = grid_of(case.volume)
    _, nj, ni = grid.shape
    rows = np.arange(0.0, 2 * nj)
    ijk = np.stack([np.full_like(rows, 9.0), rows / 2, 4.5 + 0.005 * rows], axis=1)
    columns = np.tile(np.arange(-9, 2 * ni - 9, dtype=np.int16), (len(rows), 1))
    return StraightenedPicture(
        hu=columns * 20,
        step_mm=0.5,
        curve_mm=grid.to_mm(ijk),
        normal_v=np.tile([0.0, 1.0, 0.0], (len(rows), 1)),
        normal_u=np.tile([-1.0, 0.0, 0.0], (len(rows), 1)),
        v_origin=18.0,
    )


def make_study_case(accounts: str) -> Case:
    """Return a case read by two under a protocol that classifies by AO and names a third reader."""
    dataset = Dataset.objects.get(slug="demo")
    third = add_person("reader3", accounts, Role.READER, ("Ronja", "Third"))
    last = dataset.protocols.order_by("-version").first()
    Protocol.objects.create(
        dataset=dataset,
        version=last.version + 1 if last else 1,
        classifies_ao=True,
        adjudicator=third,
    )
    return make_reading_case()


def make_masks_case() -> Case:
    """Return a case of which two readers paint masks; reader1 has handed in, the mask unchanged."""
    dataset = Dataset.objects.get(slug="demo")
    last = dataset.protocols.order_by("-version").first()
    version = last.version + 1 if last else 1
    Protocol.objects.create(dataset=dataset, version=version, independent_masks=2)
    case = make_reading_case()
    working.read_and_submit(case, User.objects.get(username="reader1"), {})
    return case


def add_student(username: str, accounts: str) -> User:
    """Add another student to the demo data set and their password to the accounts' file."""
    return add_person(username, accounts, Role.STUDENT, ("Alex", "Student"))


def add_person(username: str, accounts: str, role: Role, names: tuple[str, str]) -> User:
    """Add a person to the demo data set and their password to the accounts' file."""
    user, _ = User.objects.get_or_create(
        username=username, defaults={"first_name": names[0], "last_name": names[1]}
    )
    password = secrets.token_urlsafe(9)
    user.set_password(password)
    user.save()
    dataset = Dataset.objects.get(slug="demo")
    Membership.objects.get_or_create(user=user, dataset=dataset, role=role.value)
    with Path(accounts).open("a", encoding="utf-8") as file:
        file.write(f"  {username:<10}{password}\n")
    return user


def make_study(n_cases: int = 12) -> Case:
    """Return the last of several final cases of the demo data set, read blind by two readers.

    Both differ now and then by one grade, the first reader more often.
    """
    random = np.random.default_rng(11)
    truth = random.choice(4, size=(n_cases, 3), p=[0.5, 0.2, 0.2, 0.1])
    first, second = (
        [[_slipped(random, int(grade), slip) for grade in case] for case in truth]
        for slip in (0.12, 0.06)
    )
    return make_graded(first, second)


def make_graded(first: list[list[int]], second: list[list[int]]) -> Case:
    """Return the last of several final cases, on which two readers gave these three grades."""
    random = np.random.default_rng(7)
    dataset, people = _demo()
    spans = (("T5", "T6", "T7"), ("T8", "T9", "T10"), ("T11", "T12", "L1"), ("L2", "L3", "L4"))
    for place, grades in enumerate(zip(first, second, strict=True)):
        case = working.make_reading_case(dataset, people, spans[place % len(spans)])
        for user, own in zip((people.reader1, people.reader2), grades, strict=True):
            said = {number: _said(random, grade) for number, grade in enumerate(own, 1)}
            working.read_and_submit(case, user, said)
        _settle(case, people.reader1)
    return case


def make_unsigned_case() -> Case:
    """Return a case on which all is settled and the first reader alone has signed."""
    case = make_consensus_case()
    reader = User.objects.get(username="reader1")
    for disagreement in open_disagreements(newest_sitting(case)):
        settle_disagreement(disagreement, by=reader, taken="a")
    settle_case(case, by=reader)
    return case


def make_known_case() -> Case:
    """Return the one case of the data set Known: T11 is grade 2, and who reads is no member."""
    _, people = _demo()
    known = Dataset.objects.create(slug="known", name="Known", code_prefix="KNOWN")
    roles = {"student": Role.STUDENT, "reader1": Role.READER, "reader2": Role.READER}
    for name, role in {**roles, "manager": Role.MANAGER}.items():
        Membership.objects.create(user=getattr(people, name), dataset=known, role=role.value)
    said = {1: {"grade_reader": 2, "shape_reader": "wedge"}}
    case = working.make_consensus_case(known, people, said, said)
    Membership.objects.filter(dataset=known).exclude(role=Role.MANAGER.value).delete()
    return case


def _demo() -> tuple[Dataset, SimpleNamespace]:
    people = SimpleNamespace(**{name: User.objects.get(username=name) for name in PEOPLE})
    return Dataset.objects.get(slug="demo"), people


def _slipped(random: np.random.Generator, true: int, slip: float) -> int:
    return int(np.clip(true + random.choice([-1, 1]), 0, 3)) if random.random() < slip else true


def _said(random: np.random.Generator, grade: int) -> dict[str, object]:
    """Return a finding whose points measure about what the grade says."""
    height = 22 + random.normal(0, 1.5)
    lowest = height * (0.93, 0.78, 0.68, 0.5)[grade] + random.normal(0, 0.35)
    points = working.body(heights=(lowest, (lowest + height) / 2, height))
    shape = {"shape_reader": "wedge"} if grade else {}
    return {"grade_reader": grade, "six_points_mm": points, **shape}


def _settle(case: Case, by: User) -> None:
    sitting = newest_sitting(case)
    if case.stage != Stage.CONSENSUS.value or sitting is None:
        return
    for disagreement in open_disagreements(sitting):
        settle_disagreement(disagreement, by=by, taken="a")
    working.sign_all(case)
