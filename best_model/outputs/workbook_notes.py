"""The notes of the workbook, each given once: what a figure is, what it is not, and what is not told apart."""

from collections.abc import Sequence

from best_model.faces.numbers import pounds
from best_model.model.engine import Result
from best_model.model.returns import Returns
from best_model.model.settings import NEEDS
from best_model.outputs.workbook_sheet import NOT_AVAILABLE, Note, as_text


def notes_of(results: Sequence[Result], returns: Returns) -> list[Note]:
    """Every note that a sheet may refer to, each as one line of text."""
    texts = _of_money(results) | _of_children(results, returns) | _of_returns(results, returns) | _OF_THE_REST
    return [Note(name, as_text(text)) for name, text in texts.items()]


def _of_money(results: Sequence[Result]) -> dict[str, str]:
    money, facts = results[0].authority.council.money, results[0].authority.council.facts
    return {
        "prices": f"""All money is in pounds of the year named (nominal). Unit costs are at {facts.price_base} prices before they
            rise.""",
        "target": f"""Targets are published by the council: {NOT_AVAILABLE} where it publishes none for that year. The rest of this
            sheet is modelled, but for what is in train, which is assumed.""",
        "balance": """Still to be identified is what a plan needs beyond everything found, so that it meets its target. No measure,
            and no child, stands behind it; what is in train is money alone too.""",
        "fair_share": """Where two priorities act on the same child, the saving is shared fairly between them (Shapley value), so the
            lines add to the total, which is the last line of each scenario.""",
        "grant": f"""The deficit at the start, {pounds(money.brought_forward)}, is published. The stability grant is illustrative: the
            Department for Education decides what is eligible. In the third case new deficits leave the council from
            {money.relief_from}.""",
        "average": """Spend follows the average of children over the financial year, not those of one January. Spend a child is not
            given where that average is below one child.""",
    }


def _of_children(results: Sequence[Result], returns: Returns) -> dict[str, str]:
    first, second, *_ = results[0].authority.januaries
    census = (
        "the published census"
        if results[0].authority.council.openly
        else "the council's own census, its small counts hidden"
    )
    in_full = (
        "as published" if returns.published else f"{NOT_AVAILABLE}, because this council's folder does not hold them"
    )
    return {
        "first_forecast": f"""January {first} is {census}. January {second} is the model's own figure, because the data it is
            given do not hold that census: replace it by the census before it is sent anywhere.""",
        "mitigated": """Unmitigated is doing nothing. Mitigated is what the priorities of a plan change: what is in train, or still
            to be identified, moves no child.""",
        "needs": f"""The model holds {len(NEEDS)} groups of need. The {len(returns.needs)} needs of the census are given for January
            {first} ({in_full}) and are not split in later years: no split is invented.""",
        "rounding": """Modelled children are averages over what may happen, not counts of people, so they have decimals, which the
            sheet hides and the cell keeps. Totals are of parts not rounded, so parts as shown may not add.""",
    }


def _of_returns(results: Sequence[Result], returns: Returns) -> dict[str, str]:
    first, second, *_ = results[0].authority.januaries
    reasons = " ".join(f"{each.name}: {each.why}." for each in returns.provisions if each.why)
    return {
        "layout": """Layout follows the published list of tabs and provisions, with age bands, needs and years. The exact row labels
            and cells of the current templates were not found: the council confirms the layout against them before it copies a
            figure.""",
        "provisions": f"""Where a provision says that it is counted in another, the model or the census does not tell them apart: its
            cell is {NOT_AVAILABLE}, and the other's row holds both, so that each January adds to all plans. {reasons}""",
        "plan_year": f"""The reform plan calls a census by the calendar year before it, so its {first} actual is the census of January
            {second}. January {first} is given for comparison.""",
        "tab_alternative_provision": """Hospital schools cannot be told apart: the census has no placement of that name, so this tab
            counts alternative provision alone, and other schools are under other placements.""",
        "tab_further_education": """The template asks this tab for the two bands from 16 alone. The younger bands are shown so that
            the tab adds to its total.""",
        "tab_eotas": """Direct payments cannot be told apart. This tab counts education otherwise than at school, elective home
            education, children not in education, and those who await a place or whose place is not recorded.""",
    }


_OF_THE_REST = {
    "illustrative": "Rows marked illustrative, and all owners, are made up for the council to replace.",
    "overlap": """What rests on a workstream is the saving lost if it alone is dropped. Workstreams that act on the same children
        make up for each other, so these do not add to the saving.""",
    "pedigree": """Published: as a source prints it. Calibrated: set so that doing nothing meets the published gap, which is no
        evidence for it. Assumed: chosen within a range, on a source or by judgement.""",
    "licence": "OGL3 is the Open Government Licence v3.0.",
}
