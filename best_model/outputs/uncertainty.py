"""How sure are we: what many draws say, in sentences, tables and fans. Every chance is a share of draws, with its standard error."""

from collections.abc import Sequence

import numpy as np

from best_model.draws.odds import Band, Odds, Sample, Summary
from best_model.faces.numbers import MILLION, chance, children, in_futures, millions, pounds_m
from best_model.fitted.backtest import BackTest, error_width, trials_by_years_ahead
from best_model.model.deficit import CASES
from best_model.model.phasing import FloatArray
from best_model.model.settings import SETTINGS
from best_model.outputs.charts import Chart
from best_model.outputs.charts_uncertainty import CHILDREN, Fan, exceedance_chart, fan_chart, fans_chart
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.pages import METHOD, ROUNDED
from best_model.outputs.tables import Row, table

_LARGE = 100
_BAND_NAMES = {
    "saving": "Saving found, £m a year",
    "gap_before": "Gap before it, £m a year",
    "gap_after": "Gap after it, £m a year",
    **{f"deficit.{case}": f"Deficit, £m. {words}" for case, words in CASES.items()},
    "plans_before": "Children with a plan, doing nothing",
    "plans": "Children with a plan, with the programme",
}


def answer(samples: Sequence[Sample]) -> Fragment:
    """How likely each target is on the evidence, the first sample, in one sentence for large type."""
    first = samples[0].said
    said = [f"the {each.target} target in {in_futures(each.chance, first.draws)}" for each in _nearest_first(first)]
    return paragraph(f"{samples[0].ready.scenario.title}, the programme reaches {' and '.join(said)}.", "answer")


def _nearest_first(found: Summary) -> list[Odds]:
    return sorted(found.targets, key=lambda odds: odds.amount)


def lead(samples: Sequence[Sample]) -> Fragment:
    """What each plan's own target and path come to, and by how much it is missed."""
    said = []
    for sample in samples[1:]:
        found = sample.said
        own = next(each for each in found.targets if each.target == sample.ready.scenario.target)
        short = f"; where it misses, it is {pounds_m(own.shortfall)} short on average" if own.shortfall else ""
        title, odds = sample.ready.scenario.title.lower(), in_futures(own.chance, found.draws)
        said.append(f"The {title} plan finds its {pounds_m(own.amount)} in {odds}{short}.")
    return paragraph(
        f"{' '.join(said)} A plan that asks for more than the evidence is taken to get it in the same proportion, and never more than the "
        "most assumed.",
        "lead",
    )


def chances_table(samples: Sequence[Sample]) -> Fragment:
    """Each scenario: how likely each target is in the last year, and how far short it falls where it misses."""
    found = [sample.said for sample in samples]
    targets = _nearest_first(found[0])
    columns = ["Scenario"]
    for each in targets:
        columns += [f"{each.target.capitalize()}, {pounds_m(each.amount)}", "Short by, if missed, £m"]
    rows = [
        Row(
            sample.ready.scenario.title,
            [text for odds in _nearest_first(each) for text in _odds_cells(odds, each.draws)],
            "modelled",
            METHOD,
        )
        for sample, each in zip(samples, found, strict=True)
    ]
    return table(
        f"Chance of finding each target in {targets[0].year}, in {found[0].draws:,} futures",
        columns,
        rows,
        f"{_made(samples[0])} Found is identified and in train; nothing still to be identified counts. After ± is one standard error, "
        "as of draws that are independent; less than 1 in so many is a bound for what no future did. Short by is the mean of those "
        "futures that miss.",
    )


def _made(sample: Sample) -> str:
    """How many futures there are, and how to make them again."""
    seed, scenario = sample.ready.draws.seed, sample.ready.scenario.name
    return f"{sample.said.draws:,} futures, seed {seed}; the command best ensemble {scenario} makes them again."


def _odds_cells(odds: Odds, draws: int) -> list[str]:
    return [chance(odds.chance, draws), "never missed" if odds.shortfall is None else millions(odds.shortfall)]


def path_table(samples: Sequence[Sample]) -> Fragment:
    """Each scenario against the path of its own target: each year, and every year together."""
    found = [sample.said for sample in samples]
    years = sorted({odds.year for each in found for odds in each.path.by_year})
    rows = []
    for sample, each in zip(samples, found, strict=True):
        by_year = {odds.year: chance(odds.chance, each.draws) for odds in each.path.by_year}
        cells = [by_year.get(year, "not published") for year in years]
        rows.append(
            Row(
                f"{sample.ready.scenario.title}, against {each.path.target}",
                [*cells, chance(each.path.chance, each.draws)],
                "modelled",
                METHOD,
            )
        )
    return table("Chance of keeping to the published path of a target", ["Scenario", *years, "Every year"], rows)


def bands_table(sample: Sample) -> Fragment:
    """What nine futures in ten lie between in the last year or January, and the middle."""
    found = sample.said
    rows = [Row(_BAND_NAMES[name], _band_cells(found.bands[name]), "modelled", METHOD) for name in _BAND_NAMES]
    return table(
        f"{sample.ready.scenario.title}: what nine futures in ten lie between",
        ["Amount", "When", "Low (1 in 20 below)", "Middle", "High (1 in 20 above)"],
        rows,
        f"{_made(sample)} {ROUNDED}",
    )


def _band_cells(band: Band) -> list[str]:
    words = children if band.of.startswith("plans") else millions
    return [band.at[-1], *(words(float(each[-1])) for each in (band.low, band.median, band.high))]


# ---- Charts


