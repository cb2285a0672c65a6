"""The tables and lists of the papers: what is published, what is saved, where children are, and where figures come from."""

from calendar import month_name
from collections.abc import Iterable, Sequence

import numpy as np

from best_model.faces.numbers import LEAST_POUNDS_SHOWN, children, january, millions, per_cent, pounds, safe
from best_model.model.authority import Authority
from best_model.model.cohort import YearOfFlows
from best_model.model.cost import in_financial_years
from best_model.model.deficit import CASES, cumulative_deficit
from best_model.model.engine import Result
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Action, Cease, FewerNewPlans, Lever, Places, Price, Redirect, Scenario
from best_model.model.settings import AGE_BANDS, NEEDS, SETTINGS
from best_model.outputs.fragment import Fragment
from best_model.outputs.headline import SCENARIO_DRAW, label
from best_model.outputs.small_counts import FEWER, NOT_SHOWN, counted, hidden_parts, of_the_census, what_is_hidden
from best_model.outputs.tables import Row, slug, table
from best_model.questions.attribution import lines_of_saving
from best_model.questions.names import action_words, short_name, within_a_sentence

THOUSAND = 1e3
METHOD = "how-the-figures-are-made"
TIED = "\N{NO-BREAK SPACE}"
ROUNDED = "Totals are of unrounded parts, so rounded parts may not add."


def target_table(evidence: Result, plan: Result) -> Fragment:
    """Each year's published target beside what is modelled, and how far short that is."""
    amounts = [
        [_amount(aim), millions(float(found)), _amount(aim - found)]
        for aim, found in zip(plan.target, evidence.found, strict=True)
    ]
    rows = [Row(year, cells) for year, cells in zip(plan.years[:-1], amounts, strict=False)]
    rows.append(Row(plan.years[-1], amounts[-1], "modelled", METHOD, total=True))
    columns = ["Year", "Target", "Modelled", "Short by"]
    note = (
        "The report speaks of the next four years. Its table shows the stretched figure as a yearly level in the last of them; the base "
        "figure is read likewise."
    )
    return table(f"{plan.scenario.title} target beside modelled, £m", columns, rows, note)


def gap_table(evidence: Result, plan: Result) -> Fragment:
    """The yearly gap before any saving, and what is left of it: as modelled, and if a plan is met in full."""
    title, said, (kind, link) = plan.scenario.title.lower(), report_anchor(plan.authority), kind_of_gap(evidence)
    forecast = plan.authority.council.forecast
    rows = [
        Row("Gap before any saving", _m(evidence.gap_before), kind, link),
        Row("Gap left, as modelled", _m(evidence.gap_after), "modelled", METHOD),
        Row(f"Gap left, {title} in full", _m(forecast.gap_after), "published", said),
    ]
    return table("High Needs Block, yearly gap, £m, nominal", ["Line", *evidence.years], rows)


def kind_of_gap(result: Result) -> tuple[str, str]:
    """What kind of figure the gap before mitigation is: published where it is the council's own, and modelled beside other income."""
    tied = np.allclose(result.gap_before, result.authority.council.forecast.gap_before, rtol=0, atol=1.0)
    return ("published", report_anchor(result.authority)) if tied else ("modelled", METHOD)


def _amount(pounds_or_none: float) -> str:
    return millions(float(pounds_or_none)) if np.isfinite(pounds_or_none) else "not published"


def savings_table(result: Result) -> Fragment:
    """Each line of a plan's saving, by year, and the total."""
    kinds = {
        "in_train": ("assumed", figure_anchor(f"in_train.{result.years[-1]}")),
        "still_to_be_identified": ("balance", METHOD),
    }
    rows = [
        Row(label(result, name), _m(amounts), *kinds.get(name, ("modelled", METHOD)))
        for name, amounts in lines_of_saving(result).items()
    ]
    rows.append(Row("Saving", _m(result.saving), total=True))
    again = " and ".join(within_a_sentence(lever.label) for lever in result.scenario.levers if lever.reinvested)
    spent = f" What the {again} saves is spent again." if again else ""
    note = f"Net of what each priority costs to run. Shared fairly where two priorities act on the same child.{spent} {ROUNDED}"
    return table(
        f"Where the saving comes from, {result.scenario.title}, £m a year", ["Line", *result.years], rows, note
    )


