"""Draws of every assumption between its low and its high: scrambled Sobol points, shaped and correlated.

A draw's numbers depend on the seed and on its place alone, so any part of a set can be drawn anywhere, in any order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property, partial

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri
from scipy.stats import qmc

from best_model.draws.sensitivity import assumption_of, figures_of
from best_model.model.authority import Authority
from best_model.model.phasing import FloatArray
from best_model.model.refusal import Refusal
from best_model.model.scenario import Assumption, Scenario
from best_model.model.uncertainty import Shape, Uncertainty

_FOLLOWS = {"new_plans_index": "its calibrated index is drawn, in the same proportion"}
_NO_PART = {
    "calibration_spread": "calibration is held",
    "finance": "it stands beside the saving and the deficit",
    "cost_each": "capital is not charged to the High Needs Block",
}
_ONE_IN_TWENTY = 0.05
_PERT_WEIGHT = 4.0
_SEEN_AS_NOUGHT = 1e-9
_HALF_A_STEP = 2.0**-31
"""Sobol points are whole steps of 2 to the minus 30, nought among them."""
_POINTS = 4097


@dataclass(frozen=True)
class Uncertain:
    """An assumption that is drawn: its figures move together, each between its own `low` and `high`, (figure,)."""

    name: str
    figures: tuple[str, ...]
    low: FloatArray
    value: FloatArray
    high: FloatArray
    shape: Shape

    def drawn(self, chances: FloatArray) -> dict[str, FloatArray]:
        """Each figure at the quantiles `chances` (draw,), between nought and one."""
        return {figure: curve(chances) for figure, curve in zip(self.figures, self._curves, strict=True)}

    @cached_property
    def _curves(self) -> list[Callable[[FloatArray], FloatArray]]:
        ends = zip(self.low, self.value, self.high, strict=True)
        return [curve_of(self.shape, *each) for each in ends]


@dataclass(frozen=True)
class Draws:
    """Every uncertain assumption of a council, in a fixed order, and how they move together: a `factor` (uncertain, uncertain)."""

    uncertain: tuple[Uncertain, ...]
    factor: FloatArray
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """What is drawn."""
        return tuple(each.name for each in self.uncertain)

    def points(self, first: int, count: int) -> FloatArray:
        """Scrambled Sobol points from the `first` on, (draw, uncertain), independent and even between nought and one, neither reached."""
        sobol = qmc.Sobol(len(self.uncertain), scramble=True, rng=np.random.default_rng(self.seed))
        if first:
            sobol.fast_forward(first)
        return sobol.random(1 << (count - 1).bit_length())[:count] + _HALF_A_STEP

    def correlated(self, points: FloatArray) -> FloatArray:
        """The points as chances that move together (a Gaussian copula)."""
        # Not the product of matrices of BLAS, whose last digits hang on how many threads it has.
        return ndtr(np.einsum("du,vu->dv", ndtri(points), self.factor))

    def figures(self, chances: FloatArray) -> dict[str, FloatArray]:
        """Every figure that is drawn, (draw,), by its dotted name."""
        return {
            name: values
            for place, each in enumerate(self.uncertain)
            for name, values in each.drawn(chances[:, place]).items()
        }


def draws_of(authority: Authority, scenario: Scenario, said: Uncertainty, seed: int) -> Draws:
    """What is drawn for a council: every assumption with a low and a high that has a part in the saving, the gap or the deficit.

    Raises `Refusal` where a pattern names nothing, a shape cannot be had, or the correlations cannot hold together.
    """
    figures = figures_of(authority, scenario)
    series: dict[str, list[str]] = {}
    for name, figure in figures.items():
        if figure.low < figure.high and not why_not_drawn(name):
            series.setdefault(assumption_of(name), []).append(name)
    uncertain = tuple(_uncertain(name, {each: figures[each] for each in names}, said) for name, names in series.items())
    return Draws(uncertain, _factor([each.name for each in uncertain], said), seed)


def why_not_drawn(name: str) -> str:
    """Why an assumption with a range is not drawn, or nothing where it is."""
    parts = name.split(".")
    first, last = parts[0], parts[-1]
    return _FOLLOWS.get(first) or _NO_PART.get(first) or _NO_PART.get(last) or ""


def _uncertain(name: str, figures: Mapping[str, Assumption], said: Uncertainty) -> Uncertain:
    shape: Shape = next((each.shape for each in said.shapes if fnmatch(name, each.of)), "pert")
    low, value, high = (np.array([getattr(each, end) for each in figures.values()]) for end in ("low", "value", "high"))
    if shape == "lognormal" and low.min() <= 0:
        raise Refusal(
            f"uncertainty.yaml: {name} is lognormal and its low is {low.min():g}; give a low above nought, or another shape"
        )
    return Uncertain(name, tuple(figures), low, value, high, shape)


def _factor(names: list[str], said: Uncertainty) -> FloatArray:
    """The square root of the correlation matrix, so that independent normal scores become correlated ones.

    The symmetric one: it is the same whichever eigenvectors a machine's linear algebra happens to choose.
    """
    matrix = np.eye(len(names))
    for group in said.correlations:
        members = [place for place, name in enumerate(names) if any(fnmatch(name, pattern) for pattern in group.among)]
        if len(members) < 2:
            raise Refusal(
                f"uncertainty.yaml: the correlation among {', '.join(group.among)} names {len(members) or 'none'} of what is "
                "drawn; name two or more, as docs/assumptions.md spells them"
            )
        matrix[np.ix_(members, members)] = group.correlation
    np.fill_diagonal(matrix, 1.0)
    spread, directions = np.linalg.eigh(matrix)
    if spread.min() < -_SEEN_AS_NOUGHT:
        worst = np.abs(directions[:, 0]).argsort()[::-1][: 1 + 1]
        raise Refusal(
            f"uncertainty.yaml: its correlations cannot all hold (the matrix has an eigenvalue of {spread.min():.3g}); bring nearer to "
            f"nought those of {names[worst[0]]} and {names[worst[1]]}"
        )
    return directions * np.sqrt(np.maximum(spread, 0.0)) @ directions.T


def curve_of(shape: Shape, low: float, value: float, high: float) -> Callable[[FloatArray], FloatArray]:
    """The quantile function; PERT's is slow, so it is tabled and read between its points, to a ten-thousandth of the range."""
    if shape != "pert" or low == high:
        return partial(quantile, shape, low=low, value=value, high=high)
    points = np.sin(np.linspace(0.0, np.pi / 2, _POINTS)) ** 2  # closer together towards the ends
    return partial(_read_between, quantile(shape, points, low, value, high))


