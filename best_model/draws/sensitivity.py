"""What one assumption is worth: the saving with one figure changed, and which figure alone would change the answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
from pydantic import ValidationError

from best_model.fitted.fit import prepare
from best_model.model.authority import Authority
from best_model.model.engine import in_year_gap, reaches, savings, simulate
from best_model.model.figures import rebuilt
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, Lever, Scenario

PRIORITIES = "priorities"
_PRIOR, _CALIBRATED = "new_plans_index", "calibration.new_plans_index"
_POUND, _RATE = 1.0, "a year"
_FITTED = {"awaiting_are_placed"}
_ELSEWHERE = {
    "calibration_spread": "it says how far calibration may move a series, and calibration is held",
    "stability_grant": "it changes who meets the deficit, not what is saved",
    "income": "income is the same with the programme and without it",
    "finance": "it stands beside the saving, in transport, capital, real terms or what schools give up",
    "cost_each": "capital is not charged to the High Needs Block",
}


@dataclass(frozen=True)
class Swing:
    """What the range of one assumption is worth to the saving found in the last year (identified and in train), £ nominal.

    A figure given by year is one assumption, moved in all its years at once: `name` is what `figures` have in common. `no_effect`
    says why nothing follows where that is by design.
    """

    name: str
    figures: tuple[str, ...]
    central: float
    at_low: float
    at_high: float
    no_effect: str = ""

    @property
    def low(self) -> float:
        """Change of the saving when the assumption is at its low, to the penny."""
        return round(self.at_low - self.central, 2)

    @property
    def high(self) -> float:
        """Change of the saving when the assumption is at its high, to the penny."""
        return round(self.at_high - self.central, 2)

    @property
    def size(self) -> float:
        """The larger of the two changes, without its sign."""
        return max(abs(self.low), abs(self.high))

    def flips(self, target: float) -> bool:
        """Whether the low or the high changes whether the saving found meets `target`, £, to the pound."""
        met = reaches(self.central, target)
        return bool(reaches(self.at_low, target) != met or reaches(self.at_high, target) != met)


# ---- One figure changed


def varied(authority: Authority, scenario: Scenario, name: str, value: float) -> tuple[Authority, Scenario]:
    """The council and the scenario with one assumption at another value, and all that follows from it.

    `name` is a key of `figures_of`. Calibration is held; the prior of new plans moves the calibrated index by the same factor. An
    intensity that stands at a priority's evidence follows it; one that a plan has chosen does not. Raises `Refusal` for a name
    that is not known and for a value that the figure cannot have.
    """
    return varied_together(authority, scenario, {name: value})


def varied_together(
    authority: Authority, scenario: Scenario, values: Mapping[str, float]
) -> tuple[Authority, Scenario]:
    """The same with several assumptions changed at once."""
    _are_known(values, figures_of(authority, scenario))
    return _varied(authority, scenario, values)


def figures_of(authority: Authority, scenario: Scenario) -> dict[str, Assumption]:
    """Every assumption by its dotted name: those of the council, and those of the priorities as `priorities.…`."""
    levers = {f"{PRIORITIES}.{name}": figure for lever in scenario.levers for name, figure in lever.figures.items()}
    return {**authority.council.assumptions, **levers}


def _are_known(values: Mapping[str, float], known: Mapping[str, Assumption]) -> None:
    for name, value in values.items():
        if name not in known:
            raise Refusal(f"{name}: there is no such assumption; {_nearest(name, known)}")
        if not np.isfinite(value):
            raise Refusal(f"{name}: it is {value}; it must be a finite number")
        if value < 0 <= known[name].low and known[name].unit != _RATE:
            raise Refusal(f"{name}: it is {value:g} {known[name].unit}; it must be nought or more")
        if value > 1 and known[name].unit.startswith("share"):
            raise Refusal(f"{name}: it is {value:g}; it is a share and must be at most 1")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known)
    return f"the nearest are {', '.join(near)}" if near else "docs/assumptions.md lists them all"


def _varied(authority: Authority, scenario: Scenario, values: Mapping[str, float]) -> tuple[Authority, Scenario]:
    """A council and a scenario with changed figures, whose names are known."""
    theirs = f"{PRIORITIES}."
    levers = {name.removeprefix(theirs): value for name, value in values.items() if name.startswith(theirs)}
    council = {name: value for name, value in values.items() if not name.startswith(theirs)}
    return _with_figures(authority, council), _with_effects(scenario, levers)


def _with_figures(authority: Authority, values: Mapping[str, float]) -> Authority:
    if not values:
        return authority
    before = authority.council.assumptions
    council = rebuilt(authority.council, {**before, **_changed(before, {**_behind(before, values), **values})})
    return prepare(council) if _FITTED & set(values) else replace(authority, council=council)


def _behind(before: Mapping[str, Assumption], values: Mapping[str, float]) -> dict[str, float]:
    """Calibrated indices of new plans that move with their priors."""
    priors = {name: value for name, value in values.items() if name.startswith(f"{_PRIOR}.")}
    return {
        f"calibration.{name}": before[f"calibration.{name}"].value * value / before[name].value
        for name, value in priors.items()
    }


def _changed(before: Mapping[str, Assumption], values: Mapping[str, float]) -> dict[str, Assumption]:
    return {
        name: Assumption.model_validate({**before[name].__dict__, **_reaching(before[name].__dict__, value)})
        for name, value in values.items()
    }


def _reaching(figure: Mapping[str, Any], value: float) -> dict[str, float]:
    """A value, and a range that reaches as far."""
    return {"value": value, "low": min(figure["low"], value), "high": max(figure["high"], value)}


def _with_effects(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    changed = {place.partition(".")[0] for place in values}
    levers = (
        _lever_with(lever, {place: value for place, value in values.items() if place.startswith(f"{lever.name}.")})
        if lever.name in changed
        else lever
        for lever in scenario.levers
    )
    return scenario.model_copy(update={"levers": tuple(levers)})


def _lever_with(lever: Lever, values: Mapping[str, float]) -> Lever:
    said = lever.model_dump()
    for place, value in values.items():
        figure = _inside(said, place.split(".")[1:])
        figure.update(_reaching(figure, value))
    if follows_its_evidence(lever):
        said["intensity"] = said["evidence"]["value"]
    try:
        return Lever.model_validate(said)
    except ValidationError as error:
        place, value = next(iter(values.items()))
        raise Refusal(f"{PRIORITIES}.{place} is {value:g}; {error.errors()[0]['msg']}") from error


def _inside(said: Any, way: Iterable[str]) -> dict[str, Any]:
    """The figure at the end of a way through mappings, lists and numbered entries."""
    for part in way:
        said = said[part if part in said else int(part)] if isinstance(said, dict) else said[int(part)]
    return said


def follows_its_evidence(lever: Lever) -> bool:
    """Whether a scenario takes a priority's intensity from its central evidence, and has not chosen it."""
    return lever.intensity == lever.evidence.value


