"""Whether the lowest level says the same whatever the profile, and is the level asked for."""

from __future__ import annotations

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.loadtest_runs import load_test
from benchmarks.quietness import measured_quietly
from perfanalysis import __version__

ROUNDS = 10
QUICK_ROUNDS = 2
LEVEL = 10
# The default comes first: the others are held against it.
PROFILES: dict[str, tuple[str, ...]] = {
    "default": (),
    "quick": ("--quick",),
    "3 s": ("--seconds-per-level", "3"),
}
NOTES = [
    "Each value is a run of the levels 10 and 100 %, in turns; the mean units per second at 10 %.",
    "A run waits for a quiet machine, and is repeated when other tasks took above 3 % of the CPU "
    "time meanwhile.",
]


def run(settings: Settings) -> Outcome:
    """Run all profiles in turns."""
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    rates: dict[str, list[float]] = {name: [] for name in PROFILES}
    missed: list[float] = []
    others: list[float] = []
    for number in range(rounds):
        for name, flags in PROFILES.items():
            settings.say(f"round {number + 1} of {rounds}, {name}")
            found = measured_quietly(
                settings,
                lambda flags=flags: load_test(  # type: ignore[misc]
                    settings.folder, "--force", "--levels", f"{LEVEL},100", *flags
                ),
            )
            level = found.value.document["levels"][0]
            rates[name].append(level["mean_units_per_second"])
            missed.append(abs(level["own_busy_ratio"] / (LEVEL / 100) - 1))
            others.append(found.others)
    first, *rest = PROFILES
    figures = [
        Figure(
            f"work at {LEVEL} %, {name}",
            "units/s",
            rates[name],
            rates[first],
            "the default profile",
            Goal("0.98 to 1.02", 1.02, 0.98),
        )
        for name in rest
    ]
    figures.append(
        Figure(
            f"distance of the workers' own share from {LEVEL} %, of itself, largest",
            "",
            [max(missed)],
            goal=Goal("<= 0.15", 0.15),
        )
    )
    facts: dict[str, object] = {"rates": rates, "missed": missed, "others_ratio": others}
    return Outcome({"perfanalysis": __version__}, figures, facts, NOTES)


CASE = Case(
    name="loadtest_profiles",
    what="The work at 10 % busy by profile: quick, default, and 3 s a level.",
    peer="the default profile",
    goal="within 2 % of each other; the level within 15 % of itself",
    run=run,
)
