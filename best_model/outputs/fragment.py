"""A piece of page: HTML that a notebook shows and the pack prints. Text from outside is escaped before it gets here."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fragment:
    """HTML, ready to show."""

    html: str = field(repr=False)

    def _repr_html_(self) -> str:
        return self.html

    def __add__(self, other: "Fragment") -> "Fragment":
        return Fragment(f"{self.html}\n{other.html}")
