"""The collectors, one file each: ``parse(bytes) -> record``, and the samples made from it.

How to add a collector
----------------------
1. Write ``exporter/collectors/NAME.py``; NAME is node_exporter's word where it has the collector.
   In this order it holds:

   - a ``Family`` (``perfanalysis/exposition/families.py``) for each family it can show, each
     declared once, here and nowhere else. Names that follow the kernel's fields are one template
     (``node_vmstat_{field}``), made concrete by ``family.named(field)``;
   - its ``Flag``s (``exporter/collecting.py``); their default gives their type;
   - ``parse(data: bytes)``: pure, no file system. It raises ``CollectorError`` with the file and
     what was expected. Numbers stay the bytes that the kernel wrote: ``tokens.check_counters``
     makes sure that they are numbers, and ``Series.suffix`` (``b"e-2"``, ``b"e-3"``) scales them;
   - where a text keeps its words and only its numbers change, a function that says which word is
     the value of which series, for ``numbers.NumberSeries``: it then parses only texts whose words
     are new, and the rest is done in C;
   - a class with ``__init__(self, sources, flags)`` and ``collect(self) -> list[Block]``.
     ``sources.proc("stat")`` / ``sources.sys("class/...")`` give files that stay open and are
     shared between collectors; take them in ``__init__``. State lives in the object. Build a
     ``Layout`` (``perfanalysis/exposition/rendering.py``) when the set of series changes, not at
     each scrape; a scrape hands over ``Block(layout, values)`` with one value (bytes) for each
     sample. Devices of sysfs are read through ``Attributes`` (``sources/attributes.py``), whose
     ``present`` and ``needed_number`` say what a missing folder or file means.
     A family's samples stand together. Raise ``NothingToRead`` where the machine has none of it;
     raise nothing half-way: hand over all samples or none;
   - ``SPECIFICATION = CollectorSpecification(name, families, create, flags, enabled)``.

2. Add it to ``exporter/registrations.py``. The command-line flags, ``--[no-]collector.NAME``, the
   success and duration families and the catalogue follow from that.
3. Write ``tests/exporter/collectors/test_NAME.py``: tables of literal values for ``parse``, a
   property test for malformed input. Add the files it reads to the fixture trees with
   ``python -m tests.exporter.fixture_tree FOLDER``, and refresh the golden pages and
   docs/metrics.md with ``pytest tests/exporter --update-golden``.

How a page is put together
--------------------------
``app.py`` reads the flags, makes ``Sources`` and the collectors, and gives them to
``scraping.Scraper``. ``Scraper.scrape(exposition)`` runs each collector, keeps failures apart,
adds duration and success, and hands all blocks to ``rendering.render_page``. An ``Exposition``
(``rendering.TEXT``) decides how headers and names are written; values are the same in all formats.
``serving.py`` listens: ``web.Routes`` maps paths to handlers ``Request -> Response``, and
``web.Server`` speaks HTTP.

A collector may read /proc and /sys and make system calls. It runs no command, needs no root and
waits for no network: slow sources work on their own clock and leave their last value to be shown.
"""
