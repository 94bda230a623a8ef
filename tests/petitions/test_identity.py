"""A denouncer's identity: who may open it, what is left of it elsewhere."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.database import db
from petitions.errors import Forbidden, Invalid, Leak, NotFound
from petitions.installation import installation
from petitions.models import BlindIndex, Case, Evidence, Party
from petitions.queries.case_page import case_page
from petitions.queries.search import search
from petitions.services.acts import perform
from petitions.services.evidence import Paper, add_paper, read_paper
from petitions.services.intake import register
from petitions.services.intake_rows import READABLE_OF_SEALED
from petitions.services.opening import open_identity, open_paper
from petitions.services.registration import Contested, Person, Prior
from tests.petitions.test_acts import denunciation, do, instant
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.records import IdKind
from workflows.vocabulary import Action, Need

NAME, PHONE = "Lò Thị Bình Minh", "0987654321"
DAY = date(2026, 11, 5)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_the_identity_is_opened_with_a_reason_and_leaves_a_trace(world: World) -> None:
    """By the competent head; the reason stands in the timeline, the name nowhere."""
    code = denunciation(world, date(2026, 11, 2))
    with pytest.raises(Invalid):
        open_identity(code, reason=" ", actor=world.minh, now=instant(DAY))
    opened = open_identity(code, reason="Xác minh người tố cáo", actor=world.minh, now=instant(DAY))
    assert (opened.people[0].name, opened.people[0].phone) == (NAME, PHONE)
    latest = case_page(world.minh, code).timeline[0]
    assert (latest.action, latest.words["reason"]) == (
        Action.OPEN_IDENTITY,
        "Xác minh người tố cáo",
    )


def test_being_charged_does_not_open_it(world: World) -> None:
    """The verifier needs a named duty, which ends with the charge and is not inherited."""
    code = denunciation(world, date(2026, 11, 2))
    do(code, Action.ACCEPT, world.minh, date(2026, 11, 3))
    do(code, Action.ASSIGN_VERIFICATION, world.minh, date(2026, 11, 4), team=["an", "ha"])
    with pytest.raises(Forbidden):
        open_identity(code, reason="Gặp người tố cáo", actor=world.an, now=instant(DAY))
    do(code, Action.GRANT_IDENTITY, world.minh, DAY, assignee="an", reason="Cần gặp")
    assert (
        open_identity(code, reason="Gặp", actor=world.an, now=instant(DAY)).people[0].name == NAME
    )
    do(code, Action.HAND_OVER, world.minh, DAY, assignee="ha", reason="Nghỉ phép")
    with pytest.raises(NotFound):
        open_identity(code, reason="Gặp", actor=world.an, now=instant(DAY))
    with pytest.raises(Forbidden):
        open_identity(code, reason="Gặp", actor=world.ha, now=instant(DAY))


def test_the_original_wording_is_kept_sealed(world: World) -> None:
    """The redacted text is what everybody reads; the original comes with the identity only."""
    original = f"Tôi là {NAME}, số {PHONE}."
    code = denunciation(world, date(2026, 11, 2), original=original)
    assert (
        open_identity(code, reason="Đối chiếu", actor=world.minh, now=instant(DAY)).original
        == original
    )
    assert NAME not in case_page(world.minh, code).content


def test_a_related_person_is_shut_out_under_every_hat(world: World) -> None:
    """Declared related, the officer loses the charge and cannot even find the case."""
    code = denunciation(world, date(2026, 11, 2))
    do(code, Action.ACCEPT, world.minh, date(2026, 11, 3))
    do(code, Action.ASSIGN, world.minh, date(2026, 11, 4), assignee="an")
    assert case_page(world.an, code)
    do(
        code,
        Action.DECLARE_RELATION,
        world.minh,
        DAY,
        assignee="an",
        reason="Em ruột người bị tố cáo",
    )
    with pytest.raises(NotFound):
        case_page(world.an, code)
    with pytest.raises(Invalid):
        do(code, Action.ASSIGN, world.minh, DAY, assignee="an")


def test_papers_of_a_denunciation_are_encrypted_on_disk(world: World) -> None:
    """Handwriting gives a person away: the stored bytes are not the paper's, and opening needs the right."""
    code = denunciation(world, date(2026, 11, 2))
    add_paper(
        code, Paper(title="Đơn viết tay", received_on=DAY), "don.pdf", PDF,
        version=None, actor=world.lan, now=instant(DAY),
    )  # fmt: skip
    row = db.session.scalars(select(Evidence)).one()
    assert row.sealed
    stored = installation().settings.upload_dir / str(row.stored_name)
    files = [path for path in installation().settings.upload_dir.rglob("*") if path.is_file()]
    assert all(PDF not in path.read_bytes() for path in files), stored
    with pytest.raises(Forbidden):
        read_paper(code, 1, world.minh)
    assert open_paper(code, 1, reason="Đọc đơn", actor=world.minh, now=instant(DAY)).data == PDF
    with pytest.raises((Forbidden, NotFound)):
        open_paper(code, 1, reason="Đọc đơn", actor=world.an, now=instant(DAY))


