"""Make notebooks/equations.md: each equation in words, where it is derived, computed, proved.

Run as ``python docs/equations.py`` after a change to a comment ``(9.24)`` in emlib, to a test
marked ``@pytest.mark.equation``, or to a lesson's citations; ``--check`` only says what is wrong.

What this module knows of an equation is its statement, its page, its lesson and whether it is
computed or a step of a derivation. All links are read from the code:

- lines, from comments in ``emlib/**/*.py``, each with the innermost function around it;
- tests, from the markers in ``tests/``;
- sections of lessons, from ``notebooks/source/*.py``, and of the optional notebooks that belong to
  them, from ``notebooks/source/further/*.py``: the section that displays the equation with
  its number as a tag, or else the one that cites the number most.

The page lies among the notebooks, so that it is in each learner's copy too. Each row has an anchor,
to which the numbers in a lesson lead (``notebooks/build.py`` makes them links); each function is a
link to its line.
"""

from __future__ import annotations

import ast
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = "notebooks/equations.md"
# They cite equations where they show or ask for them; the lines that compute are elsewhere.
AROUND = {"datasets", "exercises", "plots", "widgets"}

BLOCKS = {
    "K-means": "K-means: section 9.1",
    "Mixtures": "Mixtures of Gaussians: section 9.2",
    "EM": "EM in general, and its limit: section 9.3",
    "Regression": "EM for regression: section 9.3.4",
    "Bound": "The lower bound, and what else it is good for: section 9.4",
}


@dataclass(frozen=True)
class Equation:
    """One numbered equation of PRML, chapter 9."""

    number: str
    block: str
    page: int
    lesson: str
    says: str
    step: str = ""  # why no line of emlib computes it; empty where one does
    note: str = ""  # where the print misleads


