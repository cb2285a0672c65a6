"""How numbers are written for readers: £m to one decimal, whole children, whole per cent, a true minus sign."""

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from best_model.table import LEAST_GBP_SHOWN, NONE, Chance, Column, Estimate, Missing, Pair, Range, Unit, Value

MINUS = "\N{MINUS SIGN}"
THOUSAND, MILLION = 1e3, 1e6
_THREE, _FINEST = 3, 1e-9


def _signed(text: str) -> str:
    """A hyphen becomes a minus; a nought loses it."""
    return text.removeprefix("-") if not text.strip("-0.,") else text.replace("-", MINUS)


def millions(pounds: float) -> str:
    """£m to one decimal, without the unit: 66146000 is `66.1`.

    A half rounds away from nought, as a reader's own sum would.

    >>> millions(-15_363_000.0), millions(11_450_000.0), millions(6_150_000.0), millions(-20_000.0)
    ('−15.4', '11.5', '6.2', '0.0')
    """
    tenths = Decimal(str(round(pounds, 2))).scaleb(-6).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return _signed(f"{tenths:,}")


def pounds_m(pounds: float) -> str:
    """£m to one decimal, with its unit: `£66.1m`, `−£2.0m`."""
    text = millions(abs(pounds))
    return f"{MINUS if pounds < 0 and text.strip('0.') else ''}£{text}m"


def pounds(amount: float) -> str:
    """Whole pounds: `£26,000`."""
    return f"{MINUS if round(amount) < 0 else ''}£{abs(round(amount)):,}"


def said(amount: float) -> str:
    """Pounds of any size: £m, or whole pounds where that would be less than £0.1m.

    >>> said(44_310.0), said(-2_345_000.0)
    ('£44,310', '−£2.3m')
    """
    return pounds(amount) if abs(amount) < 2 * LEAST_GBP_SHOWN else pounds_m(amount)


def moved(amount: float) -> str:
    """A change of pounds of any size, with its sign; less than a pound is not nought.

    >>> moved(1e6), moved(-5_000.0), moved(0.01), moved(0.0)
    ('+£1.0m', '−£5,000', '+under £1', 'no change')
    """
    if amount == 0:
        return "no change"
    size = pounds_m(abs(amount)) if abs(amount) >= LEAST_GBP_SHOWN else pounds(abs(amount))
    if abs(amount) < 1:
        size = "under £1"
    return f"{MINUS if amount < 0 else '+'}{size}"


def children(number: float) -> str:
    """Whole children, with thousands: `1,348`."""
    return _signed(f"{number:,.0f}")


def number(value: float) -> str:
    """A figure in its own unit: whole from a thousand on, else to three places with no trailing noughts.

    >>> number(70_000.0), number(0.25), number(-1.0)
    ('70,000', '0.25', '−1')
    """
    return _signed(f"{value:,.0f}" if abs(value) >= THOUSAND else f"{value:.3f}".rstrip("0").rstrip("."))


def per_cent(share: float) -> str:
    """Whole per cent of a fraction: `31%`."""
    return f"{_signed(f'{share * 100:.0f}')}%"


def tenths(share: float) -> str:
    """Per cent of a fraction to one decimal: `4.2%`."""
    return f"{_signed(f'{share * 100:.1f}')}%"


def tenth(number: float) -> str:
    """A number to one decimal: `14.6`."""
    return _signed(f"{number:,.1f}")


def share_as_known(share: float, error: float) -> str:
    """A share in per cent: whole, or in fives or tens as its standard error allows; never none or all.

    >>> share_as_known(0.9614, 0.004), share_as_known(0.357, 0.021), share_as_known(0.9998, 0.001)
    ('96%', '35%', 'over 99%')
    """
    step = _step(max(error * 100, 1.0))
    shown = no_finer(share * 100, step)
    if shown <= 0:
        return f"under {number(step)}%"
    return f"over {number(100 - step)}%" if shown >= 100 else f"{number(shown)}%"


def no_finer(value: float, error: float) -> float:
    """A number whose last digit steps by one or five of the first unit that is not below its error.

    >>> no_finer(14_604_797.0, 793_875.0), no_finer(69_452.0, 480.0)
    (15000000.0, 69500.0)
    """
    step = _step(error)
    return round(value / step) * step


def _step(error: float) -> float:
    """The least of one or five times a power of ten that is not below an error."""
    power = 10.0 ** math.floor(math.log10(max(error, _FINEST)))
    return next(power * times for times in (1, 5, 10) if power * times >= error * (1 - _FINEST))


def figure(value: float | Estimate, unit: str) -> str:
    """An assumption in a sentence, from its value and its unit in words: £ in millions from one on, a share or a rate in per cent.

    >>> figure(14_600_000.0, "£ a year"), figure(0.055, "a year"), figure(1.65, "times 2024"), figure(3.0, "months late")
    ('£14.6m', '5.5%', '1.65 times 2024', '3 months')
    """
    if isinstance(value, Estimate):
        value = no_finer(*value)
    if unit.startswith("£"):
        return f"£{number(value / MILLION)}m" if abs(value) >= MILLION else f"£{number(value)}"
    if unit == "a year" or unit.startswith(("share", "of ", "off ")):
        return f"{number(value * 100)}%"
    tail = {"places": " places", "months late": " months"}.get(unit, f" {unit}" if unit.startswith("times") else "")
    return number(value) + tail


