"""What a report is to show, where it asks, and where it goes: settings as one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any

from perfanalysis.delivery.endpoint_reading import in_file, read_endpoint
from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError
from perfanalysis.moments import PERIODS, parse_time
from perfanalysis.promql import Access
from perfanalysis.promql.access import USUAL_URL
from reporter.language import DOLLARS, Currency, Language
from reporter.settings.currency import currency_of
from reporter.settings.devices import DETECTED, Devices
from reporter.settings.purchases import Purchases
from reporter.settings.rightsizing import USUAL as USUAL_SIZES
from reporter.settings.rightsizing import SizingRules
from reporter.settings.sources import Layer, parse_file
from reporter.settings.time_zone import USUAL, zone_of

PAGES = ("pdf", "html")
FORMATS = (*PAGES, "json", "csv")
LONGEST_WINDOW = 86_400.0
DEVICES = ("disks", "interfaces", "filesystems")
# What a report is called that has no other title; pages have it in their language.
TITLE = "Price-performance report"


@dataclass(frozen=True)
class Config:
    """The settings of one report; times are as written, see ``perfanalysis.moments``.

    ``start`` "" is the look-back period of ``rightsizing``.

    ``deliver`` has a mapping of one key each: folder, email, webhook or s3, with its settings.
    ``labels`` are those that machines must have, with values or patterns; ``group`` is the value of
    the label ``report_per`` that this report is of, where there is one for each.
    """

    access: Access = field(default_factory=Access)
    title: str = TITLE
    notes: str = ""
    machines: tuple[str, ...] = field(default=())
    start: str = "now-24h"
    end: str = "now"
    kernel: str = "rmw"
    purchase: str = "on_demand"
    page_size: str = "A4"
    template: str = "comparison"
    templates: Path | None = None
    logo: Path | None = None
    baseline: str = ""
    language: str = "en"
    output: Path | None = None
    format: str = ""
    deliver: tuple[Mapping[str, Any], ...] = ()
    occasion: str = ""
    devices: Devices = DETECTED
    before_start: str = ""
    before_end: str = ""
    rightsizing: SizingRules = USUAL_SIZES
    named_purchases: tuple[tuple[str, str], ...] = ()
    currency: Currency = DOLLARS
    time_zone: str = USUAL
    labels: tuple[tuple[str, str], ...] = ()
    group_by: str = ""
    report_per: str = ""
    group: str | None = None
    csv: Path | None = None
    price_book: Path | None = None
    exchange_rates: Path | None = None
    predicted: Path | None = None
    replayed: Path | None = None
    replayed_on: str = ""
    window: str = ""

    @property
    def purchases(self) -> Purchases:
        """Which price of which machine counts."""
        return Purchases(self.purchase, self.named_purchases)

    @property
    def zone(self) -> tzinfo:
        """The time zone of the range, the week and the pages."""
        return zone_of(self.time_zone, "settings")

    @property
    def words(self) -> Language:
        """The language of the pages, with their currency and time zone."""
        return Language(self.language, self.currency, self.zone, self.time_zone)

    @property
    def url(self) -> str:
        """The engine's base URL."""
        return self.access.endpoint.url

    @property
    def window_seconds(self) -> float:
        """What statistics are means over; 0: from each sample to the next."""
        return parse_duration(self.window, bare=False) or 0.0

    def range(self, now: float, where: str) -> tuple[float, float]:
        """Start and end in Unix seconds.

        Raises:
            InputError: a time cannot be read, or the range is empty.
        """
        end = parse_time(self.end, where, "to", now=now, zone=self.zone, end=True)
        start = end - self.rightsizing.look_back
        if self.start:
            start = parse_time(self.start, where, "from", now=now, zone=self.zone)
        if start < 0:
            raise InputError(where, "from", "a time after 1970", self.start)
        if start >= end:
            raise InputError(where, "from", f"a time before 'to' ({self.end})", self.start)
        return start, end

    def range_before(self, start: float, end: float, now: float, where: str) -> tuple[float, float]:
        """The earlier range that ``regression`` compares with, in Unix seconds.

        It is as long as the later one where only one of its ends is given, and ends where the later
        one starts where neither is.

        Raises:
            InputError: it is empty, or ends after the later one has started.
        """
        length = end - start
        zone = self.zone
        first = parse_time(self.before_start or "0", where, "before.from", now=now, zone=zone)
        last = parse_time(self.before_end or "0", where, "before.to", now=now, zone=zone, end=True)
        if not self.before_end:
            last = first + length if self.before_start else start
        if not self.before_start:
            first = last - length
        if first >= last:
            expected = "a time before the end of that range"
            raise InputError(where, "before.from", expected, self.before_start or str(first))
        if last > start:
            expected = f"a time that is not after 'from' ({self.start})"
            raise InputError(where, "before", f"a range that ends at {expected}", self.before_end)
        return first, last


