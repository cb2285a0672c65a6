"""The same model in pandas, a year and a draw at a time: a row for each age, need and setting, merged and grouped. A baseline."""

import numpy as np
import pandas as pd

from best_model.model.authority import Authority
from best_model.model.engine import price_index
from best_model.model.levers import NOTHING_DRAWN, Drawn, Force, forces
from best_model.model.phasing import FloatArray
from best_model.model.scenario import Action, Cease, FewerNewPlans, Lever, Places, Price, Redirect
from best_model.model.settings import AGES, setting_index

NEW, GONE, ANYWHERE = -1, -2, -3
FLOW = ["age", "need", "origin", "away"]


def spend(
    authority: Authority, levers: tuple[Lever, ...], intensities: FloatArray, drawn: Drawn = NOTHING_DRAWN
) -> FloatArray:
    """£ by (draw, financial year) for rows of intensities (draw, lever) and figures of levers that are `drawn`, for one council."""
    acting = forces(levers, intensities, np.array(authority.januaries[:-1], dtype=float), authority.needs, drawn)
    tables = _tables(authority, acting)
    return np.array([_one_draw(authority, acting, tables, draw) for draw in range(len(intensities))])


def _tables(authority: Authority, acting: tuple[Force, ...]) -> dict[str, pd.DataFrame]:
    """The council's flows as tables, and a table with a row for each measure, child it reaches and flow it acts on."""
    flows = authority.flows
    moves = _long(flows.moves, ["age", "origin", "away"], "share")
    reached = [
        _long(force.reach, ["age", "need"], "reach")
        .query("reach > 0")
        .assign(force=place, origin=origin, away=away, to=to)
        for place, force in enumerate(acting)
        for origin, away, to in _acted_on(force.action)
    ]
    columns = ["age", "need", "reach", "force", "origin", "away", "to"]
    return {
        "plans": _long(authority.plans, ["age", "need", "setting"], "children"),
        "cease": _long(flows.cease, ["age", "setting"], "rate"),
        "moves": moves[moves["share"] > 0],
        "joins": _long(flows.joins, ["age", "need", "away"], "children").assign(origin=NEW),
        "transfers": _long(flows.transfers, ["age", "need", "away"], "children").assign(origin=NEW),
        "reached": pd.concat(reached) if reached else pd.DataFrame(columns=columns),
    }  # fmt: skip


def _long(array: FloatArray, axes: list[str], value: str) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([range(size) for size in array.shape], names=axes)
    return pd.Series(array.ravel(), index, name=value).reset_index()


def _acted_on(action: Action) -> list[tuple[int, int, int]]:
    match action:
        case FewerNewPlans():
            return [(NEW, ANYWHERE, GONE)]
        case Cease():
            return [(setting_index(action.setting), ANYWHERE, GONE)]
        case Redirect():
            away, to = setting_index(action.away_from), setting_index(action.to)
            return [(NEW if origin == "new" else setting_index(origin), away, to) for origin in action.origins]
    return []


def _one_draw(
    authority: Authority, acting: tuple[Force, ...], tables: dict[str, pd.DataFrame], draw: int
) -> FloatArray:  # fmt: skip
    council, plans, januaries = authority.council, tables["plans"], []
    capacity, price = _places_and_prices(authority, acting, draw)
    for step, demand in enumerate(council.calibration.demand):
        januaries.append(plans.groupby("setting")["children"].sum())
        strength = pd.Series([force.share[draw, step] for force in acting], dtype=float)
        claims = tables["reached"].assign(share=tables["reached"]["force"].map(strength)).query("share > 0")
        plans = _one_year(tables, claims, plans, demand, capacity.loc[step + 1], council.fallbacks)
    januaries.append(plans.groupby("setting")["children"].sum())
    by_january = pd.concat(januaries, axis=1, keys=range(len(januaries))).T
    empty = (capacity.replace(np.inf, np.nan) - by_january).clip(lower=0).sum(axis=1)
    placements = (_in_years(by_january) * price).sum(axis=1)
    return (placements + _in_years(empty) * council.money.empty_place + council.money.services).to_numpy()


