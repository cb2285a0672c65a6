"""An explanation as text for a terminal: the number, what it is made of, whom it acts on, and every input with its source."""

from collections.abc import Iterator, Mapping

from best_model.analysis.explain import Explanation, Step
from best_model.analysis.sensitivity import figures_of
from best_model.model.authority import Written
from best_model.model.deficit import CASES
from best_model.model.engine import Result
from best_model.model.scenario import Assumption
from best_model.model.settings import SETTINGS
from best_model.outputs.figure_words import figure_name
from best_model.outputs.pages import action_words
from best_model.outputs.words import number, pounds

_MINUS, _INDENT = "\N{MINUS SIGN}", "  "
_WORDS = {
    "aged_out": "reached 26",
    "alone": "what it would save alone, with no other priority",
    "average_children": "children, on average over the year: 5/12 of the January before it, 7/12 of the one within it",
    "balance_by_profile": "the balance of the last year, on the profile of what is found",
    "brought_forward": "deficit brought forward",
    "ceased": "plans ceased",
    "children": "children",
    "children_so_far": "children acted on since the start, once for each year in which it acts on them",
    "children_this_year": "of them in the last year",
    "doing_nothing": "doing nothing",
    "empty_place": "£ a year for an empty place",
    "empty_places": "empty places",
    "fewer_children": "fewer children, at the price without the programme",
    "full_effect": "full effect, the most a source supports",
    "gap_after": "gap left once the saving is made",
    "gap_before": "gap before mitigation: spend beyond income, doing nothing",
    "general_inflation": "general inflation since the first reported year",
    "grant": "stability grant",
    "gross": "gross: spending that is not made, as its Shapley share",
    "income": "High Needs Block income",
    "income_beyond_forecast": "income beyond its central forecast",
    "inflation": "inflation since the price base",
    "intensity": "intensity: the share of full effect that the scenario takes",
    "last_in": "what it adds once all others are there",
    "left_by_priorities": "what the priorities leave of the price",
    "lower_price": "a lower price for the children who are there",
    "new_plans": "new plans",
    "not_tied_to_its_target": "nothing: the scenario is not tied to its target",
    "other_settings": "settings of less than £1,000 each",
    "part_of_the_year": "share of the year, and of the workstreams, that it runs",
    "phase": "phase: how much of it is in force by then",
    "places": "places",
    "plans": "children with a plan",
    "price": "£ a child a year",
    "price_index": "price index, by calibration",
    "profile_of_what_is_found": "what is found that year against the last year",
    "programme": "what the programme changes",
    "published_gap": "the published gap, to which calibration ties it",
    "reinvested": "spent again: its share of what reinvesting priorities add",
    "running": "cost to run",
    "running_cost": "£ a year to run at full effect",
    "saving": "saving of the plan",
    "services": "services not driven by plans",
    "shapley_share": "its Shapley share: what it adds, on average over every order in which the priorities could have come",
    "spend": "spend",
    "target": "the target",
    "target_less_found": "what the target needs beyond what is found",
    "transfers": "net transfers in",
    "unit_cost": "unit cost",
    "weight": "of the year",
    "in_train": "in train before April 2026",
    "still_to_be_identified": "still to be identified",
}
_BY_YEAR = {
    "brought_forward_": "brought forward from {}",
    "change_": "change from January {} to the next",
    "gap_after_": "gap left in {}",
    "gap_leaves_": "gap of {}, which leaves the council",
    "in_train_at_": "in train before April 2026, at its {}",
    "january_": "January {}",
}
_FACTS = {
    "census": "Counted in January",
    "ceased_plans_by_setting": "Plans ceased in the last year known",
    "flows": "Plans started and ceased in each year, for net transfers",
    "forecast": "The council's forecast",
    "new_deficits_leave_from": "New deficits leave the council from",
    "new_plans": "New plans of the last year known",
    "scenario": "The scenario",
    "services": "Services not driven by plans",
    "targets": "Target",
}


