"""What was asked for, as the last page says it."""

from __future__ import annotations

from reporter.settings.report import Config


def settings_said(config: Config, baseline: str, rate: str) -> list[tuple[str, str]]:
    """The settings by their names; what was not given is left out.

    Args:
        config: of the report.
        baseline: the machine that others are compared with.
        rate: of the currency, in words; "" for dollars.
    """
    devices, named = config.devices, config.purchases.named
    every = {
        "template": config.template,
        "from": config.start,
        "to": config.end,
        "time_zone": config.time_zone,
        "before.from": config.before_start,
        "before.to": config.before_end,
        "machines": ", ".join(config.machines),
        "labels": ", ".join(f"{label}={value}" for label, value in config.labels),
        "group_by": config.group_by,
        "report_per": config.report_per,
        "baseline": baseline,
        "kernel": config.kernel,
        "purchase": config.purchase,
        "purchases": ", ".join(f"{machine}: {option}" for machine, option in named),
        "currency": rate,
        "price_book": config.price_book.name if config.price_book else "",
        "exchange_rates": config.exchange_rates.name if config.exchange_rates else "",
        "predicted": config.predicted.name if config.predicted else "",
        "replayed": config.replayed.name if config.replayed else "",
        "replayed_on": config.replayed_on,
        "window": config.window,
        "disks": ", ".join(devices.disks),
        "interfaces": ", ".join(devices.interfaces),
        "filesystems": ", ".join(devices.filesystems),
        **(config.rightsizing.by_setting if config.template == "rightsizing" else {}),
        "language": config.language,
        "page_size": config.page_size,
    }
    return [(name, value) for name, value in every.items() if value]
