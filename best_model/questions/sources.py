"""Where figures come from: every source, and how the figures that no source gives are made."""

from collections.abc import Collection

from best_model.model.authority import Authority
from best_model.table import NONE, Column, Row, Table, Unit, listed, under


@listed("authority")
def sources(authority: Authority, only: Collection[str] | None = None) -> Table:
    """Every source of the council's figures, with where in it they are, or `only` those of some keys, in the council's order."""
    rows = [
        Row(source.title, (source.where, source.licence, source.url or NONE), anchor=f"source:{key}")
        for key, source in authority.council.sources.items()
        if only is None or key in only
    ]
    columns = under(("Where in it", "Licence", "Publication"), Unit.WORDS)
    return Table("sources", "Sources of the figures", "Source", columns, rows)


@listed("authority")
def kinds_of_figure(authority: Authority) -> Table:
    """What the word after a row means: how a figure of that kind is made. Every “modelled” in a paper leads here."""
    rows = [
        Row("Published", ("The council or the Department for Education gives it.",)),
        Row("Derived", ("It follows by arithmetic from published figures.",)),
        Row("Assumed", ("The authors chose it. It has a source and a range.",)),
        Row("Calibrated", (_CALIBRATED,)),
        Row("Modelled", (_MODELLED,)),
        Row("Balance", ("It is what a plan still needs to meet its target. No measure stands behind it.",)),
    ]
    trace = (
        "The command best explain traces a modelled number to the files and rows it comes from, "
        f"such as best explain saving {authority.years[-1]}."
    )
    columns = (Column("How it is made", Unit.WORDS),)
    return Table("kinds_of_figure", "How the figures are made", "Kind of figure", columns, rows, (trace,))


_CALIBRATED = (
    "An assumption that the model moved as little as possible, so that doing nothing gives the published gap exactly. "
    "It ties the model to the forecast; it is not evidence."
)
_MODELLED = (
    "The model computes it from all of these: it carries children by age, need and setting from census to census, "
    "costs them unrounded, and compares the result with doing nothing."
)