def docx(text: str) -> bytes:
    """The smallest file that is a Word document to a sniffer, with one paragraph in two runs."""
    from docx import Document

    document = Document()
    paragraph = document.add_paragraph(text[: len(text) // 2])
    paragraph.add_run(text[len(text) // 2 :])
    buffer = io.BytesIO()
    document.save(buffer)
    assert zipfile.is_zipfile(buffer)
    return buffer.getvalue()


def test_a_readable_copy_may_not_name_the_denouncer(world: World) -> None:
    """The words of an office document are joined and checked before it is stored in clear."""
    code = denunciation(world, date(2026, 11, 2))
    paper = Paper(title="Bản trích đã che", received_on=DAY, sealed=False)
    with pytest.raises(Leak) as leak:
        add_paper(code, paper, "trich.docx", docx(f"Theo bà {NAME} trình bày"), version=None,
                  actor=world.lan, now=instant(DAY))  # fmt: skip
    assert leak.value.field == "file"
    assert db.session.scalar(select(func.count(Evidence.id))) == 0
    assert not [path for path in installation().settings.upload_dir.rglob("*") if path.is_file()]
    add_paper(code, paper, "trich.docx", docx("Theo người tố cáo trình bày"), version=None,
              actor=world.lan, now=instant(DAY))  # fmt: skip
    assert read_paper(code, 1, world.lan).name == f"{code}-1.docx"


def test_sealed_people_are_matched_exactly_and_never_by_words(world: World) -> None:
    """No search, list or party row holds the name; the blind index finds the same person again."""
    code = denunciation(world, date(2026, 11, 2))
    again = denunciation(world, date(2026, 11, 3))
    for words in (NAME, "lo thi binh minh", PHONE):
        assert search(world.minh, words) == ()
    party = db.session.scalars(select(Party).order_by(Party.id)).first()
    assert party is not None
    assert (party.name, party.phone, party.birth_year) == (None, None, None)
    ring = installation().keyring
    digest = ring.blind_person("LÒ  thị bình minh", 1985)
    found = db.session.scalars(
        select(Case.code)
        .join(Party, Party.case_id == Case.id)
        .join(BlindIndex, BlindIndex.party_id == Party.id)
        .where(BlindIndex.digest == digest)
        .order_by(Case.id)
    ).all()
    assert found == [code, again]


@pytest.mark.sqlite_only
def test_no_byte_of_the_database_holds_the_name(world: World) -> None:
    """Database file and write-ahead log, after registration, acts, papers and opening."""
    code = denunciation(world, date(2026, 11, 2), original=f"Tôi, {NAME}, {PHONE}")
    do(code, Action.ACCEPT, world.minh, date(2026, 11, 3))
    open_identity(code, reason="Đối chiếu", actor=world.minh, now=instant(DAY))
    path = Path(installation().settings.database_url.removeprefix("sqlite:///"))
    for file in path.parent.glob(f"{path.name}*"):
        data = file.read_bytes()
        for clear in (NAME, NAME.upper(), "lo thi binh minh", PHONE, PHONE[1:]):
            assert clear.encode() not in data, file


def test_parts_of_a_denunciation_stay_sealed(world: World) -> None:
    """Split cases carry the people under keys of their own; a part cannot become an open kind."""
    code = denunciation(world, date(2026, 11, 2))
    parts = [
        {"summary": "Một", "content": "Nội dung một"},
        {"summary": "Hai", "content": "Nội dung hai"},
    ]
    first = do(code, Action.SPLIT, world.lan, DAY, parts=parts, reason="Hai nội dung")
    assert (
        open_identity(first, reason="Đối chiếu", actor=world.minh, now=instant(DAY)).people[0].name
        == NAME
    )
    other = denunciation(world, date(2026, 11, 2))
    mixed = [parts[0], {**parts[1], "kind": "feedback"}]
    with pytest.raises(Invalid):
        perform(other, Action.SPLIT, {Need.PARTS: mixed, Need.REASON: "Hai"}, version=None, on=DAY,
                actor=world.lan, now=instant(DAY))  # fmt: skip


def test_an_anonymous_denunciation_has_nobody_to_open(world: World) -> None:
    """Nameless, it can still be registered and checked."""
    code = register(
        replace(DENUNCIATION, anonymous=True, parties=(), received_on=date(2026, 11, 2)),
        actor=world.lan, now=instant(date(2026, 11, 2)),
    )  # fmt: skip
    assert not case_page(world.minh, code).may_open_identity
    do(code, Action.CHECK_ANONYMOUS, world.minh, date(2026, 11, 3), reason="Có tài liệu kèm theo")


def test_no_text_kept_in_clear_may_name_the_denouncer(world: World) -> None:
    """Whatever field of the registration it is typed into."""
    base = replace(DENUNCIATION, received_on=date(2026, 11, 2))
    for change in (
        {"prior": (Prior(body=f"Đã gửi {NAME}", form="Đơn"),)},
        {"prior": (Prior(body="UBND", form="Đơn", summary=f"gọi {PHONE}"),)},
        {"contested": Contested(description=f"của bà {NAME}")},
        {"forward_number": PHONE},
        {"respondents": (replace(DENUNCIATION.respondents[0], workplace=f"cạnh nhà {NAME}"),)},
    ):
        with pytest.raises(Leak):
            register(replace(base, **change), actor=world.lan, now=instant(date(2026, 11, 2)))  # type: ignore[arg-type]


def test_every_field_of_a_sealed_person_stays_out_of_the_row(world: World) -> None:
    """A field added tomorrow is sealed too: the row keeps an allow-list."""
    filled = Person(
        name="Lò Thị Bình Minh", sex="female", birth_on=date(1985, 3, 4), birth_year=1985,
        id_kind=IdKind.CITIZEN, id_number="001185000001", id_issued_on=date(2022, 1, 2),
        id_issued_by="Cục QLHC", phone="0987654321", address="Số 9 ngõ 4 thôn Đông", ethnicity="Thái",
        lawyer_card="LS 77", document="Giấy 88",
    )  # fmt: skip
    denunciation(world, date(2026, 11, 2), parties=(filled,))
    row = db.session.execute(select(Party.__table__)).one()._mapping
    told = {
        name: value
        for name, value in row.items()
        if name not in READABLE_OF_SEALED | {"id", "sealed"}
    }
    assert set(told.values()) == {None}


def test_an_opening_is_never_replayed(world: World) -> None:
    """Each opening is an event with its own reason; none goes without."""
    code = denunciation(world, date(2026, 11, 2))
    for _ in range(2):
        open_identity(code, reason="Đối chiếu", actor=world.minh, now=instant(DAY))
    with pytest.raises(Invalid):
        open_identity(code, reason="", actor=world.minh, now=instant(DAY))
    openings = [
        event
        for event in case_page(world.minh, code).timeline
        if event.action is Action.OPEN_IDENTITY
    ]
    assert len(openings) == 2


def test_a_new_team_replaces_the_old_one(world: World) -> None:
    """Whoever is no longer in the team no longer sees the denunciation."""
    code = denunciation(world, date(2026, 11, 2))
    do(code, Action.ACCEPT, world.minh, date(2026, 11, 3))
    do(code, Action.ASSIGN_VERIFICATION, world.minh, date(2026, 11, 4), team=["an", "ha"])
    do(code, Action.ASSIGN_VERIFICATION, world.minh, DAY, team=["an", "son"])
    assert case_page(world.son, code)
    with pytest.raises(NotFound):
        case_page(world.ha, code)


def test_the_desk_lets_go_once_the_petitioner_was_told(world: World) -> None:
    """The officer who took it in tells what became of it, and then no longer reads it."""
    code = denunciation(world, date(2026, 11, 2))
    do(
        code,
        Action.REFUSE,
        world.minh,
        date(2026, 11, 3),
        ground="Điều 29",
        reason="Không có căn cứ",
    )
    do(code, Action.NOTIFY_RESULT, world.lan, date(2026, 11, 3), content="Đã báo người gửi đơn")
    with pytest.raises(NotFound):
        case_page(world.lan, code)


def test_the_named_are_shut_out_wherever_the_case_goes(world: World) -> None:
    """With a title before the name, after a correction, and at the body it is sent to."""
    titled = replace(DENUNCIATION.respondents[0], name="Ông Trần Văn Minh")
    code = denunciation(world, date(2026, 11, 2), respondents=(titled,))
    with pytest.raises(NotFound):
        case_page(world.minh, code)
    misspelt = replace(DENUNCIATION.respondents[0], name="Bùi Thị Ha")
    other = denunciation(world, date(2026, 11, 2), respondents=(misspelt,))
    do(other, Action.ACCEPT, world.minh, date(2026, 11, 3))
    do(other, Action.ASSIGN, world.minh, date(2026, 11, 3), assignee="an")
    do(other, Action.CORRECT, world.an, date(2026, 11, 3), reason="Sai tên",
       changes={"respondents.1.name": "Phạm Văn An"})  # fmt: skip
    with pytest.raises(NotFound):
        case_page(world.an, other)
    khanh = replace(DENUNCIATION.respondents[0], name="Lý Văn Khánh")
    third = denunciation(world, date(2026, 11, 2), respondents=(khanh,), competent=False)
    with pytest.raises(Invalid) as refused:
        do(third, Action.TRANSFER, world.minh, date(2026, 11, 3), recipient="bao-lam")
    assert "recipient" in refused.value.fields


def test_the_head_settles_complaints_about_his_own_decisions(world: World) -> None:
    """Law on Complaints art 17: the chairman named in a complaint is the one who must answer it first."""
    respondents = (replace(DENUNCIATION.respondents[0], name="Trần Văn Minh"),)
    given = replace(COMPLAINT, received_on=date(2026, 11, 2), respondents=respondents)
    code = register(given, actor=world.lan, now=instant(date(2026, 11, 2)))
    assert case_page(world.minh, code).agency == "UBND xã An Bình"


def test_a_sealed_identity_is_corrected_under_its_seal(world: World) -> None:
    """The right is needed, the history says only that it changed, and the new name is matched exactly."""
    code = denunciation(world, date(2026, 11, 2))
    changes = {"parties.1.name": "Lò Thị Bình Minh Anh", "parties.1.birth_year": 1986}
    do(code, Action.ASSIGN, world.minh, date(2026, 11, 3), assignee="an")
    with pytest.raises(Forbidden):
        do(code, Action.CORRECT, world.an, date(2026, 11, 3), reason="Sai", changes=changes)
    do(code, Action.CORRECT, world.minh, date(2026, 11, 3), reason="Sai", changes=changes)
    opened = open_identity(code, reason="Đối chiếu", actor=world.minh, now=instant(DAY)).people[0]
    assert (opened.name, opened.birth_year) == ("Lò Thị Bình Minh Anh", 1986)
    words = case_page(world.minh, code).timeline[1].words
    assert words["changes"]["parties.1.name"] == {"from": "sealed", "to": "changed"}
    digest = installation().keyring.blind_person("lò thị bình minh anh", 1986)
    assert db.session.scalar(select(func.count()).where(BlindIndex.digest == digest)) == 1
