"""From a number back to its inputs: what it is made of, whom the priorities act on, the prices used, and all it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Literal

import numpy as np

from best_model.draws.sensitivity import PRIORITIES, follows_its_evidence
from best_model.model.cost import in_financial_years
from best_model.model.engine import Result, Simulation, price_index, running, simulate
from best_model.model.levers import price_factor
from best_model.model.phasing import FloatArray, census_weights
from best_model.model.scenario import Action, Lever, Places
from best_model.model.settings import SETTINGS, setting_index
from best_model.questions.asked import IN_TRAIN, TO_BE_IDENTIFIED, TOTAL, Question, asked
from best_model.questions.attribution import lines_of_saving, shapley_weights, whose_saving

SCENARIO = 1
_LEAST = 1000.0

Unit = Literal["£", "children", "places", "share", "factor"]


@dataclass(frozen=True)
class Step:
    """A number, and what it is made of: `parts` add to it, or multiply to it where `how` is product.

    `beside` stands behind it without adding up; `inputs` are the dotted names of assumptions and published facts it is read
    from. `action` is that of a priority, where the number is its strength.
    """

    label: str
    value: float
    unit: Unit = "£"
    parts: tuple["Step", ...] = ()
    how: Literal["sum", "product"] = "sum"
    beside: tuple["Step", ...] = ()
    inputs: tuple[str, ...] = ()
    action: Action | None = None

    @property
    def made(self) -> float:
        """What the parts come to: the value itself where there are none."""
        values = [part.value for part in self.parts] or [self.value]
        return sum(values) if self.how == "sum" else prod(values)

    def walk(self) -> Iterator["Step"]:
        """This step and every one under it, in reading order."""
        yield self
        for step in (*self.parts, *self.beside):
            yield from step.walk()


@dataclass(frozen=True)
class Explanation:
    """A question, the number that answers it, and the inputs it rests on: its own, and those that reach it through priorities
    which act on the same children."""

    question: Question
    number: Step
    inputs: tuple[str, ...]
    through_others: tuple[str, ...]


def explain(result: Result, text: str) -> Explanation:
    """The number that `text` asks for (`saving 2029/30 commissioning`), traced to its inputs. Raises `Refusal` if unclear."""
    question = asked(result, text)
    number = {
        "saving": _saving,
        "gap_before": _gap_before,
        "gap_after": _gap_after,
        "deficit": _deficit,
        "plans": _plans,
        "spend": _spend,
    }[question.line](result, question)
    own = tuple(dict.fromkeys(name for step in number.walk() for name in step.inputs))
    return Explanation(question, number, own, tuple(name for name in _of_others(result, question) if name not in own))


def _of_others(result: Result, question: Question) -> Iterator[str]:
    """What the other priorities rest on, where a number depends on all of them."""
    if question.line == "gap_before" or question.subject == IN_TRAIN:
        return
    for lever in result.scenario.levers:
        if lever.intensity:
            yield from _inputs_of(lever)


def _inputs_of(lever: Lever) -> tuple[str, ...]:
    chosen = (f"scenario.levers.{lever.name}.intensity",)
    figures = (f"{PRIORITIES}.{name}" for name in lever.figures if not name.endswith((".evidence", ".cost_each")))
    evidence = (f"{PRIORITIES}.{lever.name}.evidence",) if follows_its_evidence(lever) else ()
    when = (f"{PRIORITIES}.{lever.name}.start", f"{PRIORITIES}.{lever.name}.ramp_months")
    return (*chosen, *evidence, *figures, *when, *(("workstreams",) if lever.workstreams else ()))


# ---- Where a year stands on each axis


def _place(result: Result, year: str) -> int:
    """Place of a reported year on the `year` axis."""
    return result.years.index(year)


def _fy(result: Result, year: str) -> int:
    """Place of a financial year on the `fy` axis, and of the census before it on the `january` axis."""
    return result.authority.financial_years.index(year)


def _children_inputs(result: Result, steps: int) -> tuple[str, ...]:
    """What the children of the first `steps` years after the base rest on."""
    council = result.authority.council
    indices = tuple(f"calibration.new_plans_index.{year}" for year in council.facts.calendar_years[:steps])
    places = tuple(
        name
        for name in council.assumptions
        if name.startswith("capacity.")
        and council.base_january <= int(name.rpartition(".")[2]) < council.base_january + steps
    )
    tables = ("new_plans", "ceased_plans_by_setting", "flows")
    return (f"census.{council.base_january}.{TOTAL}", *tables, *indices, "awaiting_are_placed", *places)


# ---- Savings


def _saving(result: Result, question: Question) -> Step:
    match question.subject:
        case "total":
            return _all_lines(result, question.period)
        case "in_train":
            return _in_train(result, question.period)
        case "still_to_be_identified":
            return _balance(result, question.period)
        case _:
            return _of_a_priority(result, question)


def _lines(result: Result, names: Iterable[str], year: str, sign: float = 1.0) -> tuple[Step, ...]:
    """Lines of the saving, without their own parts."""
    lines, place = lines_of_saving(result), _place(result, year)
    return tuple(
        Step(f"line.{name}", sign * float(lines[name][place]), inputs=_line_inputs(result, name, year))
        for name in names
    )


def _names_of_lines(result: Result) -> tuple[str, ...]:
    return (*(lever.name for lever in result.scenario.levers), IN_TRAIN, TO_BE_IDENTIFIED)


def _line_inputs(result: Result, name: str, year: str) -> tuple[str, ...]:
    if name == IN_TRAIN:
        return () if result.scenario.in_train == "none" else (f"in_train.{year}", "scenario.in_train")
    if name == TO_BE_IDENTIFIED:
        return (f"targets.{result.scenario.target}.{result.years[-1]}",) if result.scenario.tie_to_target else ()
    return _inputs_of(next(lever for lever in result.scenario.levers if lever.name == name))


def _all_lines(result: Result, year: str) -> Step:
    value = float(result.saving[_place(result, year)])
    return Step(
        "saving", value, parts=_lines(result, _names_of_lines(result), year), inputs=_money_inputs(result, year)
    )


def _in_train(result: Result, year: str) -> Step:
    (line,) = _lines(result, [IN_TRAIN], year)
    return Step(f"in_train_at_{result.scenario.in_train}", line.value, inputs=line.inputs)


def _balance(result: Result, year: str) -> Step:
    """What the target needs beyond what is found; where the year has no target of its own, the last year's by profile."""
    place, target = _place(result, year), result.target
    value = float(result.to_be_identified[place])
    if not result.scenario.tie_to_target:
        return Step("not_tied_to_its_target", value)
    if np.isfinite(target[place]):
        return _target_less_found(result, year, value)
    last = result.years[-1]
    profile = float(result.found[place] / result.found[-1]) if result.found[-1] else 0.0
    parts = (
        _target_less_found(result, last, float(result.to_be_identified[-1])),
        Step("profile_of_what_is_found", profile, "factor"),
    )
    return Step("balance_by_profile", value, parts=parts, how="product")


