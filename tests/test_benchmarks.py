"""The benchmarks compare what is equal, notice what is not, and write it down. Nothing is timed."""

import dataclasses
import math
import os

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import agreement, cases, peers, problems, report, workers
from benchmarks.agreement import DisagreementError, Result
from benchmarks.cases import Case
from benchmarks.machine import Limits
from benchmarks.report import Goal, Section, Table
from benchmarks.sections import (
    acceleration,
    distinct,
    growth,
    iterations,
    kmeans,
    panels,
    variants,
)
from benchmarks.workers import Worker, WorkerError
from emlib import GaussianMixture, GaussianMixture1D, em
from emlib.fast import gaussians
from emlib.fast.kernel.thresholds import Thresholds
from emlib.models.model import QUICK

TINY = Case(60, 2, 2, (1, 3), 1, 1)
ON_A_LINE = Case(60, 1, 2, (1, 3), 1, 1)


def result(**changes):
    parts = {
        "weights": np.array([0.25, 0.75]),
        "means": np.array([[0.0, 100.0], [1.0, 0.0]]),
        "covariances": np.array([np.eye(2), 4 * np.eye(2)]),
        "log_likelihood": -1234.5,
        "iterations": 3,
    }
    return Result(**(parts | changes))


def moved(name, by=1e-6):
    value = getattr(result(), name)
    return result(**{name: value * (1 + by) if np.ndim(value) == 0 else value + by * value})


def test_equal_results_agree():
    ends = {"emlib": result(), "other": moved("means", 1e-13)}
    assert agreement.check(ends, 3, "here") < 1e-9
    assert agreement.difference(result(), result()) == 0


@pytest.mark.parametrize("name", ["weights", "means", "covariances", "log_likelihood"])
def test_a_planted_difference_is_noticed(name):
    with pytest.raises(DisagreementError, match=r"600, 2, 3: emlib and other differ by"):
        agreement.check({"emlib": result(), "other": moved(name)}, 3, "600, 2, 3")


def test_not_a_number_and_too_few_iterations_are_noticed():
    with pytest.raises(DisagreementError, match="differ by nan"):
        agreement.check({"emlib": result(), "other": result(log_likelihood=math.nan)}, 3, "")
    with pytest.raises(DisagreementError, match="other took 2 iterations, not 3"):
        agreement.check({"emlib": result(), "other": result(iterations=2)}, 3, "")


@pytest.mark.parametrize("case", [TINY, ON_A_LINE])
def test_the_libraries_that_are_here_agree(case):
    start = case.make()
    ends = {name: peers.PEERS[name].run(start, 1)(3) for name in peers.present()}
    assert "scikit-learn" in ends
    assert agreement.check(ends, 3, case.name) < 1e-10
    elsewhere = dataclasses.replace(start, means=start.means + 0.1)
    ends["emlib"] = peers.PEERS["emlib"].run(elsewhere, 1)(3)
    with pytest.raises(DisagreementError):
        agreement.check(ends, 3, case.name)


def test_kmeans_of_the_libraries_agrees():
    start = TINY.make()
    ends = {name: peers.PEERS[name].kmeans(start.x, start.means) for name in peers.present()}
    assert kmeans.check(ends, "here") < 1e-12
    inertia, rounds = ends["emlib"]
    with pytest.raises(DisagreementError, match="K-means at here"):
        kmeans.check(ends | {"planted": (1.00001 * inertia, rounds)}, "here")
    with pytest.raises(DisagreementError, match="differ by nan"):
        kmeans.check(ends | {"planted": (math.nan, rounds)}, "here")


