"""What list, effective and idle money come to, in words. Pure."""

from __future__ import annotations

from reporter.analysis.book_money import BookMoney, BookTotals
from reporter.analysis.money import money
from reporter.language import Language


def commitments(totals: BookTotals, language: Language) -> str:
    """What commitments save; "" where that is unknown."""
    saving, say = totals.saving, language.say
    if saving is None:
        return ""
    values = {
        "count": language.number(totals.both),
        "machines": language.number(totals.machines),
        "list": language.dollars(saving.list, 2),
        "effective": language.dollars(saving.effective, 2),
        "saved": language.dollars(abs(saving.dollars), 2),
        "share": language.ratio(abs(saving.share or 0.0)),
    }
    if saving.dollars >= 0:
        return say(
            "Of {count} of {machines} machines list and effective price are known: by the list, the"
            " hours of the range cost {list}, and {effective} was paid. Commitments and discounts"
            " saved {saved} ({share}).",
            **values,
        )
    return say(
        "Of {count} of {machines} machines list and effective price are known: by the list, the"
        " hours of the range cost {list}, and {effective} was paid, {saved} ({share}) more.",
        **values,
    )


def idle(totals: BookTotals, language: Language) -> str:
    """What idle time costs; "" where that is unknown of all."""
    say = language.say
    if not totals.counted or totals.month is None:
        return ""
    found = say(
        "Idle CPU time of {count} of {machines} machines cost {idle} of {paid} in the range; a"
        " month of it costs {month}.",
        count=language.number(totals.counted),
        machines=language.number(totals.machines),
        idle=language.dollars(totals.idle, 2),
        paid=language.dollars(totals.paid, 2),
        month=language.dollars(totals.month, 2),
    )
    if not totals.unknown:
        return found
    gaps = say(
        "For {unknown} of it no CPU time is known: the month is {least} if that was busy, and"
        " {most} if it was idle.",
        unknown=language.dollars(totals.unknown, 2),
        least=language.dollars(totals.least, 2),
        most=language.dollars(totals.most, 2),
    )
    return f"{found} {gaps}"


def worth(found: BookMoney, language: Language) -> str:
    """Who is the best value on effective prices; "" where none is known."""
    if not found.worth:
        return ""
    best = money(found.on_effective, language)
    return language.say("On effective prices: {sentence}", sentence=best)
