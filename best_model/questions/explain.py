"""From a number back to its inputs: what it is made of, whom the priorities act on, the prices used, and all it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from best_model.model.deficit import CASES
from best_model.model.engine import DO_NOTHING, Result
from best_model.model.refusal import Refusal
from best_model.questions.asked import IN_TRAIN, TO_BE_IDENTIFIED, Question, asked
from best_model.questions.names import line_names
from best_model.questions.small_counts import is_small
from best_model.questions.steps import InYear, Step, inputs_of
from best_model.questions.traced_priority import share_of
from best_model.questions.traced_spend import all_spend, plans, spend
from best_model.questions.whose import lines_of_saving
from best_model.table import Unit

_COUNTED = ("plans", "spend", "gap_before")
_GAP = "gap before mitigation: spend beyond income, doing nothing"


@dataclass(frozen=True)
class Explanation:
    """A question, the number that answers it, and the inputs it rests on: its own, and those that reach it through priorities
    which act on the same children."""

    question: Question
    number: Step
    inputs: tuple[str, ...]
    through_others: tuple[str, ...]


def explain(result: Result, text: str) -> Explanation:
    """The number that `text` asks for (`saving 2029/30 commissioning`), traced to its inputs.

    Raises `Refusal` if unclear, and where its parts would give away a small count of a census that is not published.
    """
    question = asked(result, text)
    number = _number(result, question)
    _gives_nothing_away(result, question, number)
    own = tuple(dict.fromkeys(name for step in number.walk() for name in step.inputs))
    others = [name for name in _of_others(result, question) if name not in own]
    return Explanation(question, number, own, tuple(dict.fromkeys(others)))


def _gives_nothing_away(result: Result, question: Question, number: Step) -> None:
    """Children and what they cost are counted setting by setting: exactly, so that the others would give a hidden one away."""
    counts = (abs(step.value) for step in number.walk() if step.unit is Unit.CHILDREN)
    if not result.authority.council.openly and (question.line in _COUNTED or any(map(is_small, counts))):
        raise Refusal(
            f"the census of {result.authority.council.title} is not published, and what this number is made of would give away a small "
            "count of children; ask for a saving, a gap left or a deficit, or see the workbook, where small counts are hidden"
        )


def _number(result: Result, question: Question) -> Step:
    if question.line == "plans":
        return plans(result, question.period, question.subject)
    at = InYear(result, question.period)
    match question.line:
        case "saving":
            return _saving(at, question.subject)
        case "spend":
            return spend(at, question.subject)
        case "deficit":
            return _deficit(at, question.subject)
        case "gap_before":
            return _gap_before(at)
        case _:
            parts = (_gap(at), *_lines(at, -1.0))
            return Step("gap left once the saving is made", at.of(result.gap_after), parts=parts)


def _of_others(result: Result, question: Question) -> Iterator[str]:
    """What the other priorities rest on, where a number depends on all of them."""
    if question.line != "gap_before" and question.subject != IN_TRAIN:
        for lever in result.scenario.levers:
            yield from inputs_of(lever) if lever.intensity else ()


# ---- Savings


def _saving(at: InYear, subject: str) -> Step:
    match subject:
        case "total":
            return Step("saving of the plan", at.of(at.result.saving), parts=_lines(at), inputs=at.of_money)
        case "in_train":
            (line,) = _lines(at, only=[IN_TRAIN])
            head = f"in train before the plan begins, at its {at.result.scenario.in_train}"
            return Step(head, line.value, inputs=line.inputs)
        case "still_to_be_identified":
            return _balance(at)
        case _:
            return share_of(at, next(lever for lever in at.levers if lever.name == subject))


def _lines(at: InYear, sign: float = 1.0, only: Iterable[str] = ()) -> tuple[Step, ...]:
    """Lines of the saving, all or `only` some, without parts of their own."""
    lines, names = lines_of_saving(at.result), line_names(at.result)
    return tuple(
        Step(names[name], sign * at.of(lines[name]), inputs=_inputs_of_line(at, name)) for name in only or lines
    )


def _inputs_of_line(at: InYear, name: str) -> tuple[str, ...]:
    scenario = at.result.scenario
    if name == IN_TRAIN:
        return () if scenario.in_train == "none" else (f"in_train.{at.year}", "scenario.in_train")
    if name == TO_BE_IDENTIFIED:
        return (f"targets.{scenario.target}.{at.result.years[-1]}",) if scenario.tie_to_target else ()
    return inputs_of(next(lever for lever in at.levers if lever.name == name))


def _balance(at: InYear) -> Step:
    """What the target needs beyond what is found; where the year has no target of its own, the last year's by profile."""
    result = at.result
    if not result.scenario.tie_to_target:
        return Step("nothing: the scenario is not tied to its target", at.of(result.to_be_identified))
    if np.isfinite(at.of(result.target)):
        return _target_less_found(at)
    last = InYear(result, result.years[-1])
    profile = at.of(result.found) / last.of(result.found) if last.of(result.found) else 0.0
    found = Step("what is found that year against the last year", profile, Unit.NUMBER)
    head = "the balance of the last year, on the profile of what is found"
    return Step(head, at.of(result.to_be_identified), parts=(_target_less_found(last), found), multiplied=True)


