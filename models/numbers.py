"""Numbers in sentences. Reports for people use `optimizer.reports.formatting`, which rounds more."""


class Digits(str):
    """A number in English digits, which reports set as their locale writes it."""

    __slots__ = ()


def as_typed(value: float) -> Digits:
    """A number as a planner types it: whole, or six significant digits.

    >>> as_typed(1234567.0), as_typed(0.25), as_typed(1e-9)
    ('1,234,567', '0.25', '1e-09')
    """
    return Digits(f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}")


def every_digit(value: float) -> Digits:
    """A number with every digit that it has, without the noise of binary arithmetic.

    >>> every_digit(114.2), every_digit(64.0), every_digit(12345.5), every_digit(0.1 + 0.2)
    ('114.2', '64', '12,345.5', '0.3')
    """
    text = f"{value:,.10f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else f"{value:,.0f}"
    return Digits("0" if text == "-0" else text)


def three_digits(value: float) -> Digits:
    """Whole from 100 on, else three significant digits; 0 for less than a millionth.

    >>> three_digits(1234.5), three_digits(12.345), three_digits(1e-8)
    ('1,234', '12.3', '0')
    """
    if abs(value) < 1e-6:
        return Digits("0")
    return Digits(f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}")
