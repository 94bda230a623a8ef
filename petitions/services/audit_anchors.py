"""The anchors: signed lines outside the database that say where every chain ended on their day.

Whoever can write the database can count a chain anew after changing it, or take a whole case away.
A line of this file, signed with a key that is not in the database, still says what the head was. Each
line holds the cases whose head changed since the line before and the hash of that line, so none can
be changed, taken out or put in between. What cutting whole lines off the end hides, the instant of
the last line shows.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched_pairs
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.engine import Connection

from petitions.errors import DomainError
from petitions.files import sync_directory
from petitions.jsonable import canonical, plain
from petitions.ledger.chain import GENESIS
from petitions.models import Case, Event
from petitions.sealing import Keyring
from petitions.sealing.keyring import verify

Head = tuple[int, str]
"""Where a chain ends: number and hash of its last event."""