INDEX = (
    Equation("9.1", "K-means", 424, "03",
        "The distortion J: squared distance of each point to the centroid of its cluster, summed."),
    Equation("9.2", "K-means", 425, "03",
        "Each point belongs to its nearest centroid."),
    Equation("9.3", "K-means", 425, "03",
        "The derivative of J in a centroid is zero: the residuals of its points cancel."),
    Equation("9.4", "K-means", 425, "03",
        "So a centroid is the mean of its points."),
    Equation("9.5", "K-means", 425, "03",
             "On-line K-means: each new point draws its nearest centroid a part of the way to it."),
    Equation("9.6", "K-means", 428, "03",
        "K-medoids: the distortion with another dissimilarity in place of the squared distance.",
        step="emlib has K-means alone, where the dissimilarity is the squared distance of (9.1)"),
    Equation("9.7", "Mixtures", 430, "02",
        "A mixture of Gaussians is a weighted sum of densities."),
    Equation("9.8", "Mixtures", 431, "02",
        "Weights are not negative, and none is above one."),
    Equation("9.9", "Mixtures", 431, "02",
        "Weights sum to one."),
    Equation("9.10", "Mixtures", 431, "02",
        "The prior of the hidden component: a product of weights raised to the indicators z_k."),
    Equation("9.11", "Mixtures", 431, "02",
        "An observation, given its component: a product of Gaussians raised to the indicators."),
    Equation("9.12", "Mixtures", 431, "02",
        "Summed over the hidden component, this is the mixture: weights times densities."),
    Equation("9.13", "Mixtures", 432, "02",
        "A responsibility is the posterior probability of a component, by Bayes' rule."),
    Equation("9.14", "Mixtures", 433, "02",
        "The log-likelihood of incomplete data: a sum of logarithms of sums."),
    Equation("9.15", "Mixtures", 434, "06",
        "The density of a component at its own mean has no bound as its standard deviation goes "
        "to zero.",
        step="it shows why a collapse must be refused",
        note="In D dimensions the factor is (2πσ²) to the power −D/2; the print has the power of "
             "one dimension."),
    Equation("9.16", "Mixtures", 435, "06",
        "The derivative of the log-likelihood in a mean is zero: responsibilities times inverse "
        "covariance times residuals cancel.",
        note="An early printing has Σ where its inverse belongs, and then tells the reader to "
             "multiply by the inverse. The matrix before the residual is the inverse, and one "
             "multiplies by Σ."),
    Equation("9.17", "Mixtures", 435, "06",
        "So a mean is the average of the data, weighted by responsibilities."),
    Equation("9.18", "Mixtures", 435, "06",
        "The effective count of a component is the sum of its responsibilities."),
    Equation("9.19", "Mixtures", 436, "06",
        "A covariance is the weighted average of outer products of residuals about the mean."),
    Equation("9.20", "Mixtures", 436, "06",
        "The log-likelihood with a Lagrange multiplier that holds the sum of the weights at one.",
        step="(9.22) solves it"),
    Equation("9.21", "Mixtures", 436, "06",
        "Its derivative in a weight is zero; times the weight and summed, the multiplier is −N.",
        step="(9.22) solves it"),
    Equation("9.22", "Mixtures", 436, "06",
        "So a weight is the share of the effective count."),
    Equation("9.23", "Mixtures", 438, "06",
        "E step: responsibilities at the current parameters."),
    Equation("9.24", "Mixtures", 439, "06",
        "M step: new means."),
    Equation("9.25", "Mixtures", 439, "06",
        "M step: new covariances, about the new means."),
    Equation("9.26", "Mixtures", 439, "06",
        "M step: new weights."),
    Equation("9.27", "Mixtures", 439, "06",
        "Effective counts in the M step."),
    Equation("9.28", "Mixtures", 439, "06",
        "The log-likelihood, to judge convergence by."),
    Equation("9.29", "EM", 439, "07",
        "The log-likelihood is the logarithm of a sum over all hidden assignments.",
        step="its sum has K to the power N terms; (9.14) is the short form"),
    Equation("9.30", "EM", 440, "07",
        "Q is the complete-data log-likelihood, averaged over the old posterior."),
    Equation("9.31", "EM", 440, "07",
        "New parameters maximise Q."),
    Equation("9.32", "EM", 441, "07",
        "The same, as the M step of the general algorithm."),
    Equation("9.33", "EM", 441, "07",
        "Q once more, as defined within the general algorithm."),
    Equation("9.34", "EM", 441, "07",
        "The new parameters become the old ones, and the loop goes on."),
    Equation("9.35", "EM", 442, "07",
        "The likelihood of complete data is a product over rows and components, raised to the "
        "indicators.",
        step="computed as its logarithm, (9.36)"),
    Equation("9.36", "EM", 442, "02",
        "Its logarithm is a double sum: the logarithm acts on each density alone."),
    Equation("9.37", "EM", 442, "02",
        "With known labels a weight is the share of its group."),
    Equation("9.38", "EM", 443, "07",
        "The posterior of all labels is a product over rows: each row has its own."),
    Equation("9.39", "EM", 443, "07",
        "The posterior expectation of an indicator is the responsibility."),
    Equation("9.40", "EM", 443, "07",
        "The expected complete-data log-likelihood of a mixture: responsibilities times log "
        "weight plus log density."),
    Equation("9.41", "EM", 444, "07",
        "A component whose covariance is ε times the identity, the same for all.",
        step="part of the limit in which EM is K-means",
        note="In D dimensions the factor is (2πε) to the power −D/2; the print has the power of "
             "one dimension."),
    Equation("9.42", "EM", 444, "07",
        "Its responsibilities: a softmax of minus squared distances over 2ε, which hardens as ε "
        "shrinks.",
        step="part of the limit in which EM is K-means"),
    Equation("9.43", "EM", 444, "07",
        "As ε goes to zero, ε times the expected log-likelihood tends to minus half the "
        "distortion.",
        step="part of the limit in which EM is K-means",
        note="Taken literally the expectation on the left has no limit: it falls like −J/(2ε). "
             "What converges is ε times it."),
    Equation("9.61", "Regression", 448, "13",
        "Targets and weights together: log likelihood given the weights, plus the log of their "
        "prior."),
    Equation("9.62", "Regression", 448, "13",
        "Its average over the posterior of the weights."),
    Equation("9.63", "Regression", 449, "13",
        "M step: the weights' precision is their number over their expected square."),
    Equation("9.64", "Regression", 449, "13",
        "How many weights the data decide, by the trace of the posterior covariance."),
    Equation("9.65", "Regression", 449, "13",
        "At a summit of the evidence, precision times squared posterior mean is that number.",
        step="it shows that EM and direct maximisation of the evidence have the same fixed points"),
    Equation("9.66", "Regression", 449, "13",
        "Relevance vectors: the average of the same with a precision for each weight."),
    Equation("9.67", "Regression", 449, "13",
        "M step: a weight's precision is one over its expected square."),
    Equation("9.68", "Regression", 449, "13",
        "M step: the noise variance is the expected squared error over N."),
    Equation("9.69", "Bound", 450, "07",
        "The likelihood is the complete-data likelihood summed over all assignments.",
        step="its sum has K to the power N terms; (9.14) is the short form"),
    Equation("9.70", "Bound", 450, "07",
        "For any q, the log-likelihood is the bound plus the divergence of q from the posterior.",
        step="an identity between `bound.elbo`, `bound.kl` and `log_likelihood`"),
    Equation("9.71", "Bound", 450, "07",
        "The bound: the average under q of log complete-data likelihood minus log q."),
    Equation("9.72", "Bound", 450, "07",
        "The Kullback-Leibler divergence of q from the posterior, never negative."),
    Equation("9.73", "Bound", 451, "07",
        "Product rule: log joint is log posterior plus log-likelihood."),
    Equation("9.74", "Bound", 452, "07",
        "With q the old posterior, the bound is Q plus a constant: the entropy of q.",
        note="The text calls the constant the negative entropy of q. Its second term, minus the "
             "average of ln q, is plus the entropy."),
    Equation("9.75", "Bound", 453, "07",
        "Where rows are independent, the posterior of all labels is a product over rows."),
    Equation("9.76", "Bound", 454, "13",
        "The log posterior of parameters is the log joint with the data less a constant."),
    Equation("9.77", "Bound", 454, "13",
        "So the bound plus the log prior bounds it from below: EM for the most probable "
        "parameters."),
    Equation("9.78", "Bound", 455, "10",
        "One row's responsibilities change: each mean moves by a part of the way to the row."),
    Equation("9.79", "Bound", 455, "10",
        "The effective count changes by as much as the responsibility."),
)  # fmt: skip