def change(number: float) -> str:
    """Whole children more or fewer, with a sign.

    >>> change(182.2), change(-306.0), change(0.2)
    ('+182', '−306', '0')
    """
    return _with_plus(children(number))


def _with_plus(text: str) -> str:
    return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"


def chance(share: float, draws: int) -> str:
    """How often in so many draws, with its standard error and no digit beyond that; what was never or always seen, by the rule of three.

    That rule: of what did not happen in n draws, the chance is below 3/n, as 19 in 20 such bounds would be right.

    >>> chance(0.341, 1_600), chance(0.341, 10_000), chance(0.34, 20)
    ('34% ± 1', '34.1% ± 0.5', '30% ± 10')
    >>> chance(0.0, 10_000), chance(1.0, 10_000), chance(0.0, 5)
    ('less than 1 in 3,300', 'more than 3,299 in 3,300', '0 of 5 draws')
    """
    if share in {0.0, 1.0}:
        return _never_or_always(bool(share), draws)
    error = Decimal(f"{100 * math.sqrt(share * (1 - share) / draws):.0e}")
    return f"{Decimal(100 * share).quantize(error, ROUND_HALF_UP):f}% ± {error:f}"


def chance_in_short(share: float, draws: int) -> str:
    """A chance in whole per cent, or its bound where it was never or always seen.

    >>> chance_in_short(0.12, 10_000), chance_in_short(0.0015, 10_000), chance_in_short(0.0, 10_000)
    ('12%', 'under 1%', 'less than 1 in 3,300')
    """
    if share in {0.0, 1.0}:
        return chance(share, draws)
    whole = round(share * 100)
    return f"{whole}%" if 0 < whole < 100 else "under 1%" if whole == 0 else "over 99%"


def _never_or_always(always: bool, draws: int) -> str:
    one_in = draws // _THREE
    if one_in < 2:
        return f"{draws if always else 0} of {draws} draws"
    tail = 10 ** max(len(str(one_in)) - 2, 0)
    one_in = one_in // tail * tail
    return f"more than {one_in - 1:,} in {one_in:,}" if always else f"less than 1 in {one_in:,}"


def millions_change(amount: float) -> str:
    """£m more or less, with a sign; what shows as nought has none.

    >>> millions_change(22_800_000.0), millions_change(-28_000_000.0), millions_change(20_000.0)
    ('+22.8', '−28.0', '0.0')
    """
    return _with_plus(millions(amount))


def january(year: int) -> str:
    """A census, by name."""
    return f"January {year}"


def written(value: Value, unit: Unit) -> str:
    """A value of a table as a reader sees it, by its unit.

    >>> written(66_146_000.0, Unit.GBP), written(Pair(2282.0, 0.317), Unit.CHILDREN), written(NONE, Unit.GBP)
    ('66.1', '2,282', 'none')
    """
    match value:
        case str() | Missing():
            return str(value) or str(NONE)
        case Chance(share, draws):
            return chance(share, draws)
        case Estimate(number, error):
            in_per_cent = unit in {Unit.SHARE, Unit.TENTHS}
            return share_as_known(number, error) if in_per_cent else written(no_finer(number, error), unit)
        case Range(low, high):
            return f"{written(low, unit)} to {written(high, unit)}"
        case Pair(first, _):
            return written(first, unit)
    return _WRITTEN[unit](float(value))


def both(value: Pair, column: Column) -> str:
    """A number and the other in brackets behind it; where the first is hidden, so is the other.

    >>> both(Pair(2282.0, 0.317), Column("January 2025", Unit.CHILDREN, ("share", Unit.SHARE)))
    '2,282\xa0(32%)'
    """
    first = written(value.first, column.unit)
    if column.second is None or isinstance(value.first, Missing):
        return first
    return f"{first}\N{NO-BREAK SPACE}({written(value.second, column.second[1])})"


_WRITTEN: dict[Unit, Callable[[float], str]] = {
    Unit.GBP: millions,
    Unit.GBP_WHOLE: pounds,
    Unit.GBP_SAID: said,
    Unit.GBP_CHANGE: millions_change,
    Unit.GBP_MOVED: moved,
    Unit.GBP_K: lambda amount: children(amount / THOUSAND),
    Unit.CHILDREN: children,
    Unit.CHANGE: change,
    Unit.SHARE: per_cent,
    Unit.TENTHS: tenths,
    Unit.NUMBER: number,
    Unit.HUNDREDTHS: lambda value: _signed(f"{value:,.2f}"),
    Unit.IN_FULL: lambda value: _signed(f"{value:,.15g}"),
    Unit.YEAR: lambda year: f"{year:.0f}",
}
