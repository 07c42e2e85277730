import json
import sys
from pathlib import Path

import numpy as np
import pytest

from annotation.domain.geometry import GeometryMismatch, Grid, Volume
from annotation.domain.vertebrae import label_of
from annotation.imaging.nifti import mask_bytes, read_labels
from inference.nets.detector import CLASSES
from inference.nnunet import programs
from inference.nnunet.__main__ import main
from inference.nnunet.backend import NnUnet, segment_by_nnunet
from inference.nnunet.folders import (
    NAMES,
    Example,
    dataset_number,
    read_answer,
    to_consecutive,
    write_dataset,
)
from inference.nnunet.programs import (
    NnUnetFailed,
    Place,
    plan_command,
    predict_command,
    train_command,
)

GRID = Grid((12, 14, 10), np.diag([-1.0, 1.5, -2.0, 1.0]))


def example(name="case-1"):
    rng = np.random.default_rng(0)
    mask = np.zeros(GRID.shape, np.uint8)
    mask[2:8, 1:6, 2:10] = label_of("T12")
    mask[2:8, 8:13, 2:10] = label_of("T13")
    hu = rng.normal(0, 40, GRID.shape).astype(np.int16) + np.int16(300) * (mask > 0)
    return Example(name, Volume(hu.astype(np.int16), GRID), mask)


def test_labels_have_no_gaps_and_follow_the_spine():
    mask = np.array([0, 1, 19, 28, 20, 24, 25, 26, 27], np.uint8)
    assert to_consecutive(mask).tolist() == [0, 1, 19, 20, 21, 25, 26, 0, 0]
    assert NAMES[19 - 1 : 21] == ("T12", "T13", "L1")


def test_a_dataset_folder_is_what_nnunet_reads(tmp_path):
    folder = tmp_path / "raw" / "Dataset101_Vertebrae"
    assert write_dataset([example(), example("case-2")], folder) == 2
    said = json.loads((folder / "dataset.json").read_text())
    assert said["channel_names"] == {"0": "CT"}
    assert said["file_ending"] == ".nii.gz"
    assert said["numTraining"] == 2
    assert list(said["labels"].values()) == list(range(27))
    assert (said["labels"]["background"], said["labels"]["T13"]) == (0, 20)
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.nii.gz"))
    assert files == [
        "imagesTr/case-1_0000.nii.gz",
        "imagesTr/case-2_0000.nii.gz",
        "labelsTr/case-1.nii.gz",
        "labelsTr/case-2.nii.gz",
    ]
    stored = read_labels(folder / "labelsTr" / "case-1.nii.gz")
    assert stored.grid.is_same(GRID)
    assert np.array_equal(stored.voxels, to_consecutive(example().mask))


def test_names_that_nnunet_would_not_read_are_refused(tmp_path):
    with pytest.raises(ValueError, match="Dataset101_Vertebrae"):
        dataset_number(tmp_path / "vertebrae")
    folder = tmp_path / "Dataset007_Spine"
    assert dataset_number(folder) == 7
    with pytest.raises(ValueError, match="case_1"):
        write_dataset([example("case_1")], folder)
    with pytest.raises(ValueError, match="at least one"):
        write_dataset([], folder)


def test_commands_name_dataset_configuration_and_device(tmp_path):
    place = Place(tmp_path, "cuda", 3)
    program, *words = plan_command(101, place)
    assert program.endswith("nnUNetv2_plan_and_preprocess")
    assert words[:8] == ["-d", "101", "-c", "3d_fullres", "-npfp", "3", "-np", "3"]
    program, *words = train_command(101, place)
    assert program.endswith("nnUNetv2_train")
    assert words == ["101", "3d_fullres", "all", "-device", "cuda"]
    program, flag, script, *same = train_command(101, place, 4)
    assert (Path(program).name, flag, same) == ("python", "-c", words)
    compile(script, "short", "exec")
    assert "num_iterations_per_epoch, self.num_val_iterations_per_epoch = 4, 1" in script
    program, *words = predict_command(tmp_path / "in", tmp_path / "out", tmp_path / "model", "cpu")
    assert program.endswith("nnUNetv2_predict_from_modelfolder")
    assert words[:6] == ["-i", f"{tmp_path}/in", "-o", f"{tmp_path}/out", "-m", f"{tmp_path}/model"]
    assert place.variables()["nnUNet_results"] == f"{tmp_path}/results"
    model = place.model(Path("Dataset101_Vertebrae"))
    assert model.parts[-2:] == ("Dataset101_Vertebrae", "nnUNetTrainer__nnUNetPlans__3d_fullres")