def test_a_worker_has_its_threads_and_tells_what_went_wrong():
    before = os.environ.get("OMP_NUM_THREADS")
    with Worker(threads=2) as worker:
        assert {worker(os.getenv, name) for name in workers.THREADS} == {"2"}
        with pytest.raises(WorkerError, match="FileNotFoundError"):
            worker(os.stat, "no/such/file")
        assert worker(os.path.basename, "still/there") == "there"
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_jobs_take_turns_and_the_first_round_is_thrown_away():
    calls = []
    jobs = {name: lambda name=name: calls.append(name) or len(calls) for name in "ab"}
    assert workers.in_turn(jobs, 2) == {"a": [3, 5], "b": [4, 6]}
    assert calls == ["a", "b"] * 3


def test_ratios_are_of_pairs():
    found = workers.ratio([10.0, 40.0, 90.0], [5.0, 10.0, 10.0])
    assert (found.median, found.low, found.high) == (4.0, 2.0, 9.0)


def test_what_a_fit_costs_once_cancels():
    fixed, step = 7.0, 0.5
    short, long = (fixed + m * step for m in (2, 12))
    assert peers.per_iteration(short, long, (2, 12)) == step
    assert peers.overhead(short, step, 2) == fixed
    assert math.isnan(peers.overhead(1.0, step, 4))


def test_a_row_has_medians_for_one_thread_and_the_least_for_two():
    rounds = [[1.0 + 2 * t, 1.0 + 12 * t] for t in (1.0, 3.0, 2.0)]
    slower = [[1.0 + 2 * t, 1.0 + 12 * t] for t in (10.0, 30.0, 20.0)]
    case = Case(600, 2, 3, (2, 12), 1, 3)
    one = iterations.summarise(case, {"emlib": rounds, "other": slower}, 1, 0.0)
    assert one.each == {"emlib": 2.0, "other": 20.0}
    assert one.ratios["other"].median == 10.0
    two = iterations.summarise(case, {"emlib": rounds, "other": slower}, 2, 0.0)
    assert two.each == {"emlib": 1.0, "other": 10.0}
    assert two.overheads == {"emlib": 1.0, "other": 1.0}


def test_the_bound_counts_products_exponentials_and_reading():
    limits = Limits(flops=2.0, exp=3.0, log=5.0, bandwidth=1.0)
    # P = 6 monomials in the plane: 4 N K P / 2 + 3 N K + 5 N
    assert limits.bound(10, 2, 3) == 4 * 10 * 3 * 6 / 2 + 3 * 10 * 3 + 5 * 10
    assert Limits(1e9, 0.0, 0.0, 1.0).bound(10, 2, 3) == 8 * 10 * 2


def test_exponents_are_those_of_a_power_law():
    sizes = [10, 100, 1000]
    times = [3e-6 * n**1.5 for n in sizes]
    np.testing.assert_allclose(growth.neighbours(sizes, times), [1.5, 1.5])
    assert growth.exponent(sizes, times) == pytest.approx(1.5)


def test_sizes_and_goals_are_those_of_the_page():
    names = [case.name for case in cases.CASES]
    assert names[:3] == ["272, 2, 2", "600, 2, 3", "3k, 1, 3"]
    assert names[-2:] == ["1M, 16, 8", "50k, 64, 10"]
    assert all(set(case.goals) == {"scikit-learn", "oneDAL"} for case in cases.CASES)
    assert TINY.make().x.shape == (60, 2)
    np.testing.assert_array_equal(TINY.make().x, TINY.make().x)


def test_each_problem_is_the_same_each_time_and_its_start_fits_it():
    made = [make() for make in problems.ALL]
    assert len({problem.name for problem in made}) == 10
    for make, problem in zip(problems.ALL, made, strict=True):
        np.testing.assert_array_equal(make().x, problem.x)
        assert make().start == problem.start
        steps = em.iterate(problem.start, problem.x)
        assert next(steps).objective < next(steps).objective


def test_e_steps_are_counted_until_the_likelihood_is_close():
    i = problems.ALL.index(problems.easy_in_eight_dimensions)
    run = acceleration.solve(i, None)
    problem = problems.ALL[i]()
    assert run.falls == 0
    assert abs(run.e_steps - problem.rounds) <= 2
    assert acceleration.first_close(np.array([-5.0, -2.0, -1.0]), -2.5) == 1
    assert acceleration.first_close(np.array([-5.0, -2.0]), -1.0) is None
    assert acceleration.count_falls(np.array([-5.0, -2.0, -2.1, -1.0]), 10) == 1


