"""Many councils, many scenarios: each is made ready and drawn by one worker, which sends back what is asked of it, not its draws."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TypeVar

from best_model.draws.ensemble import Ensemble, Outcomes, ensemble
from best_model.draws.fan_out import Call, in_order, team

Name = TypeVar("Name", bound=Hashable)
Answer = TypeVar("Answer")
MadeReady = Callable[[], Ensemble]
"""A call of `made_ready` that is yet to be made, as `functools.partial` has it: smaller to send than what comes of it."""


def ensembles(
    asked: Mapping[Name, MadeReady],
    draws: int,
    answer: Callable[[Ensemble, Outcomes], Answer],
    workers: int = 1,
    scheduler: str = "",
    processes: bool = False,
) -> Iterator[tuple[Name, Answer]]:
    """The `answer` of each ensemble by its name, in the order asked, the work of all spread over one `fan_out.team`.

    Ask for `processes` where they draw whole children. There and on a cluster `answer` is a function that can be pickled, as one of
    a module or a `partial` of one.
    """
    with team(workers, scheduler, processes) as those:
        calls = (Call(_one, (make, draws, answer)) for make in asked.values())
        yield from zip(asked, in_order(those, calls), strict=True)


def _one(make: MadeReady, draws: int, answer: Callable[[Ensemble, Outcomes], Answer]) -> Answer:
    ready = make()
    return answer(ready, ensemble(ready, draws))
