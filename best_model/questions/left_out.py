"""What the figures leave out, why, which way it would move them, and who holds it."""

from typing import NamedTuple

from best_model.model.engine import Result
from best_model.model.scenario import Assumption
from best_model.questions.finance import transport
from best_model.questions.quality import unit_costs
from best_model.table import Row, Table, Unit, listed, under

_HELD_BY = ("Why it is left out", "Which way it would move the answer", "Who holds it")
_LEFT_OUT = (
    ("Home to school transport", "Paid by the general fund; {transport}",
     "Saves the council money where a child is nearer home; not in the block", "Transport and finance teams"),
    ("Social care and health shares of a placement",
     "No published split by placement",
     "A larger share from health would lower the gap; a smaller one would raise it", "Joint commissioning; the integrated care board"),
    ("Cost of the programme's own staff and advisers, where not in a running cost", "Not held by priority",
     "Lowers the saving", "Programme office"),
    ("Redundancy, training and other one-off costs", "Not held",
     "Lowers the saving in the first years", "Finance team; schools"),
    ("Cost to mainstream schools of including more children", "Schools' own budgets are outside the block",
     "Moves cost to schools; may raise requests if they cannot meet it", "Schools Forum; schools' accounts"),
    ("What children achieve and how families fare", "The model counts places and pounds",
     "None on the pounds; it is the reason for the programme", "Schools, families, inspection"),
    ("Children with needs and no plan", "Published counts are of plans",
     "Earlier help may cost more here, or need fewer plans later", "School census; early years and inclusion services"),
    ("Law and funding reform before and after {last}", "Not enacted; its timing is not settled",
     "Either way, mostly after the last year shown", "Department for Education"),
    ("Appeals: their cost, and placements they decide", "No published count by outcome and setting",
     "Lowers the saving where a move is refused", "SEND casework and legal teams"),
    ("How families and schools respond to the programme", "No evidence to fit it to",
     "Either way: more requests if trust falls, fewer if help comes early", "Parent carer forum; schools"),
    ("The distance, quality and choice of each place", "Places are counted by setting, not by school",
     "Places in the wrong district stay empty and are paid for", "Place planning"),
    ("Backlog of assessments and of reviews", "New plans are a total; waiting lists are not published",
     "Clearing it brings more plans forward", "SEND casework team"),
    ("Moves between councils by placement", "Only net totals can be worked out",
     "Either way, small", "SEND casework team"),
)  # fmt: skip
_LEDGER = (
    "Unit costs from the council's own ledger", "{costs} are assumed: on other sources, or by judgement",
    "Either way; the first thing to replace", "Finance team",
)  # fmt: skip


@listed("result")
def left_out(result: Result) -> Table:
    """Each thing that is not modelled: why, which way it would move the answer, and who holds it."""
    costs = unit_costs(result.authority)
    said = {
        "transport": "an estimate stands above" if transport_cost(result) else "no cost of a child's transport is held",
        "last": result.years[-1],
        "costs": f"{costs.assumed} of {costs.known}",
    }
    lines = [*_LEFT_OUT, _LEDGER] if costs.assumed else _LEFT_OUT
    rows = [Row(name.format(**said), [cell.format(**said) for cell in cells]) for name, *cells in lines]
    return Table("left_out", "What is not modelled", "What", under(_HELD_BY, Unit.WORDS), rows)


class TransportCost(NamedTuple):
    """What one child's transport is taken to cost, £ a year, and the title of its source."""

    figure: Assumption
    source: str


def transport_cost(result: Result) -> TransportCost | None:
    """The cost behind the estimate of transport; None where the council gives none, or nobody is placed elsewhere."""
    figures = result.authority.council.assumptions
    costs = [figure for name, figure in figures.items() if name.startswith("finance.transport_a_child.")]
    if not costs or not transport(result).by_setting.any():
        return None
    return TransportCost(costs[0], result.authority.council.sources[costs[0].source].title)
