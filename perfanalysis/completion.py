"""``perfanalysis completion``: has a shell complete commands and flags."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

PROGRAM, VARIABLE = "perfanalysis", "_PERFANALYSIS_COMPLETE"
SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what has SHELL complete commands and flags.

    bash: perfanalysis completion bash > ~/.local/share/bash-completion/completions/perfanalysis

    zsh: perfanalysis completion zsh > "${fpath[1]}/_perfanalysis"

    fish: perfanalysis completion fish > ~/.config/fish/completions/perfanalysis.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, PROGRAM, VARIABLE).source())
