"""The collectors, one file each: ``parse(bytes) -> record``, and the samples made from it.

CONTRIBUTING.md says how to add one, and what it may do. A page comes about so: ``app.py`` reads the
flags, makes ``Sources`` and the collectors, and gives them to ``page.scraping.Scraper``. Its
``scrape(exposition)`` runs each collector, keeps failures apart, adds duration and success, and
hands all blocks to ``rendering.render_page``. An ``Exposition`` (``rendering.TEXT``) decides how
headers and names are written; values are the same in all formats. ``serving`` listens, and
``pushing`` sends pages where nobody scrapes.
"""