def scenarios_table(results: Sequence[Result]) -> Fragment:
    """The last year of several scenarios side by side: identified, in train, still to be identified, target."""
    rows = [
        Row(
            result.scenario.title,
            _m(
                [
                    result.identified[-1],
                    result.in_train[-1],
                    result.to_be_identified[-1],
                    result.saving[-1],
                    result.target[-1],
                ]
            ),
            "modelled",
            METHOD,
        )
        for result in results
    ]
    columns = ["Scenario", "Six priorities", "In train", "Still to be identified", "Saving", "Target"]
    return table(f"Saving in {results[0].years[-1]} by scenario, £m", columns, rows, ROUNDED)


def intensity_table(results: Sequence[Result]) -> Fragment:
    """How hard each scenario leans on each priority, as a share of the most that is assumed of it."""
    rows = [
        Row(
            lever.label,
            [per_cent(result.scenario.levers[place].intensity) for result in results]
            + [f"{per_cent(lever.evidence.low)} to {per_cent(lever.evidence.high)}"],
            "assumed",
            figure_anchor(f"priorities.{lever.name}.evidence"),
        )
        for place, lever in enumerate(results[0].scenario.levers)
    ]
    columns = ["Priority", *(result.scenario.title for result in results), "Range"]
    return table("How hard each scenario leans on each priority, 100% being the most assumed", columns, rows)


def mix_table(results: Sequence[Result]) -> Fragment:
    """Children by setting: the base census, doing nothing, and each scenario in the last January."""
    first, last = results[0].authority.januaries[0], results[0].authority.januaries[-1]
    counts = [results[0].simulation.by_setting[0, 0], results[0].simulation.by_setting[0, -1]]
    counts += [result.simulation.by_setting[SCENARIO_DRAW, -1] for result in results]
    openly = results[0].authority.council.openly
    rows = [
        Row(name, [count_and_share(column[place], column.sum(), openly=openly) for column in counts])
        for place, name in enumerate(SETTINGS.values())
    ]
    rows.append(Row("All plans", [counted(column.sum(), openly=openly) for column in counts], total=True))
    columns = [
        "Setting",
        january(first),
        f"Do nothing, {last}",
        *(f"{result.scenario.title}, {last}" for result in results),
    ]
    note = f"Children with an EHC plan, and share of all plans. {january(first)} is {of_the_census(openly=openly)}; the rest is "
    note += f"modelled. {ROUNDED}{what_is_hidden(openly=openly)}"
    return table("Where children are placed", columns, rows, note)


def count_and_share(count: float, total: float, *, openly: bool) -> str:
    """Whole children, with their share of all: `2,282 (32%)`; a small count of a census that is not published goes without."""
    shown = counted(count, openly=openly)
    return shown if shown == FEWER else f"{shown}{TIED}({per_cent(count / total)})"


def cost_table(result: Result) -> Fragment:
    """What each setting costs in the last year: children, £m and £ a child, doing nothing and with the programme."""
    simulation = result.simulation
    average = in_financial_years(simulation.by_setting)[:, -1]
    spent = simulation.spend.placements[:, -1]
    openly, draws = result.authority.council.openly, (0, SCENARIO_DRAW)
    hidden = {draw: hidden_parts([(count,) for count in average[draw]], spent[draw], openly=openly) for draw in draws}
    rows = [
        Row(
            name,
            [
                text
                for draw in draws
                for text in _cost(average[draw, place], spent[draw, place], hides=hidden[draw][place], openly=openly)
            ],
        )
        for place, name in enumerate(SETTINGS.values())
    ]
    both = [
        text for draw in draws for text in _cost(average[draw].sum(), spent[draw].sum(), hides=False, openly=openly)
    ]
    rows.append(Row("All placements", both, total=True))
    title = result.scenario.title
    columns = [
        "Setting",
        "Do nothing: children",
        "Do nothing: £m",
        "Do nothing: £ a child",
        f"{title}: children",
        f"{title}: £m",
        f"{title}: £ a child",
    ]
    return table(
        f"What placements cost in {result.years[-1]}",
        columns,
        rows,
        f"Average children over the financial year. {ROUNDED}{what_is_hidden(openly=openly)}",
    )


