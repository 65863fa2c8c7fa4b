"""Whether the kernel's numbers can be true: rules as data, and their evaluation over samples.

``rules.py`` says what must hold; ``evaluation.py`` looks at what each collector hands over, in the
scrape and in ``perfanalysis exporter check``.
"""
