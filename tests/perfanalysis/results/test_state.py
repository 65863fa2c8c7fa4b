from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.results import state


@pytest.mark.parametrize(
    ("environment", "root", "expected"),
    [
        ({}, True, "/var/lib/perfanalysis"),
        ({}, False, "/home/ada/.local/state/perfanalysis"),
        ({"XDG_STATE_HOME": "/x"}, False, "/x/perfanalysis"),
        ({"STATE_DIRECTORY": "/s/one:/s/two"}, True, "/s/one"),
        ({"STATE_DIRECTORY": "/s", "PERFANALYSIS_STATE_DIRECTORY": "/p"}, False, "/p"),
    ],
)
def test_where_the_state_is(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], root: bool, expected: str
) -> None:
    for name in ("XDG_STATE_HOME", "STATE_DIRECTORY", state.STATE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"HOME": "/home/ada"} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000)
    assert state.default_state_directory() == Path(expected)
