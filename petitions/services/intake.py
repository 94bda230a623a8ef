"""Registering a petition: one command, one transaction, every legal clock of its first day started."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.access import visible
from petitions.codes import make_code
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.installation import installation
from petitions.ledger.record import Change, Entry
from petitions.models import Agency, Case, CaseAgency, CaseBar, CaseLink
from petitions.rulebook import Rulebook, current
from petitions.services import checks, drafts, numbering, parts, visits
from petitions.services.bars import (
    Bar,
    Colleague,
    Named,
    bare,
    bars_among,
    colleagues,
    heads_barred,
    rows_of,
)
from petitions.services.evidence import Paper, drop_unclaimed, inspected_upload, put_in
from petitions.services.intake_desk import Desk, look_up
from petitions.services.intake_rows import charge_intake, insert_paper, insert_people, put, put_all
from petitions.services.onetime import run_once
from petitions.services.refusals import allowed
from petitions.services.registration import Beside, Registration
from workflows import lifecycle
from workflows.casefile import CaseFile
from workflows.records import AgencyRole, LinkKind, RespondentKind, Source
from workflows.vocabulary import Action, Actor, Fact, Kind, Mark, Need, Role

NOTHING_BESIDE = Beside()


def register(
    given: Registration,
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
    beside: Beside = NOTHING_BESIDE,
) -> str:
    """Register one petition as a new case, each further matter of it as one more; returns the first code.

    ``given.received_on`` is the day the act happened, ``now`` the instant it is recorded. Raises
    ``Invalid`` at the fields, ``Leak`` when a denunciation's text still names the denouncer, and the
    lifecycle's refusals. A petition against the body's own head goes to the superior (Law on
    Denunciations art 12) and the head, like every respondent, is shut out of it.
    """
    today = local_day(now)
    papers = [
        (upload, inspected_upload(upload, f"files.{number}"))
        for number, upload in enumerate(beside.uploads)
    ]
    stored: list[str] = []

    def work(session: Session) -> str:
        desk = look_up(given, actor)
        book = current(session, desk.revision)
        matters = parts.judged(given, desk, actor, today, book)
        reason = parts.safe_reason(beside.repeat_reason, matters)
        cases = [
            _register(session, each, its_desk, actor, now, today, book, reason)
            for each, its_desk in matters
        ]
        parts.link(session, cases, beside.related_to, actor, today)
        file = next((case for case in cases if case.kind is Kind.DENUNCIATION), cases[0])
        for number, (upload, inspected) in enumerate(papers, 1):
            paper = Paper(title=_title(number, len(papers)), received_on=given.received_on)
            put_in(session, file, paper, upload, inspected, actor, now, stored)
        if beside.visit is not None:
            _tie(session, beside.visit, file, actor, now)
        if beside.draft is not None:
            drafts.drop(session, beside.draft, actor)
        return cases[0].code

    try:
        return run_once(key, "register", actor, now, work)
    finally:
        drop_unclaimed(stored)


def _tie(session: Session, visit: str, case: Case, actor: Actor, now: datetime) -> None:
    """What stands in the way is told at the form, which keeps what is typed."""
    try:
        visits.tie(session, visit, case, actor, now)
    except (NotFound, Forbidden, Conflict) as error:
        raise Invalid.at("visit", error.message) from error


def _title(number: int, count: int) -> str:
    """Never the name of the file: people name files after people."""
    return "Đơn, tài liệu nộp khi tiếp nhận" + (f" ({number})" if count > 1 else "")


def _register(
    session: Session,
    given: Registration,
    desk: Desk,
    actor: Actor,
    now: datetime,
    today: date,
    book: Rulebook,
    repeat_reason: str | None,
) -> Case:
    custodian, people, bars = _route(session, given, desk, actor, today)
    first = _first_instance(session, given, actor)
    numbers = numbering.next_numbers(
        session, actor.agency_id, [numbering.CASES, numbering.REGISTER], today.year
    )
    case = _case(
        given,
        desk,
        actor,
        now,
        custodian,
        make_code(desk.prefix, today.year, numbers[numbering.CASES]),
    )
    secret = installation().keyring.new_case_key() if given.kind is Kind.DENUNCIATION else None
    opening = CaseFile(
        kind=case.kind,
        state=None,
        subkind=case.subkind,
        instance=case.instance,
        received_on=given.received_on,
        last_on=given.received_on,
        remote=case.remote,
        competent=case.competent,
        anonymous=case.anonymous,
        group_size=case.group_size,
        at_reception=given.source is Source.RECEPTION,
        forwarded=bool(case.forwarder_id or desk.forwarder_body_id),
        facts=_facts(given),
    )
    move = allowed(
        lambda: lifecycle.decide(
            opening, Action.REGISTER, actor.role, given.received_on, today, _papers(given)
        )
    )
    entry = Entry(
        case,
        move,
        given.received_on,
        Change(
            data={
                "kind": case.kind,
                "source": case.source,
                "register": f"{numbers[numbering.REGISTER]}/{today.year}",
                "group_size": case.group_size,
                "agency": custodian,
                "warnings": checks.identity_warnings(given),
            },
            personal={
                name: words
                for name, words in (
                    ("late_reason", given.late_reason),
                    ("repeat_reason", repeat_reason),
                )
                if words
            },
        ),
        new=True,
        key=secret[0] if secret else None,
    )
    ledger.record_many(session, [entry], actor=actor, now=now, book=book)
    insert_paper(session, case, given, desk, actor, now, today.year, numbers[numbering.REGISTER])
    insert_people(session, case, given, people, secret)
    if bars:
        put_all(session, CaseBar, rows_of(bars, case.id))
    if given.kind is Kind.DENUNCIATION:
        charge_intake(session, case, actor, now, given.received_on)
    if custodian != actor.agency_id:
        put(
            session,
            CaseAgency,
            case_id=case.id,
            agency_id=actor.agency_id,
            role=AgencyRole.ORIGIN,
            since=given.received_on,
        )
    if first is not None:
        put(
            session,
            CaseLink,
            from_case_id=case.id,
            to_case_id=first,
            kind=LinkKind.SECOND_INSTANCE_OF,
            since=given.received_on,
        )
    barred = {bar.user_id for bar in bars}
    heads = [
        person.user_id
        for person in people
        if person.role is Role.HEAD
        and person.agency_id == custodian
        and person.user_id not in barred
    ]
    ledger.remind(session, case, "registered", heads, now)
    return case


def _route(
    session: Session, given: Registration, desk: Desk, actor: Actor, today: date
) -> tuple[int, list[Colleague], list[Bar]]:
    """The body that takes the case, its people, and who is shut out.

    Against one's own head it goes to the superior, and on while that one's head is named too.
    """
    named = [
        Named(bare(person.name), username=person.username)
        for person in given.respondents
        if person.kind is RespondentKind.PERSON
    ]
    usernames = [person.username for person in named if person.username]
    body, parent = actor.agency_id, desk.parent_id
    people = colleagues(body, usernames, today)
    while True:
        bars = bars_among(people, named, given.kind, official_conduct=given.official_conduct)
        if not heads_barred(people, bars, body):
            return body, people, bars
        if parent is None:
            raise Invalid.at(
                "respondents",
                "Đơn nêu người đứng đầu cơ quan này nhưng chưa khai báo cơ quan cấp trên để chuyển đến.",
            )
        body = parent
        parent = session.scalar(select(Agency.parent_id).where(Agency.id == body))
        people = [*people, *colleagues(body, [], today)]


def _first_instance(session: Session, given: Registration, actor: Actor) -> int | None:
    if given.second_instance_of is None:
        return None
    found = session.scalar(
        select(Case.id).where(Case.code == given.second_instance_of, visible(actor))
    )
    if found is None:
        raise Invalid.at("second_instance_of", "Không tìm thấy vụ việc lần đầu có mã này.")
    return found


def _case(
    given: Registration, desk: Desk, actor: Actor, now: datetime, custodian: int, code: str
) -> Case:
    return Case(
        code=code,
        kind=given.kind,
        subkind=given.subkind,
        instance=given.instance,
        remote=desk.remote,
        agency_id=custodian,
        origin_agency_id=actor.agency_id,
        competent=given.competent,
        received_on=given.received_on,
        first_received_on=given.received_on,
        entered_at=now,
        last_on=given.received_on,
        wants_protection=given.wants_protection,
        wants_result=given.wants_result,
        anonymous=given.anonymous,
        group_size=given.group_size,
        official_conduct=given.official_conduct,
        security_risk=given.security_risk,
        source=given.source,
        forwarder_id=desk.forwarder_id,
        field_id=desk.field_id,
        place_id=desk.place_id,
        project_id=desk.project_id,
        summary=given.summary,
        facts={},
        marks=[],
    )


def _facts(given: Registration) -> dict[str, object]:
    facts: dict[str, object] = {}
    if given.kind is Kind.COMPLAINT and given.contested and given.contested.received_on:
        facts[Fact.CONTESTED_DECISION_RECEIVED] = given.contested.received_on
        if given.obstacles:
            facts[Fact.OBSTACLES] = tuple({"from": a, "to": b} for a, b in given.obstacles)
    if given.forwarder_code or given.forwarder_body:
        facts[Fact.FORWARDED_BY] = given.forwarder_code or "outside"
    return facts


def _papers(given: Registration) -> dict[str, object]:
    """What the papers show to the lifecycle."""
    shown = {
        Mark.ALL_SIGNATURES: given.all_signatures,
        Mark.REPRESENTATIVES_APPOINTED: given.representatives_appointed,
    }
    marks = [mark for mark, holds in shown.items() if holds]
    return {Need.COMPETENT: given.competent, Need.MARKS: marks or None}
