"""``python -m prometheus.generator``: makes all that comes from the table of alerts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.cli import fail
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.runbook_pictures import picture_of
from prometheus.generator.chart import chart_thresholds
from prometheus.generator.marked import COMMAND
from prometheus.generator.own_rules import own_rules_module
from prometheus.generator.pages import alert_list, runbook, runbook_index
from prometheus.generator.panels import alert_panels_module, thresholds_module
from prometheus.generator.requirements import RULES, RUNBOOKS, unmet
from prometheus.generator.rule_files import alert_rules, need_rules, recording_rules
from prometheus.generator.table import AlertTable, read_table

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDING = Path("prometheus/recording")


def generated(repository: Path, table: AlertTable) -> dict[Path, str]:
    """Each file that is made, or has a part that is, with its new text; by its relative path.

    Raises:
        InputError: a file that people write is missing, or its marks are.
    """
    made = {
        RULES / f"{tier.name}_alerts.yml": alert_rules(tier, table.settings) for tier in table.tiers
    }
    made[RULES / "need.yml"] = need_rules(table)
    made[Path("grafana/dashboards/thresholds.py")] = thresholds_module(table)
    made[Path("grafana/dashboards/alert_panels.py")] = alert_panels_module(table)
    made[Path("helm/perfanalysis/thresholds.yaml")] = chart_thresholds(table)

    def renewed(path: Path, renew: Callable[[str], str]) -> None:
        try:
            made[path] = renew((repository / path).read_text())
        except OSError as error:
            raise InputError(str(path), "", f"a readable file ({error.strerror})") from error

    for path in sorted((repository / RECORDING).glob("*.yml")):
        source = RECORDING / path.name
        made[RULES / path.name] = recording_rules(path.read_text(), table, source)
    files = [text for path, text in sorted(made.items()) if path.parent == RULES]
    made[Path("operations/doctor/own_rules.py")] = own_rules_module(files)
    index, page = RUNBOOKS / "README.md", Path("docs/alerting.md")
    renewed(index, lambda text: runbook_index(text, table, str(index)))
    renewed(page, lambda text: alert_list(text, table, str(page)))
    for alert in table.alerts:
        path = RUNBOOKS / f"{alert.name}.md"
        if (repository / path).is_file():
            picture = picture_of(alert.dashboard, alert.panel) if alert.panel else None
            shown = picture if picture and (repository / picture).is_file() else None
            made[path] = runbook((repository / path).read_text(), alert, shown)
    return made


def make(repository: Path, *, check: bool) -> None:
    """Write what is not up to date, then look at what an alert needs besides.

    Raises:
        InputError: the table, or a file with a part that is made, is not usable.
        PerfAnalysisError: something is missing, could not be written, or is not up to date.
    """
    table = read_table(repository)
    stale = {
        path: text
        for path, text in generated(repository, table).items()
        if not (repository / path).is_file() or (repository / path).read_text() != text
    }
    if check and stale:
        names = ", ".join(str(path) for path in stale)
        raise PerfAnalysisError(f"not up to date: {names}: run `{COMMAND}`")
    for path, text in stale.items():
        try:
            write_atomically(repository / path, text.encode())
        except OSError as error:
            raise PerfAnalysisError(f"{path} could not be written: {error.strerror}") from error
        click.echo(f"{path} written")
    if missing := unmet(repository, table):
        raise PerfAnalysisError("; ".join(missing))


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where a file would change.")
@click.option(
    "--repository",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=REPOSITORY,
    help="The clone whose files are made; that of this program when not given.",
)
def main(check: bool, repository: Path) -> None:
    """Make rules, thresholds of dashboards and lists in docs from the table of alerts.

    The table is prometheus/alerts. The exit status is 1 when an alert has no runbook or no unit
    test, and with --check when a file is not up to date; 2 when the table is not usable.
    """
    try:
        make(repository, check=check)
    except PerfAnalysisError as error:
        sys.exit(fail(error))


if __name__ == "__main__":
    main(prog_name="python -m prometheus.generator")
