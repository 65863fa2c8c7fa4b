"""How long a machine of a fleet may take, by what it was asked to do."""

from __future__ import annotations

import pytest

from loadtest.commands.fleet import checked
from loadtest.fleet.run_time import time_limit
from perfanalysis.errors import InputError


@pytest.mark.parametrize(
    ("given", "options", "seconds"),
    [
        (None, (), 600),
        (None, ("--sustained", "10"), 1200),
        (None, ("--sustained",), 600 + 300),
        (None, ("--until-steady",), 4200),
        (None, ("--until-steady", "--max-duration", "900"), 1500),
        (None, ("--max-duration", "60"), 600),
        (None, ("--wait", "200"), 740),
        (None, ("--wait", "0"), 600),
        (30.0, (), 30),
        (900.0, ("--sustained", "10"), 900),
    ],
)
def test_time_limit(given: float | None, options: tuple[str, ...], seconds: float) -> None:
    assert time_limit(given, checked(options)) == seconds


@pytest.mark.parametrize(("given", "minutes"), [(600.0, "10"), (60.0, "20"), (300.0, "5")])
def test_a_limit_that_ends_every_run_is_refused(given: float, minutes: str) -> None:
    with pytest.raises(InputError, match=r"--time-limit.*--sustained alone takes"):
        time_limit(given, checked(("--sustained", minutes)))