def test_an_accelerated_fit_that_ends_lower_or_falls_is_refused():
    problem = problems.four_stds_apart()
    plain = acceleration.Run(30, -3.0, 0)
    good = acceleration.Run(10, -3.0 - 1e-8, 0)
    row, goals = acceleration.describe(problem, plain, {"squarem": good, "lbfgs": plain})
    assert row[1:] == ["30", "10", "1e-08", "yes", "0", "30", "0", "yes", "0"]
    assert [goal.measured for goal in goals] == [3.0, 1.0]
    for bad in (
        acceleration.Run(10, -3.00001, 0),
        acceleration.Run(10, -3.0, 1),
        acceleration.Run(None, -3.0, 0),
    ):
        with pytest.raises(DisagreementError, match="squarem ends"):
            acceleration.describe(problem, plain, {"squarem": bad})


@pytest.mark.parametrize(("kind", "distinct_rows"), [("coins", 11), ("line", 61)])
def test_few_distinct_values_are_as_many_at_every_n(kind, distinct_rows):
    assert {distinct.count(kind, n) for n in (1000, 3000)} == {distinct_rows}


@pytest.mark.parametrize("make", [variants.with_weights, variants.each_family])
@pytest.mark.parametrize("case", [TINY, ON_A_LINE, dataclasses.replace(TINY, d=3)])
def test_variants_end_where_the_readable_form_does(make, case):
    names = variants.load(make, case)
    assert names in (["without", "with"], ["full", "tied", "diag", "spherical"])
    assert max(variants.check(name, case) for name in names) < 1e-10
    ends = [variants.fit(name, 3) for name in names]
    for other in ends[1:] if case.d > 1 or make == variants.with_weights else ends[1:2]:
        assert agreement.difference(ends[0], other) > 1e-4  # and not where its neighbour does


def test_a_variant_that_is_not_what_it_seems_is_refused(monkeypatch):
    names = variants.load(variants.with_weights, TINY)
    with pytest.raises(DisagreementError, match=r"with: \d+ E-steps, not 5001"):
        variants.fit("with", 5000)  # a fixed point, from which rounds cost nothing
    elsewhere = variants.readable("without", 3)
    with monkeypatch.context() as context:
        context.setattr(variants, "readable", lambda name, rounds: elsewhere)
        assert variants.check("without", TINY) < 1e-10
        with pytest.raises(DisagreementError, match="60, 2, 2: the readable form and with differ"):
            variants.check("with", TINY)
    for kind, steps in (
        (GaussianMixture, gaussians.steps),
        (GaussianMixture1D, gaussians.steps_1d),
    ):
        monkeypatch.setitem(QUICK, kind, steps(Thresholds(condition=0.0)))
    for name in names:
        with pytest.raises(DisagreementError, match=f"{name}: a round was left to the readable"):
            variants.check(name, TINY)


def test_a_variant_is_set_against_the_first_and_has_the_goal_of_its_dimension():
    case, wide = dataclasses.replace(TINY, d=3), dataclasses.replace(TINY, d=8)
    rounds = [(1.0 + 2 * t, 1.0 + 6 * t) for t in (1.0, 3.0, 2.0)]
    slower = [(1.0 + 2 * t, 1.0 + 6 * t) for t in (2.0, 6.0, 8.0)]
    case = dataclasses.replace(case, iterations=(2, 6))
    found = {"full": rounds, "diag": slower}
    each, overheads, ratios = variants.summarise(found, case, "full")
    assert each == {"full": 2.0, "diag": 6.0}
    assert overheads == {"full": 1.0, "diag": 1.0}
    assert ratios == {"diag": workers.Ratio(0.5, 0.25, 0.5)}
    assert variants.least_of_weights("with", case) == 1 / 1.3
    assert variants.least_of_family("spherical", case) == 1 / 1.1
    assert variants.least_of_family("diag", wide) == 1.0
    assert variants.least_of_family("tied", wide) is None
    assert {c.d for c in variants.OF_FAMILIES} == {1, 2, 3, 8, 16, 64}


