"""docs/cli.md names every option, and every option says what it is for."""

from __future__ import annotations

from tests.conftest import REPOSITORY
from tests.docs.cli_reference import contexts, options, reference

PAGE = REPOSITORY / "docs" / "cli.md"


def test_the_reference_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        PAGE.write_text(reference())
    assert PAGE.read_text() == reference(), "make golden writes docs/cli.md anew"


def test_every_command_and_option_says_what_it_is_for() -> None:
    mute = [
        f"{context.command_path} {option.opts[-1]}"
        for context in contexts()
        for option in options(context)
        if not (option.help or "").strip()
    ]
    mute += [c.command_path for c in contexts() if not (c.command.help or "").strip()]
    assert mute == []
