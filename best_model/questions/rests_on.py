"""The inputs that a number rests on: what each is called, its value and range, where it is written and who published it."""

from collections.abc import Iterable, Mapping

from best_model.draws.sensitivity import figures_of
from best_model.model.authority import Written
from best_model.model.engine import Result
from best_model.model.scenario import Assumption
from best_model.questions.names import figure_name
from best_model.table import NONE, Column, Range, Row, Table, Unit

_FACTS = {
    "census": "Counted in January",
    "ceased_plans_by_setting": "Plans ceased in the last year known",
    "flows": "Plans started and ceased in each year, for net transfers",
    "forecast": "The council's forecast",
    "new_deficits_leave_from": "New deficits leave the council from",
    "new_plans": "New plans of the last year known",
    "priorities": "Priority",
    "scenario": "The scenario",
    "services": "Services not driven by plans",
    "targets": "Target",
    "workstreams": "Workstreams of the priorities, with their starts and slips",
}
_NO_FILE = Written("no file: the default")
_COLUMNS = (
    Column("Value", Unit.NUMBER),
    Column("Range", Unit.NUMBER),
    *(Column(heading, Unit.WORDS) for heading in ("Unit", "Grade", "Name", "Written in", "Source")),
)


def inputs(result: Result, names: Iterable[str], written: Mapping[str, Written], caption: str) -> Table:
    """A row an input, by its dotted name; `written` says where each stands. A published fact is in the words of its file."""
    figures = figures_of(result.authority, result.scenario)
    rows = [_row(result, name, figures.get(name), written.get(name, _NO_FILE)) for name in names]
    return Table("inputs", caption, "Input", _COLUMNS, rows)


def _row(result: Result, name: str, figure: Assumption | None, written: Written) -> Row:
    source = result.authority.council.sources.get(figure.source if figure else written.source)
    where = (name, written.where, f"{source.title}: {source.where}" if source else NONE)
    if figure is None:
        return Row(_fact(result, name), (written.said or "nothing", NONE, NONE, NONE, *where), "published")
    told = (figure.value, Range(figure.low, figure.high), figure.unit, figure.grade or NONE)
    return Row(figure_name(name, result.scenario.levers), (*told, *where), figure.pedigree.value, f"figure:{name}")


def _fact(result: Result, name: str) -> str:
    """A published fact, or a choice of the scenario, in a reader's words."""
    levers = {lever.name: lever.label for lever in result.scenario.levers}
    first, *rest = name.split(".")
    if rest[:1] == ["levers"]:
        return f"{_FACTS[first]}: {rest[2]} of {levers[rest[1]]}"
    known = {"inmss": "INMSS", "eotas": "EOTAS", **levers}
    return ", ".join([_FACTS[first], *(known.get(part, part.replace("_", " ")) for part in rest)])
