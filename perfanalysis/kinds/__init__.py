"""Kinds of work: what kernel figures say of what people run.

What the rooms call::

    shipped.headlines(), shipped.kind(name) -> Learned
    answers.compare(learned, one, other) -> Answer | Refusal
    answers.compare_all(kinds, one, other), answers.of_mix(answers, shares)

Pure but for its own learned figures. To learn (``learning``, ``whole_tables``, ``own_kinds``) loads
numpy; to answer does not.
"""
