"""A denouncer's identity: how it is locked away, matched without being read, and kept out of texts.

Law on Denunciations, article 56. Nothing here knows the database; rows hold what these hand out.
"""

from petitions.sealing.errors import BrokenSeal, KeyFileError, SealingError, UnknownKey
from petitions.sealing.keyring import CaseKey, Keyring
from petitions.sealing.leaks import MASK, Identity, Leak, LeakKind, find_leaks, mask

__all__ = [
    "MASK",
    "BrokenSeal",
    "CaseKey",
    "Identity",
    "KeyFileError",
    "Keyring",
    "Leak",
    "LeakKind",
    "SealingError",
    "UnknownKey",
    "find_leaks",
    "mask",
]
