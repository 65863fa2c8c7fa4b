"""What a scrape costs in each form of the page, against the text with gzip."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from benchmarks.exporters import ExporterSide, RunningExporter
from benchmarks.process import cpu_seconds
from benchmarks.scraping import PageScraper
from perfanalysis import __version__

TEXT = "text/plain;version=0.0.4"
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
# Accept and Accept-Encoding.
FORMS = {
    "text with gzip": (TEXT, "gzip"),
    "OpenMetrics with gzip": (OPENMETRICS, "gzip"),
    "text, not compressed": (TEXT, "identity"),
    "OpenMetrics, not compressed": (OPENMETRICS, "identity"),
}
USUAL, *OTHERS = FORMS
GOALS = {"OpenMetrics with gzip": Goal("<= 1.2", 1.2)}
REPETITIONS, ROUNDS, TIMES, WARM_UP = 3, 12, 50, 50


def run(settings: Settings) -> Outcome:
    """Ask one exporter with its defaults for each form in turns, over a connection each time."""
    repetitions, rounds, times = (1, 2, 10) if settings.quick else (REPETITIONS, ROUNDS, TIMES)
    seconds: dict[str, list[float]] = {form: [] for form in FORMS}
    sizes: dict[str, object] = {}
    for repetition in range(repetitions):
        settings.say(f"repetition {repetition + 1} of {repetitions}")
        with ExitStack() as stack:
            side = ExporterSide("perfanalysis", __version__, ())
            exporter = stack.enter_context(RunningExporter(side, settings.folder / "log"))
            asked = {
                form: stack.enter_context(_scraper(exporter.url, *heads))
                for form, heads in FORMS.items()
            }
            sizes = {form: _checked(form, scraper) for form, scraper in asked.items()}
            for _ in range(WARM_UP):
                exporter.scraper.get()
            for number in range(rounds):
                for form in list(FORMS)[:: 1 if number % 2 else -1]:
                    # An idle connection may have been closed since its last turn.
                    asked[form].close()
                    before = cpu_seconds(exporter.pid)
                    for _ in range(times):
                        asked[form].get()
                    seconds[form].append((cpu_seconds(exporter.pid) - before) / times)
    figures = [
        Figure(f"CPU time per scrape, {form}", "s", seconds[form], seconds[USUAL], USUAL, goal)
        for form, goal in ((form, GOALS.get(form)) for form in OTHERS)
    ]
    return Outcome({"perfanalysis": __version__}, figures, {"sent_bytes": sizes}, NOTES)


def _scraper(url: str, accept: str, encoding: str) -> PageScraper:
    scraper = PageScraper(url)
    scraper.headers |= {"Accept": accept, "Accept-Encoding": encoding}
    return scraper


def _checked(form: str, scraper: PageScraper) -> int:
    """Bytes that are sent, of the form that was asked for.

    Raises:
        PeerMissingError: another one came.
    """
    body, compressed = scraper.get()
    is_openmetrics = scraper.page().endswith("# EOF\n")
    if (is_openmetrics, compressed) != (form.startswith("OpenMetrics"), "gzip" in form):
        raise PeerMissingError(f"the exporter does not answer with {form}")
    return len(body)


NOTES = [
    "zstd is not among them: Python has it from 3.14 on, and Prometheus 2 and 3 do not ask for it.",
]

CASE = Case(
    name="exporter_formats",
    what="A scrape in each form of the page, default collectors, in turns in a hot loop.",
    peer="the exporter itself, asked for the text with gzip",
    goal="OpenMetrics <= 1.2",
    run=run,
)
