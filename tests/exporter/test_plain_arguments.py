"""Plain command lines mean the same with click and without it."""

from __future__ import annotations

from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.app import ServingGroup
from exporter.collecting import Flag
from exporter.flags import LOG, known_flags
from exporter.plain_arguments import read_plainly


def by_click(arguments: list[str]) -> dict[str, Any]:
    """What click makes of a command line."""
    found: dict[str, Any] = {}
    command = ServingGroup(
        "exporter",
        entries={},
        callback=lambda **flags: found.update(flags),
        help="x",
        invoke_without_command=True,
    )
    command.main(args=arguments, standalone_mode=False)
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--web.listen-address=:9100", "--web.listen-address", "unix:/run/x"],
        ["--collector.timeout=2", "--web.max-requests", "0"],
        ["--no-collector.cpu", "--collector.softirqs", "--collector.disable-defaults"],
        ["--collector.cpu", "--no-collector.cpu"],
        ["--collector.interrupts", "--no-collector.interrupts.include-zeros"],
        ["--log.level=debug", "--log.format", "json", "--log.level=warn"],
        ["--collector.filesystem.mount-points-exclude=^/(a|b)($|/)"],
        ["--web.telemetry-path=", "--machine.price=spot=1", "--machine.price=2"],
        ["--push.interval=1s", "--path.procfs=/host/proc"],
        ["--collector.infiniband", "--collector.ipvs.backend-labels=proto"],
    ],
)  # fmt: skip
def test_plain_lines(arguments: list[str]) -> None:
    assert read_plainly(arguments) == by_click(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["check"],
        ["--"],
        ["-x"],
        ["--no-such-flag"],
        ["--web.max-requests=many"],
        ["--web.max-requests"],
        ["--collector.timeout", "--collector.cpu"],
        ["--collector.cpu=true"],
        ["--no-web.telemetry-path"],
        ["--no-collector.timeout"],
        ["--log.level=loud"],
        ["--log.level=loud", "--log.level=info"],
        ["--web.config.file", "-x"],
    ],
)
def test_what_click_has_to_read_or_to_explain(arguments: list[str]) -> None:
    assert read_plainly(arguments) is None


def _switch(flag: Flag) -> st.SearchStrategy[list[str]]:
    return st.sampled_from([[f"--{flag.name}"], [f"--no-{flag.name}"]])


def _word(flag: Flag) -> st.SearchStrategy[list[str]]:
    name = flag.name
    if isinstance(flag.default, bool):
        return _switch(flag)
    if isinstance(flag.default, int | float):
        value = st.integers(1, 9).map(str)
    else:
        value = st.text("az/=:. ", max_size=4)
    glued = value.map(lambda text: [f"--{name}={text}"])
    return glued | value.map(lambda text: [f"--{name}", text])


_KNOWN = known_flags()
_WORDS = st.one_of(
    *(_word(flag) for flag in _KNOWN.flags),
    *(_switch(switch) for switch, _ in _KNOWN.switches),
    *(st.sampled_from([[f"--{flag.name}={one}"] for one in choices]) for flag, choices in LOG),
)  # fmt: skip


@pytest.mark.hypothesis
@given(st.lists(_WORDS, max_size=4))
def test_any_plain_line(words: list[list[str]]) -> None:
    arguments = [word for pair in words for word in pair]
    plain = read_plainly(arguments)
    if plain is None:
        # A collector's flag that is known only where the collector is named: click refuses it too.
        with pytest.raises(click.UsageError):
            by_click(arguments)
    else:
        assert plain == by_click(arguments)
