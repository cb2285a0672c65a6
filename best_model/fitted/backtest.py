"""How well would it have done? The model fitted to what was known at an earlier January, held against what came.

Before January 2024 plans are published by setting and not by age, so what is tested is the model's own year without its age
axis: cease, move, join with net transfers. No capacity was published, so no setting is taken to be full; and the share of
those awaiting a place who are placed within a year is left out, because it was judged from later censuses.

One rule for new plans, taken from the model and not from its errors (where nothing else is known its yearly index is 1):
as many as in the last year before the census, in the same first settings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from best_model.fitted.fit import cohort_moves
from best_model.model.history import History
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal

SHORTEST_WINDOW = 2
"""Censuses that a fit, or a rate of growth, cannot do without."""

_TEST_YEARS = 2


@dataclass(frozen=True)
class Rates:
    """A year as last seen at a census, without ages; children by setting.

    `stock` and `cease` (setting,), the latter a share; `moves` (from, to), rows summing to 1; `joins` and `transfers`
    (setting,), children a year.
    """

    stock: FloatArray
    cease: FloatArray
    moves: FloatArray
    joins: FloatArray
    transfers: FloatArray


@dataclass(frozen=True)
class Trial:
    """Forecasts made at the census of `origin` for every later one; every array is (target, setting), children.

    `forecasts` has the key of each rule in `RULES`. `new_plans_known` is the model again, once told how many new plans
    there would be: hindsight, to say where an error came from, and never a forecast.
    """

    origin: int
    targets: tuple[int, ...]
    actual: FloatArray
    forecasts: Mapping[str, FloatArray]
    new_plans_known: FloatArray

    def total(self, rule: str) -> FloatArray:
        """Plans forecast in all (target,)."""
        return self.forecasts[rule].sum(axis=1)

    def total_error(self, rule: str) -> FloatArray:
        """Forecast less actual, in all (target,)."""
        return self.total(rule) - self.actual.sum(axis=1)

    def error_from_new_plans(self) -> FloatArray:
        """The part of the model's total error (target,) that is new plans being other than assumed; the rest is who left."""
        return self.total("model") - self.new_plans_known.sum(axis=1)


@dataclass(frozen=True)
class BackTest:
    """Every trial that a history allows, earliest first."""

    history: History
    trials: tuple[Trial, ...]

    @property
    def main(self) -> Trial:
        """The trial that is reported in full: the last that has two years to be held against, if any has."""
        long_enough = [each for each in self.trials if len(each.targets) >= _TEST_YEARS]
        return (long_enough or [*self.trials])[-1]


def fitted_rates(history: History) -> Rates:
    """Rates of the last year of a history, as the model reads them off its two last censuses."""
    before, after, joins = history.stock[-2], history.stock[-1], history.new_plans[-1]
    ceased = _ceased(history)
    cease = np.divide(ceased, before, out=np.zeros_like(before), where=before > 0)
    moves = cohort_moves(before - ceased, np.maximum(after - joins, 0.0), history.move_cost, placed=0.0)
    return Rates(after, cease, moves, joins, _arrivals(history) * after / after.sum())


def _ceased(history: History) -> FloatArray:
    """Plans ceased in the last year (setting,), from the best that was published.

    By setting; else the total, alike in every setting; else what stock and new plans imply, and then transfers are in it.
    """
    before, by_setting, total = history.stock[-2], history.ceased_by_setting[-1], history.ceased[-1]
    if np.isfinite(by_setting).all():
        return np.minimum(by_setting, before)
    left = total if np.isfinite(total) else max(history.net_leaving()[-1], 0.0)
    return left * before / before.sum()


def _arrivals(history: History) -> float:
    """Net transfers in a year: the mean of the years that show them; until one does, arrivals only if all leaving is made up."""
    if np.isfinite(history.ceased[-1]):
        return float(history.net_transfers().mean())
    return float(max(-history.net_leaving()[-1], 0.0))


def carried(rates: Rates, new_plans: FloatArray) -> FloatArray:
    """Children at each census to come (target, setting), given the `new_plans` (target, setting) of the year before it."""
    stock, censuses = rates.stock, []
    for joins in new_plans:
        stock = (stock * (1.0 - rates.cease)) @ rates.moves + joins + rates.transfers
        censuses.append(stock)
    return np.stack(censuses)


def model(history: History, years: int) -> FloatArray:
    """The model's forecast (target, setting): the rates of the last year, and its new plans, in each of `years` to come."""
    rates = fitted_rates(history)
    return carried(rates, np.repeat(rates.joins[None], years, axis=0))


