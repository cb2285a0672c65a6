"""The house rules that a machine can hold: which way imports go, where each library lives, no number from the world.

Everything is read from the source, so a new module is held to the same rules the day it is written.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "best_model"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

Import = tuple[str, ...]


def tree_of(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def imports_in(tree: ast.AST, module: str) -> Iterator[Import]:
    """Everything a module imports, wherever in it, as (package, module, …, name): `from a.b import c` is (a, b, c)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(name.name.split(".")) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            here = ("best_model", *Path(module).parts)
            base = here[: len(here) - node.level] if node.level else ()
            stem = (*base, *(node.module.split(".") if node.module else ()))
            yield from ((*stem, name.name) for name in node.names)


def imports(module: str) -> set[Import]:
    return set(imports_in(tree_of(module), module))


# ---- Which way the arrow goes

ROOMS = ("model", "fitted", "draws", "questions", "inputs", "faces", "papers", "command")
ALL = {*ROOMS, "door", "table", "the package"}
MAY_IMPORT = {
    "model": {"model"},
    "table": set(),
    "fitted": {"fitted", "model", "table"},
    "draws": {"draws", "fitted", "model", "table"},
    "questions": {"questions", "draws", "fitted", "model", "table"},
    "inputs": {"inputs", "model", "table"},
    "faces": {"faces", "questions", "draws", "fitted", "model", "table"},
    "papers": ALL - {"command"},
    "command": ALL,
    "door": ALL - {"papers", "command"},
    "the package": {"door", "table", "model"},
}
"""command → papers → faces → questions → draws → fitted → model, and inputs → model; `table` is for all, `case` is the door."""


def room_of(parts: tuple[str, ...]) -> str:
    """The room of a module by its path, or of an import by what follows `best_model`."""
    first = Path(parts[0]).stem if parts else ""
    return first if first in {*ROOMS, "door", "table"} else "the package"


def wrong_way(module: str, imported: set[Import]) -> list[str]:
    """Imports of our own that go up or across."""
    here = room_of(Path(module).parts)
    ours = [target for target in imported if target[0] == "best_model"]
    return sorted(".".join(target) for target in ours if room_of(target[1:]) not in MAY_IMPORT[here])


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_go_down(module: str) -> None:
    assert wrong_way(module, imports(module)) == []


@pytest.mark.parametrize(
    ("module", "line", "wrong"),
    [
        ("model/engine.py", "from best_model.fitted.fit import prepare", True),
        ("model/engine.py", "from ..inputs import tables", True),
        ("model/engine.py", "from .levers import forces", False),
        ("fitted/fit.py", "def late():\n    import best_model.faces.numbers", True),
        ("faces/chart.py", "from best_model import case", True),
        ("faces/chart.py", "from best_model.inputs.tables import read_table", True),
        ("inputs/tables.py", "from best_model.analysis import fit", True),
        ("door.py", "from best_model.papers import pack", True),
        ("command/main.py", "from best_model import case", False),
    ],
)
def test_an_import_that_goes_up_would_be_seen(module: str, line: str, wrong: bool) -> None:
    assert bool(wrong_way(module, set(imports_in(ast.parse(line), module)))) is wrong


def test_the_package_is_these_rooms_a_door_and_its_name() -> None:
    assert {room_of(Path(module).parts) for module in MODULES} == ALL
    assert [module for module in MODULES if "/" not in module] == ["__init__.py", "door.py", "table.py"]


NOT_YET_ONE: set[str] = set()
"""File names that still stand in two rooms. Take one out when it is renamed; put none in."""