TO_COME = {"9.6", "9.7", "9.8", "9.9", "9.75", "9.78", "9.79"}
"""Equations that are computed and proved, while their section of a finished lesson is to come."""

CAPITALS = {
    "bayes": "Bayes'",
    "em": "EM",
    "gaussian": "Gaussian",
    "lagrangian": "Lagrangian",
    "scipy": "SciPy",
}
NUMBER = re.compile(r"\((9\.\d+)\)(?:\s*[-–]\s*\((9\.\d+)\))?")
OTHER_SPELLING = re.compile(r"(?<![\w.(])9\.\d+|\(9\.\d+(?!\d*\))")
SECTION = re.compile(r"^# ## (.+)$")
TITLE = re.compile(r"^# # (\d\d) · (.+)$")
LESSON = "[0-9][0-9]_*.py"
DISPLAYED = 1000  # a display outweighs any number of citations
TAG = re.compile(r"\\tag\{(9\.\d+)\}")
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def numbers_in(text: str) -> list[str]:
    """Equation numbers in a text, ``(9.24)`` each; ``(9.24)-(9.26)`` names three.

    >>> numbers_in("(9.12), (9.24)-(9.26)")
    ['9.12', '9.24', '9.25', '9.26']
    """
    found = []
    for first, last in NUMBER.findall(text):
        start, stop = (int(number.split(".")[1]) for number in (first, last or first))
        found += [f"9.{i}" for i in range(start, stop + 1)]
    return found