def _cost(average: float, spent: float, *, hides: bool, openly: bool) -> list[str]:
    if hides:
        return [counted(average, openly=openly), NOT_SHOWN, NOT_SHOWN]
    return [counted(average, openly=openly), millions(spent), pounds(spent / average) if average >= 1 else "too few"]


def age_table(result: Result) -> Fragment:
    """Plans by age band of the DSG management plan, at the base census and in the last January."""
    plans = result.simulation.plans.sum(axis=(-2, -1))
    columns = [plans[0, 0], plans[0, -1], plans[SCENARIO_DRAW, -1]]
    openly = result.authority.council.openly
    rows = [
        Row(band, [counted(column[low : high + 1].sum(), openly=openly) for column in columns])
        for band, (low, high) in AGE_BANDS.items()
    ]
    rows.append(Row("All ages", [counted(column.sum(), openly=openly) for column in columns], total=True))
    last = result.authority.januaries[-1]
    heads = [
        "Age at 31 August",
        january(result.authority.januaries[0]),
        f"Do nothing, {last}",
        f"{result.scenario.title}, {last}",
    ]
    return table("Plans by age band", heads, rows, f"{ROUNDED}{what_is_hidden(openly=openly)}")


def need_table(result: Result) -> Fragment:
    """Plans by primary need, at the base census and in the last January."""
    plans = result.simulation.plans.sum(axis=(-3, -1))
    columns = [plans[0, 0], plans[0, -1], plans[SCENARIO_DRAW, -1]]
    openly = result.authority.council.openly
    rows = [
        Row(name, [counted(column[place], openly=openly) for column in columns])
        for place, name in enumerate(NEEDS.values())
    ]
    last = result.authority.januaries[-1]
    heads = [
        "Primary need",
        january(result.authority.januaries[0]),
        f"Do nothing, {last}",
        f"{result.scenario.title}, {last}",
    ]
    return table("Plans by primary need", heads, rows, f"{ROUNDED}{what_is_hidden(openly=openly)}")


def flow_table(result: Result) -> Fragment:
    """How the number of plans changes from census to census with nothing done: each line of the reconciliation."""
    total, flows, januaries = result.simulation.total[0], result.simulation.flows, result.authority.januaries
    rows = [
        Row(
            f"{january(year)} to {january(year + 1)}",
            [children(count) for count in (total[step], *_comings_and_goings(flow), total[step + 1])],
        )
        for step, (year, flow) in enumerate(zip(januaries[:-1], flows, strict=True))
    ]
    columns = ["Year", "Opening", "New plans", "Net transfers in", "Ceased", "Reached 26", "Closing"]
    return table(
        "Plans from census to census, doing nothing", columns, rows, f"Modelled, tied to the published gaps. {ROUNDED}"
    )


def _comings_and_goings(flow: YearOfFlows) -> tuple[float, float, float, float]:
    return flow.new_plans[0], flow.transfers[0], -flow.ceased[0], -flow.aged_out[0]


def reach_table(result: Result) -> Fragment:
    """Whom each action of each priority acts on, and where they come from, in the year to each January; and the places it opens."""
    simulation, first = result.simulation, 1
    reached = np.stack([flow.children[SCENARIO_DRAW] for flow in simulation.flows], axis=-1)
    rows = [
        Row(
            f"{result.scenario.levers[force.lever].label}: {action_words(force.action)}",
            [
                *_reach_words(force.action, counts[first:], force.strength[SCENARIO_DRAW, first:]),
                _origins(force.action),
            ],
            "modelled",
            METHOD,
        )
        for force, counts in zip(simulation.forces, reached, strict=True)
    ]
    note = (
        "In the year to each January: children counted once for each year in which an action would change what "
        "happens to them, places open, "
        "or the share taken off a price. A step down is sought: where no place is free the child stays in INMSS."
    )
    columns = [
        "Priority and action",
        *(january(year) for year in result.authority.januaries[first + 1 :]),
        "Coming from",
    ]
    return table(f"Whom each priority acts on, {result.scenario.title}", columns, rows, note, text_columns=1)


def _origins(action: Action) -> str:
    match action:
        case Redirect():
            return ", ".join("first placements" if origin == "new" else short_name(origin) for origin in action.origins)
        case Cease():
            return short_name(action.setting)
        case FewerNewPlans():
            return "children without a plan"
        case _:
            return "not a move"


