"""What the back-test found, in sentences and tables whose every number is computed, whichever way it falls."""

import numpy as np

from best_model.faces.numbers import MINUS, children, january
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
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import METHOD, ROUNDED
from best_model.outputs.small_counts import counted, what_is_hidden
from best_model.outputs.tables import Row, slug, table

RULE_NAMES = {"model": "The model", "last_growth_rate": "Last growth rate", "constant_share": "Constant share"}
HINDSIGHT = "Known only afterwards, and used in no forecast."


def answer(test: BackTest) -> Fragment:
    """The verdict on the total, in one sentence."""
    trials = (test.main,)
    verdict = "Better" if beats_both(trials) else "Not better"
    return paragraph(
        f"{verdict} than simple growth for {_targets(test.main)}: {_mae(trials, 'model')} plans out on average, "
        f"against {_naive(trials)}.",
        "answer",
    )


def lead(test: BackTest) -> Fragment:
    """The same from every January, a year ahead, and by setting: what else a reader should hold beside the answer."""
    origins = [each.origin for each in test.trials]
    forecasts = sum(len(each.targets) for each in test.trials)
    ahead = one_year_ahead(test.trials)
    return paragraph(
        f"From every January from {origins[0]} to {origins[-1]}, {forecasts} forecasts, it is "
        f"{_mae(test.trials, 'model')} plans "
        f"out on average against {_naive(test.trials)}; one year ahead, {_mae(ahead, 'model')} against "
        f"{_naive(ahead)}. "
        f"{_by_setting(test)}",
        "lead",
    )


def _by_setting(test: BackTest) -> str:
    """Whether the model also knows better where children are placed."""
    own, naive = (
        [float(mean_absolute_error_by_setting(trials, rule).mean()) for trials in ((test.main,), test.trials)]
        for rule in ("model", "constant_share")
    )
    nearer = sum(mine < theirs for mine, theirs in zip(own, naive, strict=True))
    verdict = {0: "does no better than", 1: "is no sure improvement on", 2: "does better than"}[nearer]
    return (
        f"On where children are placed the model {verdict} leaving the mix as it was: {children(own[0])} children a "
        "setting "
        f"against {children(naive[0])} from {january(test.main.origin)}, {children(own[1])} against "
        f"{children(naive[1])} from all."
    )


def why(test: BackTest) -> Fragment:
    """Where the main trial's error came from, year by year, with what came instead."""
    trial, history = test.main, test.history
    first = history.januaries.index(trial.origin)
    assumed, came = history.new_plans[first - 1].sum(), history.new_plans[first:].sum(axis=1)
    growth = history.total[1:] / history.total[:-1] - 1.0
    parts = [
        f"For {january(year)} it is {_side(total)}: {_side(new)} because {children(plans)} plans were new and not "
        f"{children(assumed)}, and {_side(total - new)} because of who left."
        for year, total, new, plans in zip(
            trial.targets, trial.total_error("model"), trial.error_from_new_plans(), came, strict=True
        )
    ]
    after = " and ".join(f"{_tenths(share)}" for share in growth[first:])
    return paragraph(
        f"{' '.join(parts)} Told how many new plans there would be, it would have been "
        f"{children(_with_hindsight(trial))} "
        f"plans out on average. Simple growth carries on {_tenths(growth[first - 1])} a year; what followed was "
        f"{after}."
    )


def _with_hindsight(trial: Trial) -> float:
    return float(np.abs(trial.total_error("model") - trial.error_from_new_plans()).mean())


