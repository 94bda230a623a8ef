"""Who must settle a petition: the body of the tree whose head the law names, with the article.

A suggestion read off the contested act's issuer or the respondents; the officer decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from datetime import date

from sqlalchemy import select

from config.database import db
from petitions.labels import label
from petitions.models import Agency, Case, ContestedAct, Respondent
from petitions.queries.offices import in_force
from petitions.text import fold
from workflows.competence import AGENCY_OF, Competence, Settler, competence, rank_of
from workflows.vocabulary import AgencyKind, Kind, Rank

LONGEST_CLIMB = 12
"""Steps up the tree (or along successors) before a loop in the data is given up."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody the petition is about: the body (code or its name in words) and the position in it."""

    body: str | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """Who settles, in words for an officer.

    ``agency`` is the code of the body inside the system whose head settles, ``agency_id`` and ``name``
    are its own; all three are None where the law names somebody outside it or leaves the choice to the
    administrator. ``words`` says who and why in Vietnamese; ``confirmed`` is False where the reading of
    the law is still to be checked by a person.
    """

    settler: Settler
    agency: str | None
    agency_id: int | None
    name: str | None
    words: str
    article: str
    confirmed: bool


def settler_for(
    kind: Kind,
    *,
    issuer: str | None = None,
    respondents: Sequence[Concerned] = (),
    instance: int = 1,
    on: date,
    disciplinary: bool = False,
) -> Suggested | None:
    """Who settles a petition of this kind received ``on``; None when nothing names a known body.

    ``issuer`` is the body whose decision or act is contested, by its code or by its name in words
    ("Chủ tịch UBND xã An Bình"); a complaint is judged by it, a denunciation by the first respondent
    whose body is known (the highest standing among those of one body). Two statements at most.
    """
    return Settlers(on).of(
        kind, issuer=issuer, respondents=respondents, instance=instance, disciplinary=disciplinary
    )


class Settlers:
    """The bodies as they stand on one day, to be asked for many cases: one statement for all of them."""

    def __init__(self, on: date) -> None:
        self.on = on
        self._bodies = _tree(on)

    def names_a_body(self, words: str) -> bool:
        """Whether the words name a body of the system."""
        return self._bodies.named(words) is not None

    def of(
        self,
        kind: Kind,
        *,
        issuer: str | None = None,
        respondents: Sequence[Concerned] = (),
        instance: int = 1,
        disciplinary: bool = False,
    ) -> Suggested | None:
        """As ``settler_for``."""
        tree, on = self._bodies, self.on
        if kind is Kind.DENUNCIATION:
            return _of_people(tree, kind, respondents, instance, on)
        body = tree.named(issuer)
        if body is not None:
            return _judged(tree, kind, body, Rank.STAFF, instance, on, disciplinary)
        return _of_people(tree, kind, respondents, instance, on, disciplinary)


def settler_of(case_id: int, on: date) -> Suggested | None:
    """``settler_for`` of a registered case, from its contested act and respondents. Three statements."""
    row = db.session.execute(
        select(
            Case.kind, Case.instance, Case.subkind, Case.received_on,
            ContestedAct.issuer, Agency.code.label("issuer_code"),
        )
        .outerjoin(ContestedAct, ContestedAct.case_id == Case.id)
        .outerjoin(Agency, Agency.id == ContestedAct.issuer_agency_id)
        .where(Case.id == case_id)
    ).one()  # fmt: skip
    people = db.session.execute(
        select(Agency.code, Respondent.workplace, Respondent.name, Respondent.position)
        .outerjoin(Agency, Agency.id == Respondent.agency_id)
        .where(Respondent.case_id == case_id)
        .order_by(Respondent.ordinal)
    )
    return settler_for(
        row.kind,
        issuer=row.issuer_code or row.issuer,
        respondents=[
            Concerned(each.code or each.workplace or each.name, each.position or each.name)
            for each in people
        ],
        instance=row.instance,
        on=on,
        disciplinary=row.subkind is not None,
    )


@dataclass(frozen=True, slots=True)
class _Body:
    id: int
    code: str
    name: str
    kind: AgencyKind
    parent_id: int | None
    successor_id: int | None
    ended: bool


