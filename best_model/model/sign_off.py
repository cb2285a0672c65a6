"""Who answers for a paper: the four roles of the AQuA Book, and whom a council has named to each."""

from typing import Final, Literal

from best_model.model.scenario import Frozen

Role = Literal["commissioner", "analyst", "assurer", "approver"]
ROLES: Final[tuple[Role, ...]] = ("commissioner", "analyst", "assurer", "approver")


class Signed(Frozen):
    """What a council put in for a role: a name, and the day it was signed; each is empty until then."""

    role: Role
    name: str = ""
    date: str = ""
