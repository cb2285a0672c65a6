"""The same draws by EMA Workbench, which calls a function for each: what a workbench adds to a model of which it knows nothing.

It is wanted here alone: uv pip install --group benchmarks.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec

from best_model.draws.distributions import Draws
from best_model.model.phasing import FloatArray


def why_left_out() -> str:
    """Why the workbench cannot be run, or nothing where it can."""
    return "" if find_spec("ema_workbench") else "left out: uv pip install --group benchmarks"


def experiments(
    run: Callable[[Mapping[str, float]], Mapping[str, FloatArray]],
    named: Sequence[str],
    draws: Draws,
    points: Sequence[Mapping[str, float]],
) -> Mapping[str, FloatArray]:
    """The `named` outcomes (draw, …) of `run` at the figures of each point, one after another in this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on its import it says which of its evaluators are not installed
        from ema_workbench import ArrayOutcome, Model, RealParameter, Scenario, SequentialEvaluator  # noqa: PLC0415
    model = Model("council", function=lambda **figures: run(figures))
    model.uncertainties = [
        RealParameter(figure, low, high)
        for each in draws.uncertain
        for figure, low, high in zip(each.figures, each.low, each.high, strict=True)
    ]
    model.outcomes = [ArrayOutcome(name) for name in named]
    scenarios = [Scenario(str(place), **figures) for place, figures in enumerate(points)]
    with SequentialEvaluator(model) as evaluator:
        _, found = evaluator.perform_experiments(scenarios, log_progress=True)
    return found
