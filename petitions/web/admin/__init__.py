"""Administration: people and their hats, agencies, places, the calendar."""

from petitions.web.admin import agencies, calendar, people, places
from petitions.web.admin.door import blueprint

__all__ = ["agencies", "blueprint", "calendar", "people", "places"]
