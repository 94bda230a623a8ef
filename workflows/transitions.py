"""The transition table: everything that can be done to a case, in the order an officer works."""

from __future__ import annotations

from workflows.common_rows import END_ROWS, ENTRY_ROWS, NOTE_ROWS
from workflows.complaint_course_rows import COMPLAINT_COURSE_ROWS, COMPLAINT_NEVERS
from workflows.complaint_rows import COMPLAINT_ROWS
from workflows.denunciation_course_rows import DENUNCIATION_COURSE_ROWS, DENUNCIATION_NEVERS
from workflows.denunciation_rows import DENUNCIATION_ROWS
from workflows.office_rows import OFFICE_ROWS
from workflows.suggestion_rows import SUGGESTION_NEVERS, SUGGESTION_ROWS
from workflows.transition import Never, Transition

TABLE: tuple[Transition, ...] = (
    *ENTRY_ROWS,
    *COMPLAINT_ROWS,
    *COMPLAINT_COURSE_ROWS,
    *DENUNCIATION_ROWS,
    *DENUNCIATION_COURSE_ROWS,
    *SUGGESTION_ROWS,
    *OFFICE_ROWS,
    *NOTE_ROWS,
    *END_ROWS,
)

NEVERS: tuple[Never, ...] = (*COMPLAINT_NEVERS, *DENUNCIATION_NEVERS, *SUGGESTION_NEVERS)
