"""The sub-commands of ``perfanalysis loadtest``, one file each."""