# ---- One at a time


def one_at_a_time(authority: Authority, scenario: Scenario) -> tuple[Swing, ...]:
    """The swing of every assumption from its low to its high, all others held, the largest first; calibration is held.

    A figure given by year moves in all its years at once. The prior of new plans stands with its calibrated index.
    """
    figures = figures_of(authority, scenario)
    together: dict[str, list[str]] = {}
    for name in figures:
        together.setdefault(assumption_of(name), []).append(name)
    central = found(authority, scenario)
    swings = [
        _swing(authority, scenario, name, {each: figures[each] for each in names}, central)
        for name, names in together.items()
    ]
    return tuple(sorted(swings, key=lambda swing: -swing.size))


def assumption_of(name: str) -> str:
    """The assumption that a figure is part of: a series by year (or by nth September) is one, and so are an index and its prior.

    >>> assumption_of("in_train.2029/30"), assumption_of("unit_cost.inmss"), assumption_of("new_plans_index.2027")
    ('in_train', 'unit_cost.inmss', 'calibration.new_plans_index')
    """
    stem, _, last = name.rpartition(".")
    series = stem if last[:1].isdigit() else name
    return _CALIBRATED if series == _PRIOR else series


def _swing(
    authority: Authority, scenario: Scenario, name: str, figures: Mapping[str, Assumption], central: float
) -> Swing:
    reason = why_no_effect(scenario, name)
    if reason:
        return Swing(name, tuple(figures), central, central, central, reason)
    at_low, at_high = (found(*_varied(authority, scenario, _ends(figures, figures, high))) for high in (False, True))
    swing = Swing(name, tuple(figures), central, at_low, at_high)
    return swing if swing.size >= _POUND else replace(swing, no_effect="its range moves the saving by less than £1")


def found(authority: Authority, scenario: Scenario) -> float:
    """Saving in the last year that something is behind, identified and in train, £ nominal."""
    chosen = np.array([[lever.intensity for lever in scenario.levers]])
    identified = savings(authority, scenario.levers, chosen).net[0, -1]
    return float(identified + authority.council.in_train[scenario.in_train][-1])


def gap_moved(authority: Authority, scenario: Scenario, swing: Swing, high: bool) -> float:
    """How much wider the gap before any saving is in the last year, £, with an assumption at its high or else at its low."""
    figures = figures_of(authority, scenario)
    moved, _ = _varied(authority, scenario, _ends(swing.figures, figures, high))
    before, after = (in_year_gap(one, simulate(one, (), np.zeros((1, 0))))[0, -1] for one in (authority, moved))
    return float(after - before)


def _ends(names: Iterable[str], figures: Mapping[str, Assumption], high: bool) -> dict[str, float]:
    """The low or the high of each figure that is moved; a prior moves with its index."""
    moving = [name for name in names if not name.startswith(f"{_PRIOR}.")]
    return {name: figures[name].high if high else figures[name].low for name in moving}


def why_no_effect(scenario: Scenario, name: str) -> str:
    """Why an assumption has, by design, no effect on the saving found, or nothing where it has one."""
    parts = name.split(".")
    for part in (parts[0], parts[-1]):
        if part in _ELSEWHERE:
            return _ELSEWHERE[part]
    if parts[0] == "in_train" and scenario.in_train != "central":
        return f"the scenario takes what is in train at {scenario.in_train}"
    if parts[0] != PRIORITIES:
        return ""
    return _why_of_a_lever(next(lever for lever in scenario.levers if lever.name == parts[1]), parts[2])


def _why_of_a_lever(lever: Lever, part: str) -> str:
    if lever.intensity == 0.0 and not (part == "evidence" and follows_its_evidence(lever)):
        return "the scenario leaves this priority out"
    if part == "evidence" and not follows_its_evidence(lever):
        return "the scenario has chosen its own intensity"
    if lever.reinvested == 1.0 and part != "running_cost":
        return "all that this priority adds to the saving is spent again"
    return ""


def that_change_the_answer(swings: Iterable[Swing], target: float) -> tuple[Swing, ...]:
    """Those assumptions that alone, at their low or their high, change whether the saving found meets `target`, £."""
    return tuple(swing for swing in swings if swing.flips(target))
