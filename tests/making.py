"""Makes legal cases by walking the real services."""

import itertools
from dataclasses import dataclass

import numpy as np

from annotation.domain.geometry import Grid
from annotation.domain.geometry import Volume as Ct
from annotation.domain.proposal import CountedFrom, Proposal, VertebraProposal
from annotation.domain.workflow import Move, Role
from annotation.preannotation.models import ModelVersion
from annotation.studies import services as studies
from annotation.studies.models import Case, Dataset, Image, Membership, Patient, Series, Study, User
from annotation.studies.models import Volume as VolumeRow
from annotation.studies.volumes import encode_volume, grid_of

_counter = itertools.count(1)


@dataclass(frozen=True)
class People:
    student: User
    reader1: User
    reader2: User
    manager: User
    stranger: User


def make_dataset(slug: str = "set", **fields) -> Dataset:
    return Dataset.objects.create(slug=slug, name=f"Set {slug}", **fields)


def make_user(username: str, dataset: Dataset | None = None, *roles: Role) -> User:
    user, _ = User.objects.get_or_create(username=username, first_name=username.title())
    for role in roles:
        Membership.objects.create(user=user, dataset=dataset, role=role.value)
    return user


def make_people(dataset: Dataset) -> People:
    return People(
        student=make_user("student", dataset, Role.STUDENT),
        reader1=make_user("reader1", dataset, Role.READER),
        reader2=make_user("reader2", dataset, Role.READER),
        manager=make_user("manager", dataset, Role.MANAGER),
        stranger=make_user("stranger"),
    )


def make_ct(seed: int = 0, dims: tuple[int, int, int] = (20, 32, 10)) -> Ct:
    """Return a small synthetic CT: soft tissue with three bright blocks, 1 x 1 x 3 mm, P I R."""
    ni, nj, nk = dims
    rng = np.random.default_rng(seed)
    hu = rng.normal(40, 10, size=(nk, nj, ni)).astype(np.int16)
    for start in range(2, nj - 7, 10):
        hu[2:-2, start : start + 7, 5:14] = 400
    affine = np.array(
        [[0.0, 0, -3, 10], [1, 0, 0, -20], [0, -1, 0, 100], [0, 0, 0, 1]], dtype=np.float64
    )
    return Ct(hu, Grid(dims, affine))


def make_volume(ct: Ct | None = None, patient: Patient | None = None) -> VolumeRow:
    """Store a volume as intake does, without its files' way in."""
    # Another process may have made some in the same database.
    n = next(n for n in _counter if not Study.objects.filter(key=f"{n:064d}").exists())
    ct = ct or make_ct(seed=n)
    patient = patient or Patient.objects.create(key=f"{n:064d}", sex="F")
    study = Study.objects.create(patient=patient, key=f"{n:064d}", age_years=70)
    series = Series.objects.create(study=study, key=f"{n:064d}")
    image = Image.objects.create(
        series=series,
        content_sha256=f"{n:064d}",
        affine_lps=ct.grid.affine_lps.tolist(),
        shape=list(ct.grid.shape),
    )
    volume = encode_volume(ct, rule="as_stored")
    volume.image = image
    volume.save()
    return volume


def make_case(dataset: Dataset, volume: VolumeRow | None = None) -> Case:
    """Return a case at the stage received."""
    return studies.create_case(dataset, volume=volume or make_volume(), title="CT spine")


def make_refining_case(dataset: Dataset, volume: VolumeRow | None = None) -> Case:
    """Return a case at the stage refining, offered without a model."""
    case = make_case(dataset, volume)
    studies.advance_case(case, move=Move.OFFER, by=None, role=Role.SYSTEM)
    return case


def make_model(version: str = "m1", **fields) -> ModelVersion:
    """Return a model version whose weights no test loads."""
    usual = {"system": "anchor-free", "trained_on": "20 phantoms", "phantoms_only": True}
    fields = usual | {"weights": version} | fields
    return ModelVersion.objects.create(version=version, sha256=version.ljust(64, "0"), **fields)


def make_proposal(volume: VolumeRow, levels: tuple[str, ...] = ("T11", "T12", "L1")) -> Proposal:
    """Return a proposal with one block and six points per bright block of `make_ct`."""
    grid = grid_of(volume)
    mask = np.zeros(grid.shape, np.uint8)
    vertebrae = []
    for number, level in enumerate(levels, start=1):
        top = 2 + 10 * (number - 1)
        mask[2:-2, top : top + 7, 5:14] = number
        columns = (5.0, 9.0, 13.0)
        ends = [[(i, top, 4.5), (i, top + 6 - (i == 5.0) * 2, 4.5)] for i in columns]
        points = grid.to_mm(np.array(ends))
        vertebrae.append(VertebraProposal(number, level, points.mean(axis=(0, 1)), points, 0.9))
    return Proposal(tuple(vertebrae), mask, grid, CountedFrom.T1_RIB, seconds={"detect": 0.1})
