"""Shapes of forms only pages have: a paper for the file, a reason for opening what is sealed."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load, validate

from petitions.schemas.fields import Choice, Day, Rows, Shape, Text, Whole, YesNo, said
from petitions.services.accounts import LONGEST_TOKEN_LIFE
from petitions.services.evidence import Paper
from petitions.services.projects import ProjectGiven
from workflows.records import CopyKind


def line(longest: int, *, required: bool = False) -> Text:
    """A line of at most ``longest`` characters."""
    limit = validate.Length(max=longest, error=f"Dài nhất {longest} ký tự.")
    if required:
        return Text(required=True, validate=[said, limit])
    return Text(allow_none=True, validate=limit)


class PaperShape(Shape):
    """What is said of an uploaded paper."""

    title = line(255, required=True)
    copy_kind = Choice(CopyKind, required=True)
    supplier = line(160)
    receipt = line(60)
    received_on = Day(required=True)
    sealed = YesNo()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Paper:
        """The typed value."""
        return Paper(**data)


PAPER = PaperShape()


class ActShape(Shape):
    """What every act's form asks beside the payload: the day it happened, and why it is entered late."""

    on = Day(required=True)
    late_reason = line(300)


ACT = ActShape()


class DraftShape(Shape):
    """What the form of a proposal asks beside the payload: its letter, and a day the paper bears already."""

    on = Day(allow_none=True)
    form_key = line(40)


DRAFT = DraftShape()


class ProjectShape(Shape):
    """A land-recovery project."""

    name = line(255, required=True)
    decision = line(160)
    lead_agency_code = line(40)
    starts_on = Day(required=True)
    ends_on = Day(allow_none=True)
    place_codes = Rows(Text())

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ProjectGiven:
        """The typed value."""
        codes = tuple(data.pop("place_codes", ()))
        return ProjectGiven(**{"decision": "", **data}, place_codes=codes)


PROJECT = ProjectShape()


class TokenShape(Shape):
    """A token for another program; its life in days."""

    label = line(80, required=True)
    days = Whole(1, LONGEST_TOKEN_LIFE, required=True)


TOKEN = TokenShape()
