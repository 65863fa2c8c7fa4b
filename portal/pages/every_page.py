"""All pages, so that whoever serves them has them by one import: a new one adds its module here."""

from __future__ import annotations

from fastapi import FastAPI

from portal.pages import (
    account,
    audit,
    comparison,
    history,
    installing,
    jobs,
    keys,
    log_in,
    machine_cost,
    machines,
    oidc,
    overview,
    plans,
    predictions,
    prices,
    tests,
    workload,
)
from portal.pages.static_files import PackagedFiles

PAGES = (
    log_in,
    oidc,
    overview,
    history,
    comparison,
    jobs,
    machines,
    machine_cost,
    prices,
    tests,
    workload,
    predictions,
    plans,
    keys,
    audit,
    account,
    installing,
)


def install(app: FastAPI) -> None:
    """Have an application answer with the pages and their files."""
    for one in PAGES:
        app.include_router(one.router)
    app.mount("/static", PackagedFiles())