def largest_misses(test: BackTest) -> Fragment:
    """The settings that the main trial misses most in its last year, and independent schools wherever they stand."""
    trial, inmss, openly = test.main, setting_index("inmss"), test.history.openly
    forecast, actual = trial.forecasts["model"][-1], trial.actual[-1]
    said = [
        f"{name.lower()}, {counted(forecast[place], openly=openly)} forecast and {counted(actual[place], openly=openly)} counted"
        for place, name in enumerate(SETTINGS.values())
        if place in np.argsort(-np.abs(forecast - actual))[:2]
    ]
    return paragraph(
        f"For {january(trial.targets[-1])} it is furthest out on {' and '.join(said)}. In independent special "
        "schools, where a "
        f"placement is dear, it has {counted(forecast[inmss], openly=openly)} children and {counted(actual[inmss], openly=openly)} were "
        "counted. "
        "The model "
        "repeats the moves of one year, and with them whatever that year's recording did."
    )


def width(test: BackTest) -> Fragment:
    """How wide the model's own error is, one year ahead and at the furthest, and how few trials say so."""
    widths, counts = error_width(test.trials), trials_by_years_ahead(test.trials)
    furthest = (
        f"{len(widths)} years ahead it is {_tenths(widths[-1])}, but from {counts[-1]}. " if len(widths) > 1 else ""
    )
    return paragraph(
        f"One year ahead the root mean square error of the total is {_tenths(widths[0])}, from {counts[0]} trials. "
        f"{furthest}"
        "Trials share the same few years, so their errors are not independent, and an error that shrinks with "
        "distance is an "
        "accident of years that cancel. The width beyond a year should be taken as no less than the width at one."
    )


def totals_table(test: BackTest) -> Fragment:
    """The main trial's totals: what was counted, what each rule said, and how far out it was on average."""
    trial = test.main
    counted = Row(
        "Counted", [*map(children, trial.actual.sum(axis=1)), "0"], "published", f"source-{slug(test.history.source)}"
    )
    rows = [
        Row(
            name,
            [*(_count_and_error(*pair) for pair in zip(trial.total(rule), trial.total_error(rule), strict=True)),
             _mae((trial,), rule)],
            "modelled",
            METHOD,
        )
        for rule, name in RULE_NAMES.items()
    ]  # fmt: skip
    return table(
        f"All plans, fitted to {january(trial.origin)} and earlier",
        ["Rule", *map(january, trial.targets), "Mean absolute error"],
        [counted, *rows],
        "In brackets, how far above (+) or below (−) the count. The two simple rules share one total and differ by "
        "setting.",
    )


def why_table(test: BackTest) -> Fragment:
    """The main trial's error on the total, split into new plans and who left; the two add to it."""
    trial = test.main
    total, new = trial.total_error("model"), trial.error_from_new_plans()
    lines = {"From new plans": new, "From who left, net of transfers": total - new}
    rows = [Row(name, [*map(_signed, part)], "modelled", METHOD) for name, part in lines.items()]
    rows.append(Row("The model's error", [*map(_signed, total)], total=True))
    return table(
        "Where the error came from, plans", ["Part", *map(january, trial.targets)], rows, f"{HINDSIGHT} {ROUNDED}"
    )


def settings_table(test: BackTest) -> Fragment:
    """The main trial by setting: counted and forecast in each year, and each rule's mean absolute error."""
    trial = test.main
    errors = [mean_absolute_error_by_setting((trial,), rule) for rule in RULES]
    rows = [
        Row(
            name,
            [text for year in range(len(trial.targets)) for text in _counted_and_forecast(test, year, place)]
            + [children(error[place]) for error in errors],
        )
        for place, name in enumerate(SETTINGS.values())
    ]
    counts = [column for pair in zip(trial.actual, trial.forecasts["model"], strict=True) for column in pair]
    rows.append(_mean_row([*counts, *errors]))
    heads = [text for year in trial.targets for text in (f"Counted {year}", f"Model {year}")]
    return table(
        f"By setting, fitted to {january(trial.origin)} and earlier",
        ["Setting", *heads, *(f"Error, {name.lower()}" for name in RULE_NAMES.values())],
        rows,
        f"Error is the mean absolute error over the years shown, children.{what_is_hidden(openly=test.history.openly)}",
    )


def _counted_and_forecast(test: BackTest, year: int, place: int) -> tuple[str, str]:
    both = test.main.actual[year, place], test.main.forecasts["model"][year, place]
    first, second = (counted(count, openly=test.history.openly) for count in both)
    return first, second


