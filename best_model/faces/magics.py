"""Cell magics of a notebook: `%%say` is a paragraph with computed numbers in it, `%%draw` a chart whose title says what was found."""

from collections.abc import Callable
from typing import Any

from IPython.display import display

from best_model.faces.say import said, worded


def register(shell: Any) -> None:
    """Make both known to a notebook: `import best_model` does it."""
    shell.register_magic_function(_say(shell), "cell", "say")
    shell.register_magic_function(_draw(shell), "cell", "draw")


def _say(shell: Any) -> Callable[[str, str], None]:
    def say(line: str, cell: str) -> None:
        """`%%say`, `%%say answer`, `lead`, `note` or `true` (a list): Markdown with the notebook's names in double braces."""
        display(said(cell, shell.user_ns, line.strip()))

    return say


def _draw(shell: Any) -> Callable[[str, str], None]:
    def draw(line: str, cell: str) -> None:
        """`%%draw lines(gap)`: the chart that the line makes, with the words of the cell for its title; None draws nothing."""
        chart = shell.ev(line)
        if chart is not None:
            display(chart.titled(worded(cell, shell.user_ns)))

    return draw
