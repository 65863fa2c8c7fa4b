"""A quiet machine's hour, for alerts to stay silent in.

``recording.py`` records some minutes of the machine that it runs on, by our own exporter and load
test, a real Prometheus and a real Alertmanager; ``hour.py`` makes an hour of them. The recording is
``tests/fixtures/prometheus/quiet.txt.gz``. To make it anew on a machine that has nothing to do:

    .venv/bin/python -m tests.prometheus.quiet_hour.recording
"""