def _reach_words(action: Action, reached: FloatArray, strength: FloatArray) -> list[str]:
    match action:
        case Places():
            return [f"{children(places)} places" for places in strength]
        case Price():
            return [per_cent(share) for share in strength]
        case _:
            return [children(count) for count in reached]


def delivery_table(scenario: Scenario, years: Sequence[str]) -> Fragment:
    """Each priority: when it starts, how long it takes, what it costs to run, whether its saving is cash, how sure we are, who owns it."""
    rows = [
        Row(
            lever.label,
            [
                _month(lever),
                f"{lever.ramp_months} months",
                pounds(lever.running_cost.value),
                _cash(lever),
                lever.confidence,
                lever.owner,
            ],
            "assumed",
            figure_anchor(f"priorities.{lever.name}.running_cost"),
        )
        for lever in scenario.levers
    ]
    columns = ["Priority", "Starts", "In full after", "£ a year to run", "Saving is", "Confidence", "Owner"]
    return table(
        "How the priorities are delivered",
        columns,
        rows,
        f"Running cost at full effect, {years[0]} prices. Owners are illustrative.",
        text_columns=3,
    )


def _month(lever: Lever) -> str:
    year, month = lever.start_year_and_month
    return f"{month_name[month]} {year}"


def _cash(lever: Lever) -> str:
    return "reinvested" if lever.reinvested else "cost avoided" if lever.kind == "avoidance" else "cashable"


def deficit_table(result: Result) -> Fragment:
    """The cumulative deficit at each 31 March under the three cases."""
    rows = [Row(words, _m(result.deficit[case]), "modelled", METHOD) for case, words in CASES.items()]
    note = "The grant is illustrative: the Department for Education decides what is eligible and whether the reform plan is approved."
    return table(
        f"Deficit at 31 March, {result.scenario.title}, £m",
        ["Case", *map(_ends, result.years)],
        rows,
        note,
    )


_DEFICITS = {
    "as_published": "Deficit, no grant",
    "stability_grant": "Deficit, grant",
    "grant_and_new_deficits_leave": "Deficit, grant and relief",
}


def deficits_table(results: Sequence[Result]) -> Fragment:
    """Each scenario: its yearly gap at the start and at the end, and the deficit it ends with under the three cases.

    A plan that is topped up to its target stands twice: with what is found, and with the balance too.
    """
    years = results[0].years
    rows = []
    for result in results:
        if is_topped_up(result):
            rows.append(
                _deficit_row(f"{result.scenario.title}, what is found", result, result.gap_before - result.found)
            )
            rows.append(_deficit_row(f"{result.scenario.title}, {_TOPPED_UP}", result, result.gap_after, "balance"))
        else:
            rows.append(_deficit_row(result.scenario.title, result, result.gap_after))
    columns = ["Scenario", f"Gap left {years[0]}", f"Gap left {years[-1]}", *_DEFICITS.values()]
    money = results[0].authority.council.money
    note = (
        f"No grant: every deficit stays with the council. Grant: {per_cent(float(money.stability_grant))} of what is brought forward is "
        f"paid. Relief: from {money.relief_from} new deficits leave the council. Neither is settled: the Department for Education decides "
        "what is eligible and whether the reform plan is approved."
    )
    return table(f"Yearly gap, and deficit at 31 March {_ends(years[-1])} under three cases, £m", columns, rows, note)


def _deficit_row(name: str, result: Result, gap: FloatArray, kind: str = "modelled") -> Row:
    deficit = cumulative_deficit(gap, result.authority.council.money, result.years)
    return Row(name, _m([gap[0], gap[-1], *(deficit[case][-1] for case in _DEFICITS)]), kind, METHOD)


def is_topped_up(result: Result) -> bool:
    """Whether a plan counts a balance, in any year, that no measure stands behind."""
    return bool((result.to_be_identified >= LEAST_POUNDS_SHOWN).any())


_TOPPED_UP = "with what is still to be identified"


