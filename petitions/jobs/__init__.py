"""Scheduled work: the schedule as code, and the process that runs each slot of it once."""