@dataclass(frozen=True)
class Place:
    """A line in a file of the repository, and the function or test that it is in."""

    path: str
    name: str
    line: int


@dataclass(frozen=True)
class Section:
    """A section of a lesson that cites an equation."""

    lesson: str
    path: str
    heading: str


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each comment."""
    lines = iter(source.splitlines(keepends=True))
    for token in tokenize.generate_tokens(lambda: next(lines, "")):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def functions(tree: ast.AST, outer: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions and methods with their qualified names; an inner one after its outer."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from functions(node, f"{outer}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield f"{outer}{node.name}", node
            yield from functions(node, f"{outer}{node.name}.")
        else:
            yield from functions(node, outer)


@cache
def defined(source: str) -> list[tuple[str, ast.FunctionDef]]:
    """The functions of a module by its text."""
    return list(functions(ast.parse(source)))


@cache
def beside(source: str) -> list[tuple[int, str, str | None]]:
    """Comments that name an equation: line, text, and the innermost function that holds it."""
    spans = [(name, range(f.lineno, (f.end_lineno or f.lineno) + 1)) for name, f in defined(source)]
    found = []
    for line, comment in comments(source):
        if "9." in comment:
            around = [name for name, span in spans if line in span]
            found.append((line, comment, around[-1] if around else None))
    return found


def computed(root: Path) -> tuple[dict[str, list[Place]], list[str]]:
    """Lines by number, from the comments of emlib; and what is wrong with the comments."""
    found: dict[str, list[Place]] = {}
    wrong = []
    known = {equation.number for equation in INDEX}
    for path in sorted((root / "emlib").rglob("*.py")):
        relative, source = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        wrong += [
            f"{relative} names ({number}), which the index does not have"
            for number in sorted(set(numbers_in(source)) - known)
        ]
        if path.relative_to(root / "emlib").parts[0] in AROUND:
            continue
        for line, comment, name in beside(source):
            if other := OTHER_SPELLING.search(NUMBER.sub("", comment)):
                wrong.append(f"{relative} spells {other[0]!r}: write equations as (9.24)")
            for number in numbers_in(comment):
                if name is None:
                    wrong.append(f"{relative} names ({number}) beside a line outside any function")
                else:
                    found.setdefault(number, []).append(Place(relative, name, line))
    return found, wrong


def marked(function: ast.FunctionDef) -> list[str]:
    """Numbers in the ``@pytest.mark.equation`` markers of a test."""
    return [
        str(argument.value) if isinstance(argument, ast.Constant) else ast.unparse(argument)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.equation"
        for argument in decorator.args
    ]


def asserts(function: ast.FunctionDef) -> bool:
    """Whether a test can fail: it holds an assertion, by statement or by numpy."""
    return any(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Attribute) and node.attr.startswith("assert_"))
        for node in ast.walk(function)
    )


def proved(root: Path) -> tuple[dict[str, list[Place]], list[str]]:
    """Tests by number, from the markers; and what is wrong with the markers."""
    found: dict[str, list[Place]] = {}
    wrong = []
    known = {equation.number for equation in INDEX}
    for path in sorted((root / "tests").rglob("test_*.py")):
        relative = path.relative_to(root).as_posix()
        source = path.read_text(encoding="utf-8")
        for name, function in defined(source) if "mark.equation" in source else ():
            numbers = marked(function)
            if numbers and not asserts(function):
                wrong.append(f"{relative}: {name} is marked with an equation and asserts nothing")
            if numbers and not name.startswith("test_"):
                wrong.append(f"{relative}: {name} is marked with an equation and is no test")
                continue
            for number in numbers:
                if number not in known:
                    wrong.append(
                        f"{relative}: {name} is marked {number}, which the index does not have"
                    )
                found.setdefault(number, []).append(Place(relative, name, function.lineno))
    return found, wrong


def derived(root: Path) -> tuple[dict[str, list[Section]], set[str]]:
    """Sections by number, one per notebook, that display it or cite it most; and the lessons.

    What stands above the first section only announces, and the notation of lesson 00 only lists:
    neither counts.
    """
    found: dict[str, list[Section]] = {}
    sources = root / "notebooks" / "source"
    lessons = {path.name[:2] for path in sources.glob(LESSON)}
    for path in sorted(sources.glob(LESSON)) + sorted(sources.glob(f"further/{LESSON}")):
        lesson, heading = path.name[:2], ""
        cited: dict[str, Counter[str]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := SECTION.match(line):
                heading = match[1]
            for number in numbers_in(line):
                cited.setdefault(number, Counter())[heading] += 1
            for number in TAG.findall(line):
                cited.setdefault(number, Counter())[heading] += DISPLAYED
        for number, headings in cited.items():
            del headings[""]
            if headings and lesson != "00":
                place = path.relative_to(sources).with_suffix(".ipynb").as_posix()
                notebook = f"notebooks/{place}"
                most = headings.most_common(1)[0][0]
                found.setdefault(number, []).append(Section(lesson, notebook, most))
    return found, lessons


def anchor(number: str) -> str:
    """The anchor of an equation: its row in the table, and where the book's lesson derives it.

    >>> anchor("9.24")
    'eq-9-24'
    """
    return f"eq-{number.replace('.', '-')}"


def note_anchor(equation: Equation) -> str:
    """The fragment that a heading "Note on (9.15)" gets."""
    return f"note-on-{equation.number.replace('.', '')}"


def table(root: Path = ROOT) -> str:
    """The page, in Markdown."""
    lines_of, _ = computed(root)
    tests_of, _ = proved(root)
    sections_of, lessons = derived(root)
    lines = [
        "# Equations: in words, in a lesson, in code, in a test",
        "",
        "<!-- Made by docs/equations.py from the code; change the code and run it again. -->",
        "",
        "The numbers are those of C. M. Bishop, *Pattern Recognition and Machine Learning*,",
        "Springer 2006, chapter 9; the words are ours. Each link to a function leads to the line",
        "that carries the number in a comment. A test compares it with an independent form of the",
        "same equation: a double loop, `scipy.stats`, a finite difference, a numerical optimiser,",
        "or the sum over every hidden assignment. Where an equation is a step of a derivation, no",
        "line of code computes it, and its test proves the step itself.",
    ]
    for block, heading in BLOCKS.items():
        lines += ["", f"## {heading}", ""]
        lines += ["| equation | in words | derived in | computed by | proved by |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        for equation in (e for e in INDEX if e.block == block):
            note = f" ([note](#{note_anchor(equation)}))" if equation.note else ""
            cells = [
                f"({equation.number}) p. {equation.page}",
                equation.says + note,
                lesson_cell(equation, sections_of.get(equation.number, []), lessons),
                line_cell(equation, lines_of.get(equation.number, [])),
                test_cell(tests_of.get(equation.number, [])),
            ]
            # Only the tallest cell begins where the row does: the others are centred in it.
            tallest = max(range(len(cells)), key=lambda i: len(LINK.sub(r"\1", cells[i])))
            cells[tallest] = f'<a id="{anchor(equation.number)}"></a>{cells[tallest]}'
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Where the print misleads"]
    for equation in INDEX:
        if equation.note:
            lines += ["", f"### Note on ({equation.number})", "", equation.note]
    return "\n".join(lines) + "\n"


def lesson_cell(equation: Equation, sections: list[Section], lessons: set[str]) -> str:
    """The lesson that derives an equation, and others that meet it on their way."""
    own = [section for section in sections if section.lesson == equation.lesson]
    others = [section for section in sections if section.lesson != equation.lesson]
    cells = [link(section) for section in own]
    if not own:
        waits = equation.lesson not in lessons or equation.number in TO_COME
        state = "in preparation" if waits else "without it"
        cells = [f"{equation.lesson}, {state}"]
    if others:
        cells.append("also " + ", ".join(link(section) for section in others))
    return "; ".join(cells)


def link(section: Section) -> str:
    """A link to a lesson, with the heading to look for."""
    heading = section.heading.replace("|", "\\|").replace("[", "\\[").replace("]", "\\]")
    place = Path(section.path).relative_to("notebooks")
    words = f"{section.lesson}{' further' * (len(place.parts) > 1)}"
    return f"[{words}]({place.as_posix()}), *{heading}*"


def line_cell(equation: Equation, places: list[Place]) -> str:
    """The lines that compute an equation, or that it is a step."""
    if not places:
        return f"a step: {equation.step}; see its test" if equation.step else "nothing"
    functions: dict[str, list[str]] = {}
    for place in places:
        lines = functions.setdefault(f"{place.path} {place.name}", [])
        words = f"line {place.line}" if lines else f"`{spoken(place)}`, line {place.line}"
        lines.append(f"[{words}]({address(place)})")
    return "; ".join(", ".join(lines) for lines in functions.values())


def address(place: Place) -> str:
    """Where the page, and GitHub, have a line."""
    return f"../{place.path}#L{place.line}"


def spoken(place: Place) -> str:
    """A function's name as one calls it: with its class, or else with its module."""
    return place.name if "." in place.name else f"{Path(place.path).stem}.{place.name}"


