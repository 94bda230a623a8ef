"""Running dates that belong to no case: commitments, notices to visitors, sessions, quotas, reports, letters.

Some are columns, some are counted by the law's rows or from what was held, so each kind is read as a
whole and held against what was told of it. Nothing here names a person or says what a visit was about.
A kind has a module of its own with its ``Source``; it is named here.
"""

from __future__ import annotations

from collections.abc import Mapping

from petitions.models.reminders import Subject
from petitions.services.caseless_dates.commitments import COMMITMENTS
from petitions.services.caseless_dates.notices import REFUSALS, RESULTS
from petitions.services.caseless_dates.open_dialogues import OPEN_POSTINGS
from petitions.services.caseless_dates.quotas import QUOTAS
from petitions.services.caseless_dates.reports import REPORTS
from petitions.services.caseless_dates.sessions import CONNECTION_TESTS, INVITATIONS, POSTINGS
from petitions.services.caseless_dates.shape import AHEAD, CaselessDate, Source
from petitions.services.caseless_dates.sheets import SHEETS
from petitions.services.caseless_dates.urgings import URGINGS

__all__ = ["AHEAD", "CASELESS", "CaselessDate", "Source"]

CASELESS: Mapping[Subject, Source] = {
    Subject.COMMITMENT: COMMITMENTS,
    Subject.REFUSAL: REFUSALS,
    Subject.RESULT: RESULTS,
    Subject.POSTING: POSTINGS,
    Subject.INVITATION: INVITATIONS,
    Subject.CONNECTION_TEST: CONNECTION_TESTS,
    Subject.QUOTA: QUOTAS,
    Subject.REPORT: REPORTS,
    Subject.URGING: URGINGS,
    Subject.CAMPAIGN: SHEETS,
    Subject.OPEN_POSTING: OPEN_POSTINGS,
}