def test_a_name_is_one_room_s() -> None:
    """Who looks for a subject finds it in one place."""
    rooms: dict[str, set[str]] = {}
    for module in MODULES:
        rooms.setdefault(Path(module).name, set()).add(room_of(Path(module).parts))
    twice = {name for name, those in rooms.items() if len(those) > 1 and name != "__init__.py"}
    assert twice == NOT_YET_ONE


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Modules that import each other, directly or through others."""
    reached = {module: set(ours) for module, ours in graph.items()}
    for through in graph:
        for module in (module for module, ours in reached.items() if through in ours):
            reached[module] |= reached[through]
    return [
        {module, *(other for other in ours if module in reached[other])}
        for module, ours in reached.items()
        if module in ours
    ]


def our_imports(module: str) -> set[str]:
    """The modules of ours that a module imports, wherever in it, but for what only a type checker reads."""
    tree = tree_of(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = [ast.Pass()]
    found = {"/".join(target[1:]) for target in imports_in(tree, module) if target[0] == "best_model"}
    names = {path.removesuffix(".py").removesuffix("/__init__"): path for path in MODULES}
    return {names[name] for each in found for name in (each, each.rpartition("/")[0]) if name in names} - {
        module,
        "__init__.py",
    }


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles({module: our_imports(module) for module in MODULES}) == []


def test_a_circle_would_be_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})[0] == {"a", "b", "c"}


# ---- Where each library lives

HOMES = {
    "pandas": ("inputs/*", "faces/frame.py", "faces/sheet.py"),
    "pandera": ("inputs/*",),
    "yaml": ("inputs/*",),
    "scipy": ("fitted/*", "draws/*", "questions/*"),
    "distributed": ("draws/fan_out.py",),
    "pyarrow": ("inputs/outcomes_file.py",),
    "gptables": ("faces/sheet.py",),
    "SALib": ("draws/variance.py",),
    "joblib": ("draws/fan_out.py", "inputs/shelf.py"),
    "filelock": ("inputs/shelf.py",),
    "numba": ("draws/followed.py", "draws/individuals.py"),
    "matplotlib": ("faces/chart*",),
    "afcharts": ("faces/chart*",),
    "ipywidgets": ("faces/panel.py",),
    "papermill": ("papers/*",),
    "nbconvert": ("papers/*",),
    "nbformat": ("papers/*",),
    "nbclient": ("papers/*",),
    "jinja2": ("faces/say.py", "papers/*"),
    "pikepdf": ("papers/pdf.py",),
    "click": ("command/*",),
}


@pytest.mark.parametrize("library", HOMES)
def test_each_library_is_used_at_home_only(library: str) -> None:
    users = {module for module in MODULES if any(target[0] == library for target in imports(module))}
    assert [module for module in sorted(users) if not any(fnmatch(module, home) for home in HOMES[library])] == []


@pytest.mark.parametrize("library", ["pandas", "pandera", "yaml", "scipy", "papermill", "nbformat", "click"])
def test_a_library_that_has_a_home_lives_in_it(library: str) -> None:
    assert any(target[0] == library for module in MODULES for target in imports(module))


SLOW_TO_IMPORT = (
    "numba",
    "SALib",
    "distributed",
    "joblib",
    "scipy.stats",
    "matplotlib",
    "papermill",
    "nbconvert",
    "gptables",
)


@pytest.mark.parametrize("door", ["best_model.door", "best_model.command.main"])
def test_what_runs_one_scenario_waits_for_no_library_that_only_draws_or_papers_need(door: str) -> None:
    """numba alone takes a second; the command and the sliders are there without it."""
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, {door}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert set(SLOW_TO_IMPORT) & set(said.stdout.split()) == set()


STANDARD_IN_MODEL = {"collections", "dataclasses", "enum", "functools", "itertools", "math", "types", "typing"}


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("model/")])
def test_the_model_knows_numpy_and_pydantic_and_nothing_of_files_clocks_or_machines(module: str) -> None:
    assert {target[0] for target in imports(module)} <= {"best_model", "numpy", "pydantic", *STANDARD_IN_MODEL}


FILE_WORDS = {
    "open", "read_text", "write_text", "read_bytes", "write_bytes", "read_csv", "to_csv", "load", "loadtxt",
    "genfromtxt", "fromfile", "memmap", "save", "savez", "savetxt", "tofile",
}  # fmt: skip


def calls_on_files(module: str) -> set[str]:
    """Names of functions and methods called that open, read or write a file."""
    called = {node.func for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)}
    return {name for name in (getattr(each, "attr", getattr(each, "id", "")) for each in called) if name in FILE_WORDS}


@pytest.mark.parametrize(
    "module", [module for module in MODULES if module.startswith(("model/", "fitted/", "draws/", "questions/"))]
)
def test_model_and_analysis_open_no_file(module: str) -> None:
    assert calls_on_files(module) == set()


def test_the_readers_do_open_files() -> None:
    assert calls_on_files("inputs/tables.py") == {"read_csv"}
    assert calls_on_files("inputs/strict_yaml.py") == {"read_text"}


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith("papers/")])
def test_no_clock_and_no_chance_without_a_seed_outside_papers(module: str) -> None:
    """An answer depends on its inputs alone; a generator of chance is made from a seed that is given."""
    assert {target[0] for target in imports(module)} & {"time", "random", "secrets"} == set()
    called = [ast.unparse(node.func) for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)]
    assert [name for name in called if name.endswith((".now", ".today", ".utcnow"))] == []
    assert [
        name for name in called if ".random." in name and not name.endswith((".default_rng", ".SeedSequence"))
    ] == []


# ---- Names and sizes


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    """A function lives where its subject does."""
    vague = {"util", "utils", "helper", "helpers", "common", "constants", "misc", "tools"}
    assert [
        module for module in MODULES if vague & {part.strip("_") for part in Path(module).with_suffix("").parts}
    ] == []


FUNCTIONS = [
    pytest.param(node, id=f"{module}:{node.name}")
    for module in MODULES
    if module.startswith(("model/", "fitted/", "draws/", "questions/"))
    for node in ast.walk(tree_of(module))
    if isinstance(node, ast.FunctionDef)
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_of_model_or_analysis_fits_on_a_screen(function: ast.FunctionDef) -> None:
    """A function is one sentence: about ten lines, and never more than forty with its docstring."""
    assert (function.end_lineno or 0) - function.lineno < 40


@pytest.mark.parametrize("module", MODULES)
def test_every_module_that_holds_anything_says_what_it_is_for(module: str) -> None:
    tree = tree_of(module)
    assert not tree.body or ast.get_docstring(tree)


# ---- No number from the world

ANYWHERE = {0, 1, 2}  # nothing, one, a pair or a square

NUMBERS = {
    "questions/affected.py": {30: "a share of fewer plans than this says little"},
    "questions/register.py": {3: "workstreams named of a risk before the rest are counted"},
    "questions/answered.py": {3: "priorities that are named as leaned on most"},
    "questions/asked_of.py": {0.005: "half a per cent: what does not show is not asked"},
    "questions/waiting.py": {3: "priorities that are drawn beside the programme"},
    "questions/tabs.py": {3: "the axis of ages, from the end"},
    "questions/others.py": {100.0: "a trend starts at 100"},
    "fitted/calibrate.py": {
        1e6: "the solver works in £m, so that its tolerance means something",
        200: "iterations before it gives up",
        1e-12: "its tolerance",
    },
    "draws/distributions.py": {
        0.05: "one chance in twenty",
        4: "PERT weighs the likeliest figure four times",
        1e-9: "an eigenvalue of nought, but for rounding",
        4097: "points of a quantile table",
        31: "half a step of Sobol points: two to minus this power",
    },
    "draws/followed.py": {128: "draws side by side"},
    "draws/individuals.py": {
        64: "draws whose chances are in memory at once",
        1e-9: "of a place: rounding of sums",
    },
    "draws/variance.py": {512: "base points of the indices", 1024: "draws in a block"},
    "questions/causes.py": {
        10: "assumptions in a table",
        100: "per cent",
        1.96: "standard errors in half of a 95% interval",
    },
    "draws/corner.py": {
        8192: "draws a box is found and measured among",
        0.05: "share of draws that a peel leaves out, and that a box holds at the least",
        3: "limits a reader can hold, and standard errors that make one sure",
        0.03: "a limit that tells less is dropped",
        30: "with fewer draws of a kind there is nothing to tell",
        0.9: "more that miss are nearly all",
    },
    "questions/changes.py": {
        6: "digits: to a millionth, numbers are the same",
        3: "words of a title that is short enough for a sentence",
        0.95: "of a change is nearly all of it",
    },
    "questions/changed_files.py": {20: "differences of a file that are shown", 200: "letters of one of them"},
    "questions/what_changed.py": {
        12: "letters of a sum that are shown",
        1e3: "from a thousand on a number is shown whole",
        1e-3: "and below it, to so much",
    },
    "questions/whose.py": {1e6: "more places than there are children in England"},
    "questions/checks.py": {
        1e-9: "of a child: rounding of sums",
        0.5: "of a child: the most the fit may miss a table by",
        1e3: "the published table is in £k",
    },
    "questions/quality.py": {
        1e6: "an amount of a million or more is in £m",
        4: "a year begins with four digits",
        22: "letters that a column to write in is wide",
    },
    "questions/seek.py": {
        1e6: "the solver works in £m, so that its tolerance means something",
        1e-6: "intensities closer than this are the same",
        1e-3: "how far the answer may be moved to meet its target to the pound",
        1e-12: "the solver's tolerance",
        1e-14: "the root finder's",
        200: "iterations before it gives up",
    },
    "draws/ensemble.py": {
        5: "levels of a figure that the fit rests on",
        0.5: "the middle of a level",
        1024: "draws in the largest block",
        1e-9: "a correlation of nought, but for rounding",
        30: "two to this power: points of a Sobol sequence",
    },
    "questions/traced_priority.py": {1e3: "£: what is less is not shown on its own"},
    "questions/finance.py": {0.01: "a point is one in a hundred"},
    "questions/mixes.py": {1e-4: "step of an intensity for its slope", 0.1: "the least room beyond the evidence"},
    "questions/frontier.py": {
        21: "steps of the frontier",
        4: "an even step gives way within a quarter of it to one that is named",
        1e-8: "effort: less is none",
    },
    "questions/two_priorities.py": {21: "steps of each side of the map", 5: "steps of a map in a quarter"},
    "questions/least.py": {
        1e6: "the solver works in £m, so that its tolerance means something",
        30: "rounds in which slopes are found anew",
        40: "halvings: to less than a penny",
        200: "iterations before the solver gives up",
        1e-9: "its tolerance",
    },
    "fitted/fit.py": {
        2000: "rounds of fitting before it gives up",
        1e-10: "of a child: fitted",
        1e-12: "keeps an age without plans from dividing by nought",
    },
    "draws/odds.py": {0.05: "one draw in twenty is below", 0.5: "a median", 0.95: "and one in twenty above"},
    "questions/chances.py": {
        200: "amounts along a curve",
        **dict.fromkeys(
            (0.001, 0.999, 1.03), "where it begins and ends: what nearly nobody and nearly everybody finds"
        ),
    },
    "questions/spread.py": {
        **dict.fromkeys((0.05, 0.25, 0.5, 0.75, 0.95), "levels of a range: 1 in 20, 1 in 4, the middle"),
        100: "children: a setting that is not small",
    },
    "questions/swings.py": {10: "assumptions in a table"},
    "questions/small_counts.py": {5: "a count so small is hidden", 0.005: "of a child: below it there is nobody"},
    "questions/paid_back.py": {9: "digits: a month that is met to the rounding of sums is met"},
    "inputs/authorities.py": {
        1e3: "published tables are in £k",
        100: "2026/27 is written with two digits",
        4: "and begins with four",
    },
    "inputs/outcomes_file.py": {4: "blocks of draws that are written at once"},
    "inputs/written_back.py": {9: "digits written", 10: "and of a calibration", 200: "letters of a line"},
    "inputs/comparison_csv.py": {
        6: "years of growth",
        0.00051: "half of the last digit of a tenth of a per cent",
        5: "a count so small is not shown",
    },
    "inputs/scenarios.py": {
        120: "months or letters: bounds of a sane file",
        300: "letters of a question",
        4: "2026/27 begins with four digits",
    },
    "inputs/tables.py": {
        0.1: "a yearly rate is between −10%",
        0.5: "and 50%",
        2000: "a year is in this century",
        2100: "and not past it",
        120: "months: the longest slip that is one",
        **dict.fromkeys((3, 4), "columns that name a row"),
    },
    "model/authority.py": {100: "2026/27 is written with two digits"},
    "model/cohort.py": {3: "the last three axes: age, need, setting"},
    "model/engine.py": {3: "axes: age and need come before setting"},
    "model/phasing.py": {4: "April", 9: "September", 12: "months in a year"},
    "model/scenario.py": {120: "months: the longest ramp that is one", 1e-6: "a spread is more than nothing"},
    "model/settings.py": {
        26: "a plan ends at the 26th birthday",
        **dict.fromkeys((4, 5, 10, 11, 15, 16, 19, 20, 25), "age bands of the DSG management plan"),
    },
    "model/uncertainty.py": {1e4: "draws, where a council says no other number", 400: "and of whole children"},
    "model/stops.py": {120: "months: the longest delay that is one", 60: "letters of a label"},
    "model/stress.py": {7: "words of a title", 60: "letters of a title", 300: "letters of a question"},
    "questions/deficits.py": {0.5e6: "£: what changes the gap by less is not shown on its own"},
    "questions/placed.py": {8: "small charts on a page", 3: "axes: age and need come before setting"},
}
"""Numbers a module may write, each with its reason. Any other belongs in `params/`, with a unit, a source and a range."""


def numbers_in(tree: ast.AST) -> set[float]:
    """Every number a module writes, as it stands without its sign."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
    }