def _target_less_found(result: Result, year: str, value: float) -> Step:
    aim = f"targets.{result.scenario.target}.{year}"
    target = Step("target", float(result.target[_place(result, year)]), inputs=(aim, "scenario.target"))
    *found, _ = _names_of_lines(result)
    return Step("target_less_found", value, parts=(target, *_lines(result, found, year, -1.0)))


def _of_a_priority(result: Result, question: Question) -> Step:
    """A Shapley share: gross less running cost and what is spent again, with whom it acts on and at what prices beside it."""
    place, year = _place(result, question.period), question.period
    lever = next(lever for lever in result.scenario.levers if lever.name == question.subject)
    share = whose_saving(result.authority, result.scenario)[lever.name]
    parts = (
        _gross(result, lever, year, float(share.gross[place])),
        _running(result, lever, year, -float(share.running[place])),
        Step("reinvested", -float(share.reinvested[place])),
    )
    beside = (
        Step("alone", float(share.alone[place])),
        Step("last_in", float(share.last_in[place])),
        *_actions(result, lever, year),
    )
    net = float(share.net[place])
    inputs = (*_inputs_of(lever), *_children_inputs(result, _fy(result, year) + 1))
    return Step("shapley_share", net, parts=parts, beside=beside, inputs=inputs)


