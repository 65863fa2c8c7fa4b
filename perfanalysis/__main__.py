"""``python -m perfanalysis`` is ``perfanalysis``."""

from perfanalysis.cli import main

main()
