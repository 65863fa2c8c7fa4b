"""What is found about the machines' sizes, for those who pay: the first sentences. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reporter.analysis.rightsizing_advice import Advice, NoTarget
from reporter.analysis.rightsizing_risk import is_short
from reporter.analysis.rightsizing_totals import FleetTotals
from reporter.language import Language
from reporter.settings.rightsizing import DAY, SizingRules
from workload.prediction.findings import FEWEST_HOURS, Provisioning

MOST_NAMED = 5


def sentences(totals: FleetTotals, advices: Sequence[Advice], language: Language) -> list[str]:
    """Cost and idle money; what could be saved; what is too small; what is not known.

    Args:
        totals: of the fleet.
        advices: of every machine, the greatest saving first.
        language: of the sentences.
    """
    found = [
        money_sentence(totals, advices[0].machine.name, language),
        _saving(totals, advices, language),
        _too_small(totals, advices, language),
        _unknown(totals, advices, language),
        _change(totals, language),
    ]
    return [sentence.strip() for sentence in found if sentence.strip()]


def money_sentence(totals: FleetTotals, name: str, language: Language) -> str:
    """What the machines cost, and what of it was for idle time.

    Args:
        totals: of the fleet.
        name: of the first machine, for where there is only one.
        language: of the sentence.
    """
    return f"{_cost(totals, name, language)} {_idle(totals, language)}".strip()


def _cost(totals: FleetTotals, name: str, language: Language) -> str:
    say = language.say
    if totals.month is None:
        return say("No machine has a price, so neither its cost nor a saving can be told.")
    month = language.dollars(totals.month, 2)
    if totals.machines == 1:
        return say("{name} costs {month} a month of 730 hours.", name=name, month=month)
    if totals.priced < totals.machines:
        return say(
            "{priced} of {count} machines have a price; these cost {month} a month of 730 hours.",
            priced=totals.priced,
            count=totals.machines,
            month=month,
        )
    count = totals.machines
    return say("The {count} machines cost {month} a month of 730 hours.", count=count, month=month)


def _idle(totals: FleetTotals, language: Language) -> str:
    now = totals.now
    if now is None or now.busy is None:
        return ""
    return language.say(
        "In this range {paid} were paid for {hours} hours of machines, {idle} of it ({share}) for"
        " time in which their CPUs had nothing to do.",
        paid=language.dollars(now.paid, 2),
        hours=language.number(now.hours),
        idle=language.dollars(now.idle, 2),
        share=language.ratio(1 - now.busy, 0),
    )


def _saving(totals: FleetTotals, advices: Sequence[Advice], language: Language) -> str:
    say = language.say
    if totals.saving is not None:
        values = {
            "saving": language.dollars(totals.saving, 2),
            "share": language.ratio(totals.share, 0),
        }
        if totals.saving_machines == 1:
            name = next(one.machine.name for one in advices if one.saving is not None)
            return say(
                "Another measured type in the place of {name} would save {saving} a month"
                " ({share} of the cost).",
                name=name,
                **values,
            )
        return say(
            "Other measured types in the place of {count} machines would save {saving} a month"
            " ({share} of the cost).",
            count=totals.saving_machines,
            **values,
        )
    looked = {NoTarget.NONE_CARRIES, NoTarget.NONE_CHEAPER}
    if any(one.why_none in looked or one.target for one in advices):
        return say(
            "None of the machines with a load test and a price has a cheaper measured type that"
            " surely carries its work."
        )
    if any(one.finding.state is not Provisioning.UNKNOWN for one in advices):
        return say(
            "Whether another type would cost less cannot be told: it takes a load test of both, and"
            " a price."
        )
    return ""


def _too_small(totals: FleetTotals, advices: Sequence[Advice], language: Language) -> str:
    say = language.say
    names = [one.machine.name for one in advices if one.finding.state is Provisioning.UNDER]
    if not names:
        return ""
    named = _named(names, language)
    found = (
        say("{names} is too small for its work.", names=named)
        if len(names) == 1
        else say("{count} are too small for their work: {names}.", count=len(names), names=named)
    )
    if totals.extra is None:
        return found
    extra = language.dollars(totals.extra, 2)
    return f"{found} {say('What carries it costs {extra} a month more.', extra=extra)}"


def _unknown(totals: FleetTotals, advices: Sequence[Advice], language: Language) -> str:
    say, count = language.say, totals.states[Provisioning.UNKNOWN]
    hours = language.number(FEWEST_HOURS)
    if not count:
        return ""
    if count == totals.machines:
        return say(
            "Nothing is found about sizes: no machine has {hours} hours of CPU time in the range.",
            hours=hours,
        )
    names = [one.machine.name for one in advices if one.finding.state is Provisioning.UNKNOWN]
    return say(
        "Nothing is found about {names}: less than {hours} hours of CPU time are known.",
        names=_named(names, language),
        hours=hours,
    )


def short_sentence(advices: Sequence[Advice], rules: SizingRules, language: Language) -> str:
    """Of which machines with a finding less than the look-back period is known; "": of none."""
    short = [one for one in advices if is_short(one.finding, rules)]
    if not short:
        return ""
    return language.say(
        "Of {names} less than the {days} days are known, of one of them {least} days: what they"
        " did before may have been more.",
        names=_named([one.machine.name for one in short], language),
        days=rules.look_back_days,
        least=language.number(min(one.finding.demand.seconds for one in short) / DAY, 1),
    )


def _named(names: Sequence[str], language: Language) -> str:
    named = ", ".join(names[:MOST_NAMED])
    rest = len(names) - MOST_NAMED
    if rest <= 0:
        return named
    return language.say("{names} and {count} more", names=named, count=rest)


def _change(totals: FleetTotals, language: Language) -> str:
    last, now = totals.last, totals.now_of_both
    if last is None or now is None or last.busy is None or now.busy is None:
        return ""
    return language.say(
        "In the period before, of the same length, {then} were paid for the machines of both, and"
        " {now} in this one; of it {then_idle} and {now_idle} were for idle time.",
        then=language.dollars(last.paid, 2),
        now=language.dollars(now.paid, 2),
        then_idle=language.ratio(1 - last.busy, 0),
        now_idle=language.ratio(1 - now.busy, 0),
    )