def _gross(result: Result, lever: Lever, year: str, value: float) -> Step:
    """Spending that is not made, by setting: fewer children at the price without the programme, and a lower price for the rest."""
    levers, fy = result.scenario.levers, _fy(result, year)
    chosen = np.array([each.intensity for each in levers])
    subsets = np.array(list(product((0.0, 1.0), repeat=len(levers))))
    weights = shapley_weights(subsets)[:, levers.index(lever)]
    simulation = simulate(result.authority, levers, subsets * chosen)
    average = in_financial_years(simulation.by_setting)[:, fy]
    price = _prices(result, simulation)[:, fy]
    fewer, cheaper = weights @ (average[0] - average), weights @ (average * (price[0] - price))
    empty = float(weights @ (simulation.spend.empty_places[0, fy] - simulation.spend.empty_places[:, fy]))
    settings = (
        _less_in(result, year, place, float(fewer[place]), float(cheaper[place])) for place in range(len(SETTINGS))
    )
    steps = (*settings, Step("empty_places", empty, inputs=("empty_place",)))
    shown = tuple(step for step in steps if abs(step.value) >= _LEAST)
    small = tuple(step for step in steps if 0.0 < abs(step.value) < _LEAST)
    inputs = tuple(name for step in small for part in step.walk() for name in part.inputs)
    rest = Step("other_settings", sum(step.value for step in small), inputs=inputs)
    return Step("gross", value, parts=(*shown, rest) if small else shown)


def _less_in(result: Result, year: str, setting: int, fewer: float, cheaper: float) -> Step:
    """What is not spent in one setting; children are averages over the financial year."""
    price = _price(result, year, setting, 0)
    volume = Step(
        "fewer_children", fewer * price.value, parts=(Step("children", fewer, "children"), price), how="product"
    )
    parts = (volume, Step("lower_price", cheaper)) if cheaper else (volume,)
    return Step(f"setting.{list(SETTINGS)[setting]}", volume.value + cheaper, parts=parts)


def _running(result: Result, lever: Lever, year: str, value: float) -> Step:
    """Cost to run: the yearly cost at full effect, times the intensity, the part of the year it runs and the price level."""
    chosen = np.array([[each.intensity for each in result.scenario.levers]])
    level = result.authority.council.money.general_level
    here = _fy(result, year)
    risen = float(level[here] / level[_fy(result, result.years[0])])
    cost = float(
        running(result.authority, result.scenario.levers, chosen)[0, here, result.scenario.levers.index(lever)]
    )
    full = lever.running_cost.value * lever.intensity * risen
    parts = (
        Step("running_cost", -lever.running_cost.value, inputs=(f"{PRIORITIES}.{lever.name}.running_cost",)),
        Step("intensity", lever.intensity, "share"),
        Step("part_of_the_year", cost / full if full else 0.0, "share"),
        Step("general_inflation", risen, "factor", inputs=("general_inflation",)),
    )
    return Step("running", value, parts=parts, how="product")


def _actions(result: Result, lever: Lever, year: str) -> Iterator[Step]:
    """Each action of a priority: its strength in the calendar year that the financial year opens in, and the children reached."""
    here, place = _fy(result, year), result.scenario.levers.index(lever)
    its_own = [column for column, force in enumerate(result.simulation.forces) if force.lever == place]
    for number, column in enumerate(its_own):
        yield _strength(result, lever, number, here, column)


def _strength(result: Result, lever: Lever, number: int, here: int, column: int) -> Step:
    force = result.simulation.forces[column]
    strength = float(force.strength[SCENARIO, here])
    unit: Unit = "places" if isinstance(force.action, Places) else "share"
    reached = [float(flow.children[SCENARIO, column]) for flow in result.simulation.flows[: here + 1]]
    children = (Step("children_so_far", sum(reached), "children"), Step("children_this_year", reached[-1], "children"))
    full, names = _full_effect(force.action, f"{PRIORITIES}.{lever.name}.actions.{number}")
    asked_for = lever.intensity * full
    parts = (
        Step("intensity", lever.intensity, "share"),
        Step("full_effect", full, unit),
        Step("phase", strength / asked_for if asked_for else 0.0, "share"),
    )
    return Step(
        "action",
        strength,
        unit,
        parts=parts if asked_for else (),
        how="product",
        beside=children if any(reached) else (),
        inputs=names,
        action=force.action,
    )


def _full_effect(action: Action, at: str) -> tuple[float, tuple[str, ...]]:
    """What an action does at full intensity once it is in full force, and where that is said."""
    if isinstance(action, Places):
        last = max(action.by_nth_september)
        names = tuple(f"{at}.by_nth_september.{nth}" for nth in action.by_nth_september)
        return action.by_nth_september[last].value, names
    return action.share.value, (f"{at}.share",)


