"""The BEST scenario suite: what children with an EHC plan will cost, and what six priorities change about it.

>>> import best_model as best
>>> case = best.case()
>>> case.scenarios
('base', 'do_nothing', 'evidence', 'stretched')
>>> plan = case.run("stretched")
>>> round(plan.saving[-1])
66146000
"""

import sys
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from best_model.door import case, tables
    from best_model.model.refusal import Refusal
    from best_model.table import Column, Row, Table, Unit

__version__ = version("best-model")
__all__ = ["Column", "Refusal", "Row", "Table", "Unit", "case", "tables"]

_HOMES = {"case": "door", "tables": "door", "Refusal": "model.refusal"}


def __getattr__(name: str) -> Any:
    """What the door offers, loaded when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"best_model offers {', '.join(__all__)}, not {name!r}")
    import_module("best_model.faces")
    return getattr(import_module(f"best_model.{_HOMES.get(name, 'table')}"), name)


def __dir__() -> list[str]:
    return [*__all__]


def _tell_the_notebook() -> None:
    """Where this is a notebook, it learns `%%say` and `%%draw`."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and hasattr(shell, "register_magic_function"):
        import_module("best_model.faces.magics").register(shell)


_tell_the_notebook()