def last_growth_rate(history: History, years: int) -> FloatArray:
    """Naive: every setting grows on as it did in the last year, scaled to a total that does so too.

    A setting that was empty the year before stays as it is. Unscaled, one that grew from 28 to 288 would soon hold everyone.
    """
    before, last = history.stock[-2], history.stock[-1]
    growth = np.divide(last, before, out=np.ones_like(last), where=before > 0)
    grown = last * growth ** _ahead(years)
    return grown / grown.sum(axis=1, keepdims=True) * _total_growing_on(history, years)


def constant_share(history: History, years: int) -> FloatArray:
    """Naive: the total grows on as it did in the last year, and every setting keeps its share of it."""
    return history.stock[-1] / history.total[-1] * _total_growing_on(history, years)


def _total_growing_on(history: History, years: int) -> FloatArray:
    """The total at each census to come (target, 1), at its last yearly rate of growth."""
    return history.total[-1] * (history.total[-1] / history.total[-2]) ** _ahead(years)


def _ahead(years: int) -> FloatArray:
    return np.arange(1.0, years + 1)[:, None]


RULES: Mapping[str, Callable[[History, int], FloatArray]] = {
    "model": model,
    "last_growth_rate": last_growth_rate,
    "constant_share": constant_share,
}
"""The model and the two naive rules it is held against. These have one total, the harder one to beat, and two placement mixes."""

NAIVE = tuple(rule for rule in RULES if rule != "model")


def back_test(history: History) -> BackTest:
    """A trial from every January that has `SHORTEST_WINDOW` censuses up to it and at least one after it."""
    origins = history.januaries[SHORTEST_WINDOW - 1 : -1]
    if not origins:
        raise Refusal(
            f"census.csv: a back-test needs {SHORTEST_WINDOW + 1} Januaries and there are {len(history.januaries)}"
        )
    return BackTest(history, tuple(trial(history, origin) for origin in origins))


def trial(history: History, origin: int) -> Trial:
    """Forecasts from what was known at `origin`, beside what came. The rules see `known` and nothing else."""
    known = history.up_to(origin)
    first = len(known.januaries)
    targets = history.januaries[first:]
    return Trial(
        origin=origin,
        targets=targets,
        actual=history.stock[first:],
        forecasts={name: rule(known, len(targets)) for name, rule in RULES.items()},
        new_plans_known=carried(fitted_rates(known), history.new_plans[first - 1 :]),
    )


def one_year_ahead(trials: tuple[Trial, ...]) -> tuple[Trial, ...]:
    """The trials with nothing beyond their first target."""
    return tuple(
        replace(
            each,
            targets=each.targets[:1],
            actual=each.actual[:1],
            forecasts={rule: forecast[:1] for rule, forecast in each.forecasts.items()},
            new_plans_known=each.new_plans_known[:1],
        )
        for each in trials
    )


def mean_absolute_error(trials: tuple[Trial, ...], rule: str) -> float:
    """Mean distance between forecast and actual total, children, over every target of every trial."""
    return float(np.abs(np.concatenate([each.total_error(rule) for each in trials])).mean())


def mean_absolute_error_by_setting(trials: tuple[Trial, ...], rule: str) -> FloatArray:
    """The same for each setting on its own (setting,)."""
    return np.abs(np.concatenate([each.forecasts[rule] - each.actual for each in trials])).mean(axis=0)


def beats_both(trials: tuple[Trial, ...]) -> bool:
    """Whether the model's mean absolute error on the total is below that of each naive rule."""
    own = mean_absolute_error(trials, "model")
    return all(own < mean_absolute_error(trials, rule) for rule in NAIVE)


def error_width(trials: tuple[Trial, ...], rule: str = "model") -> FloatArray:
    """Root mean square error of the total as a share of what it was, by years ahead (horizon,)."""
    shares = [each.total_error(rule) / each.actual.sum(axis=1) for each in trials]
    return np.array([np.sqrt(np.mean(np.square(errors))) for errors in _by_years_ahead(shares)])


def trials_by_years_ahead(trials: tuple[Trial, ...]) -> list[int]:
    """How many trials reach each number of years ahead, from one."""
    return [len(errors) for errors in _by_years_ahead([each.total_error("model") for each in trials])]


def _by_years_ahead(errors: list[FloatArray]) -> list[list[float]]:
    furthest = max(map(len, errors))
    return [[float(each[ahead]) for each in errors if len(each) > ahead] for ahead in range(furthest)]
