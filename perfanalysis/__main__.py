"""``python -m perfanalysis`` is ``perfanalysis``."""

from perfanalysis.entry import main

main()
