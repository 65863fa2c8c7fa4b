"""How findings about the size of machines are made: percentile, headroom, look-back period."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86400.0


@dataclass(frozen=True)
class SizingRules:
    """What a machine must carry to be called large enough.

    Attributes:
        percentile: of use over time that counts as the demand, 90 to 99.5.
        headroom_percent: of a machine that has to stay free at that percentile, 0 to 30.
        look_back_days: how many days before the range's end count, 14 to 93.
    """

    percentile: float = 99.5
    headroom_percent: float = 20.0
    look_back_days: int = 14

    @property
    def limit(self) -> float:
        """The used share of a machine, 0..1, above which it is too small."""
        return 1 - self.headroom_percent / 100

    @property
    def by_setting(self) -> dict[str, str]:
        """The values by the names of their settings."""
        return {
            "rightsizing.percentile": f"{self.percentile:g}",
            "rightsizing.headroom_percent": f"{self.headroom_percent:g}",
            "rightsizing.look_back_days": str(self.look_back_days),
        }

    @property
    def look_back(self) -> float:
        """The look-back period in seconds."""
        return self.look_back_days * DAY


USUAL = SizingRules()
