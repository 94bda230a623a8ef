"""Pages: one blueprint per audience. What a page shows comes from queries, what it does is a service's."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from petitions.web import (
    account,
    acts,
    admin,
    advising,
    assets,
    auth,
    books,
    campaigns,
    cases,
    commitments,
    conduct,
    desk,
    desk_box,
    dialogues,
    drafts,
    enforcement,
    errors,
    escalations,
    handling,
    handover,
    health,
    hops,
    hotspots,
    inspection_targets,
    intake,
    letters,
    lookup,
    mail_choice,
    metrics,
    morning,
    narratives,
    open_dialogues,
    opening_balances,
    pages,
    projects,
    promises,
    province,
    queue,
    reception,
    reception_papers,
    reception_register,
    report_campaigns,
    report_sheets,
    reporting,
    reports,
    reviewed,
    reviews,
    scores,
    security,
    session,
    slips,
    stations,
    statistics,
    submissions,
    surveys,
    urging,
)

FOLDER = Path(__file__).parent
ROOMS = (
    auth,
    account,
    morning,
    stations,
    desk,
    desk_box,
    intake,
    reception,
    drafts,
    cases,
    acts,
    handling,
    enforcement,
    reviews,
    reviewed,
    inspection_targets,
    conduct,
    submissions,
    advising,
    escalations,
    letters,
    books,
    reception_papers,
    reception_register,
    hotspots,
    projects,
    opening_balances,
    report_campaigns,
    report_sheets,
    reporting,
    reports,
    scores,
    narratives,
    statistics,
    dialogues,
    commitments,
    open_dialogues,
    promises,
    province,
    queue,
    handover,
    hops,
    admin,
    admin.routes,
    mail_choice,
    lookup,
    slips,
    surveys,
    urging,
    campaigns,
    metrics,
    health,
)


def register(app: Flask) -> None:
    """Attach every page, error page and header."""
    security.attach(app)
    session.attach(app)
    errors.attach(app)
    pages.attach(app)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)


def add_static_files(app: Flask) -> None:
    """Serve static files precompressed, far-future."""
    assets.serve(app, FOLDER / "static")
