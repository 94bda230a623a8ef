"""Printing a citizen's slip from the case page, and what that page says of slip and survey."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import Blueprint, Response, make_response, render_template, request, url_for
from markupsafe import Markup

from petitions.installation import installation
from petitions.queries.lookup import CitizenPanel, panel_of, standing_for
from petitions.services import slips
from petitions.services.surveys import may_enter
from petitions.web.forms import Form, posted_key
from petitions.web.lookup import HEADERS, told
from petitions.web.session import actor, moment, today
from workflows.transition import INTAKE

blueprint = Blueprint("slips", __name__)


@dataclass(frozen=True, slots=True)
class Panel:
    """Slip and survey of a case for a hat that prints the one and may write the other down."""

    shown: CitizenPanel
    may_enter: bool
    form: Form


@blueprint.post("/ho-so/<code>/phieu-hen")
def issue(code: str) -> Response:
    """A fresh slip as a page to print; the secret is on no other page and in no address."""
    standing = standing_for(actor(), code, today())
    issued = slips.issue(code, actor=actor(), now=moment(), key=posted_key())
    address = f"{installation().settings.base_url}{url_for('lookup.show')}"
    page = render_template(
        "slip.html",
        standing=standing,
        told=told(standing),
        issued=issued,
        large="large" in request.form,
        address=address.removeprefix("https://").removeprefix("http://"),
        qr=_qr(f"{address}#ma={code}"),
        once=posted_key(),
    )
    response = make_response(page)
    response.headers.update(HEADERS)
    return response


def panel(code: str) -> Panel | None:
    """What the case page shows; None where this hat has nothing to do with slips or surveys."""
    me = actor()
    if me.role not in INTAKE:
        return None
    shown = panel_of(me, code)
    if not slips.may_issue(me, shown.custodian_id, shown.origin_id):
        return None
    writes = may_enter(me, shown.custodian_id, shown.origin_id, shown.officer_id)
    return Panel(shown, writes and shown.over and shown.answered_on is None, Form())


def _qr(address: str) -> Markup:
    """The address as an inline picture: quartered error correction survives a folded paper."""
    drawn = segno.make(address, error="q", micro=False)
    return Markup(drawn.svg_inline(scale=4, border=4, omitsize=True))  # noqa: S704  drawn by segno
