"""How well would the model have forecast the years already known: errors of every trial, by year, by setting, by how far ahead."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from best_model.fitted.backtest import (
    NAIVE,
    RULES,
    SHORTEST_WINDOW,
    BackTest,
    Trial,
    beats_both,
    error_width,
    mean_absolute_error,
    mean_absolute_error_by_setting,
    one_year_ahead,
    trials_by_years_ahead,
)
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS, setting_index
from best_model.questions.small_counts import counted, what_is_hidden
from best_model.table import NOT_APPLICABLE, ROUNDED, Column, Pair, Row, Table, Unit, listed, modelled, under

_RULES = {"model": "The model", "last_growth_rate": "Last growth rate", "constant_share": "Constant share"}
_KNOWN = NOT_APPLICABLE("known")


# ---- What sentences need


class Errors(NamedTuple):
    """Plans out on average over some trials, and a setting on average: the model's, and that of the simple rule nearest to the truth.

    `better`: whether the model is nearer on the total than both rules. `forecasts`: of how many Januaries.
    """

    model: float
    naive: float
    by_setting: float
    naive_by_setting: float
    better: bool
    forecasts: int


def errors(trials: tuple[Trial, ...]) -> Errors:
    """How far out the model is over some trials, and how far simple growth is; by setting the rule is that the mix stays as it was."""
    own, mix = (float(mean_absolute_error_by_setting(trials, rule).mean()) for rule in ("model", "constant_share"))
    naive = min(mean_absolute_error(trials, rule) for rule in NAIVE)
    forecasts = sum(len(each.targets) for each in trials)
    return Errors(mean_absolute_error(trials, "model"), naive, own, mix, beats_both(trials), forecasts)


def errors_a_year_ahead(trials: tuple[Trial, ...]) -> Errors:
    """The same of each trial's first year alone."""
    return errors(one_year_ahead(trials))


def knows_the_mix(test: BackTest) -> str:
    """Whether the model places children better than leaving the mix as it was: `no`, `unsure` or `yes`, by the main trial and by all."""
    each = (errors((test.main,)), errors(test.trials))
    return ("no", "unsure", "yes")[sum(found.by_setting < found.naive_by_setting for found in each)]


class Missed(NamedTuple):
    """A January of the main trial: plans out in all, from new plans and from who left; new plans that came, and growth before it."""

    january: int
    total: float
    from_new_plans: float
    from_leavers: float
    new_plans: float
    growth: float


class Why(NamedTuple):
    """Why the main trial missed. `assumed`: new plans a year; `growth`: the yearly rate that simple growth carries on.

    `with_hindsight`: plans out on average, had it been told how many new plans there would be.
    """

    years: tuple[Missed, ...]
    assumed: float
    growth: float
    with_hindsight: float


def why_it_missed(test: BackTest) -> Why:
    """The main trial's error, split into new plans and who left, January by January."""
    trial, history = test.main, test.history
    first = history.januaries.index(trial.origin)
    growth = history.total[1:] / history.total[:-1] - 1.0
    total, new, came = trial.total_error("model"), trial.error_from_new_plans(), history.new_plans[first:].sum(axis=1)
    columns = zip(trial.targets, total, new, total - new, came, growth[first:], strict=True)
    known = float(np.abs(total - new).mean())
    return Why(tuple(Missed(*each) for each in columns), history.new_plans[first - 1].sum(), growth[first - 1], known)


def furthest_out(test: BackTest) -> Table:
    """The two settings that the main trial misses most in its last January, and independent schools wherever they stand."""
    trial, openly = test.main, test.history.openly
    forecast, actual = trial.forecasts["model"][-1], trial.actual[-1]
    worst = sorted(np.argsort(-np.abs(forecast - actual))[:2])
    rows = [
        Row(list(SETTINGS.values())[place], [counted(each[place], openly=openly) for each in (forecast, actual)])
        for place in [*worst, setting_index("inmss")]
    ]
    caption = f"Where the forecast of January {trial.targets[-1]} is furthest out, children"
    return Table("furthest_out", caption, "Setting", under(("Forecast", "Counted"), Unit.CHILDREN), rows)


# ---- Tables


@listed("back_test")
def trial_totals(test: BackTest) -> Table:
    """The back-test's main trial: plans counted in all, what each rule said, and how far out it was on average."""
    trial = test.main
    actual = Row("Counted", [*trial.actual.sum(axis=1), 0.0], "published", f"source:{test.history.source}")
    rows = [
        modelled(name, [*map(Pair, trial.total(rule), trial.total_error(rule)), mean_absolute_error((trial,), rule)])
        for rule, name in _RULES.items()
    ]
    out = ("error", Unit.CHANGE)
    januaries = (Column(f"January {year}", Unit.CHILDREN, out) for year in trial.targets)
    columns = (*januaries, Column("Mean absolute error", Unit.CHILDREN))
    note = "In brackets, how far above (+) or below (−) the count. The two simple rules share one total and differ by setting."
    caption = f"All plans, fitted to January {trial.origin} and earlier"
    return Table("trial_totals", caption, "Rule", columns, [actual, *rows], (note,))


