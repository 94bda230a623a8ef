"""Frozen results as JSON, written by hand: lists are long and their shape is known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import Response

from petitions.labels import label
from petitions.queries.case_shapes import CasePage, Clock, Happening, PersonShown
from petitions.queries.cases import Line
from petitions.schemas.acts import FieldSpec, payload_schema
from workflows.lifecycle import Permission
from workflows.rules import Quota, Rule


def answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """``body`` as a JSON response; days are ISO, instants UTC, sums text."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return Response(text.encode(), status, headers, content_type="application/json")


def replayed(again: bool) -> dict[str, str]:
    """The header that says this is the first answer to a key, once more."""
    return {"Idempotent-Replayed": "true"} if again else {}


def _plain(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def line(each: Line) -> dict[str, Any]:
    """One case in a list."""
    return {
        "code": each.code,
        "kind": each.kind,
        "instance": each.instance,
        "state": each.state,
        "coarse": each.coarse,
        "summary": each.summary,
        "received_on": each.received_on,
        "due": each.due,
        "step": each.step,
        "agency": each.agency,
        "officer": each.officer,
        "field": each.field,
        "place": each.place,
        "group_size": each.group_size,
        "paused": each.paused,
        "flags": each.flags,
    }


def case(page: CasePage, permissions: Iterable[Permission], today: date) -> dict[str, Any]:
    """One case with all that belongs to it, and what the caller may do with it today."""
    return {
        **_taken(page, _CASE),
        "contested": page.contested,
        "people": [_person(each) for each in page.people],
        "clocks": [_clock(each, today) for each in page.clocks],
        "timeline": [_happening(each) for each in page.timeline],
        "flags": [_taken(each, _FLAG) for each in page.flags],
        "links": [_taken(each, _LINK) for each in page.links],
        "papers": [_taken(each, _PAPER) for each in page.papers],
        "evidence": [_taken(each, _EVIDENCE) for each in page.evidence],
        "prior": [_taken(each, _PRIOR) for each in page.prior],
        "parcels": [_taken(each, _PARCEL) for each in page.parcels],
        "actions": [_action(each) for each in permissions],
    }


_CASE = (
    "code", "version", "kind", "subkind", "instance", "state", "coarse", "open", "complexity",
    "remote", "summary", "content", "demand", "handled_before", "language", "interpreter",
    "fingerprint", "received_on", "first_received_on", "entered_at", "closed_on", "paused_since",
    "stayed_until", "protection", "wants_protection", "wants_result", "anonymous", "group_size",
    "official_conduct", "security_risk", "source", "agency", "origin", "officer", "section", "field",
    "place", "project", "may_open_identity",
)  # fmt: skip


_PAPER = (
    "ordinal", "agency", "register", "source", "written_on", "received_on", "entered_at",
    "forwarder", "forward_number", "forward_on", "originals", "copies_to",
)  # fmt: skip
_EVIDENCE = (
    "ordinal", "title", "copy_kind", "supplier", "received_on", "size", "extension", "sealed",
)  # fmt: skip
_PRIOR = ("body", "form", "instance", "number", "issued_on", "summary")
_PARCEL = ("sheet", "parcel", "area_m2", "land_kind")
_FLAG = ("kind", "since", "evidence")
_LINK = ("kind", "outgoing", "code", "summary")
_CLOCK = (
    "step", "nature", "state", "trigger_on", "nominal_end", "due", "safe", "near_from", "closed_on",
    "provisional", "rule", "citation", "explanation",
)  # fmt: skip
_HAPPENING = (
    "seq", "action", "state_to", "on", "recorded_at", "actor", "role", "agency", "data", "words",
    "erased",
)  # fmt: skip


def _taken(result: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(result, name) for name in names}


def _person(each: PersonShown) -> dict[str, Any]:
    return {
        "side": each.side,
        "ordinal": each.ordinal,
        "role": each.role,
        "sealed": each.sealed,
        "name": each.name,
        "is_representative": each.is_representative,
        "withdrew_on": each.withdrew_on,
        "details": dict(each.more),
    }


def _clock(each: Clock, today: date) -> dict[str, Any]:
    return {**_taken(each, _CLOCK), "late": each.late_on(today)}


def _happening(each: Happening) -> dict[str, Any]:
    return {**_taken(each, _HAPPENING), "label": label(each.action)}


def _action(each: Permission) -> dict[str, Any]:
    return {
        "action": each.action,
        "label": label(each.action),
        "allowed": each.allowed,
        "reason": each.reason,
        "article": each.article,
        "legal": each.legal,
        "form": each.form,
        "fields": [_field(spec) for spec in payload_schema(each)] if each.allowed else [],
    }


def _field(spec: FieldSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "widget": spec.widget,
        "required": spec.required,
        "label": spec.label,
        "hint": spec.hint,
        "choices": [{"value": value, "label": words} for value, words in spec.options],
    }


def rule(each: Rule) -> dict[str, Any]:
    """One dated row of the law."""
    return {
        "code": each.code,
        "variant": each.variant,
        "title": each.title,
        "step": each.step,
        "kinds": each.kinds,
        "subkinds": each.subkinds,
        "instances": each.instances,
        "remote": each.remote,
        "complexities": each.complexities,
        "events": each.trigger_event,
        "amount": each.amount,
        "unit": each.unit,
        "direction": each.direction,
        "roll": each.roll,
        "valid_from": each.valid_from,
        "valid_to": each.valid_to,
        "citation": each.citation,
        "confirmed": bool(each.verified_by),
    }


def quota(each: Quota) -> dict[str, Any]:
    """How often a head must receive citizens."""
    return {
        "code": each.code,
        "title": each.title,
        "who": each.who,
        "amount": each.amount,
        "per": each.per,
        "valid_from": each.valid_from,
        "valid_to": each.valid_to,
        "citation": each.citation,
        "confirmed": bool(each.verified_by),
    }
