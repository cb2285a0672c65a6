"""Words with computed numbers in them: Markdown with Jinja2 expressions over the names of a notebook, or over what a page gives.

The template is its author's. What is put into it comes from outside, and stands as text: it is neither HTML nor Markdown there.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import mistune
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from best_model.faces import numbers
from best_model.faces.html import Shown
from best_model.model.refusal import Refusal
from best_model.questions.names import within_a_sentence
from best_model.table import Missing

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|&\"'~:=^$\n\r]")
as_html = mistune.create_markdown(escape=False, plugins=["table", "def_list"])


def said(template: str, names: Mapping[str, Any], role: str = "") -> Shown:
    """A template, filled and made HTML. `role` is the class of its paragraphs (`answer`, `lead`, `note`) or of its list (`true`)."""
    html = str(as_html(worded(template, names, escaped=True))).strip()
    for part in ("p", "ul") if role else ():
        html = html.replace(f"<{part}>", f'<{part} class="{role}">')
    return Shown(html)


def worded(template: str, names: Mapping[str, Any], *, escaped: bool = False) -> str:
    """A template, filled, as one run of words: the title of a chart, a line of a terminal. Raises `Refusal` where a name is wrong."""
    try:
        text = _environment(escaped).from_string(template).render(**names)
    except Exception as error:  # of the author's making: say where, and keep what was said
        raise Refusal(f"in the words {template.strip()[:60]!r}: {error}") from error
    return text.strip()


@cache
def _environment(escaped: bool) -> ImmutableSandboxedEnvironment:
    """A sandbox that stops at an undefined name. `escaped`, what is put in is text wherever it stands."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=_as_text if escaped else _as_words, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(FILTERS)
    return made


def _as_words(value: Any) -> Any:
    """What an expression gives, if it can be read aloud: words, or a whole number. Another number has no unit: it wants a filter."""
    if isinstance(value, float):
        raise ValueError(f"{value!r} has no unit; write how it is read, such as `| gbp_m`, `| children` or `| share`")
    return value


def _as_text(value: Any) -> str:
    """The same, as characters that neither Markdown nor HTML takes for its own."""
    words = _as_words(value)
    if isinstance(words, Markup):
        return str(words)
    return _MARKDOWN.sub(lambda sign: f"&#{ord(sign[0])};" if sign[0] not in "\n\r" else " ", str(words))


# Filters: how a number is read, and a handful for grammar


def _of_a_number(written: Any) -> Any:
    def filled(value: Any, *more: Any) -> str:
        if isinstance(value, Missing):
            return str(value)
        if not math.isfinite(value):
            raise ValueError("nan cannot be read aloud: say why there is no number")
        return str(written(float(value), *more))

    return filled


def listed(items: Sequence[str], last: str = "and") -> str:
    """Items as a sentence has them.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    head, tail = [str(item) for item in items][:-1], str([*items][-1]) if items else ""
    return f"{', '.join(head)} {last} {tail}" if head else tail


def counted(many: int, one: str, more: str = "") -> str:
    """A small number with its noun: up to nine as a word.

    >>> counted(1, "priority", "priorities"), counted(6, "priority", "priorities"), counted(24, "workstream")
    ('one priority', 'six priorities', '24 workstreams')
    """
    return f"{in_words(many)} {one if many == 1 else more or one + 's'}"


def in_words(many: int) -> str:
    """A whole number up to nine as a word.

    >>> in_words(5), in_words(12)
    ('five', '12')
    """
    return _WORDS[many] if 0 <= many < len(_WORDS) else f"{many:,}"


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def capital(words: str) -> str:
    """Words that begin a sentence."""
    return words[:1].upper() + words[1:]


FILTERS = {
    "gbp_m": _of_a_number(numbers.pounds_m),
    "gbp": _of_a_number(numbers.pounds),
    "gbp_moved": _of_a_number(numbers.moved),
    "children": _of_a_number(numbers.children),
    "share": _of_a_number(numbers.per_cent),
    "tenths": _of_a_number(numbers.tenths),
    "tenth": _of_a_number(numbers.tenth),
    "figure": numbers.figure,
    "known": lambda estimate: numbers.share_as_known(*estimate),
    "number": _of_a_number(numbers.number),
    "chance": _of_a_number(numbers.chance),
    "in_short": lambda chance: numbers.chance_in_short(*chance),
    "year": _of_a_number(lambda year: f"{year:.0f}"),
    "january": numbers.january,
    "in_sentence": within_a_sentence,
    "capital": capital,
    "listed": listed,
    "counted": counted,
    "in_words": in_words,
}