def test_without_its_environment_a_sentence_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LAMINA_NNUNET", str(tmp_path))
    folder = tmp_path / "raw" / "Dataset101_Vertebrae"
    write_dataset([example()], folder)
    assert main(["train", str(folder)]) == 2
    assert "run.py nnunet" in capsys.readouterr().err
    assert main(["export", str(folder)]) == 2
    assert "--folder or --phantoms" in capsys.readouterr().err
    assert main(["export", str(folder), "--phantoms", "9:3"]) == 2


def model_in(folder):
    (folder / "fold_all").mkdir(parents=True)
    for part in ("dataset.json", "plans.json", "fold_all/checkpoint_final.pth"):
        (folder / part).write_text("{}")
    return folder


def test_a_trained_model_is_taken_in_whole_or_not_at_all(tmp_path, capsys):
    trained = model_in(tmp_path / "trained")
    (trained / "fold_all" / "progress.png").write_bytes(b"")
    assert main(["model", str(trained), str(tmp_path / "kept")]) == 0
    NnUnet(tmp_path / "kept").check()
    assert not (tmp_path / "kept" / "fold_all" / "progress.png").exists()
    (trained / "plans.json").unlink()
    assert main(["model", str(trained), str(tmp_path / "other")]) == 2
    assert "lacks plans.json" in capsys.readouterr().err


PROGRAM = """#!{python}
import shutil, sys
words = sys.argv[1:]
source = words[words.index("-i") + 1] + "/ct_0000.nii.gz"
out = words[words.index("-o") + 1]
import os
os.makedirs(out)
assert os.path.getsize(source) > 0
shutil.copyfile({answer!r}, out + "/ct.nii.gz")
"""


def stand_in(place, answer):
    """A program in nnU-Net's place that reads the folder it is given and leaves a known answer."""
    (place / "bin").mkdir(parents=True)
    program = place / "bin" / "nnUNetv2_predict_from_modelfolder"
    program.write_text(PROGRAM.format(python=sys.executable, answer=str(answer)))
    program.chmod(0o755)


def test_a_volume_goes_out_as_a_folder_and_comes_back_as_a_mask(tmp_path, monkeypatch):
    one = example()
    answer = tmp_path / "answer.nii.gz"
    answer.write_bytes(mask_bytes(to_consecutive(one.mask), GRID))
    stand_in(tmp_path / "environment", answer)
    monkeypatch.setenv("LAMINA_NNUNET", str(tmp_path / "environment"))
    segmented = segment_by_nnunet(one.volume, NnUnet(model_in(tmp_path / "model")))
    assert np.array_equal(segmented.mask, to_consecutive(one.mask))
    levels = {n: CLASSES[int(row.argmax())] for n, row in segmented.looks.level_logits.items()}
    assert levels == {19: "T12", 20: "T13"}
    assert segmented.looks.room is None
    answer.unlink()
    with pytest.raises(NnUnetFailed, match="No such file"):
        segment_by_nnunet(one.volume, NnUnet(tmp_path / "model"))


def test_answers_that_are_not_ours_are_refused(tmp_path):
    path = tmp_path / "ct.nii.gz"
    with pytest.raises(ValueError, match=r"left no ct\.nii\.gz"):
        read_answer(path, GRID)
    path.write_bytes(mask_bytes(np.full(GRID.shape, 27, np.uint8), GRID))
    with pytest.raises(ValueError, match="above 26"):
        read_answer(path, GRID)
    other = Grid(GRID.dims, np.diag([-1.0, 1.0, -2.0, 1.0]))
    path.write_bytes(mask_bytes(np.zeros(GRID.shape, np.uint8), other))
    with pytest.raises(GeometryMismatch):
        read_answer(path, GRID)


@pytest.mark.nnunet
def test_nnunet_itself_plans_trains_and_segments(tmp_path):
    """Two blocks of bone, two iterations: not a good model, but every folder and program."""
    assert programs.environment().is_dir(), "set nnU-Net up with `python3 run.py nnunet`"
    grid = Grid((48, 48, 48), np.diag([-1.0, 1.0, -1.0, 1.0]))
    examples = []
    for n in range(3):
        rng = np.random.default_rng(n)
        mask = np.zeros(grid.shape, np.uint8)
        mask[12:36, 4:20, 10:36], mask[12:36, 26:42, 10:36] = label_of("L1"), label_of("L2")
        hu = rng.normal(0, 30, grid.shape) + 300.0 * (mask > 0)
        examples.append(Example(f"case-{n}", Volume(hu.astype(np.int16), grid), mask))
    folder = tmp_path / "raw" / "Dataset101_Vertebrae"
    write_dataset(examples, folder)
    assert main(["train", str(folder), "--iterations", "2"]) == 0
    trained = Place(tmp_path).model(folder)
    segmented = segment_by_nnunet(examples[0].volume, NnUnet(trained))
    assert segmented.mask.shape == grid.shape
    assert segmented.mask.max() <= len(NAMES)