def explanation_text(explanation: Explanation, result: Result, written: Mapping[str, Written]) -> str:
    """Everything about the number, indented; `written` says where each input stands."""
    asked, step = explanation.question, explanation.number
    title = " ".join(part for part in (asked.line, asked.period, asked.subject) if part)
    told = _Teller(result, written)
    lines = [
        f"{title}: {result.scenario.title}, {result.authority.council.title}",
        f"{amount(step)}  {told.words(step)}",
        *(line for part in step.parts for line in told.made(part, step.how, 1)),
        *told.beside(step),
        "",
        f"It rests on {len(explanation.inputs)} inputs:",
        *(line for name in explanation.inputs for line in told.input(name)),
    ]
    if explanation.through_others:
        lines += ["", "And, because the priorities act on the same children, on:"]
        lines += [line for name in explanation.through_others for line in told.input(name)]
    return "\n".join(
        [*lines, "", "Parts are shown rounded; unrounded they add, or multiply, to the number above them."]
    )


def amount(step: Step) -> str:
    """The number of a step in its unit."""
    match step.unit:
        case "£":
            return pounds(step.value)
        case "children" | "places":
            return f"{step.value:,.1f}".replace("-", _MINUS)
        case "share":
            return f"{step.value * 100:.1f}%".replace("-", _MINUS)
        case _:
            return f"{step.value:.4f}"


class _Teller:
    """Knows the names of one result and where its inputs are written."""

    def __init__(self, result: Result, written: Mapping[str, Written]) -> None:
        self._result, self._written = result, written
        self._figures = figures_of(result.authority, result.scenario)
        self._levers = {lever.name: lever.label for lever in result.scenario.levers}

    def words(self, step: Step) -> str:
        """A step in a reader's words."""
        if step.action is not None:
            return action_words(step.action)
        named = {**SETTINGS, **CASES, **self._levers, **_WORDS}
        for stem, words in _BY_YEAR.items():
            if step.label.startswith(stem) and step.label not in named:
                return words.format(step.label.removeprefix(stem).replace("_", " "))
        return named[step.label]

    def made(self, step: Step, how: str, depth: int) -> Iterator[str]:
        """A part, and under it its own parts."""
        said = amount(step)
        sign = "\N{MULTIPLICATION SIGN}" if how == "product" else _MINUS if said.startswith(_MINUS) else "+"
        shown = said if how == "product" else said.removeprefix(_MINUS)
        yield f"{_INDENT * depth}{sign} {shown}  {self.words(step)}"
        for part in step.parts:
            yield from self.made(part, step.how, depth + 1)

    def beside(self, step: Step) -> Iterator[str]:
        """What stands beside the number: the actions of a priority last, each with its strength and the children it reaches."""
        plain, actions = ([each for each in step.beside if bool(each.action) is acts] for acts in (False, True))
        if plain:
            yield from ["", "Beside it:", *(f"{_INDENT}{amount(each)}  {self.words(each)}" for each in plain)]
        if actions:
            yield from ["", "What it does, and to whom, at its strength in that year:"]
        for action in actions:
            yield f"{_INDENT}{amount(action)}  {self.words(action)}"
            yield from (line for part in action.parts for line in self.made(part, action.how, 2))
            yield from (f"{_INDENT * 2}{amount(each)}  {self.words(each)}" for each in action.beside)

    def input(self, name: str) -> Iterator[str]:
        """An input: its name, its value and range, where it is written, and its source."""
        figure, written = self._figures.get(name), self._written.get(name, Written("no file: the default"))
        said = self._figure(name, figure) if figure else f"{_fact(name)}: {written.said or 'nothing'}"
        source = self._result.authority.council.sources.get(figure.source if figure else written.source)
        yield f"{_INDENT}{said}"
        yield f"{_INDENT * 3}{name} \N{MIDDLE DOT} {written.where}"
        if source:
            yield f"{_INDENT * 3}{source.title}: {source.where}"

    def _figure(self, name: str, figure: Assumption) -> str:
        graded = f", graded {figure.grade}" if figure.grade else ""
        return (
            f"{figure_name(name, self._result.scenario.levers)}: {number(figure.value)} ({number(figure.low)} to "
            f"{number(figure.high)}), {figure.unit}; {figure.pedigree.value}{graded}"
        )


def _fact(name: str) -> str:
    first, *rest = name.split(".")
    known = {"inmss": "INMSS", "eotas": "EOTAS"}
    said = [known.get(part, part.replace("_", " ")) for part in rest]
    return ", ".join([_FACTS[first], *said])
