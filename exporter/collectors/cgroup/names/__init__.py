"""Who containers are: the files of their runtimes, and what can be asked of a kubelet or a runtime.

One file a source. The runtimes' files are read first; what a flag names beside them is asked in
the background, see ``background.py``.
"""
