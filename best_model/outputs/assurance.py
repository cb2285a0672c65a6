"""Whether anybody has signed, as the committee's paper still shows it."""

from collections.abc import Sequence

from best_model.model.sign_off import Signed
from best_model.outputs.fragment import Fragment, paragraph
from best_model.questions.quality import still_to_sign


def is_it_signed(signed: Sequence[Signed]) -> Fragment:
    """How many of the four roles have signed: the answer."""
    still = still_to_sign(signed)
    names = " and ".join([", ".join(still[:-1]), *still[-1:]]).removeprefix(" and ")
    if not still:
        return paragraph(f"All {len(signed)} roles have signed.", "answer")
    if len(still) == len(signed):
        return paragraph(f"Nobody has signed yet: {names} are still to do so.", "answer")
    return paragraph(
        f"{len(signed) - len(still)} of {len(signed)} roles have signed; still to sign: {names}.", "answer"
    )
