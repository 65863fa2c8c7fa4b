"""Python collectors as plug-ins: any ``prometheus_client`` collector or registry on the page.

What is imported by default is the flags and the families; all else comes with
``--collector.python``. See docs/plug-ins.md.
"""