def _in_years(at_censuses: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    return (5 / 12 * at_censuses + 7 / 12 * at_censuses.shift(-1)).iloc[:-1]


def _places_and_prices(authority: Authority, acting: tuple[Force, ...], draw: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Places by January and setting, and £ a child by year and setting."""
    money = authority.council.money
    capacity = pd.DataFrame(authority.council.capacity.copy())
    price = pd.DataFrame(money.unit_cost * money.inflation * price_index(authority)[:, None])
    for force in acting:
        if isinstance(force.action, Places):
            capacity.loc[1:, setting_index(force.action.setting)] += force.strength[draw]
        elif isinstance(force.action, Price):
            price[setting_index(force.action.setting)] *= 1 - force.strength[draw]
    return capacity, price


def _one_year(
    tables: dict[str, pd.DataFrame],
    claims: pd.DataFrame,
    plans: pd.DataFrame,
    demand: float,
    capacity: pd.Series,
    fallbacks: tuple[tuple[int, int], ...],
) -> pd.DataFrame:
    older = plans.assign(age=plans["age"] + 1)
    staying = older[older["age"] <= AGES[-1]].merge(tables["cease"], on=["age", "setting"])
    staying["children"] *= 1 - staying["rate"]
    ends, moved = claims["away"] == ANYWHERE, claims["origin"] != NEW
    staying = _redirected(staying.rename(columns={"setting": "origin"}).assign(away=ANYWHERE), claims[ends & moved])
    staying = staying.loc[staying["away"] == ANYWHERE, ["age", "need", "origin", "children"]]
    moves = staying.merge(tables["moves"], on=["age", "origin"])
    moves["children"] *= moves["share"]
    moves = _redirected(moves, claims[~ends & moved])
    joins = tables["joins"].assign(children=tables["joins"]["children"] * demand)
    joins = joins.merge(_together(claims[ends & ~moved])[["age", "need", "left"]], on=["age", "need"], how="left")
    joins["children"] *= joins["left"].fillna(1)
    joins = _redirected(joins, claims[~ends & ~moved])
    flows = _placed(pd.concat([moves, joins, tables["transfers"]]), capacity, fallbacks)
    closing = flows.groupby(["age", "need", "away"], as_index=False)["children"].sum()
    return closing.rename(columns={"away": "setting"})


def _together(claims: pd.DataFrame) -> pd.DataFrame:
    """What measures that share a flow leave of it, and what they ask for in all."""
    each = claims.assign(left=1 - claims["share"]).groupby(FLOW, as_index=False)
    return each.agg(left=("left", "prod"), asked=("share", "sum"))


def _redirected(flows: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Flows once measures have sent their parts elsewhere."""
    flows, together = flows[[*FLOW, "children"]], _together(claims)
    kept = flows.merge(together, on=FLOW, how="left")
    kept["children"] *= kept["left"].fillna(1)
    sent = claims.merge(together, on=FLOW).merge(flows, on=FLOW)
    sent["children"] *= sent["share"] * (1 - sent["left"]) / sent["asked"]
    sent = sent.assign(away=sent["to"])
    return pd.concat([kept[[*FLOW, "children"]], sent[[*FLOW, "children"]]])


def _placed(flows: pd.DataFrame, capacity: pd.Series, fallbacks: tuple[tuple[int, int], ...]) -> pd.DataFrame:
    """Flows once those for whom a full setting has no place have gone on to its fallback."""
    stays = flows["origin"] == flows["away"]
    stayers, newcomers = flows[stays], flows[~stays]
    for setting, fallback in fallbacks:
        here = newcomers["away"] == setting
        seeking = newcomers.loc[here, "children"].sum()
        free = max(capacity[setting] - stayers.loc[stayers["away"] == setting, "children"].sum(), 0.0)
        share = max(seeking - free, 0.0) / seeking if seeking > 0 else 0.0
        turned_away = newcomers[here].assign(away=fallback, children=newcomers.loc[here, "children"] * share)
        remaining = newcomers["children"].where(~here, newcomers["children"] * (1 - share))
        newcomers = pd.concat([newcomers.assign(children=remaining), turned_away])
    return pd.concat([stayers, newcomers])