# ---- Prices and spend


def _prices(result: Result, simulation: Simulation) -> FloatArray:
    """£ a child a year, (draw, fy, setting), as the engine costs them."""
    money, shape = result.authority.council.money, simulation.spend.placements.shape
    index = price_index(result.authority)[:, None]
    return money.unit_cost * money.inflation * index * price_factor(simulation.forces, shape)


def _price(result: Result, year: str, setting: int, draw: int) -> Step:
    """A price: unit cost, times inflation since its price base, times the calibrated index, times what priorities leave of it."""
    money, here, name = result.authority.council.money, _fy(result, year), list(SETTINGS)[setting]
    left = price_factor(result.simulation.forces, result.simulation.spend.placements.shape)[draw, here, setting]
    parts = [
        Step("unit_cost", float(money.unit_cost[setting]), inputs=(f"unit_cost.{name}",)),
        Step("inflation", float(money.inflation[here, setting]), "factor", inputs=(f"inflation.{name}",)),
        Step(
            "price_index",
            float(price_index(result.authority)[here]),
            "factor",
            inputs=(f"calibration.price_index.{year}",),
        ),
    ]
    if left != 1.0:
        parts.append(Step("left_by_priorities", float(left), "factor"))
    return Step("price", float(np.prod([part.value for part in parts])), parts=tuple(parts), how="product")


def _average(result: Result, year: str, setting: int, draw: int) -> Step:
    """Average children over a financial year: 5/12 of the census before it and 7/12 of the one within it."""
    here, counts = _fy(result, year), result.simulation.by_setting[draw, :, setting]
    weights, januaries = census_weights(), result.authority.januaries
    parts = tuple(
        Step(
            f"january_{januaries[here + later]}",
            weight * float(counts[here + later]),
            "children",
            parts=(Step("weight", weight, "factor"), Step("children", float(counts[here + later]), "children")),
            how="product",
        )
        for later, weight in enumerate(weights)
    )
    return Step("average_children", sum(part.value for part in parts), "children", parts=parts)


def _spend(result: Result, question: Question) -> Step:
    year = question.period
    if question.subject != TOTAL:
        placed = _placements(result, year, setting_index(question.subject), SCENARIO)
        return Step(
            "spend",
            placed.value,
            parts=placed.parts,
            how="product",
            inputs=_children_inputs(result, _fy(result, year) + 1),
        )
    parts = _all_spend(result, year, SCENARIO)
    value = float(result.simulation.spend.total[SCENARIO, _fy(result, year)])
    return Step("spend", value, parts=parts, inputs=_children_inputs(result, _fy(result, year) + 1))


def _placements(result: Result, year: str, setting: int, draw: int) -> Step:
    value = float(result.simulation.spend.placements[draw, _fy(result, year), setting])
    parts = (_average(result, year, setting, draw), _price(result, year, setting, draw))
    return Step(f"setting.{list(SETTINGS)[setting]}", value, parts=parts, how="product")


def _all_spend(result: Result, year: str, draw: int) -> tuple[Step, ...]:
    here, spend, money = _fy(result, year), result.simulation.spend, result.authority.council.money
    empty, price = float(spend.empty_places[draw, here]), float(money.empty_place)
    places = empty / price if price else 0.0
    made_of = (Step("places", places, "places"), Step("empty_place", price, inputs=("empty_place",)))
    return (
        *(_placements(result, year, setting, draw) for setting in range(len(SETTINGS))),
        Step("empty_places", empty, parts=made_of, how="product"),
        Step("services", float(spend.services[here]), inputs=("services", "general_inflation")),
    )


def _money_inputs(result: Result, year: str) -> tuple[str, ...]:
    """Every price of a year, and what the children rest on."""
    kinds = ("unit_cost", "inflation")
    prices = tuple(f"{kind}.{setting}" for setting in SETTINGS for kind in kinds)
    index = f"calibration.price_index.{year}"
    return (*prices, index, "general_inflation", "empty_place", *_children_inputs(result, _fy(result, year) + 1))


# ---- Gaps and deficits


