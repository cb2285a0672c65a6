"""Councils that do not exist, to try many at once: the shipped one with every amount and every child times a factor."""

from dataclasses import replace

from best_model.fitted.fit import prepare
from best_model.model.authority import Authority, Council, Forecast, Published
from best_model.model.figures import Figures, rebuilt
from best_model.model.scenario import Assumption, Lever, Places, Scenario

AMOUNTS = ("capacity.", "income.", "in_train.")
"""Assumptions that are of a whole council: places and £. The others are of a child, a share or a year."""


def invented_council(real: Authority, factor: float) -> Authority:
    """A council so many times as large as a real one, and otherwise the same, under a name that says so."""
    council = _times(real.council, factor)
    return prepare(rebuilt(council, _figures_times(real.council.assumptions, factor)))


def invented_scenario(real: Scenario, factor: float) -> Scenario:
    """The same plan for it: places and running costs so many times as large."""
    return real.model_copy(update={"levers": tuple(_lever_times(lever, factor) for lever in real.levers)})


def _times(council: Council, factor: float) -> Council:
    facts = council.facts
    return replace(
        council,
        name=f"invented_{round(100 * factor)}",
        title=f"Invented council ({factor:.2f} of {council.title})",
        published=_published_times(council.published, factor),
        forecast=_forecast_times(council.forecast, factor),
        targets={name: factor * amounts for name, amounts in council.targets.items()},
        facts=replace(
            facts,
            services=tuple((factor * amount, year) for amount, year in facts.services),
            brought_forward=factor * facts.brought_forward,
        ),
        transfers_a_year=factor * council.transfers_a_year,
    )


def _published_times(published: Published, factor: float) -> Published:
    held = {"open_age", "move_cost"}
    return replace(published, **{name: factor * each for name, each in vars(published).items() if name not in held})


def _forecast_times(forecast: Forecast, factor: float) -> Forecast:
    lines = {
        name: factor * getattr(forecast, name) for name in ("gap_before", "mitigations", "gap_after", "cumulative")
    }
    brought_forward = {year: factor * amount for year, amount in forecast.brought_forward.items()}
    return replace(forecast, **lines, brought_forward=brought_forward)


def _figures_times(figures: Figures, factor: float) -> Figures:
    return {name: _figure_times(each, factor) if name.startswith(AMOUNTS) else each for name, each in figures.items()}


def _figure_times(figure: Assumption, factor: float) -> Assumption:
    ends = {end: factor * getattr(figure, end) for end in ("low", "value", "high")}
    return Assumption.model_validate({**figure.__dict__, **ends})


def _lever_times(lever: Lever, factor: float) -> Lever:
    actions = tuple(_places_times(each, factor) if isinstance(each, Places) else each for each in lever.actions)
    running_cost = _figure_times(lever.running_cost, factor)
    return lever.model_copy(update={"actions": actions, "running_cost": running_cost})


def _places_times(places: Places, factor: float) -> Places:
    by_september = {nth: _figure_times(each, factor) for nth, each in places.by_nth_september.items()}
    return places.model_copy(update={"by_nth_september": by_september})
