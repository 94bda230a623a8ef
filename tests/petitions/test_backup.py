"""Backup and restore: one instant of the whole state, on either database and across."""

from __future__ import annotations

import base64
import json
import random
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.database import db, prepare_engine, transaction, writing_permitted
from config.settings import load_settings
from notifications.models import Mail, OutboxMessage
from notifications.states import MailState
from petitions import schema
from petitions.app import create_app
from petitions.installation import installation
from petitions.models import (
    Agency,
    BlindIndex,
    Case,
    CaseKey,
    Decision,
    Draft,
    Event,
    EventDetail,
    Evidence,
    JobRun,
    LandParcel,
    Lease,
    MailPreference,
    Party,
    Petition,
    PlaceOutline,
    SealedIdentity,
    Slip,
)
from petitions.queries.cases import Filters, queue
from petitions.queries.reception import visit_shown
from petitions.queries.search import search
from petitions.services import audit, backup_archive, backup_restore, backup_tables, drafts, slips
from petitions.services.backup import NoDatabase, backup
from petitions.services.backup_archive import Damaged, InTheWay, NewerFormat
from petitions.services.backup_restore import HELD_UNTIL, NotRestored, release_mail, restore
from petitions.services.evidence import Paper, add_paper, read_paper
from petitions.services.intake import register
from petitions.services.opening import open_paper
from petitions.services.registration import Parcel
from petitions.services.visits import receive, take_in
from tests.conftest import NOW
from tests.petitions.test_acts import settled
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_reception import SECRET
from tests.world import World
from workflows.vocabulary import State

NAME, PHONE = "Lò Thị Bình Minh", "0987654321"
SECRET_WORDS = "Người tố cáo ở cạnh nhà ông Giang, nhìn thấy từ cửa sổ tầng hai."
SCAN = b"%PDF-1.4\n% handwriting of the denouncer \xe2\xe3\n" + b"0" * 5000
LETTER = "Bản sao quyết định thu hồi đất".encode()

PARCEL = Parcel(sheet="12", parcel="0034", area_m2=Decimal("120.50"), land_kind="ODT")

Dump = dict[str, list[list[Any]]]


@pytest.fixture
def lived(world: World) -> dict[str, str]:
    """An installation with something of everything: files, seals, money and land, mail, claims."""
    codes = {
        "settled": settled(world),
        "parcels": register(
            replace(COMPLAINT, parcels=(PARCEL,)),
            actor=world.lan,
            now=NOW,
        ),
        "sealed": register(
            replace(
                DENUNCIATION,
                received_on=date(2026, 11, 2),
                late_reason="Bưu điện giao chậm",
                original=SECRET_WORDS,
            ),
            actor=world.lan,
            now=NOW,
        ),
    }
    for code, title, name, data in (
        (codes["sealed"], "Đơn viết tay", "don.pdf", SCAN),
        (codes["parcels"], "Quyết định", "qd.txt", LETTER),
    ):
        paper = Paper(title=title, received_on=date(2026, 11, 20))
        add_paper(code, paper, name, data, version=None, actor=world.lan, now=NOW)
    with transaction() as session:
        _odds_and_ends(session, world)
    audit.anchor(NOW)
    return codes


def _odds_and_ends(session: Session, world: World) -> None:
    """Rows no command of these tests writes: cycles, odd values, finished and running claims."""
    session.execute(
        insert(Decision).values(
            case_id=session.scalar(select(sa.func.min(Case.id))), event_seq=1, form="decision",
            number="1\n\u2028\"\\ 𠀋\u0301", issued_on=date(1, 1, 1), money_dong=2**53 + 1,
            land_m2=Decimal("999999999999.99"), served_on=date(9999, 12, 31),
        )
    )  # fmt: skip
    session.execute(
        insert(MailPreference).values(
            user_id=world.users["an"], digest_at=time(7, 45), informational=False, weekly=True
        )
    )
    late = datetime(2026, 11, 20, 16, 59, 59, 999999, tzinfo=UTC)
    session.execute(sa.update(Petition).where(Petition.id == 1).values(entered_at=late))
    first, second = world.agencies["bao-lam"], world.agencies["phong-kt"]
    session.execute(sa.update(Agency).where(Agency.id == first).values(successor_id=second))
    outline = {"type": "Polygon", "coordinates": [[[105.1, 21.0000000001], [1e-7, -0.0]]]}
    session.execute(insert(PlaceOutline).values(place_id=world.places["99001"], geometry=outline))
    session.execute(
        insert(Lease).values(name="scheduler", owner="a", until=NOW + timedelta(minutes=1))
    )
    session.execute(
        insert(JobRun),
        [
            {"job": "sweep", "slot": NOW, "owner": "a", "started_at": NOW, "finished_at": NOW},
            {"job": "anchor", "slot": NOW, "owner": "a", "started_at": NOW, "finished_at": None},
        ],
    )
    session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id == session.scalar(select(sa.func.min(OutboxMessage.id))))
        .values(settled_at=NOW)
    )


