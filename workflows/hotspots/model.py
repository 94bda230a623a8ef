"""The figures the hot-spot formula works with: one set for every province, versioned.

Changing any of them changes which places are called hot spots, so a change is a new
``version`` and every stored alarm names the version that raised it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """Constants of the detector; counts are petitions, times are weeks, ratios have no unit."""

    version: str = "2026.1"

    memory: float = 25.0
    shortest_memory: float = 20.0
    longest_memory: float = 110.0
    """A series remembers memory x sqrt(dispersion / weekly expectation) weeks, within the two."""
    learning_cap: float = 4.0
    """A past week teaches at most expectation + this many deviations + 1, so that an old hot spot
    does not hide the next."""
    first_spread: float = 2.0
    """Gamma shape of series about commune share x field share, until the file shows its own."""
    area_pull: float = 3.0
    field_pull: float = 2.0
    """Petitions that pull a commune's share toward the average, a field's rate toward the mean."""

    dispersion_weight: float = 150.0
    """Petitions expected in a series before its own dispersion counts as much as the pooled one."""
    dispersion_memory: float = 110.0
    dispersion_cap: float = 6.0
    """A past week shows at most this many deviations + 2."""
    first_dispersion: float = 1.2
    least_dispersion: float = 1.02

    province_pull: float = 25.0
    """Petitions that pull the factor of all fields toward 1."""
    field_factor_memory: float = 0.35
    field_factor_pull: float = 5.0
    field_breadth: float = 2.0
    """What of a field's departure is carried into the next week; petitions and communes that pull
    it to 0."""
    season_pull: float = 3.0
    season_reach: int = 3
    season_keep: float = 0.8
    """The same weeks of earlier years, three either side, each year weighing 0.8 of the next;
    petitions (x dispersion) that pull the season toward 1."""

    sizes: tuple[float, ...] = (0.4, 1.0, 2.5)
    """Extra petitions a week in a hot spot, in units of sqrt(1 + dispersion x expectation)."""
    endings: tuple[float, ...] = (0.16, 0.25, 0.4)
    """Chance, each week, that a hot spot of this size ends: a large one is over sooner."""
    onset: float = 0.003
    """Chance, each week, that a hot spot begins in an ordinary series, any size alike."""
    quiet_week: float = 0.5
    """A week without a new petition halves the evidence that is shown and ranked."""
    surge_caution: float = 2.0
    """While a field rises in the whole province, evidence is divided by the rise to this power."""
    neighbour_weight: float = 4.0
    """Evidence x (1 + this x the sum of the touching communes' probabilities, same field)."""

    windows: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12)
    least_observed: int = 3
    false_share: float = 0.2
    """Alarms are called so that at most this share of them is expected to be chance."""
    commonest: float = 0.01
    """No alarm for what an ordinary series shows more often than this share of weeks."""
    chance_level: float = 0.84
    chance_slope: float = 1.34
    chance_dispersion: float = 0.15
    reference_dispersion: float = 1.4
    """Chance that an ordinary series reaches a score s in a week:
    (dispersion / reference)^chance_dispersion x 10^(-chance_level - chance_slope x s)."""

    silence_expected: float = 6.0
    """A commune with no petition since so many were expected is silent: its data are missing."""

    share_windows: tuple[int, ...] = (4, 12)
    share_before: int = 52
    """Weeks in which a share of skipped or repeated matters is taken, and weeks before that it is
    set against."""
    share_weight: float = 20.0
    """Matters of a commune that weigh as much as the share of the rest of the province."""
    share_matters: int = 5
    share_around: int = 50
    """Matters a window needs, and the rest of the province in the year before, for a share to be
    judged."""

    @property
    def odds_at_rest(self) -> float:
        """Odds of a hot spot before any count is seen."""
        return self.onset / len(self.sizes) * sum(1 / ending for ending in self.endings)


MODEL = Model()
"""The one configuration in force."""
