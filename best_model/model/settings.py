"""The vocabularies of the model: where children are placed, what they need, how old they are.

`params/settings.csv` maps every SEN2 column to a setting here, to a tab of the DfE DSG management plan and to a
provision of the local SEND reform plan; `params/needs.csv` does the same for primary needs.
"""

from typing import Final

SETTINGS: Final = {
    "mainstream": "Mainstream school",
    "resource_base": "Resource base or SEN unit",
    "state_special": "State special school",
    "inmss": "Independent or non-maintained special school (INMSS)",
    "alternative_provision": "Alternative provision",
    "further_education": "Further education",
    "specialist_post_16": "Specialist post-16",
    "eotas": "Education otherwise than at school (EOTAS)",
    "elective_home_education": "Elective home education",
    "not_in_education": "Not in education",
    "awaiting_or_unknown": "Awaiting a place or unknown",
}
"""Placement settings, in the order of every `setting` axis, with the name a reader sees."""

NEEDS: Final = {
    "semh": "Social, emotional and mental health",
    "communication_interaction": "Communication and interaction",
    "cognition_learning": "Cognition and learning",
    "sensory_physical_other": "Sensory, physical and other",
}
"""Primary needs in four groups, in the order of every `need` axis."""

AGES: Final = tuple(range(26))
"""Age at 31 August before the census, in the order of every `age` axis; a plan ends at the 26th birthday."""

AGE_BANDS: Final = {
    "Under 5": (0, 4),
    "5 to 10": (5, 10),
    "11 to 15": (11, 15),
    "16 to 19": (16, 19),
    "20 to 25": (20, 25),
}
"""Age bands of the DfE DSG management plan: first and last age of each."""


def setting_index(name: str) -> int:
    """Place of a setting on a `setting` axis."""
    return list(SETTINGS).index(name)