@pytest.fixture
def empty(request: pytest.FixtureRequest) -> Callable[[str], AbstractContextManager[str]]:
    """The URLs of migrated, seeded databases of a product."""

    def make(product: str) -> AbstractContextManager[str]:
        name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[product]
        made: AbstractContextManager[str] = request.getfixturevalue(name).fresh()
        return made

    return make


@contextmanager
def moved_in(url: str, folder: Path, key_file: Path | None) -> Iterator[Flask]:
    """Another installation, with a copy of the given keys or new ones of its own."""
    settings = replace(
        load_settings(),
        database_url=url,
        data_dir=folder,
        key_file=folder / "keys.json",
        anchor_file=folder / "anchors.jsonl",
        upload_dir=folder / "uploads",
        log_level="ERROR",
    )
    folder.mkdir()
    if key_file is not None:
        shutil.copy(key_file, settings.key_file)
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def without_schema(url: str) -> None:
    """Take the schema away again."""
    engine = sa.create_engine(url)
    prepare_engine(engine)
    schema.downgrade(engine, "base")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    engine.dispose()


def everything() -> Dump:
    """Every row of the state, as a backup tells it."""
    with backup_tables.snapshot() as connection:
        return {
            shape.name: [row for batch in backup_tables.read(connection, shape) for row in batch]
            for shape in backup_tables.shapes(connection)
        }


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def key_file() -> Path:
    return installation().settings.key_file


PRODUCTS = ["sqlite", "postgresql"]


@pytest.mark.parametrize("other", PRODUCTS)
def test_everything_comes_back_on_either_product(
    lived: dict[str, str],
    world: World,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
    database: str,
    other: str,
) -> None:
    """Row for row and byte for byte; only mail, leases and running claims differ, as they must.

    Into what ``donthu db upgrade`` leaves (the same product) and into nothing at all (the other one).
    """
    target = tmp_path / "b.zip"
    manifest = backup(target, NOW)
    before, uploads = everything(), files(installation().settings.upload_dir)
    anchored = installation().settings.anchor_file.read_bytes()
    keys = key_file()
    assert len(uploads) == manifest.papers == 2
    assert target.stat().st_mode & 0o777 == 0o600
    with empty(other) as url:
        if other != database:
            without_schema(url)
        with moved_in(url, tmp_path / "new", keys):
            done = restore(target, NOW)
            after = everything()
            mail = after.pop("outbox_message")
            assert mail != before["outbox_message"]
            assert after.pop("job_run") == before["job_run"][:1]
            assert after == {
                name: rows
                for name, rows in before.items()
                if name not in {"outbox_message", "job_run"}
            }
            assert files(installation().settings.upload_dir) == uploads
            assert installation().settings.anchor_file.read_bytes() == anchored
            assert done.anchors == "restored"
            assert db.session.scalars(select(Lease.name)).all() == []
            assert audit.verify(installation().settings.anchor_file).sound
            _goes_on(world, lived)
            assert audit.verify(installation().settings.anchor_file).sound


