"""An hour of four machines, made by our own exporter over trees whose numbers move on.

``moving_tree.py`` writes a machine's files as they are at a moment, ``load_tests.py`` the documents
of its load tests, ``recording.py`` scrapes it through the hour, ``rules.py`` adds what rules
record, and ``stores.py`` puts all into a Prometheus and a VictoriaMetrics.
"""