def accumulated_table(results: Sequence[Result]) -> Fragment:
    """The deficit year by year, back to its beginning and on under each scenario, if every deficit stays with the council."""
    forecast = results[0].authority.council.forecast
    rows, so_far = [], 0.0
    for origin, amount in forecast.brought_forward.items():
        so_far += amount
        year, _, status = origin.partition("_")
        cells = _m([amount, so_far]) * len(results)
        rows.append(
            Row(f"{year} ({status})" if status else year, cells, "published", report_anchor(results[0].authority))
        )
    for place, year in enumerate(results[0].years):
        ahead = [
            each for result in results for each in (result.gap_after[place], result.deficit["as_published"][place])
        ]
        rows.append(Row(year, _m(ahead), "modelled", METHOD))
    names = [f"{result.scenario.title}{f', {_TOPPED_UP}' if is_topped_up(result) else ''}" for result in results]
    columns = ["Year", *(f"{name}: {what}" for name in names for what in ("in the year", "in all"))]
    note = f"The years back are the same in every column; the years on part as the scenarios do. {ROUNDED}"
    return table("The deficit, back to its first year and on to the last, £m", columns, rows, note)


def _ends(year: str) -> str:
    """The calendar year in which a financial year ends."""
    return f"{year[:2]}{year[-2:]}"


def listed_sources(authority: Authority, keys: Iterable[str]) -> Fragment:
    """Some of the council's sources, in its order: title, where in it, licence and address."""
    wanted = set(keys)
    items = "".join(
        f'<li id="source-{slug(key)}"><strong>{safe(source.title)}</strong>: {safe(source.where)}. Licence: {safe(source.licence)}.'
        + (f' <a href="{safe(source.url)}">Publication</a>' if source.url else "")
        + "</li>"
        for key, source in authority.council.sources.items()
        if key in wanted
    )
    return Fragment(f'<ul class="sources">{items}</ul>')


def glossary() -> Fragment:
    """Each term of the field, once, in plain words."""
    terms = {
        "Base": "the plan that is tied to the lower of the council's two targets, by its six priorities",
        "EHC plan": "an Education, Health and Care plan: what a child or young person with special educational needs must by law "
        "be given, up to the age of 25",
        "EOTAS": "education otherwise than at school: a package that the council arranges under section 61 of the Children "
        "and Families Act 2014",
        "Evidence-led": "the scenario in which every priority is at the centre of its range, with no target to meet",
        "Found": "saved by the priorities and by what is in train; nothing that is still to be identified counts",
        "Future": "one draw of every assumption at once, each between its low and its high, and the model run with it",
        "Gap and deficit": "the gap is what the High Needs Block spends in a year beyond its income; the deficit is every gap so far, "
        "less any grant towards them",
        "High Needs Block": "the part of the Dedicated Schools Grant (DSG) that pays for children with high needs",
        "INMSS": "independent or non-maintained special school",
        "In train": "saved by measures begun before the plan, which no priority counts as its own",
        "Mitigation": "a measure that lowers spending against what it would have been",
        "Resource base": "a small specialist class in a mainstream school; a SEN unit is counted with it",
        "SEMH": "social, emotional and mental health needs",
        "SEN, SEND": "special educational needs, and the same with disabilities",
        "Stability grant": "the High Needs Stability Grant: a payment towards a deficit, if the Department for Education approves the "
        "council's local SEND reform plan",
        "Statutory override": "the rule that for now keeps a deficit on the DSG apart from the council's own reserves",
        "Still to be identified": "the part of a savings plan that no measure stands behind yet",
        "Stretched": "the plan that is tied to the higher of the council's two targets, and asks more of the same priorities",
        "TSIL": "Transforming SEND and Inclusion in Leicestershire, the programme before this one",
    }
    items = "".join(f"<div><dt>{safe(term)}</dt><dd>{safe(meaning)}</dd></div>" for term, meaning in terms.items())
    return Fragment(f'<dl class="glossary true">{items}</dl>')


def _m(amounts: Sequence[float] | np.ndarray) -> list[str]:
    return [millions(float(amount)) for amount in amounts]


def report_anchor(authority: Authority) -> str:
    """The anchor of the council's own forecast among the sources."""
    return f"source-{slug(authority.council.forecast.source)}"


def figure_anchor(name: str) -> str:
    """Where an assumption stands among the assumptions of a page."""
    return f"figure-{slug(name)}"
