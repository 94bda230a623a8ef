"""A paper with several matters: each judged by itself, registered as a case of its own, linked.

The parts are full registrations with one event each. Readable parts are tied to the first as related.
A denunciation is never tied to a readable part: the link would name the denouncer to whoever reads it
(Law on Denunciations art 56).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.database import table_of
from petitions.access import visible
from petitions.errors import Invalid, Leak
from petitions.models import Case, CaseLink
from petitions.rulebook import Rulebook
from petitions.services import checks
from petitions.services.checks import LINE_LIMITS
from petitions.services.intake_desk import Desk, look_up
from petitions.services.registration import Registration
from petitions.text import ControlCharacter, clean
from workflows.records import LinkKind
from workflows.vocabulary import Actor, Kind

MOST = 9
"""Further matters one paper may have."""
REASON_LIMIT = LINE_LIMITS["late_reason"]

OWN_TEXTS = ("kind", "summary", "content", "field_code")
"""What a further matter says itself; everything else is the paper's."""

Matter = tuple[Registration, Desk]


def judged(
    given: Registration, desk: Desk, actor: Actor, today: date, book: Rulebook
) -> list[Matter]:
    """Every matter of the paper, made safe, with what its codes mean.

    Raises ``Invalid`` with the faults of all of them at their fields, or ``Leak``.
    """
    if not given.further:
        clean_one = checks.registration(given, today, book)
        if desk.faults:
            raise Invalid(desk.faults)
        return [(clean_one, desk)]
    faults: dict[str, list[str]] = defaultdict(list)
    leak: Leak | None = None
    found: list[Matter] = []
    if len(given.further) > MOST:
        raise Invalid.at("further", f"Một đơn chỉ tách tối đa {MOST + 1} nội dung.")
    for number, part in enumerate(matters_of(given)):
        prefix = f"further.{number - 1}." if number else ""
        its_desk = look_up(part, actor) if number else desk
        told = dict(its_desk.faults)
        try:
            found.append((checks.registration(part, today, book), its_desk))
        except Leak as error:
            if leak is None:
                leak = Leak(_path(error.field, prefix), list(error.marks))
        except Invalid as error:
            told |= error.fields
        for path, messages in told.items():
            if not number or path in OWN_TEXTS:
                faults[_path(path, prefix)] += messages
            elif messages != faults.get(path):
                faults[path] += [each for each in messages if each not in faults[path]]
    if faults:
        raise Invalid(faults)
    if leak is not None:
        raise leak
    return found


def _path(path: str, prefix: str) -> str:
    return f"{prefix}{path}" if path in OWN_TEXTS else path


def matters_of(given: Registration) -> list[Registration]:
    """The registrations the paper falls into, the first named first.

    What belongs to one kind only goes to the first matter of that kind: the contested decision to a
    complaint, the sealed wording and the wish for protection to denunciations.
    """
    every = [replace(given, further=())]
    every += [
        replace(
            given,
            further=(),
            kind=part.kind,
            summary=part.summary,
            content=part.content,
            field_code=part.field_code,
            subkind=None,
            instance=1,
            second_instance_of=None,
            demand="",
        )
        for part in given.further
    ]
    contested_at = next(
        (at for at, part in enumerate(every) if part.kind is Kind.COMPLAINT), len(every)
    )
    return [_fitted(part, contests=at == contested_at) for at, part in enumerate(every)]


def _fitted(part: Registration, *, contests: bool) -> Registration:
    sealed = part.kind is Kind.DENUNCIATION
    return replace(
        part,
        contested=part.contested if contests else None,
        obstacles=part.obstacles if contests else (),
        original=part.original if sealed else None,
        anonymous=part.anonymous and sealed,
        wants_protection=part.wants_protection and sealed,
    )


def link(
    session: Session, cases: Sequence[Case], related_to: str | None, actor: Actor, today: date
) -> None:
    """Tie readable matters to the first readable one, and the first case to the one the officer named.

    Raises ``Invalid`` at ``related_to`` for a case out of reach, and where the tie would name a denouncer.
    """
    rows = [
        {
            "from_case_id": case.id,
            "to_case_id": group[0].id,
            "kind": LinkKind.RELATED,
            "since": today,
        }
        for group in (
            [case for case in cases if case.kind is not Kind.DENUNCIATION],
            [case for case in cases if case.kind is Kind.DENUNCIATION],
        )
        for case in group[1:]
    ]
    if related_to is not None:
        rows.append(
            {
                "from_case_id": cases[0].id,
                "to_case_id": _earlier(session, cases[0], related_to, actor),
                "kind": LinkKind.RELATED,
                "since": today,
            }
        )
    if rows:
        session.connection().execute(insert(table_of(CaseLink)), rows)


def _earlier(session: Session, case: Case, code: str, actor: Actor) -> int:
    found = session.execute(
        select(Case.id, Case.kind).where(Case.code == code, visible(actor))
    ).one_or_none()
    if found is None:
        raise Invalid.at("related_to", "Không tìm thấy hồ sơ có mã này.")
    if Kind.DENUNCIATION in {found.kind, case.kind} and found.kind is not case.kind:
        raise Invalid.at(
            "related_to",
            "Không liên kết hồ sơ tố cáo với hồ sơ loại khác: liên kết sẽ cho biết ai là người tố cáo.",
        )
    return int(found.id)


def safe_reason(words: str | None, matters: Sequence[Matter]) -> str | None:
    """Why a likely repeat was registered all the same.

    Raises ``Invalid`` at ``repeat_reason``, also where it would name who denounces in one of ``matters``.
    """
    try:
        text = " ".join(clean(words or "").text.split())
    except ControlCharacter as error:
        raise Invalid.at("repeat_reason", error.message) from error
    if len(text) > REASON_LIMIT:
        raise Invalid.at("repeat_reason", f"Dài quá {REASON_LIMIT} ký tự.")
    denouncers = [
        checks.identity_of(person)
        for part, _ in matters
        if part.kind is Kind.DENUNCIATION
        for person in part.parties
    ]
    if checks.leaks_in(text, denouncers):
        raise Invalid.at("repeat_reason", "Không nêu người tố cáo ở đây (Điều 56 Luật Tố cáo).")
    return text or None