def _mean_row(columns: list[FloatArray]) -> Row:
    return Row("Mean of the settings", [children(column.mean()) for column in columns], total=True)


def rolling_table(test: BackTest) -> Fragment:
    """Every trial: what it was fitted to, the model's error in each year, and each rule's mean absolute error."""
    targets = test.trials[0].targets
    rows = [
        Row(january(each.origin), [*_errors_by_target(each, targets), *(_mae((each,), rule) for rule in RULES)])
        for each in test.trials
    ]
    by_target = [_mean_distance(test.trials, year) for year in targets]
    rows.append(Row("Mean distance", [*by_target, *(_mae(test.trials, rule) for rule in RULES)], total=True))
    return table(
        "Every January that can be tested: how far out the total is, plans",
        [
            "Fitted to",
            *(f"Model {year}" for year in targets),
            *(f"Mean, {name.lower()}" for name in RULE_NAMES.values()),
        ],
        rows,
        f"The shortest window is {SHORTEST_WINDOW} Januaries, {test.history.januaries[0]} and {test.trials[0].origin}. "
        "Means are of distances, whichever way.",
    )


def _mean_distance(trials: tuple[Trial, ...], year: int) -> str:
    """Mean absolute error of the model's total over the trials that forecast a January."""
    errors = [
        abs(error)
        for each in trials
        for target, error in zip(each.targets, each.total_error("model"), strict=True)
        if target == year
    ]
    return children(sum(errors) / len(errors))


def _errors_by_target(each: Trial, targets: tuple[int, ...]) -> list[str]:
    errors = dict(zip(each.targets, each.total_error("model"), strict=True))
    return [_signed(errors[year]) if year in errors else "known" for year in targets]


def rolling_settings_table(test: BackTest) -> Fragment:
    """Mean absolute error by setting over every forecast of every trial."""
    errors = [mean_absolute_error_by_setting(test.trials, rule) for rule in RULES]
    rows = [Row(name, [children(error[place]) for error in errors]) for place, name in enumerate(SETTINGS.values())]
    rows.append(_mean_row(errors))
    return table(
        "Mean absolute error by setting, from every January, children", ["Setting", *RULE_NAMES.values()], rows
    )


def width_table(test: BackTest) -> Fragment:
    """Root mean square error of the total by years ahead, with how many trials stand behind each."""
    widths = [error_width(test.trials, rule) for rule in RULES]
    rows = [
        Row(
            f"{ahead} {'year' if ahead == 1 else 'years'}", [str(count), *(_tenths(each[ahead - 1]) for each in widths)]
        )
        for ahead, count in enumerate(trials_by_years_ahead(test.trials), start=1)
    ]
    return table(
        "Root mean square error of the total, by years ahead", ["Years ahead", "Trials", *RULE_NAMES.values()], rows
    )


def _targets(trial: Trial) -> str:
    return january(trial.targets[0]) + "".join(f" and {year}" for year in trial.targets[1:])


def _mae(trials: tuple[Trial, ...], rule: str) -> str:
    return children(mean_absolute_error(trials, rule))


def _naive(trials: tuple[Trial, ...]) -> str:
    """The better of the naive rules on the total."""
    return children(min(mean_absolute_error(trials, rule) for rule in NAIVE))


def _count_and_error(count: float, error: float) -> str:
    return f"{children(count)} ({_signed(error)})"


def _signed(number: float) -> str:
    """Whole plans with a sign: `+182`, `−306`."""
    text = children(number)
    return text if text.startswith(MINUS) or text == "0" else f"+{text}"


def _side(error: float) -> str:
    return f"{children(abs(error))} plans too {'high' if error > 0 else 'low'}"


def _tenths(share: float) -> str:
    """Per cent to one decimal: an error of 4.2% is not one of 4.9%."""
    return f"{share:.1%}".replace("-", MINUS)
