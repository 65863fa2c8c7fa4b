"""The sub-commands of ``perfanalysis exporter``, one file each."""
