"""One file for each kind of panel: ``draw`` puts an answer into a part of a figure."""