def _gap_before(result: Result, question: Question) -> Step:
    year = question.period
    forecast = float(result.authority.council.money.income[_fy(result, year)])
    beyond = float(result.income[_place(result, year)]) - forecast
    income = [Step("income", -forecast, inputs=(f"income.{year}",))]
    if beyond:
        income.append(Step("income_beyond_forecast", -beyond, inputs=("scenario.income",)))
    published = result.authority.council.forecast.gap_before[_place(result, year)]
    return Step(
        "gap_before",
        float(result.gap_before[_place(result, year)]),
        parts=(*_all_spend(result, year, 0), *income),
        beside=(Step("published_gap", float(published), inputs=(f"forecast.annual_gap_before_mitigations.{year}",)),),
        inputs=_children_inputs(result, _fy(result, year) + 1),
    )


def _gap_after(result: Result, question: Question) -> Step:
    year = question.period
    value = float(result.gap_after[_place(result, year)])
    lines = _lines(result, _names_of_lines(result), year, -1.0)
    return Step("gap_after", value, parts=(_gap_in(result, year), *lines))


def _gap_in(result: Result, year: str) -> Step:
    inputs = (*_money_inputs(result, year), f"income.{year}", "services")
    return Step("gap_before", float(result.gap_before[_place(result, year)]), inputs=inputs)


def _deficit(result: Result, question: Question) -> Step:
    """Deficit brought forward, less any grant, and the gaps left to the council in each year up to this one."""
    case, money, council = question.subject, result.authority.council.money, result.authority.council
    brought = tuple(
        Step(f"brought_forward_{origin}", amount, inputs=(f"forecast.deficit_brought_forward_{origin}",))
        for origin, amount in council.forecast.brought_forward.items()
    )
    parts = [Step("brought_forward", money.brought_forward, parts=brought)]
    if case != "as_published":
        granted = -money.brought_forward * float(money.stability_grant)
        parts.append(Step("grant", granted, inputs=("stability_grant",)))
    for place, year in enumerate(result.years[: _place(result, question.period) + 1]):
        left = case != "grant_and_new_deficits_leave" or year < money.relief_from
        parts.append(
            _gap_kept(result, place, year)
            if left
            else Step(f"gap_leaves_{year}", 0.0, inputs=("new_deficits_leave_from",))
        )
    value = float(result.deficit[case][_place(result, question.period)])
    return Step(case, value, parts=tuple(parts))


def _gap_kept(result: Result, place: int, year: str) -> Step:
    parts = (_gap_in(result, year), Step("saving", -float(result.saving[place])))
    return Step(f"gap_after_{year}", float(result.gap_after[place]), parts=parts)


# ---- Children


def _plans(result: Result, question: Question) -> Step:
    """Children at a census: those at the base one, and what each year since has added or taken."""
    here, base = result.authority.januaries.index(int(question.period)), result.authority.council.base_january
    total = question.subject == TOTAL
    simulation = result.simulation
    counts = simulation.total if total else simulation.by_setting[..., setting_index(question.subject)]
    first = Step(
        f"january_{base}", float(counts[SCENARIO, 0]), "children", inputs=(f"census.{base}.{question.subject}",)
    )
    years = (_a_year(result, counts[SCENARIO], step, total) for step in range(here))
    doing_nothing = float(counts[0, here])
    beside = (
        Step("doing_nothing", doing_nothing, "children"),
        Step("programme", float(counts[SCENARIO, here]) - doing_nothing, "children"),
    )
    return Step(
        "plans", float(counts[SCENARIO, here]), "children", parts=(first, *years), beside=beside,
        inputs=_children_inputs(result, here)[1:],
    )  # fmt: skip


def _a_year(result: Result, counts: FloatArray, step: int, total: bool) -> Step:
    """The change from one census to the next; for all children, by who came and who went."""
    flow, opens = result.simulation.flows[step], result.authority.januaries[step]
    index = f"calibration.new_plans_index.{opens}"
    parts = (
        Step("new_plans", float(flow.new_plans[SCENARIO]), "children", inputs=("new_plans", index)),
        Step("transfers", float(flow.transfers[SCENARIO]), "children", inputs=("flows",)),
        Step("ceased", -float(flow.ceased[SCENARIO]), "children", inputs=("ceased_plans_by_setting",)),
        Step("aged_out", -float(flow.aged_out[SCENARIO]), "children"),
    )
    change = float(counts[step + 1] - counts[step])
    return Step(f"change_{opens}", change, "children", parts=parts if total else ())
