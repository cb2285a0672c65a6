"""What an assumption, an action, a setting and a line of the saving are called, wherever one is shown."""

from collections.abc import Iterable, Sequence

from best_model.draws.sensitivity import PRIORITIES
from best_model.model.engine import Result
from best_model.model.scenario import Action, Cease, FewerNewPlans, Lever, Places, Price, Redirect
from best_model.model.settings import SETTINGS

_SAID = {
    "awaiting_are_placed": "Awaiting a place, share placed in a year",
    "calibration_spread": "How far calibration may move",
    "calibration.new_plans_index": "New plans, times those of the last year known",
    "calibration.price_index": "Price index, by calibration",
    "capacity": "Places without the programme",
    "empty_place": "An empty funded place",
    "finance": "Finance",
    "general_inflation": "General inflation",
    "income": "High Needs Block income",
    "in_train": "In train before the plan begins",
    "inflation": "Price rise a year",
    "new_plans_index": "New plans, before calibration",
    "stability_grant": "Stability grant",
    "unit_cost": "Unit cost",
}
_NTH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_OF_A_LEVER = {
    "evidence": "what the evidence supports",
    "running_cost": "cost to run",
    "slip": "how late it starts",
}
_PART_OF_A_LEVER = {"evidence": "the evidence for", "running_cost": "the cost of", "slip": "the lateness of"}


def figure_name(name: str, levers: Iterable[Lever]) -> str:
    """An assumption, or a series by year, in a reader's words: `unit_cost.inmss` is `Unit cost, INMSS`."""
    if name.startswith(f"{PRIORITIES}."):
        return _name_of_a_lever(name.split(".")[1:], {lever.name: lever for lever in levers})
    stem = max((known for known in _SAID if f"{name}.".startswith(f"{known}.")), key=len, default="")
    rest = [part for part in name.removeprefix(stem).split(".") if part]
    return ", ".join([_SAID[stem], *map(_word, rest)] if stem else [_word(name.replace(".", ", "))])


def in_short(name: str, levers: Iterable[Lever]) -> str:
    """An assumption within a sentence, in nine words or fewer: `unit cost (INMSS)`, `the evidence for early years offer`."""
    said = figure_name(name, levers)
    if name.startswith(f"{PRIORITIES}."):
        part = _PART_OF_A_LEVER.get(name.rpartition(".")[2], "an effect of")
        return f"{part} {within_a_sentence(said.partition(':')[0])}"
    if name == "in_train":
        return "what is in train"
    stem, _, rest = said.partition(", ")
    bracketed = f" ({rest})" if rest and not name.startswith("calibration.") else ""
    return within_a_sentence(stem) + bracketed


def _word(part: str) -> str:
    short = {"inmss": "INMSS", "eotas": "EOTAS", "gdp_deflator": "GDP deflator"}
    return short.get(part) or within_a_sentence(SETTINGS.get(part, part.replace("_", " ")))


def _name_of_a_lever(parts: list[str], levers: dict[str, Lever]) -> str:
    lever, rest = levers[parts[0]], parts[1:]
    if rest[0] in _OF_A_LEVER:
        return f"{lever.label}: {_OF_A_LEVER[rest[0]]}"
    said = within_a_sentence(action_words(lever.actions[int(rest[1])]))
    match rest[2:]:
        case ["cost_each"]:
            return f"{lever.label}: capital for each place, {said.rpartition(', ')[2]}"
        case ["slip"]:
            return f"{lever.label}: how late places open, {said.rpartition(', ')[2]}"
        case ["by_nth_september", nth]:
            return f"{lever.label}: {said}, by its {_NTH[int(nth) - 1]} September"
        case _:
            return f"{lever.label}: {said}"


def action_words(action: Action) -> str:
    """What an action does, in a reader's words."""
    match action:
        case FewerNewPlans():
            return "New plans not needed, support having come earlier"
        case Redirect() if action.away_from in action.origins and len(action.origins) == 1:
            return f"Step down after review: {short_name(action.away_from)} to {short_name(action.to)}"
        case Redirect():
            return f"Start or stay in {short_name(action.to)}, not {short_name(action.away_from)}"
        case Cease():
            return f"Plans ceased, {short_name(action.setting)}" + (
                ", backlog" if action.every == "once" else ", each year"
            )
        case Places():
            return f"Places opened, {short_name(action.setting)}"
        case Price():
            return f"Price, {short_name(action.setting)}"


def short_name(setting: str) -> str:
    """A setting as it stands within a sentence."""
    names = {"inmss": "INMSS", "eotas": "EOTAS", "resource_base": "resource base"}
    return names.get(setting, SETTINGS[setting].lower())


def line_names(result: Result) -> dict[str, str]:
    """The reader's name of each line of the saving, by the model's."""
    levers = {lever.name: lever.label for lever in result.scenario.levers}
    in_train = f"In train {before_the_plan(result.years)}"
    return {**levers, "in_train": in_train, "still_to_be_identified": "Still to be identified"}


def within_a_sentence(label: str) -> str:
    """A label inside a sentence: its capital goes, unless it begins with initials.

    >>> within_a_sentence("Early years offer"), within_a_sentence("EOTAS policy"), within_a_sentence("A year late")
    ('early years offer', 'EOTAS policy', 'a year late')
    """
    return label if label[:2].isupper() and label[1:2] != " " else label[:1].lower() + label[1:]


def before_the_plan(years: Sequence[str]) -> str:
    """When a measure in train had begun: before the first financial year of the plan.

    >>> before_the_plan(("2026/27", "2027/28"))
    'before April 2026'
    """
    return f"before April {years[0].partition('/')[0]}"
