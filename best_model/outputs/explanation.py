"""An explanation as text for a terminal: the number, what it is made of, whom it acts on, and every input with its source."""

import math
from collections.abc import Iterator, Mapping, Sequence

from best_model.draws.sensitivity import figures_of
from best_model.faces.numbers import number, pounds
from best_model.model.authority import Written
from best_model.model.deficit import CASES
from best_model.model.engine import Result
from best_model.model.scenario import Assumption
from best_model.model.settings import SETTINGS
from best_model.questions.explain import Explanation, Step
from best_model.questions.names import action_words, figure_name

_MINUS, _TIMES, _INDENT = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "  "
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
    "full_effect": "full effect, the most assumed",
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
    "in_train": "in train before the plan begins",
    "still_to_be_identified": "still to be identified",
}
_BY_YEAR = {
    "brought_forward_": "brought forward from {}",
    "change_": "change from January {} to the next",
    "gap_after_": "gap left in {}",
    "gap_leaves_": "gap of {}, which leaves the council",
    "in_train_at_": "in train before the plan begins, at its {}",
    "january_": "January {}",
}
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
_TENTHS = 10


def explanation_text(explanation: Explanation, result: Result, written: Mapping[str, Written]) -> str:
    """Everything about the number, indented; `written` says where each input stands."""
    asked, step = explanation.question, explanation.number
    title = " ".join(part for part in (asked.line, asked.period, asked.subject) if part)
    told = _Teller(result, written)
    lines = [
        f"{title}: {result.scenario.title}, {result.authority.council.title}",
        f"{amount(step, step.value)}  {told.words(step)}",
        *told.parts(step, step.value, 1),
        *told.beside(step),
        "",
        f"It rests on {len(explanation.inputs)} inputs, written in params/:",
        *(line for name in explanation.inputs for line in told.input(name)),
    ]
    if explanation.through_others:
        why = "because the priorities act on the same children" if asked.line == "saving" else "through the priorities"
        lines += ["", f"And, {why}, on:"]
        lines += [line for name in explanation.through_others for line in told.input(name)]
    note = "Whole pounds and tenths of a child are rounded so that they add. What is multiplied is not rounded before it is."
    return "\n".join([*lines, "", note])


def amount(step: Step, value: float) -> str:
    """A number in the unit of a step."""
    match step.unit:
        case "£":
            return pounds(value)
        case "children" | "places":
            return f"{value:,.1f}".replace("-", _MINUS)
        case "share":
            return f"{value * 100:.1f}%".replace("-", _MINUS)
        case _:
            return f"{value:.4f}"


def that_add(total: float, steps: Sequence[Step]) -> list[float]:
    """The values of steps as they are shown, so that they add to the total that is shown: whole pounds, tenths of a child.

    >>> that_add(2.0, [Step("a", 0.6), Step("b", 0.7), Step("c", 0.4)])
    [1.0, 1.0, 0.0]
    """
    scale = 1 if steps[0].unit == "£" else _TENTHS
    floors = [math.floor(step.value * scale) for step in steps]
    left = round(total * scale) - sum(floors)
    by_rest = sorted(range(len(steps)), key=lambda place: floors[place] - steps[place].value * scale)
    return [(floor + (place in by_rest[:left])) / scale for place, floor in enumerate(floors)]


class _Teller:
    """Knows the names of one result and where its inputs are written."""

    def __init__(self, result: Result, written: Mapping[str, Written]) -> None:
        self._result, self._written = result, written
        self._figures = figures_of(result.authority, result.scenario)
        self._levers = {lever.name: lever.label for lever in result.scenario.levers}

    def words(self, step: Step) -> str:
        """A step in a reader's words."""
        kind, _, name = step.label.partition(".")
        if step.action is not None:
            return action_words(step.action)
        if kind == "setting":
            return SETTINGS[name]
        if kind == "line":
            return self._levers.get(name) or _WORDS[name]
        for stem, words in _BY_YEAR.items():
            if step.label.startswith(stem) and step.label not in _WORDS:
                return words.format(step.label.removeprefix(stem).replace("_", " "))
        return {**CASES, **_WORDS}[step.label]

    def parts(self, step: Step, shown: float, depth: int) -> Iterator[str]:
        """What a step is made of, each part on its line with its own parts under it; `shown` is the step as it is printed."""
        product = step.how == "product"
        values = [part.value for part in step.parts] if product or not step.parts else that_add(shown, step.parts)
        for part, value in zip(step.parts, values, strict=True):
            said = amount(part, value)
            sign = _TIMES if product else _MINUS if said.startswith(_MINUS) else "+"
            yield f"{_INDENT * depth}{sign} {said if product else said.removeprefix(_MINUS)}  {self.words(part)}"
            yield from self.parts(part, value, depth + 1)

    def beside(self, step: Step) -> Iterator[str]:
        """What stands beside the number: the actions of a priority last, each with its strength and the children it reaches."""
        plain, actions = ([each for each in step.beside if bool(each.action) is acts] for acts in (False, True))
        if plain:
            yield from [
                "",
                "Beside it:",
                *(f"{_INDENT}{amount(each, each.value)}  {self.words(each)}" for each in plain),
            ]
        if actions:
            yield from ["", "What it does, and to whom, at its strength in that year:"]
        for action in actions:
            yield f"{_INDENT}{amount(action, action.value)}  {self.words(action)}"
            yield from self.parts(action, action.value, 2)
            yield from (f"{_INDENT * 2}{amount(each, each.value)}  {self.words(each)}" for each in action.beside)

    def input(self, name: str) -> Iterator[str]:
        """An input: its name, its value and range, where it is written, and its source."""
        figure, written = self._figures.get(name), self._written.get(name, Written("no file: the default"))
        said = self._figure(name, figure) if figure else f"{self._fact(name)}: {written.said or 'nothing'}"
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

    def _fact(self, name: str) -> str:
        first, *rest = name.split(".")
        if rest[:1] == ["levers"]:
            return f"{_FACTS[first]}: {rest[2]} of {self._levers[rest[1]]}"
        known = {"inmss": "INMSS", "eotas": "EOTAS", **self._levers}
        return ", ".join([_FACTS[first], *(known.get(part, part.replace("_", " ")) for part in rest)])
