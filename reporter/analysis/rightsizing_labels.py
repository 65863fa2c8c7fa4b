"""Findings, reasons, targets and risks in words. Pure."""

from __future__ import annotations

from reporter.analysis.forecast import Reach, ReachKind
from reporter.analysis.rightsizing import HOUR, ResourceFinding, SizeFinding
from reporter.analysis.rightsizing_advice import Advice, NoTarget
from reporter.analysis.rightsizing_risk import RiskBasis, RiskLevel, SizeRisk, unchecked
from reporter.analysis.rightsizing_targets import SizeTarget
from reporter.language import UNKNOWN, Language
from reporter.settings.rightsizing import DAY, SizingRules
from workload.prediction.findings import (
    FEWEST_HOURS,
    FULL,
    MachineResource,
    Provisioning,
    UnknownCause,
)


def state_words(state: Provisioning, language: Language) -> str:
    """A finding in one word."""
    say = language.say
    return {
        Provisioning.UNDER: say("under-provisioned"),
        Provisioning.OVER: say("over-provisioned"),
        Provisioning.OPTIMISED: say("optimised"),
        Provisioning.UNKNOWN: say("not known"),
    }[state]


def reasons_words(finding: SizeFinding, language: Language) -> list[str]:
    """Why a machine is found to be so, a phrase for each reason."""
    say = language.say
    if finding.cause is UnknownCause.NO_DATA:
        return [say("no CPU time is known")]
    if finding.cause is UnknownCause.TOO_FEW_SAMPLES:
        return [say("too few samples for the percentile")]
    if finding.cause is UnknownCause.TOO_LITTLE_DATA:
        return [
            say(
                "{hours} h of data, {fewest} are needed",
                hours=language.number(finding.demand.seconds / HOUR, 1),
                fewest=language.number(FEWEST_HOURS),
            )
        ]
    known = [
        one for one in finding.resources if one.state in {Provisioning.UNDER, Provisioning.OVER}
    ]
    found = [_reason(one, language) for one in known]
    # Of disks and networks little is known of most machines: the table of demand has a dash.
    if finding.of(MachineResource.MEMORY) is Provisioning.UNKNOWN:
        found.append(say("memory is not known"))
    return found


def resource_words(resource: MachineResource, language: Language) -> str:
    """A resource's name."""
    say = language.say
    return {
        MachineResource.CPU: say("CPU"),
        MachineResource.MEMORY: say("memory"),
        MachineResource.DISK: say("disk"),
        MachineResource.NETWORK: say("network"),
        MachineResource.FILE_SYSTEM: say("file system"),
    }[resource]


def _reason(one: ResourceFinding, language: Language) -> str:
    say = language.say
    what = f"{resource_words(one.resource, language)} {one.use.name}".strip()
    values = {"what": what, "used": language.ratio(one.use.used)}
    if one.state is Provisioning.OVER:
        return say("{what} too large: {used}", **values)
    if one.resource is MachineResource.FILE_SYSTEM and one.use.fills_up:
        return say("{what} fills up: {used}", **values)
    return say("{what} too small: {used}", **values)


def why_none_words(why: NoTarget, language: Language) -> str:
    """Why no target is known."""
    say = language.say
    return {
        NoTarget.NO_LOAD_TEST: say("none known: it has no load test that can be read"),
        NoTarget.NO_PRICE: say("none known: it has no price"),
        NoTarget.NO_OTHER: say(
            "none known: no other type of its region was measured under the same conditions"
        ),
        NoTarget.NONE_CARRIES: say("none known: no measured type surely carries its work"),
        NoTarget.NONE_CHEAPER: say("none: no measured type that carries its work costs less"),
        NoTarget.DISKS_BUSY: say("none known: what disks of other types can do is not measured"),
    }[why]


def target_words(target: SizeTarget, language: Language) -> str:
    """How many of which type."""
    if target.count == 1:
        return target.offer.name
    return f"{language.number(target.count)} \N{MULTIPLICATION SIGN} {target.offer.name}"


def risk_words(
    advice: Advice, risk: SizeRisk, target: SizeTarget, rules: SizingRules, language: Language
) -> str:
    """How great a risk is, and by what."""
    level = {
        RiskLevel.LOW: language.say("low"),
        RiskLevel.MEDIUM: language.say("medium"),
        RiskLevel.HIGH: language.say("high"),
    }[risk.level]
    quiet = {*unchecked(risk)} - {RiskBasis.MEMORY_UNKNOWN, RiskBasis.NETWORK_UNKNOWN}
    said = [
        _basis(one, advice, risk, target, rules, language) for one in risk.basis if one not in quiet
    ]
    return f"{level}: {'; '.join(said)}" if said else level


def _basis(  # noqa: PLR0913, PLR0917 - what each of them speaks of
    basis: RiskBasis,
    advice: Advice,
    risk: SizeRisk,
    target: SizeTarget,
    rules: SizingRules,
    language: Language,
) -> str:
    say, demand = language.say, advice.finding.demand
    return {
        RiskBasis.WOULD_BE_FULL: say(
            "it would have been full for {share} of the time", share=language.ratio(risk.full, 2)
        ),
        RiskBasis.WAS_FULL: say(
            "the machine was full for {share} of the time, and may have had more to do",
            share=language.ratio(demand.at_least(FULL), 2),
        ),
        RiskBasis.NO_INTERVAL: say("a load test has no interval"),
        RiskBasis.ONE_RUN: say("one run of each"),
        RiskBasis.LITTLE_DATA: say(
            "{days} of {all} days of data",
            days=language.number(demand.seconds / DAY, 1),
            all=rules.look_back_days,
        ),
        RiskBasis.OTHER_ARCHITECTURE: say(
            "another architecture: {name}", name=target.offer.machine.architecture or UNKNOWN
        ),
        RiskBasis.SPLIT: say("its work must be split"),
        RiskBasis.BURSTABLE: say("its peaks are on credit: it is a burstable type"),
        RiskBasis.MEMORY_UNKNOWN: say("memory not checked"),
        RiskBasis.NETWORK_UNKNOWN: say("network not checked"),
        RiskBasis.DISKS_UNKNOWN: say("disks not checked"),
    }[basis]


def reach_words(reach: Reach | None, language: Language) -> str:
    """When a limit is reached, to the day, as far as the interval tells."""
    say, day = language.say, language.day
    if reach is None:
        return say("too little data for a trend")
    first, last = day(reach.earliest), day(reach.latest)
    if reach.kind is ReachKind.BETWEEN and first == last:
        return first
    return {
        ReachKind.NOW: say("reached"),
        ReachKind.BETWEEN: say("between {first} and {last}", first=first, last=last),
        ReachKind.NOT_BEFORE: say("not before {first}", first=first),
        ReachKind.ANY_TIME: say("at any time: it was there before"),
        ReachKind.CANNOT_TELL: say("cannot be told: it varies too much"),
        ReachKind.NOT_WITHIN: say("not within the forecast, until {end}", end=day(reach.end)),
    }[reach.kind]