def _read_between(figures: FloatArray, chances: FloatArray) -> FloatArray:
    """Between the points of a table by `curve_of`; a function by name, so that what holds it can be sent to another process."""
    steps = _POINTS - 1
    place = np.arcsin(np.sqrt(chances)) * (steps / (np.pi / 2))
    below = np.minimum(place.astype(np.intp), steps - 1)
    return figures[below] + (place - below) * (figures[below + 1] - figures[below])


def quantile(shape: Shape, chances: FloatArray, low: float, value: float, high: float) -> FloatArray:
    """The figure below which it falls with each of the `chances`."""
    if low == high:
        return np.full(len(chances), value)
    match shape:
        case "triangular":
            return _triangular(chances, low, value, high)
        case "pert":
            rising = 1.0 + _PERT_WEIGHT * (value - low) / (high - low)
            return low + (high - low) * betaincinv(rising, 2.0 + _PERT_WEIGHT - rising, chances)
        case "normal":
            return _two_halves(chances, low, value, high)
        case "lognormal":
            return np.exp(_two_halves(chances, np.log(low), np.log(value), np.log(high)))


def _triangular(chances: FloatArray, low: float, value: float, high: float) -> FloatArray:
    rising, falling = (value - low) * (high - low), (high - value) * (high - low)
    below = chances * (high - low) < value - low
    return np.where(below, low + np.sqrt(chances * rising), high - np.sqrt((1.0 - chances) * falling))


def _two_halves(chances: FloatArray, low: float, value: float, high: float) -> FloatArray:
    scores = ndtri(chances) / -ndtri(_ONE_IN_TWENTY)
    return value + np.where(scores < 0, (value - low) * scores, (high - value) * scores)
