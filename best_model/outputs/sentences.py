"""What a chapter found, in sentences whose every number is computed."""

from best_model.faces.numbers import LEAST_POUNDS_SHOWN, per_cent, pounds_m
from best_model.model.engine import Result
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.headline import label
from best_model.questions.attribution import saved_by_priority
from best_model.questions.names import within_a_sentence


def the_plan_in_words(result: Result) -> Fragment:
    """What stands behind a scenario's target, how hard it leans on the priorities, and the years it leaves short."""
    hardest = max(lever.intensity for lever in result.scenario.levers)
    short = [
        year for year, amount in zip(result.years, result.to_be_identified, strict=True) if amount >= LEAST_POUNDS_SHOWN
    ]
    left = "" if not short else f"; {', '.join(short)} {'are' if short[1:] else 'is'} short"
    if len(short) == len(result.years):
        left = "; every year is short"
    reached = f"{pounds_m(float(result.found[-1]))} of {pounds_m(float(result.target[-1]))} by {result.years[-1]}{left}"
    if not hardest:
        return paragraph(f"{result.scenario.title}: {reached}.", "answer")
    plan = within_a_sentence(result.scenario.title)
    return paragraph(f"If every priority delivers all that is asked, {plan} finds {reached}.", "answer") + paragraph(
        f"It asks up to {per_cent(hardest)} of the most assumed of a priority.", "lead"
    )


def who_saves_most(result: Result) -> Fragment:
    """The two priorities with the largest saving, in one sentence."""
    first, second = _priorities(result)[:2]
    if first[0] < LEAST_POUNDS_SHOWN:
        return paragraph(f"No priority saves anything in {result.years[-1]}.", "answer")
    return paragraph(
        f"The largest saving, {pounds_m(first[0])} in {result.years[-1]}, is from {within_a_sentence(first[1])}; the next, "
        f"{pounds_m(second[0])}, from {within_a_sentence(second[1])}.",
        "answer",
    )


def what_costs_more_than_it_saves(result: Result) -> Fragment:
    """Priorities that cost more than they save in the first year and in the last: a saving comes after its cost."""
    shares = saved_by_priority(result.authority, result.scenario)
    years = {result.years[0]: 0, result.years[-1]: -1}
    costly = {
        year: [
            within_a_sentence(label(result, name)) for name, net in shares.items() if net[place] <= -LEAST_POUNDS_SHOWN
        ]
        for year, place in years.items()
    }
    said = [
        f"In {year} what costs more than it saves is {', '.join(names)}." for year, names in costly.items() if names
    ]
    return paragraph(
        " ".join(said) or "Every priority saves at least what it costs, in the first year and in the last."
    )


def _priorities(result: Result) -> list[tuple[float, str]]:
    shares = saved_by_priority(result.authority, result.scenario)
    return sorted(((float(net[-1]), label(result, name)) for name, net in shares.items()), reverse=True)


def the_deficit(result: Result) -> Fragment:
    """What the yearly gap does and what the deficit comes to, if the plan is met in full, in one sentence."""
    first, last = (float(result.gap_after[place]) for place in (0, -1))
    acts = any(lever.intensity for lever in result.scenario.levers)
    moves = "widens" if last > first else "narrows"
    return paragraph(
        f"{result.scenario.title}{', even met in full' if acts else ''}: the yearly gap {moves} from {pounds_m(first)} to "
        f"{pounds_m(last)}; the deficit reaches {pounds_m(float(result.deficit['as_published'][-1]))} by March 20{result.years[-1][-2:]}.",
        "answer",
    )


def who_meets_the_deficit(result: Result) -> Fragment:
    """The two cases in which someone else meets a part, what stands behind them, and what happens without.

    The override ends with March 2028, and relief is taken from the year that begins then.
    """
    cases, money = result.deficit, result.authority.council.money
    return paragraph(
        f"With the stability grant on {per_cent(float(money.stability_grant))} of what was brought forward it is "
        f"{pounds_m(float(cases['stability_grant'][-1]))}. If new deficits "
        f"also leave the council from {money.relief_from}, it is left with {pounds_m(float(cases['grant_and_new_deficits_leave'][-1]))}. "
        f"Neither the grant nor that relief is settled for {result.authority.council.title}. The statutory override, which keeps the "
        f"deficit apart from the council's own reserves, is due to end before {money.relief_from}; what reserves would then bear "
        "without relief, and whether a section 114 report would follow, is not modelled."
    )
