"""A number asked for in a few words, `saving 2029/30 commissioning`, in any order and any case."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from best_model.model.deficit import CASES
from best_model.model.engine import Result
from best_model.model.refusal import Refusal
from best_model.model.settings import SETTINGS

TOTAL, IN_TRAIN, TO_BE_IDENTIFIED = "total", "in_train", "still_to_be_identified"
_SAID_FOR_NOTHING = {"a", "at", "by", "for", "from", "in", "january", "of", "on", "the", "to", "with"}
_LINES = {
    "gap_before": ["gap before", "gap before mitigation"],
    "gap_after": ["gap after", "gap left", "gap after mitigation"],
    "saving": ["saving", "savings"],
    "deficit": ["deficit"],
    "plans": ["plans", "children"],
    "spend": ["spend", "spending"],
}


@dataclass(frozen=True)
class Question:
    """What is asked: a line of the result, a financial year or a January, and what of it (a priority, setting or case)."""

    line: str
    period: str
    subject: str


def asked(result: Result, text: str) -> Question:
    """The question that `text` asks of a result. Raises `Refusal`, naming what is understood, where it is not clear."""
    words = _words(text)
    line = _taken(words, _LINES)
    if line is None:
        raise Refusal(f"{text!r} asks for none of {_listed(_LINES)}: begin with one of them")
    subjects = _subjects(result)[line]
    periods = [str(year) for year in result.authority.januaries] if line == "plans" else list(result.years)
    period = _taken(words, {name: [name] for name in periods})
    if period is None:
        raise Refusal(f"{text!r} names no {'January' if line == 'plans' else 'year'} of {_listed(periods)}: add one")
    subject = _taken(words, subjects) if subjects else None
    unknown = [word for word in words if word not in _SAID_FOR_NOTHING]
    if unknown:
        also = f", and one of {_listed(subjects)}" if subjects else " and nothing more"
        raise Refusal(f"{unknown[0]!r} is not understood: {line} takes one of {_listed(periods)}{also}")
    return Question(line, period, subject or next(iter(subjects), ""))


def _subjects(result: Result) -> dict[str, dict[str, list[str]]]:
    """What each line can be asked of, by name, with what else it is called; the first is taken where none is named."""
    levers = {lever.name: [lever.name, lever.label] for lever in result.scenario.levers}
    others = {name: [name] for name in (IN_TRAIN, TO_BE_IDENTIFIED)}
    settings = {TOTAL: [TOTAL]} | {name: [name, label] for name, label in SETTINGS.items()}
    return {
        "saving": {TOTAL: [TOTAL], **levers, **others},
        "deficit": {case: [case] for case in CASES},
        "plans": settings,
        "spend": settings,
        "gap_before": {},
        "gap_after": {},
    }


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _taken(words: list[str], names: Mapping[str, Iterable[str]]) -> str | None:
    """The name whose phrase is among the words, the longest first; its words are taken out."""
    phrases = [(_words(phrase), name) for name, called in names.items() for phrase in called]
    for phrase, name in sorted(phrases, key=lambda each: -len(each[0])):
        if all(words.count(word) >= phrase.count(word) for word in phrase):
            for word in phrase:
                words.remove(word)
            return name
    return None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
