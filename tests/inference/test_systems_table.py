"""The one table prints phantoms first, real CT under them, and says what beats what is trivial."""

from annotation.domain.agreement.estimates import Estimate
from benchmarks import real_ct
from benchmarks.systems import LINES, LUMBAR, PHANTOMS, Line, page, rows_of, section, sections_of
from inference.papers.report import Report
from inference.papers.sheet import Row, Sheet
from inference.systems import SYSTEMS
from inference.weights import shipped_folder


def _report(data: str, value: float | None, baseline: float | None) -> Report:
    row = Row("recall", Estimate(value, 0.9, 1.0, 40, 4), baseline=baseline, trivial="nothing")
    return Report(data, (Sheet(data, "Where", (row,)),), (), ())


def test_every_figure_stands_beside_its_baseline_and_its_bar() -> None:
    reports = [_report(PHANTOMS, 0.98, 0.2), _report(LUMBAR, 0.8, 0.9)]
    phantoms, lumbar = rows_of(Line("recall", bar=0.99), reports, "anchor-free")
    assert phantoms == (
        *("recall", PHANTOMS, "0.980", "0.900 to 1.000", "40"),
        *("0.200 (nothing)", "yes", ">= 0.99 MISSED"),
    )
    assert lumbar[-2:] == ("no", "")
    (other,) = rows_of(Line("recall", bar=0.99), reports[:1], "segment-and-slice")
    assert other[-1] == ""


def test_less_is_better_where_it_is_an_error() -> None:
    line = Line("recall", is_lower_better=True, bar=1.0)
    (row,) = rows_of(line, [_report(PHANTOMS, 0.98, 2.0)], "anchor-free")
    assert row[-2:] == ("yes", "< 1 met")
    (none,) = rows_of(line, [_report(PHANTOMS, None, 2.0)], "anchor-free")
    assert none[-2:] == ("-", "< 1 MISSED")


def test_a_system_without_weights_says_how_to_get_them() -> None:
    bare = [name for name in SYSTEMS if shipped_folder(name) is None]
    for name in bare:
        assert f"`python -m inference train {name} --preset base`" in section(name, "1", 1, "today")
    assert "anchor-free" not in bare
    assert len({line.what for line in LINES}) == len(LINES)


def test_one_system_is_measured_anew_and_the_others_figures_are_kept() -> None:
    parts = {name: f"## {system.title}\n\n{name}: 1" for name, system in SYSTEMS.items()}
    whole = page(parts)
    assert sections_of(whole) == parts
    anew = {"anchor-free": parts["anchor-free"].replace("1", "2")}
    assert page(sections_of(whole) | anew) == whole.replace("anchor-free: 1", "anchor-free: 2")


def test_the_lumbar_ct_asks_for_what_is_outlined_whole() -> None:
    lumbar = real_ct.lumbar_truth()
    asked = [one.level for one in lumbar.vertebrae if not one.is_partial]
    assert asked == list(real_ct.NAMED)
    assert lumbar.mask is not None
    assert len(set(lumbar.mask[lumbar.mask > 0].tolist())) == len(real_ct.OUTLINED)
    heights = [float(one.centroid_mm[2]) for one in lumbar.vertebrae]
    assert heights == sorted(heights, reverse=True)
