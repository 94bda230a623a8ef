"""Citizen reception: the schedule, the desk during a session, requests to meet the leader, the quota."""

from petitions.web.reception import desk, meetings, schedule, steps
from petitions.web.reception.door import blueprint

__all__ = ["blueprint", "desk", "meetings", "schedule", "steps"]