@listed("back_test")
def trial_error(test: BackTest) -> Table:
    """The main trial's error on the total, plans, split into new plans and who left; the two add to it."""
    trial = test.main
    total, new = trial.total_error("model"), trial.error_from_new_plans()
    parts = {"From new plans": new, "From who left, net of transfers": total - new}
    rows = [modelled(name, part) for name, part in parts.items()]
    rows.append(Row("The model's error", total, total=True))
    notes = ("Known only afterwards, and used in no forecast.", ROUNDED)
    columns = under((f"January {year}" for year in trial.targets), Unit.CHANGE)
    return Table("trial_error", "Where the error came from, plans", "Part", columns, rows, notes)


@listed("back_test")
def trial_by_setting(test: BackTest) -> Table:
    """The main trial by setting: children counted and forecast in each January, and each rule's mean absolute error."""
    trial, openly = test.main, test.history.openly
    out = [mean_absolute_error_by_setting((trial,), rule) for rule in RULES]
    counts = [column for pair in zip(trial.actual, trial.forecasts["model"], strict=True) for column in pair]
    rows = [
        Row(name, [*(counted(column[place], openly=openly) for column in counts), *(error[place] for error in out)])
        for place, name in enumerate(SETTINGS.values())
    ]
    heads = [text for year in trial.targets for text in (f"Counted {year}", f"Model {year}")]
    columns = under([*heads, *(f"Error, {name.lower()}" for name in _RULES.values())], Unit.CHILDREN)
    notes = ("Error is the mean absolute error over the years shown, children.", *what_is_hidden(openly=openly))
    caption = f"By setting, fitted to January {trial.origin} and earlier"
    return Table("trial_by_setting", caption, "Setting", columns, [*rows, _mean([*counts, *out])], notes)


def _mean(columns: Sequence[FloatArray]) -> Row:
    return Row("Mean of the settings", [column.mean() for column in columns], total=True)


@listed("back_test")
def every_trial(test: BackTest) -> Table:
    """Every January that can be tested: the model's error on the total in each year, and each rule's mean absolute error, plans."""
    targets, rows = test.trials[0].targets, []
    for each in test.trials:
        by_year = dict(zip(each.targets, each.total_error("model"), strict=True))
        rows.append(Row(f"January {each.origin}", [*(by_year.get(year, _KNOWN) for year in targets), *_out((each,))]))
    distances = [float(np.mean(np.abs(_errors_of(test, year)))) for year in targets]
    rows.append(Row("Mean distance", [*distances, *_out(test.trials)], total=True, unit=Unit.CHILDREN))
    columns = (
        *under((f"Model {year}" for year in targets), Unit.CHANGE),
        *under((f"Mean, {name.lower()}" for name in _RULES.values()), Unit.CHILDREN),
    )
    first, origin = test.history.januaries[0], test.trials[0].origin
    window = f"The shortest window is {SHORTEST_WINDOW} Januaries, {first} and {origin}."
    caption = "Every January that can be tested: how far out the total is, plans"
    notes = (window, "Means are of distances, whichever way.")
    return Table("every_trial", caption, "Fitted to", columns, rows, notes)


def _out(trials: tuple[Trial, ...]) -> list[float]:
    return [mean_absolute_error(trials, rule) for rule in RULES]


def _errors_of(test: BackTest, year: int) -> list[float]:
    """The model's errors on the total of one January, from every trial that forecasts it."""
    pairs = (pair for each in test.trials for pair in zip(each.targets, each.total_error("model"), strict=True))
    return [float(error) for target, error in pairs if target == year]


@listed("back_test")
def every_trial_by_setting(test: BackTest) -> Table:
    """Mean absolute error by setting over every forecast of every trial, children."""
    out = [mean_absolute_error_by_setting(test.trials, rule) for rule in RULES]
    rows = [Row(name, [error[place] for error in out]) for place, name in enumerate(SETTINGS.values())]
    caption, columns = (
        "Mean absolute error by setting, from every January, children",
        under(_RULES.values(), Unit.CHILDREN),
    )
    return Table("every_trial_by_setting", caption, "Setting", columns, [*rows, _mean(out)])


@listed("back_test")
def error_by_years_ahead(test: BackTest) -> Table:
    """Root mean square error of the total, as a share of it, by years ahead, with how many trials stand behind each."""
    widths = [error_width(test.trials, rule) for rule in RULES]
    rows = [
        Row(f"{ahead} year{'s' * (ahead > 1)}", [count, *(each[ahead - 1] for each in widths)])
        for ahead, count in enumerate(trials_by_years_ahead(test.trials), start=1)
    ]
    columns = (Column("Trials", Unit.NUMBER), *under(_RULES.values(), Unit.TENTHS))
    caption = "Root mean square error of the total, by years ahead"
    return Table("error_by_years_ahead", caption, "Years ahead", columns, rows)


# ---- What charts draw


def counted_and_forecast(test: BackTest, trials: Sequence[Trial], rules: Sequence[str] = ("model",)) -> Table:
    """Plans counted at each January, and what rules made of them in some trials, from the January that each was fitted to on."""
    rows = [Row("Counted", test.history.total)]
    for each in trials:
        path = {each.origin: test.history.total[test.history.januaries.index(each.origin)]}
        for rule in rules:
            made = path | dict(zip(each.targets, each.total(rule), strict=True))
            name = _RULES[rule] if len(trials) == 1 else f"From {each.origin}:"
            rows.append(Row(name, [made.get(year, _NO_FORECAST) for year in test.history.januaries]))
    columns = under(map(str, test.history.januaries), Unit.CHILDREN)
    return Table("counted_and_forecast", "EHC plans counted and forecast", "Line", columns, rows)


_NO_FORECAST = NOT_APPLICABLE("not forecast")
