"""How the model's settings and needs answer the two returns: the DSG management plan and the local SEND reform plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from best_model.model.settings import SETTINGS


@dataclass(frozen=True)
class CensusColumn:
    """One placement as the SEN2 census has it, with the setting, the tab and the provision that count it."""

    name: str
    setting: str
    tab: str
    provision: str


@dataclass(frozen=True)
class Provision:
    """One provision of the reform plan; its forecast is `counted_in` another where neither the model nor the census parts them."""

    name: str
    counted_in: str = ""
    why: str = ""


@dataclass(frozen=True)
class PrimaryNeed:
    """One primary need as the census has it, and the model's group that holds it."""

    column: str
    name: str
    group: str


@dataclass(frozen=True)
class Returns:
    """The mapping, and the base census in full where the council ships it.

    `published`: children by need, in the order of `needs`, by census column of `january`; empty where it is not shipped, and a
    column that is not in it holds nobody.
    """

    columns: tuple[CensusColumn, ...]
    provisions: tuple[Provision, ...]
    needs: tuple[PrimaryNeed, ...]
    january: int
    published: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def tabs(self) -> dict[str, tuple[str, ...]]:
        """The settings that each tab of the DSG management plan counts, in the order of the mapping."""
        tabs = dict.fromkeys(column.tab for column in self.columns)
        return {tab: tuple(name for name in SETTINGS if self.tab_of(name) == tab) for tab in tabs}

    def tab_of(self, setting: str) -> str:
        """The one tab that counts a setting."""
        return next(column.tab for column in self.columns if column.setting == setting)

    def home_of(self, setting: str) -> str:
        """The provision under which the model's children of a setting are given."""
        return self.stands_for(next(column.provision for column in self.columns if column.setting == setting))

    @property
    def homes(self) -> set[str]:
        """The provisions under which the model gives a figure."""
        return {self.home_of(setting) for setting in SETTINGS}

    def stands_for(self, provision: str) -> str:
        """The provision that a provision is counted in: itself, if it stands alone."""
        counted_in = {each.name: each.counted_in for each in self.provisions}
        return counted_in[provision] or provision

    def children_in(self, column: CensusColumn) -> int:
        """Published children in one column of the base census."""
        return sum(self.published.get(column.name, ()))
