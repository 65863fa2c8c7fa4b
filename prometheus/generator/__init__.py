"""What comes from the table of alerts, ``prometheus/alerts``: ``python -m prometheus.generator``.

Parts:
    settings      what is of an installation: labels, jobs, devices, links, changed alerts
    thresholds    one figure: how it stands in PromQL, in a text and in a list
    table         the files of the table -> alerts and needs
    rule_files    -> prometheus/rules
    panels        -> thresholds.py and alert_panels.py of grafana/dashboards, for their code
    chart         -> helm/perfanalysis/thresholds.yaml, which the chart's templates read
    own_rules     -> operations/doctor/own_rules.py, by which `perfanalysis doctor` knows them
    pages         -> the lists in docs and the head of each runbook
    requirements  what an alert must have that nobody can generate: its runbook, its unit test
    marked        parts of files that people write, between marks
"""