def saving_fan(sample: Sample) -> Chart:
    """The saving found by year in every future, beside the published targets."""
    authority, scenario = sample.ready.authority, sample.ready.scenario
    found = sample.said
    own = next(each for each in found.targets if each.target == scenario.target)
    marks = {name.capitalize(): amounts / MILLION for name, amounts in authority.council.targets.items()}
    title = f"{scenario.title}: {pounds_m(own.amount)} is found in {in_futures(own.chance, found.draws)}"
    return fan_chart(Fan("Saving found", "£m a year", sample.outcomes.saving / MILLION, marks), authority.years, title)


def fans(sample: Sample) -> Chart:
    """Gap before and after, the deficit as published, and children with a plan."""
    outcomes, authority = sample.outcomes, sample.ready.authority
    years, januaries = authority.years, [str(january) for january in authority.januaries]
    shown = [
        (Fan("Gap before any saving", "£m a year", outcomes.gap_before / MILLION, {}), years),
        (Fan("Gap after what is found", "£m a year", outcomes.gap_after / MILLION, {}), years),
        (Fan("Cumulative deficit, as published", "£m", outcomes.deficit[:, 0] / MILLION, {}), years),
        (Fan("Children with a plan", CHILDREN, outcomes.plans.sum(axis=-1), {}), januaries),
    ]
    low, high = shown[1][0].ends
    title = f"{sample.ready.scenario.title}: the gap left in {years[-1]} is £{low:.0f}m to £{high:.0f}m in nine futures of ten"
    return fans_chart([fan for fan, _ in shown], [points for _, points in shown], title)


def setting_fans(sample: Sample) -> Chart:
    """Children by setting with the programme, the largest setting first: one small fan each. Drawn of whole children it holds chance."""
    plans, januaries = sample.outcomes.plans, [str(january) for january in sample.ready.authority.januaries]
    order = np.argsort(-np.median(plans[:, -1], axis=0))
    names = list(SETTINGS.values())
    shown = [Fan(names[place], CHILDREN, plans[:, :, place], {}) for place in order]
    large = [fan for fan in shown if fan.middle[-1] >= _LARGE]
    widest = max(large, key=lambda fan: (fan.ends[1] - fan.ends[0]) / fan.middle[-1])
    ends = " to ".join(widest.short(end) for end in widest.ends)
    of = f"{sample.said.draws:,} futures of {'whole children' if sample.ready.individuals else 'children expected'}"
    name = widest.name.partition(" (")[0].lower()
    title = f"{sample.ready.scenario.title}, {of}: of large settings least sure is {name}, {ends}"
    return fans_chart(shown, [januaries] * len(shown), title, across=4)


def exceedance(samples: Sequence[Sample]) -> Chart:
    """The chance of finding at least so much, a line for each scenario."""
    authority = samples[0].ready.authority
    savings = {sample.ready.scenario.title: sample.outcomes.saving[:, -1] / MILLION for sample in samples}
    targets = {name.capitalize(): float(amounts[-1]) / MILLION for name, amounts in authority.council.targets.items()}
    middle = np.median(samples[0].outcomes.saving[:, -1])
    title = f"{samples[0].ready.scenario.title}, an even chance of {pounds_m(float(middle))} or more in {authority.years[-1]}"
    return exceedance_chart(savings, targets, title, authority.years[-1])


# ---- The model's own error


def own_error(sample: Sample, test: BackTest) -> Fragment:
    """How wide the model's own error is beside the spread of its assumptions, for all children with a plan."""
    model, spread = _own_width(test), _relative_spread(sample.outcomes.plans_before)
    last = len(spread)
    return paragraph(
        f"One year ahead the model's own error in all plans is {_tenths(model[0])}, {_beside(model[0], spread[0])} its assumptions; "
        f"{last} years ahead, taken as no smaller, it is {_beside(model[0], spread[-1])} its assumptions. The chances above hold the "
        "spread of the assumptions and not the model's own error, so they look surer than they are."
    )


def _beside(error: float, spread: float) -> str:
    return f"{'wider' if error > spread else 'narrower'} than the {_tenths(spread)} of"


def own_error_table(sample: Sample, test: BackTest) -> Fragment:
    """By years ahead: root mean square error in the back-test, and standard deviation over futures, of all plans."""
    seen, counts, spread = (
        error_width(test.trials),
        trials_by_years_ahead(test.trials),
        _relative_spread(sample.outcomes.plans_before),
    )
    rows = [
        Row(
            f"{ahead} {'year' if ahead == 1 else 'years'}",
            [_tenths(each) for each in (error, width, both)] + [str(count)],
            "modelled",
            METHOD,
        )
        for ahead, (error, width, both, count) in enumerate(
            zip(seen, spread, np.hypot(_own_width(test)[: len(spread)], spread[: len(seen)]), counts, strict=False),
            start=1,
        )
    ]
    return table(
        "The model's own error beside the spread of its assumptions, all plans, doing nothing",
        ["Years ahead", "Model, in the back-test", "Assumptions, one standard deviation", "Both together", "Trials"],
        rows,
        "Both together takes them as independent, and the model's own error at any distance as no less than at one year: where trials are "
        "few, an error that shrinks is chance.",
    )


def _own_width(test: BackTest) -> FloatArray:
    """The model's own error by years ahead, no less at any than at one."""
    widths = np.array(error_width(test.trials))
    return np.maximum(widths, widths[0])


def _relative_spread(plans: FloatArray) -> FloatArray:
    """Standard deviation of all plans over draws, as a share of their mean, at each January after the base."""
    total = plans.sum(axis=-1)[:, 1:]
    return total.std(axis=0) / total.mean(axis=0)


def _tenths(share: float) -> str:
    return f"{share * 100:.1f}%"
