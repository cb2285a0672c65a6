"""What carrying the deficit costs, as the committee's paper still shows it."""

from best_model.faces.numbers import pounds_m
from best_model.model.engine import Result
from best_model.outputs.fragment import Fragment, paragraph
from best_model.questions.beside_the_block import carrying_range


def what_carrying_costs(result: Result) -> Fragment:
    """Interest in the last year with and without the grant; then its range."""
    costs = carrying_range(result)
    low, central, high = (pounds_m(float(cost)) for cost in costs["Without the grant"])
    paid = pounds_m(float(costs["With the grant", "central"]))
    return paragraph(
        f"Carrying the deficit costs about {central} in {result.years[-1]}, or {paid} with the stability grant. "
        f"Without the grant it is between {low} and {high}, at the low and high rates assumed. It falls outside the block.",
        "answer",
    )
