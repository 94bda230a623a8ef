"""Administration: people and their hats, agencies, places, the calendar."""

from petitions.web.admin import (
    agencies,
    bodies,
    calendar,
    letterheads,
    operations,
    people,
    places,
    reminders,
    routes,
    targets,
)
from petitions.web.admin.door import blueprint

__all__ = [
    "agencies",
    "blueprint",
    "bodies",
    "calendar",
    "letterheads",
    "operations",
    "people",
    "places",
    "reminders",
    "routes",
    "targets",
]
