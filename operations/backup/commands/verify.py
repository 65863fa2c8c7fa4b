"""``perfanalysis backup verify``."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import click

from operations.backup import backup_metrics, verifying
from operations.backup.commands.options import (
    as_json,
    one_set,
    opened,
    scratch_folder,
    settings_file,
    told,
)
from operations.backup.manifest import Manifest
from operations.backup.sets import chosen
from operations.backup.sources.prometheus import PrometheusSource
from operations.backup.verifying import PartProof
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.printable import printable


@click.command()
@settings_file
@scratch_folder
@one_set
@click.option(
    "--read-data",
    is_flag=True,
    help="Read all that the repository holds, and not only what this backup needs; and all that"
    " long blocks of Prometheus hold, and not only a part of each.",
)
@as_json
def verify(
    settings_path: Path, scratch: Path, set_name: str, read_data: bool, as_json: bool
) -> int:
    """Prove a backup: restore it, run servers on it, compare answers.

    Each source is restored into a folder of its own. Fresh servers run on it, are asked what the
    source was asked when the backup was made, and must answer the same: series, samples, rows and
    the hashes of files.

    Exit status: 0 when all parts are proven, 1 when one is not, 2 when the settings are unusable.
    """
    settings, repository = opened(settings_path)
    manifest = chosen(repository, set_name)
    told("the repository is looked at")
    try:
        repository.check(data=read_data)
    except PerfAnalysisError:
        if settings.textfile is not None:
            nothing = {part.source: 0.0 for part in manifest.parts}
            backup_metrics.note(settings.textfile, {backup_metrics.PROVEN: nothing})
        raise
    sources = [
        replace(one, reads_all=read_data) if isinstance(one, PrometheusSource) else one
        for one in settings.sources
    ]
    proofs = verifying.verify(repository, manifest, sources, scratch, told)
    if settings.textfile is not None:
        backup_metrics.note(settings.textfile, _news(manifest, proofs))
    if as_json:
        document = {"set": manifest.set, "time": manifest.time, "parts": [*map(asdict, proofs)]}
        click.echo(json.dumps(document, indent=1))
    else:
        _print(manifest, proofs)
    return 0 if all(proof.is_proven for proof in proofs) else 1


def _news(manifest: Manifest, proofs: list[PartProof]) -> dict[str, dict[str, float]]:
    proven = {proof.source: float(proof.is_proven) for proof in proofs}
    times = {proof.source: manifest.time for proof in proofs if proof.is_proven}
    return {backup_metrics.PROVEN: proven, backup_metrics.VERIFIED: times}


def _print(manifest: Manifest, proofs: list[PartProof]) -> None:
    for proof in proofs:
        found = f"{proof.values} values the same, {proof.seconds:.1f} s"
        click.echo(f"{proof.source}: {'proven, ' + found if proof.is_proven else 'NOT PROVEN'}")
        for line in (*proof.faults, *proof.notes):
            click.echo(f"  {printable(line)}")
    count = sum(proof.is_proven for proof in proofs)
    click.echo(f"{manifest.set}: {count} of {len(proofs)} parts are proven")