def _goes_on(world: World, codes: dict[str, str]) -> None:
    """People find, open and add in the restored installation."""
    assert {line.code for line in queue(world.minh, Filters()).lines} >= {codes["parcels"]}
    assert codes["parcels"] in [line.code for line in search(world.lan, "thu hoi dat")]
    assert db.session.scalars(select(LandParcel.area_m2)).all() == [Decimal("120.50")]
    odd = db.session.scalars(select(Decision).where(Decision.form == "decision")).one()
    assert (odd.money_dong, odd.land_m2) == (2**53 + 1, Decimal("999999999999.99"))
    assert odd.number == '1\n\u2028"\\ 𠀋\u0301'
    entered = select(Petition.entered_at).where(Petition.id == 1)
    assert db.session.scalars(entered).one().microsecond == 999999
    assert read_paper(codes["parcels"], 1, world.lan).data == LETTER
    assert _opened(codes["sealed"], 1, world) == SCAN
    db.session.rollback()
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    assert code.startswith("AB-2026-000004-")
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), transaction() as session:
        session.execute(sa.text("DELETE FROM event"))


def _opened(code: str, ordinal: int, world: World) -> bytes:
    return open_paper(code, ordinal, reason="Kiểm tra", actor=world.minh, now=NOW).data


@pytest.mark.sqlite_only
def test_unsent_mail_waits_for_a_person(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    """It may have gone out after the backup; what was sent stays sent."""
    frozen = {
        "recipient_id": 1, "kind": "digest", "slot": "s", "day": NOW.date(), "address": "a@b.vn",
        "message_id": "<a@b>", "subject": "s", "frozen": b"s", "state": MailState.SENDING,
        "attempts": 1, "refusals": 0, "created_at": NOW, "next_try_at": NOW, "claimed_by": "x",
        "claimed_until": NOW,
    }  # fmt: skip
    with transaction() as session:
        session.execute(insert(Mail).values(**frozen))
    backup(tmp_path / "b.zip", NOW)
    unsent = select(OutboxMessage.not_before).where(OutboxMessage.settled_at.is_(None))
    waiting = len(db.session.scalars(unsent).all())
    keys = key_file()
    with empty(database) as url, moved_in(url, tmp_path / "new", keys):
        assert restore(tmp_path / "b.zip", NOW).held == waiting + 1 > 1
        mail = select(Mail.state, Mail.claimed_by, Mail.next_try_at)
        assert db.session.execute(mail).one() == (MailState.QUEUED, None, HELD_UNTIL)
        assert set(db.session.scalars(unsent)) == {HELD_UNTIL}
        db.session.rollback()
        assert release_mail(NOW) == waiting + 1
        assert db.session.execute(mail).one() == (MailState.QUEUED, None, NOW)
        assert set(db.session.scalars(unsent)) == {NOW}
        db.session.rollback()
        assert release_mail(NOW) == 0


@pytest.mark.sqlite_only
def test_no_sealed_value_and_no_key_is_in_it(lived: dict[str, str], tmp_path: Path) -> None:
    """Searched in every byte of every member, raw, escaped as JSON does, and in base64."""
    backup(tmp_path / "b.zip", NOW)
    secrets = [
        PHONE.encode(),
        SCAN[9:40],
        *(
            form
            for words in (NAME, SECRET_WORDS, "Bưu điện giao chậm")
            for form in (words.encode(), json.dumps(words)[1:-1].encode())
        ),
    ]
    keys = json.loads(key_file().read_text())
    for key in [keys["blind_index"], keys["anchor"], *(each["key"] for each in keys["masters"])]:
        raw = base64.b64decode(key)
        secrets += [key.encode(), raw, raw.hex().encode()]
    secrets.append(installation().settings.secret_key.encode())
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert "tables/sealed_identity.jsonl" in members
    for name, content in members.items():
        for secret in secrets:
            assert secret not in content, name
    said = b"".join(members.values())
    assert "Nguyễn Văn Đức".encode() in said, "the search itself must be able to find a name"
    assert "Bản sao".encode() in said


# --- refusals --------------------------------------------------------------------------------


@contextmanager
def untouched() -> Iterator[None]:
    """Nothing in the database or in the installation's folder changes."""
    db.session.rollback()
    house = installation().settings
    before = (everything_if_any(), files(house.data_dir))
    yield
    db.session.rollback()
    after = (everything_if_any(), files(house.data_dir))
    assert after[0] == before[0]
    ours = {name for name in after[1] if not name.startswith("donthu.sqlite3")}
    assert {name: after[1][name] for name in ours} == {name: before[1].get(name) for name in ours}


def everything_if_any() -> Dump:
    with db.engine.connect() as connection:
        if not backup_tables.names(connection):
            return {}
    return everything()


@pytest.mark.sqlite_only
def test_a_damaged_file_is_refused_whatever_byte(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    """Bits flipped all over the file, cut short, made longer, nothing, something else."""
    backup(tmp_path / "b.zip", NOW)
    whole = (tmp_path / "b.zip").read_bytes()
    keys = key_file()
    positions = [
        *random.Random(7).sample(range(len(whole)), 300),
        *range(len(whole) - 150, len(whole)),
    ]
    broken = [whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :] for at in positions]
    broken += [
        whole[:-1],
        whole[: len(whole) // 2],
        whole + b"\0",
        b"",
        b"PK\5\6" + bytes(18),
        LETTER,
    ]
    other = tmp_path / "broken.zip"
    with empty(database) as url, moved_in(url, tmp_path / "new", keys), untouched():
        for content in broken:
            other.write_bytes(content)
            with pytest.raises(Damaged):
                restore(other, NOW)


def reseal(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """The archive with other members under a right seal, as a faulty program might write it."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    path.unlink()
    with backup_archive.create(path, NOW) as writer:
        for name, content in members.items():
            writer.add(name, [content])


@pytest.mark.sqlite_only
def test_members_must_be_those_the_manifest_lists(
    lived: dict[str, str], tmp_path: Path, empty: Callable[[str], AbstractContextManager[str]]
) -> None:
    """A changed, missing or added member under a right seal is damage too."""
    keys = key_file()
    changes: list[Callable[[dict[str, bytes]], Any]] = [
        lambda members: members.update({"tables/agency.jsonl": b"[]\n"}),
        lambda members: members.pop("tables/agency.jsonl"),
        lambda members: members.update({"tables/more.jsonl": b""}),
        lambda members: members.update({"manifest.json": b"{}"}),
        lambda members: members.pop("manifest.json"),
    ]
    with empty("sqlite") as url:
        for number, change in enumerate(changes):
            backup(tmp_path / "b.zip", NOW)
            reseal(tmp_path / "b.zip", change)
            with (
                moved_in(url, tmp_path / f"new{number}", keys),
                untouched(),
                pytest.raises(Damaged),
            ):
                restore(tmp_path / "b.zip", NOW)


def edit_manifest(path: Path, **changes: Any) -> None:
    def change(members: dict[str, bytes]) -> None:
        document = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps({**document, **changes}).encode()

    reseal(path, change)


@pytest.mark.sqlite_only
def test_newer_ones_are_refused(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    """A schema or a format this program does not know yet."""
    keys = key_file()
    backup(tmp_path / "schema.zip", NOW)
    edit_manifest(tmp_path / "schema.zip", schema="9999")
    backup(tmp_path / "format.zip", NOW)
    edit_manifest(tmp_path / "format.zip", format=2)
    with empty(database) as url, moved_in(url, tmp_path / "new", keys), untouched():
        with pytest.raises(NotRestored, match="9999"):
            restore(tmp_path / "schema.zip", NOW)
        with pytest.raises(NewerFormat):
            restore(tmp_path / "format.zip", NOW)


def test_a_database_in_use_is_refused(lived: dict[str, str], tmp_path: Path) -> None:
    """Not even into the very database it came from."""
    backup(tmp_path / "b.zip", NOW)
    with untouched(), pytest.raises(NotRestored, match="không trống"):
        restore(tmp_path / "b.zip", NOW)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO user_account (username, name, password_hash, must_change_password, session_epoch) "
        "VALUES ('a', 'A', 'x', false, 1)",
        "CREATE TABLE something_else (id INTEGER)",
    ],
)
def test_one_row_of_somebodys_is_enough_to_refuse(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
    statement: str,
) -> None:
    """One account; or tables of another program where no schema of ours is."""
    backup(tmp_path / "b.zip", NOW)
    keys = key_file()
    with empty(database) as url:
        if statement.startswith("CREATE"):
            without_schema(url)
        with moved_in(url, tmp_path / "new", keys):
            with writing_permitted(), db.engine.begin() as connection:
                connection.exec_driver_sql(statement)
            before = sorted(sa.inspect(db.engine).get_table_names())
            with pytest.raises(NotRestored, match="không trống"):
                restore(tmp_path / "b.zip", NOW)
            assert sorted(sa.inspect(db.engine).get_table_names()) == before
            assert files(installation().settings.upload_dir) == {}


@pytest.mark.sqlite_only
def test_other_keys_are_refused_and_older_ones_of_this_ring_are_not(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    """What was sealed would never open again. A ring rotated since still opens it."""
    backup(tmp_path / "b.zip", NOW)
    keys = key_file()
    rotated = tmp_path / "rotated.json"
    shutil.copy(keys, rotated)
    old, new = installation().keyring, type(installation().keyring).rotate(rotated)
    assert new.fingerprint() != old.fingerprint()
    with empty(database) as url:
        refused = pytest.raises(NotRestored, match="khác với khóa")
        with moved_in(url, tmp_path / "strange", None), untouched(), refused:
            restore(tmp_path / "b.zip", NOW)
        with moved_in(url, tmp_path / "rotated", rotated):
            restore(tmp_path / "b.zip", NOW)
            assert audit.verify(installation().settings.anchor_file).sound


@pytest.mark.sqlite_only
def test_without_the_key_everything_but_the_seals_comes_back(
    lived: dict[str, str],
    world: World,
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    """The denunciation lives on under a key of its own; who brought it is lost, at the desk as well."""
    visit = receive(None, SECRET, actor=world.lan, now=NOW)
    drafts.save("d" * 32, "register", {"content": ["x"]}, actor=world.lan, now=NOW)
    slips.issue(lived["sealed"], actor=world.lan, now=NOW)
    backup(tmp_path / "b.zip", NOW)
    with empty(database) as url, moved_in(url, tmp_path / "new", None):
        done = restore(tmp_path / "b.zip", NOW, without_sealed=True)
        assert (done.cases_without_seals, done.papers_left_out, done.anchors) == (1, 1, "foreign")
        for gone in (SealedIdentity.party_id, BlindIndex.party_id, CaseKey.sealed_original):
            assert [each for each in db.session.scalars(select(gone)) if each is not None] == []
        assert db.session.scalars(select(Party.sealed).where(Party.sealed)).all() == [True]
        lost = db.session.scalars(
            select(EventDetail).where(EventDetail.erased_at.is_not(None))
        ).all()
        assert lost and all(each.sealed is None and each.salt is None for each in lost)
        names = dict(db.session.execute(select(Evidence.title, Evidence.stored_name)).all())
        assert names["Đơn viết tay"] is None
        assert names["Quyết định"] is not None
        db.session.rollback()
        assert len(files(installation().settings.upload_dir)) == 1
        assert audit.verify().sound
        paper = Paper(title="Giấy mời", received_on=date(2026, 11, 20))
        add_paper(lived["sealed"], paper, "a.pdf", SCAN, version=None, actor=world.lan, now=NOW)
        assert _opened(lived["sealed"], 2, world) == SCAN
        shown = visit_shown(world.lan, visit)
        assert (shown.confidential, shown.persons, shown.said) == (True, (), "")
        take_in(visit, SECRET, version=shown.version, actor=world.lan, now=NOW)
        assert visit_shown(world.hoa, visit).said == SECRET.said
        for gone in (Draft.id, Slip.id):
            assert db.session.scalars(select(gone)).all() == []
        db.session.rollback()
        assert audit.verify().sound
        assert not installation().settings.anchor_file.exists()


@pytest.mark.sqlite_only
def test_anchors_that_are_there_already(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    """Those that go on from the backup's are evidence of what was lost since and stay; others refuse."""
    house = installation().settings
    backup(tmp_path / "b.zip", NOW)
    audit.anchor(NOW + timedelta(days=1))
    longer = house.anchor_file.read_bytes()
    keys = key_file()
    with empty(database) as url, moved_in(url, tmp_path / "new", keys):
        there = installation().settings.anchor_file
        there.write_bytes(b"something else\n")
        with untouched(), pytest.raises(NotRestored, match="Tệp neo"):
            restore(tmp_path / "b.zip", NOW)
        there.write_bytes(longer)
        assert restore(tmp_path / "b.zip", NOW).anchors == "kept"
        assert there.read_bytes() == longer


def test_a_failure_midway_leaves_nothing(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last table cannot be written, or the disk is full while the anchors are put back."""
    backup(tmp_path / "b.zip", NOW)
    keys = key_file()
    write, put = backup_restore.write, backup_restore._Restore._put

    def no_row(connection: Any, shape: Any, rows: Any) -> int:
        if shape.name == "sealed_identity":
            connection.execute(sa.text("INSERT INTO sealed_identity (party_id) VALUES (-1)"))
        return write(connection, shape, rows)

    def no_anchors(self: Any, path: Path, chunks: Any) -> None:
        put(self, path, chunks)
        if path.name == "anchors.jsonl":
            raise OSError(28, "No space left on device")

    for seeded in (True, False):
        with empty(database) as url:
            if not seeded:
                without_schema(url)
            with moved_in(url, tmp_path / f"new{seeded}", keys), untouched():
                with monkeypatch.context() as patch:
                    patch.setattr(backup_restore, "write", no_row)
                    with pytest.raises(NotRestored, match="IntegrityError"):
                        restore(tmp_path / "b.zip", NOW)
                with monkeypatch.context() as patch:
                    patch.setattr(backup_restore._Restore, "_put", no_anchors)
                    with pytest.raises(OSError, match="No space"):
                        restore(tmp_path / "b.zip", NOW)


@pytest.mark.sqlite_only
def test_papers_already_in_place_are_compared(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    """The upload folder survived: equal files stay, one with other bytes refuses."""
    backup(tmp_path / "b.zip", NOW)
    house, keys = installation().settings, key_file()
    with empty(database) as url, moved_in(url, tmp_path / "new", keys):
        there = installation().settings.upload_dir
        shutil.copytree(house.upload_dir, there, dirs_exist_ok=True)
        one = next(path for path in there.rglob("*") if path.is_file())
        content = one.read_bytes()
        one.write_bytes(b"other")
        with untouched(), pytest.raises(NotRestored, match="nội dung khác"):
            restore(tmp_path / "b.zip", NOW)
        one.write_bytes(content)
        restore(tmp_path / "b.zip", NOW)
        assert files(there) == files(house.upload_dir)


def test_an_older_schema_is_restored_and_then_upgraded(
    lived: dict[str, str],
    database: str,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    """Taken one revision back, it comes back at the present one with the same rows."""
    before = everything()
    db.session.remove()
    script = schema.ScriptDirectory.from_config(schema.alembic_config())
    older = script.get_revision("head").down_revision
    schema.downgrade(db.engine, older)
    assert backup(tmp_path / "b.zip", NOW).schema == older
    keys = key_file()
    with empty(database) as url, moved_in(url, tmp_path / "new", keys):
        restore(tmp_path / "b.zip", NOW)
        assert schema.present_revision(db.engine) == schema.head_revision()
        after = everything()
        assert after["event"] == before["event"]
        apart = {"job_run", "mail_preference"}  # fills by itself; was not there one revision back
        assert {name: len(rows) for name, rows in after.items() if name not in apart} == {
            name: len(rows) for name, rows in before.items() if name not in apart
        }
        assert audit.verify().sound
    schema.upgrade(db.engine)


# --- writing it ------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_the_name_is_taken_only_by_a_whole_backup(lived: dict[str, str], tmp_path: Path) -> None:
    """Nothing else is overwritten; an empty file and an earlier backup are."""
    target = tmp_path / "b.zip"
    target.write_bytes(b"")
    backup(target, NOW)
    first = target.read_bytes()
    backup(target, NOW + timedelta(days=1))
    assert target.read_bytes() != first
    house = installation().settings
    for precious in (key_file(), house.anchor_file, tmp_path):
        before = precious.read_bytes() if precious.is_file() else b""
        with pytest.raises(InTheWay):
            backup(precious, NOW)
        assert (precious.read_bytes() if precious.is_file() else b"") == before
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]


@pytest.mark.sqlite_only
def test_a_missing_paper_is_told_and_the_rest_is_saved(
    lived: dict[str, str], tmp_path: Path
) -> None:
    """What is lost already must not stop what can be saved."""
    name = db.session.scalars(select(Evidence.stored_name).order_by(Evidence.id)).first()
    folder = installation().settings.upload_dir
    (folder / name[:2] / name).unlink()
    manifest = backup(tmp_path / "b.zip", NOW)
    assert manifest.missing == [name]
    assert manifest.papers == 1


@pytest.mark.sqlite_only
def test_a_database_without_schema_has_nothing_to_save(
    app: Flask, empty: Callable[[str], AbstractContextManager[str]], database: str, tmp_path: Path
) -> None:
    """And no file is left behind."""
    with empty(database) as url:
        without_schema(url)
        with moved_in(url, tmp_path / "new", None), pytest.raises(NoDatabase):
            backup(tmp_path / "b.zip", NOW)
    assert {path.name for path in tmp_path.iterdir()} == {"new", "var"}


@pytest.mark.proof
@pytest.mark.parametrize("other", PRODUCTS)
def test_a_backup_under_load_is_one_instant(
    world: World,
    app: Flask,
    empty: Callable[[str], AbstractContextManager[str]],
    tmp_path: Path,
    other: str,
) -> None:
    """People register with papers while it is taken: every case acknowledged before is in it, whole."""
    acknowledged: list[str] = []
    enough, stop = threading.Event(), threading.Event()

    def desk(number: int) -> None:
        with app.app_context():
            turn = 0
            while not stop.is_set():
                given = (COMPLAINT, DENUNCIATION)[turn % 2]
                code = register(given, actor=world.lan, now=NOW, key=f"{number}-{turn}")
                if turn % 5 < 2:
                    paper = Paper(title="Đơn", received_on=date(2026, 11, 20))
                    add_paper(code, paper, "d.pdf", SCAN, version=None, actor=world.lan, now=NOW)
                acknowledged.append(code)
                turn += 1
                if len(acknowledged) >= 60:
                    enough.set()
            db.session.remove()

    threads = [threading.Thread(target=desk, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(120)
    taken = []
    for number in range(3):
        known = list(acknowledged)
        backup(tmp_path / f"{number}.zip", NOW)
        taken.append((tmp_path / f"{number}.zip", known))
    audit.anchor(NOW)
    stop.set()
    for thread in threads:
        thread.join()
    assert len(acknowledged) > len(taken[-1][1]) > 0
    keys = key_file()
    for target, known in taken:
        with empty(other) as url, moved_in(url, tmp_path / target.stem, keys):
            restore(target, NOW)
            codes = set(db.session.scalars(select(Case.code)))
            assert codes >= set(known)
            db.session.rollback()
            assert audit.verify().sound
            _whole(world)


def _whole(world: World) -> None:
    """Every case has its paper, its people and its clock; every stored paper is there and opens."""
    for model in ("case_text", "petition", "party", "deadline"):
        missing = db.session.execute(
            sa.text(f"SELECT count(*) FROM case_file WHERE id NOT IN (SELECT case_id FROM {model})")
        ).scalar_one()
        assert missing == 0, model
    numbers = sorted(int(code.split("-")[2]) for code in db.session.scalars(select(Case.code)))
    assert numbers == list(range(1, len(numbers) + 1))
    papers = select(Case.code, Evidence.ordinal, Evidence.sealed).join(
        Evidence, Evidence.case_id == Case.id
    )
    rows = db.session.execute(papers).all()
    assert {row.sealed for row in rows} == {True, False}
    for code, ordinal, sealed in rows:
        data = (
            _opened(code, ordinal, world) if sealed else read_paper(code, ordinal, world.minh).data
        )
        assert data == SCAN
    sealed = select(sa.func.count()).select_from(Event).where(Event.commitment.is_not(None))
    assert db.session.scalar(sealed) == db.session.scalar(select(sa.func.count(EventDetail.seq)))
    states = set(db.session.scalars(select(Case.state)))
    assert states <= set(State)
    db.session.rollback()


def test_the_instant_of_held_mail_is_one_both_products_keep(app: Flask) -> None:
    """Far enough never to come, near enough for every time zone."""
    with transaction() as session:
        session.execute(
            insert(OutboxMessage).values(
                dedupe_key="x", kind="x", payload={}, created_at=NOW, not_before=HELD_UNTIL
            )
        )
    assert db.session.scalars(select(OutboxMessage.not_before)).all() == [
        datetime(9999, 1, 1, tzinfo=UTC)
    ]