def test_cell(places: list[Place]) -> str:
    """The tests that prove an equation, their names as the sentences that they are."""
    return "; ".join(f"[{sentence(place)}]({address(place)})" for place in places) or "nothing"


def sentence(test: Place) -> str:
    """What a test says: its name in words."""
    words = test.name.removeprefix("test_").split("_")
    return " ".join(CAPITALS.get(word, word) for word in words)


def dead_links(page: str, root: Path = ROOT) -> list[str]:
    """Links of the page that lead to no heading, no file or no line."""
    headings = {
        re.sub(r"[^\w\s-]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", page, re.M)
    }
    dead = []
    for target in dict.fromkeys(target for _, target in LINK.findall(page)):
        name, _, fragment = target.partition("#")
        path = root / Path(PAGE).parent / name
        if not name:
            alive = fragment in headings
        elif fragment and path.is_file():
            n_lines = path.read_text(encoding="utf-8").count("\n")
            alive = 1 <= int(fragment.removeprefix("L")) <= n_lines
        else:
            alive = path.is_file()
        if not alive:
            dead.append(f"the link to {target} leads nowhere")
    return dead


def problems(root: Path = ROOT) -> list[str]:
    """Everything that keeps the index from being complete and true, a sentence each."""
    lines_of, wrong_comments = computed(root)
    tests_of, wrong_markers = proved(root)
    sections_of, lessons = derived(root)
    found = [*wrong_comments, *wrong_markers]
    for equation in INDEX:
        number = equation.number
        if number not in tests_of:
            found.append(f"({number}) has no test")
        if not equation.step and number not in lines_of:
            found.append(f"({number}) has no comment in emlib, though the index has it computed")
        if equation.step and number in lines_of:
            found.append(f"({number}) has a comment in emlib, though the index has it as a step")
        own = [s for s in sections_of.get(number, []) if s.lesson == equation.lesson]
        if number in TO_COME and own:
            found.append(f"({number}) is in lesson {equation.lesson}: it is no longer to come")
        elif equation.lesson in lessons and not own and number not in TO_COME:
            found.append(f"({number}) is not in lesson {equation.lesson}, which is to derive it")
    page = root / PAGE
    expected, committed = table(root), page.read_text(encoding="utf-8") if page.exists() else ""
    found += dead_links(expected, root)
    found += [f"in {PAGE} {problem}" for problem in dead_links(committed, root)]
    if committed != expected:
        found.append(f"{PAGE} is out of date: run python docs/equations.py")
    return found


def main() -> None:
    """Write the page, or with ``--check`` leave it; exit with 1 where something is wrong."""
    if "--check" not in sys.argv[1:]:
        (ROOT / PAGE).write_text(table(), encoding="utf-8", newline="\n")
    found = problems()
    print("\n".join(found) or f"{PAGE} is complete and true")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