def worldly(module: str, tree: ast.AST) -> set[float]:
    return numbers_in(tree) - ANYWHERE - set(NUMBERS.get(module, {}))


HELD = [
    module
    for module in MODULES
    if module.startswith(("model/", "fitted/", "draws/", "questions/", "inputs/")) or module == "door.py"
]


@pytest.mark.parametrize("module", HELD)
def test_no_number_from_the_world_is_written_in_code(module: str) -> None:
    assert worldly(module, tree_of(module)) == set(), "put it in params/, or give its reason in NUMBERS of this test"


def test_a_unit_cost_or_a_rate_written_in_code_would_be_seen() -> None:
    line = ast.parse("def cost(plans, rate=0.03):\n    return plans * 26_000 * (1 + rate) ** 2 - 1")
    assert worldly("model/cost.py", line) == {26_000, 0.03}


@pytest.mark.parametrize("module", HELD)
def test_no_source_of_one_council_is_named_in_code(module: str) -> None:
    """Another council's folder has other sources: a key of this one's `sources.yaml` in code would refuse it."""
    sources = (ROOT / "params" / "leicestershire" / "sources.yaml").read_text(encoding="utf-8")
    keys = {line.removesuffix(":") for line in sources.splitlines() if line.endswith(":") and not line.startswith(" ")}
    assert "cfosc_2026_03_03" in keys
    words = {node.value for node in ast.walk(tree_of(module)) if isinstance(node, ast.Constant)}
    assert words & (keys - {"judgement"}) == set()