def _target_less_found(at: InYear) -> Step:
    aim = (f"targets.{at.result.scenario.target}.{at.year}", "scenario.target")
    target = Step("the target", at.of(at.result.target), inputs=aim)
    found = _lines(at, -1.0, only=[*(lever.name for lever in at.levers), IN_TRAIN])
    head = "what the target needs beyond what is found"
    return Step(head, at.of(at.result.to_be_identified), parts=(target, *found))


# ---- Gaps and deficits


def _gap_before(at: InYear) -> Step:
    forecast, published = float(at.money.income[at.fy]), at.of(at.council.forecast.gap_before)
    beyond = at.of(at.result.income) - forecast
    parts = [*all_spend(at, DO_NOTHING), Step("High Needs Block income", -forecast, inputs=(f"income.{at.year}",))]
    if beyond:
        parts.append(Step("income beyond its central forecast", -beyond, inputs=("scenario.income",)))
    line = (f"forecast.annual_gap_before_mitigations.{at.year}",)
    beside = (Step("the published gap, to which calibration ties it", published, inputs=line),)
    return Step(_GAP, at.of(at.result.gap_before), parts=tuple(parts), beside=beside, inputs=at.of_children)


def _gap(at: InYear) -> Step:
    """The same without its parts."""
    return Step(_GAP, at.of(at.result.gap_before), inputs=(*at.of_money, f"income.{at.year}", "services"))


def _deficit(at: InYear, case: str) -> Step:
    """Deficit brought forward, less any grant, and the gaps left to the council in each year up to this one."""
    forecast, money = at.council.forecast, at.money
    origins: tuple[Step, ...] = ()
    for name, amount in forecast.brought_forward.items():
        line = (f"forecast.deficit_brought_forward_{name}",)
        origins += (Step(f"brought forward from {name.replace('_', ' ')}", amount, inputs=line),)
    parts = [Step("deficit brought forward", money.brought_forward, parts=origins)]
    if case != "as_published":
        granted = -money.brought_forward * float(money.stability_grant)
        parts.append(Step("stability grant", granted, inputs=("stability_grant",)))
    for year in at.result.years[: at.place + 1]:
        stays = case != "grant_and_new_deficits_leave" or year < money.relief_from
        left = Step(f"gap of {year}, which leaves the council", 0.0, inputs=("new_deficits_leave_from",))
        parts.append(_gap_kept(InYear(at.result, year)) if stays else left)
    return Step(CASES[case], at.of(at.result.deficit[case]), parts=tuple(parts))


def _gap_kept(at: InYear) -> Step:
    parts = (_gap(at), Step("saving of the plan", -at.of(at.result.saving)))
    return Step(f"gap left in {at.year}", at.of(at.result.gap_after), parts=parts)
