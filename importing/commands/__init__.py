"""The commands of ``perfanalysis import``, one a file."""