@dataclass(frozen=True, slots=True)
class _Tree:
    bodies: Mapping[int, _Body]
    codes: Mapping[str, _Body]
    names: Sequence[tuple[str, _Body]]
    heard: dict[str, _Body | None] = part(default_factory=dict)

    def named(self, text: str | None) -> _Body | None:
        """The body of that code, or the one whose name stands in the words, the longest name first."""
        if not text:
            return None
        if text in self.codes:
            return self.codes[text]
        if text not in self.heard:
            said = f" {_plain(text)} "
            self.heard[text] = next(
                (body for name, body in self.names if f" {name} " in said), None
            )
        return self.heard[text]

    def parent(self, body: _Body) -> _Body | None:
        return self.bodies.get(body.parent_id) if body.parent_id else None

    def today(self, body: _Body) -> _Body:
        """The body that took over from one that ended."""
        for _ in range(LONGEST_CLIMB):
            heir = self.bodies.get(body.successor_id) if body.successor_id else None
            if not body.ended or heir is None:
                return body
            body = heir
        return body

    def up_to(self, body: _Body, kind: AgencyKind) -> _Body | None:
        """The body itself or the first above it of that kind."""
        here: _Body | None = body
        for _ in range(LONGEST_CLIMB):
            if here is None or here.kind is kind:
                return here
            here = self.parent(here)
        return None


def _tree(on: date) -> _Tree:
    rows = db.session.execute(
        select(
            Agency.id, Agency.code, Agency.name, Agency.kind, Agency.parent_id,
            Agency.successor_id, in_force(Agency, on).label("stands"),
        ).order_by(Agency.id)
    )  # fmt: skip
    bodies = {
        row.id: _Body(
            row.id, row.code, row.name, row.kind, row.parent_id, row.successor_id, not row.stands
        )
        for row in rows
    }
    spoken = [(_plain(body.name), body) for body in bodies.values()]
    spoken.sort(key=lambda each: (-len(each[0]), each[1].ended))
    return _Tree(bodies, {body.code: body for body in bodies.values()}, spoken)


def _plain(text: str) -> str:
    return " ".join(fold(text).replace("uy ban nhan dan", "ubnd").replace(",", " ").split())


def _of_people(
    tree: _Tree,
    kind: Kind,
    respondents: Sequence[Concerned],
    instance: int,
    on: date,
    disciplinary: bool = False,
) -> Suggested | None:
    known = [
        (body, rank_of(each.position or ""))
        for each in respondents
        if (body := tree.named(each.body) or tree.named(each.position)) is not None
    ]
    if not known:
        return None
    first = known[0][0]
    ranks = [rank for body, rank in known if body.id == first.id]
    rank = min(ranks, key=list(Rank).index)
    return _judged(tree, kind, first, rank, instance, on, disciplinary)


def _judged(
    tree: _Tree, kind: Kind, body: _Body, rank: Rank, instance: int, on: date, disciplinary: bool
) -> Suggested | None:
    body = tree.today(body)
    if body.kind is AgencyKind.SECTION:
        whole = tree.parent(body)
        if whole is None or whole.kind is AgencyKind.SECTION:
            return None
        body, rank = whole, Rank.STAFF
    above = tree.parent(body)
    parent = above.kind if above and above.kind is not AgencyKind.SECTION else None
    found = competence(
        kind, body.kind, on,
        rank=rank, instance=instance, disciplinary=disciplinary, parent=parent,
    )  # fmt: skip
    settler = _body_of(tree, body, found)
    who = label(found.settler) if settler is None else f"Người đứng đầu {settler.name}"
    return Suggested(
        settler=found.settler,
        agency=settler.code if settler else None,
        agency_id=settler.id if settler else None,
        name=settler.name if settler else None,
        words=f"{who}. {found.explanation}",
        article=found.article,
        confirmed=found.confirmed,
    )


def _body_of(tree: _Tree, body: _Body, found: Competence) -> _Body | None:
    match found.settler:
        case Settler.OWN_HEAD | Settler.PARTY_BODY:
            return body
        case Settler.MANAGING_HEAD:
            return tree.parent(body)
    wanted = AGENCY_OF.get(found.settler)
    if wanted is None:
        return None
    if not found.upward and wanted is not AgencyKind.COMMUNE:
        return body  # inspectorates and boards stand on the footing of a department or its unit
    above = tree.parent(body) if found.upward and body.kind is wanted else body
    return tree.up_to(above, wanted) if above else None
