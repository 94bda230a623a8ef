"""The only code that moves a case: state, event, clocks and queued mail in one transaction."""

from petitions.ledger.load import load, look, refuse_stale
from petitions.ledger.record import Change, Entry, record, record_many, remind

__all__ = ["Change", "Entry", "load", "look", "record", "record_many", "refuse_stale", "remind"]
