"""How numbers are written for readers: £m to one decimal, whole children, whole per cent, a true minus sign."""

from html import escape

MINUS = "\N{MINUS SIGN}"
MILLION = 1e6


def _signed(text: str) -> str:
    """A hyphen becomes a minus; a nought loses it."""
    return text.removeprefix("-") if not text.strip("-0.,") else text.replace("-", MINUS)


def millions(pounds: float) -> str:
    """£m to one decimal, without the unit: 66146000 is `66.1`.

    >>> millions(-15_363_000.0)
    '−15.4'
    """
    return _signed(f"{pounds / MILLION:,.1f}")


def pounds_m(pounds: float) -> str:
    """£m to one decimal, with its unit: `£66.1m`, `−£2.0m`."""
    text = millions(abs(pounds))
    sign = MINUS if pounds < 0 and text.strip("0.") else ""
    return f"{sign}£{text}m"


def pounds(amount: float) -> str:
    """Whole pounds: `£26,000`."""
    sign = MINUS if round(amount) < 0 else ""
    return f"{sign}£{abs(round(amount)):,}"


def children(number: float) -> str:
    """Whole children, with thousands: `1,348`."""
    return _signed(f"{number:,.0f}")


def per_cent(share: float) -> str:
    """Whole per cent of a fraction: `31%`."""
    return f"{_signed(f'{share * 100:.0f}')}%"


def january(year: int) -> str:
    """A census, by name."""
    return f"January {year}"


def safe(text: str) -> str:
    """Text from outside, as text."""
    return escape(text, quote=True)