def read_file(path: Path) -> Layer:
    """Read and check a report's YAML file.

    Raises:
        InputError: it is missing, no YAML, or holds something unusable; the field is named.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable report file ({error.strerror})") from error
    return parse_file(text, str(path))


def read_config(path: Path) -> Config:
    """The settings of a YAML file alone.

    Raises:
        InputError: see ``read_file``.
    """
    return config_of(read_file(path), str(path))


def parse_config(text: bytes, where: str) -> Config:
    """The same from the bytes of the file; ``where`` is used in messages, and for relative paths.

    Raises:
        InputError: see ``read_file``.
    """
    return config_of(parse_file(text, where), where)


def config_of(layer: Layer, where: str) -> Config:
    """Checked settings as a record.

    Raises:
        InputError: a time cannot be read, or two settings exclude each other.
    """
    given: dict[str, Any] = {
        key: layer[key]
        for key in (
            *("title", "notes", "kernel", "purchase", "page_size", "template", "baseline"),
            *("language", "format", "occasion", "time_zone", "group_by", "report_per", "window"),
            "replayed_on",
        )
        if key in layer
    }
    zone = zone_of(layer.get("time_zone", USUAL), where)
    given |= _times(layer, ("from", "start"), ("to", "end"), where, "", zone)
    before = _times(
        layer.get("before", {}),
        ("from", "before_start"),
        ("to", "before_end"),
        where,
        "before.",
        zone,
    )
    given |= before
    files = ("templates", "logo", "output", "csv", "price_book", "exchange_rates")
    for key in (*files, "predicted", "replayed"):
        if key in layer:
            given[key] = Path(layer[key])
    if "rightsizing" in layer:
        given["rightsizing"] = SizingRules(**layer["rightsizing"])
    if layer.get("template") == "rightsizing" and "from" not in layer:
        given["start"] = ""
    if (parse_duration(given.get("window", ""), bare=False) or 0.0) > LONGEST_WINDOW:
        raise InputError(where, "window", "a duration of at most 1d", given["window"])
    kinds = {key: tuple(layer[key]) for key in DEVICES if key in layer}
    if kinds:
        given["devices"] = Devices(**kinds)
    for key in ("machines", "deliver"):
        if key in layer:
            given[key] = tuple(layer[key])
    given["labels"] = tuple(layer.get("labels", {}).items())
    given["named_purchases"] = tuple(layer.get("purchases", {}).items())
    given["currency"] = currency_of(layer.get("currency", {}), where)
    return Config(access=_access(layer.get("prometheus", {}), where), **given)


def _times(  # noqa: PLR0913, PLR0917 - two names of two times, and where they stand
    layer: Layer,
    start: tuple[str, str],
    end: tuple[str, str],
    where: str,
    above: str,
    zone: tzinfo,
) -> dict[str, str]:
    """The two times of a range, checked; of a day or week alone, it is its end that ends it.

    Raises:
        InputError: one cannot be read.
    """
    found = {}
    for key, name in (start, end):
        if text := str(layer.get(key, "")):
            parse_time(text, where, f"{above}{key}", now=0.0, zone=zone)
            found[name] = text
    first = found.get(start[1], "")
    if " ".join(first.lower().split()) in PERIODS:
        found.setdefault(end[1], first)
    return found


def _access(layer: Layer, where: str) -> Access:
    description = in_file(layer, where, "prometheus")
    given: dict[str, Any] = {
        key: layer[key]
        for key in ("retries", "queries_at_once", "machines_per_query")
        if key in layer
    }
    if "timeout" in layer:
        given["timeout_seconds"] = float(layer["timeout"])
    # Whether its files are there is looked at when the engine is asked.
    endpoint = read_endpoint(layer.get("url", USUAL_URL), description, check=False)
    return Access(endpoint, **given)
