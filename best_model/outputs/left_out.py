"""What the figures leave out, why, which way it would move them, and who holds it."""

from best_model.faces.numbers import pounds
from best_model.model.engine import Result
from best_model.model.scenario import Assumption
from best_model.outputs.fragment import Fragment, paragraph
from best_model.outputs.tables import Row, table
from best_model.questions.finance import transport
from best_model.questions.quality import unit_costs

_HELD_BY = ("Why it is left out", "Which way it would move the answer", "Who holds it")
_LEFT_OUT = (
    (
        "Home to school transport",
        "Paid by the general fund; {transport}",
        "Saves the council money where a child is nearer home; not in the block",
        "Transport and finance teams",
    ),
    (
        "Social care and health shares of a placement",
        "No published split by placement",
        "A larger share from health would lower the gap; a smaller one would raise it",
        "Joint commissioning; the integrated care board",
    ),
    (
        "Cost of the programme's own staff and advisers, where not in a running cost",
        "Not held by priority",
        "Lowers the saving",
        "Programme office",
    ),
    (
        "Redundancy, training and other one-off costs",
        "Not held",
        "Lowers the saving in the first years",
        "Finance team; schools",
    ),
    (
        "Cost to mainstream schools of including more children",
        "Schools' own budgets are outside the block",
        "Moves cost to schools; may raise requests if they cannot meet it",
        "Schools Forum; schools' accounts",
    ),
    (
        "What children achieve and how families fare",
        "The model counts places and pounds",
        "None on the pounds; it is the reason for the programme",
        "Schools, families, inspection",
    ),
    (
        "Children with needs and no plan",
        "Published counts are of plans",
        "Earlier help may cost more here, or need fewer plans later",
        "School census; early years and inclusion services",
    ),
    (
        "Law and funding reform before and after {last}",
        "Not enacted; its timing is not settled",
        "Either way, mostly after the last year shown",
        "Department for Education",
    ),
    (
        "Appeals: their cost, and placements they decide",
        "No published count by outcome and setting",
        "Lowers the saving where a move is refused",
        "SEND casework and legal teams",
    ),
    (
        "How families and schools respond to the programme",
        "No evidence to fit it to",
        "Either way: more requests if trust falls, fewer if help comes early",
        "Parent carer forum; schools",
    ),
    (
        "The distance, quality and choice of each place",
        "Places are counted by setting, not by school",
        "Places in the wrong district stay empty and are paid for",
        "Place planning",
    ),
    (
        "Backlog of assessments and of reviews",
        "New plans are a total; waiting lists are not published",
        "Clearing it brings more plans forward",
        "SEND casework team",
    ),
    (
        "Moves between councils by placement",
        "Only net totals can be worked out",
        "Either way, small",
        "SEND casework team",
    ),
)
_LEDGER = (
    "Unit costs from the council's own ledger",
    "{costs} are assumed: on other sources, or by judgement",
    "Either way; the first thing to replace",
    "Finance team",
)


def left_out_table(result: Result) -> Fragment:
    """Each thing that is not modelled."""
    assumed, known = unit_costs(result.authority).assumed, unit_costs(result.authority).known
    said = {
        "transport": "an estimate stands above" if _estimated(result) else "no cost of a child's transport is held",
        "last": result.years[-1],
        "costs": f"{assumed} of {known}",
    }
    lines = [*_LEFT_OUT, _LEDGER] if assumed else _LEFT_OUT
    rows = [Row(name.format(**said), [cell.format(**said) for cell in cells]) for name, *cells in lines]
    return table("What is not modelled", ["What", *_HELD_BY], rows, text_columns=len(_HELD_BY))


def _estimated(result: Result) -> bool:
    return bool(_transport_costs(result)) and bool(transport(result).by_setting.any())


def _transport_costs(result: Result) -> list[Assumption]:
    figures = result.authority.council.assumptions
    return [figure for name, figure in figures.items() if name.startswith("finance.transport_a_child.")]


def what_transport_rests_on(result: Result) -> Fragment:
    """The cost of one child's transport behind the estimate, and that the council's own would replace it."""
    if not _estimated(result):
        return paragraph("Where nobody is placed elsewhere there is nothing to estimate.")
    said = _transport_costs(result)[0]
    source = result.authority.council.sources[said.source].title
    return paragraph(
        f"The estimate takes {pounds(said.value)} for a child who is transported, between {pounds(said.low)} and {pounds(said.high)} "
        f"({source}), and a share transported in each setting. The council's own budget and routes would replace both: a child "
        "who moves nearer home may still share a vehicle that runs all the same."
    )
