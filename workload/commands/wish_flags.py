"""The flags of `workload predict` that say what is wanted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import click

from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from workload.prediction.wishes import Wishes


@dataclass(frozen=True)
class WishFlags:
    """What was given on the command line; see the help of each flag."""

    days: float | None
    percentile: float
    headroom_percent: float
    memory_headroom_percent: float
    mix: str
    kind: str
    families: tuple[str, ...]
    providers: tuple[str, ...]
    regions: tuple[str, ...]
    architectures: tuple[str, ...]
    spot: bool
    least: int

    def wishes(self) -> Wishes:
        """As prediction takes them.

        Raises:
            InputError: a mix is none.
        """
        return Wishes(
            self.days,
            self.percentile,
            self.headroom_percent / 100,
            self.memory_headroom_percent / 100,
            mix_of(self.mix),
            self.families,
            self.providers,
            self.regions,
            self.architectures,
            self.spot,
            self.least,
        )


def mix_of(text: str) -> dict[str, float]:
    """Shares of kernels, of sum 1; empty for an empty text.

    Raises:
        InputError: it is no such text.
    """
    shares: dict[str, float] = {}
    for part in text.split(",") if text else ():
        name, _, share = (word.strip() for word in part.partition("="))
        try:
            value = float(share)
        except ValueError:
            value = math.nan
        if not name or name in shares or not (math.isfinite(value) and value > 0):
            expected = "each kernel once with its share, such as integer=0.6,membw=0.4"
            raise InputError("--mix", "", expected, text)
        shares[name] = value
    whole = sum(shares.values())
    return {name: value / whole for name, value in shares.items()}


_PERCENT = click.FloatRange(0, 90)
wish_flags = grouped(
    "wanted",
    WishFlags,
    (
        click.option(
            "--days",
            type=click.FloatRange(0, min_open=True),
            help="Only so many days before the last tick. Default: all.",
        ),
        click.option(
            "--percentile",
            type=click.FloatRange(50, 100),
            default=99.5,
            show_default=True,
            help="Of use over time, that has to fit; 100 is the maximum.",
        ),
        click.option(
            "--headroom-percent",
            type=_PERCENT,
            default=20.0,
            show_default=True,
            help="Of CPUs, disks and network that has to stay free at the percentile.",
        ),
        click.option(
            "--memory-headroom-percent",
            type=_PERCENT,
            default=20.0,
            show_default=True,
            help="Of memory that has to stay free at it.",
        ),
        click.option(
            "--mix",
            default="",
            metavar="KERNEL=SHARE,...",
            help="What the CPUs' time is spent on, such as integer=0.6,membw=0.4; shares are "
            "scaled to sum to 1. Default: unknown, and the answer a range over all kernels.",
        ),
        click.option(
            "--kind",
            default="",
            metavar="NAME",
            help="The kind of work, a name of `perfanalysis kinds list`; takes the results of "
            "several kernels.",
        ),
        click.option(
            "--family",
            "families",
            multiple=True,
            metavar="NAME",
            help="Only types of this family, such as m7i or 'Standard_D*_v5'; may be given again.",
        ),
        click.option(
            "--provider", "providers", multiple=True, metavar="NAME", help="Only of this provider."
        ),
        click.option(
            "--region", "regions", multiple=True, metavar="NAME", help="Only in this region."
        ),
        click.option(
            "--architecture",
            "architectures",
            multiple=True,
            metavar="NAME",
            help="Only of this one, such as aarch64; may be given again. Default: that of the "
            "recorded machine, for another one is an effort.",
        ),
        click.option(
            "--spot", is_flag=True, help="Also machines that their provider can take away."
        ),
        click.option(
            "--least",
            type=click.IntRange(1),
            default=1,
            show_default=True,
            metavar="N",
            help="At least so many machines, among which the work is divided.",
        ),
    ),
)