def test_every_live_panel_that_is_measured_exists():
    from emlib import widgets

    named = {call.split("(")[0].removeprefix("widgets.") for call in panels.PANELS.values()}
    assert named <= set(widgets.__all__)


def test_a_table_is_aligned_markdown():
    table = Table(["size", "time"], [["600", "1.00 ms"], ["a|b", "2 s"]])
    assert table.markdown().splitlines() == [
        "| size |    time |",
        "| ---- | ------: |",
        "| 600  | 1.00 ms |",
        "| a\\|b |     2 s |",
    ]
    with pytest.raises(ValueError, match="expected 2 cells, got 1"):
        Table(["size", "time"], [["600"]]).markdown()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.234e-6, "1.23 µs"),
        (5.2e-8, "0.05 µs"),
        (9.996e-4, "1.00 ms"),
        (0.0235, "23.5 ms"),
        (123.4, "123 s"),
        (math.nan, "lost in noise"),
    ],
)
def test_times_are_written_in_the_unit_that_suits_them(value, text):
    assert report.seconds(value) == text


def test_a_goal_that_is_missed_is_named(capsys):
    goals = [
        Goal("a / b", 2.0, 1.5, 1.4),
        Goal("c / d", 0.4, 0.5, 0.4),
        Goal("e / f", math.nan, 0.5, 0.4),
        Goal("g / h", 0.3, 0.5, 0.4),
    ]
    sections = [Section("One", ["words"], goals)]
    assert command.judge(sections, gate=True) == 1
    text = capsys.readouterr().out
    assert "1 of 4 goals met" in text
    assert "\nmissed: c / d is 0.4, not 0.5" in text
    assert "\nbelow its gate, 0.4: e / f is nan" in text
    assert "\nbelow its gate, 0.4: g / h is 0.3, not 0.5" in text
    assert "a / b" not in text
    assert command.judge(sections, gate=False) == 0
    for lost in goals[2:]:
        assert command.judge([Section("One", [], [goals[0], lost])], gate=True) == 1
    assert command.judge([Section("One", [], goals[:2])], gate=True) == 0


def test_the_page_has_sections_machine_and_goals():
    section = Section(
        "Growth", ["words", Table(["a", "b"], [["1", "2"]])], [Goal("a / b", 2, 3, 1)]
    )
    text = report.page([section], [("processor", "a good one")], "python -m benchmarks", 7.4)
    assert text.startswith("<!-- Do not edit; made by python -m benchmarks -->")
    machine = "| processor |  a good one |"
    for piece in (machine, "## Growth", "7 minutes", "0 of 1 goals", "**no**"):
        assert piece in text


@pytest.mark.parametrize("fails", [True, False])
def test_the_page_is_written_only_where_all_agreed(tmp_path, monkeypatch, capsys, fails):
    page = tmp_path / "page.md"

    def run(name, settings):
        if fails and name == "kmeans":
            raise DisagreementError("inertias differ")
        return Section(name, ["words"])

    monkeypatch.setattr(command, "run", run)
    assert command.main(["--page", str(page)]) == (1 if fails else 0)
    assert page.exists() is not fails
    if fails:
        assert "kmeans: inertias differ" in capsys.readouterr().err
    else:
        assert "## kmeans" in page.read_text(encoding="utf-8")


def test_a_part_of_it_writes_no_page(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    monkeypatch.setattr(command, "run", lambda name, settings: Section(name, [str(settings.quick)]))
    assert command.main(["--quick", "--page", str(page)]) == 0
    assert command.main(["--only", "kmeans", "--page", str(page)]) == 0
    assert not page.exists()
