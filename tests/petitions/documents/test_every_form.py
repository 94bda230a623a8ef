"""Every official form for cases of the demonstration: whole, convertible, and keeping the denouncer out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from config.database import db
from petitions.cli.main import cli
from petitions.documents import archive
from petitions.documents.catalog import forms
from petitions.documents.forms import Form
from petitions.documents.render import render
from petitions.ledger.record import case_key
from petitions.models import Case, Event, Hat, User
from petitions.services import accounts, demo, letters
from petitions.services.identity import sealed_people
from petitions.services.registration import Person
from petitions.text import fold
from tests.conftest import NOW, TODAY
from tests.petitions.test_demo import needles, readable_in
from tests.petitions.test_letters import filled, text_of
from workflows.vocabulary import Action, Actor, Kind, Role

pytestmark = [pytest.mark.proof, pytest.mark.sqlite_only]

SHARE, FEW = 0.25, 0.08
"""Of the demonstration's stories: every kind in most states with some twenty denunciations, and enough
for one case of each kind."""
TO_THE_DENOUNCER = {
    "nd154:01/TCD", "nd154:02/TCD", "nd31:02", "nd31:03", "nd31:05", "x:tb-chuyen-tc",
    "x:tb-ket-luan-tc",
}  # fmt: skip
"""The forms a denouncer's own data may reach."""
SIGNATURE = {
    "number": 5, "issue_date": TODAY, "signer_name": "Trần Văn Minh", "signer_title": "Chủ tịch",
    "signing_capacity": "head",
}  # fmt: skip
HOLES = re.compile(r"\bNone\b|\{\{|\}\}|\{%|%\}|\{#|…|\.{3,}|_{3,}|\bUndefined\b")
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


@dataclass(frozen=True, slots=True)
class Held:
    """A case of the demonstration and the head who holds it."""

    code: str
    kind: Kind
    head: Actor
    people: tuple[Person, ...]


def told(share: float) -> list[Held]:
    """The cases of a demonstration by the head of their agency, the denouncers known to the test alone."""
    demo.load(TODAY, share)
    heads = {
        agency: found.actor
        for agency, username in db.session.execute(
            select(Hat.agency_id, User.username)
            .join(User, User.id == Hat.user_id)
            .where(Hat.role == Role.HEAD, Hat.valid_to.is_(None), User.disabled_at.is_(None))
        ).all()
        if (found := accounts.principal_named(username, TODAY)) and found.actor.role is Role.HEAD
    }
    found = []
    for case in db.session.scalars(select(Case).order_by(Case.id)).all():
        if case.agency_id not in heads:
            continue
        people: tuple[Person, ...] = ()
        if case.kind is Kind.DENUNCIATION:
            people = tuple(sealed_people(db.session(), case, case_key(db.session(), case)))
        found.append(Held(case.code, case.kind, heads[case.agency_id], people))
    return found


def forms_for(kind: Kind) -> list[Form]:
    """What is in force for a kind."""
    return [form for form in forms() if kind in form.kinds and form.in_force(TODAY)]


def signed(case: Held, form: Form, people: tuple[Person, ...] = ()) -> bytes:
    """The finished document as a signature and a number make it."""
    given = filled(case.code, form.key, case.head)
    _, values = letters.draft_values(
        case.head, case.code, form.key, given, TODAY, people=people if form.sealed else ()
    )
    return render(form, None, {**values, **SIGNATURE}).docx


def test_every_form_is_whole_and_opens_in_an_office_program(app: Flask, tmp_path: Path) -> None:
    """Each form for a case of each of its kinds; all converted at once; no hole, no empty paper."""
    held = told(FEW)
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    said: dict[str, str] = {}
    for kind in Kind:
        case = next(each for each in held if each.kind is kind)
        for form in forms_for(kind):
            name = f"{kind.value}-{re.sub('[^a-zA-Z0-9]', '-', fold(form.key))}"
            docx = signed(case, form, case.people)
            (tmp_path / f"{name}.docx").write_bytes(docx)
            said[name] = text_of(docx)
    assert len(said) > 100
    keep = os.environ.get("SHOTS")
    printed = Path(keep) if keep else tmp_path / "pdf"
    subprocess.run(
        [program, "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to",
         "pdf", "--outdir", str(printed), *map(str, sorted(tmp_path.glob("*.docx")))],
        check=True, capture_output=True, timeout=500,
    )  # fmt: skip
    pages = {each.stem: len(PAGE.findall(each.read_bytes())) for each in printed.glob("*.pdf")}
    assert pages.keys() == said.keys()
    assert {name: count for name, count in pages.items() if not 1 <= count <= 6} == {}
    holes = {name: found for name, text in said.items() if (found := HOLES.findall(text))}
    assert holes == {}


def parts_of(docx: bytes) -> dict[str, bytes]:
    """Every part as it lies in the file, and its words joined over the borders of runs."""
    found = dict(archive.unpack(docx))
    for name, content in list(found.items()):
        runs = re.findall(rb"<w:(?:t|delText|instrText)[^>]*>([^<]*)<", content)
        found[f"{name} joined"] = b"".join(runs)
        found[f"{name} folded"] = fold(b"".join(runs).decode()).encode()
    return found


def test_only_letters_to_the_denouncer_have_room_for_him() -> None:
    """By the catalogue: what the forms say of themselves."""
    assert {form.key for form in forms() if form.sealed} <= TO_THE_DENOUNCER


def test_no_form_of_any_denunciation_names_its_denouncer(app: Flask) -> None:
    """Searched in every part of every finished file: names, numbers, addresses as typed and folded.

    With the identity opened it stands in the letters to the denouncer, and in nothing else.
    """
    denunciations = [each for each in told(SHARE) if each.kind is Kind.DENUNCIATION]
    assert len(denunciations) > 10
    assert sum(bool(each.people) for each in denunciations) > 5
    named = 0
    for case in denunciations:
        wanted = needles(list(case.people))
        for form in forms_for(case.kind):
            shut = signed(case, form)
            for name, content in parts_of(shut).items():
                assert readable_in(content, wanted) == [], (form.key, name)
            if not form.sealed or not case.people:
                continue
            opened = parts_of(signed(case, form, case.people))
            printed = [name for name, content in opened.items() if readable_in(content, wanted)]
            assert all(name.startswith("word/document.xml") for name in printed), form.key
            named += bool(printed)
    assert named > 0


def test_the_command_for_every_form_of_a_denunciation(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 for the head with a reason where one is needed, 2 without it, 1 for a stranger; no stray file."""
    monkeypatch.setattr("config.clock.now", lambda: NOW)
    held = told(FEW)
    case = min((each for each in held if each.people), key=lambda each: len(each.head.agency_ids))
    outsider = next(
        each.head.name for each in held if not each.head.agency_ids & case.head.agency_ids
    )
    names = dict(db.session.execute(select(User.name, User.username)).all())
    head, stranger = names[case.head.name], names[outsider]
    wanted = needles(list(case.people))
    for number, form in enumerate(forms_for(case.kind)):
        fields = tmp_path / f"{number}.json"
        fields.write_text(json.dumps(filled(case.code, form.key, case.head)), encoding="utf-8")
        out = tmp_path / f"{number}.docx"
        command = ["letter", form.key, case.code, str(out), "--fields", str(fields), "--as"]
        assert run([*command, stranger, "--reason", "Xem"]) == 1
        assert not out.exists()
        if form.sealed:
            assert run([*command, head]) == 2
            assert not out.exists()
            before = openings()
            assert run([*command, head, "--reason", "Gửi thông báo"]) == 0, form.key
            assert openings() == before + 1
        else:
            assert run([*command, head]) == 0, form.key
            assert not [
                name for name, part in parts_of(out.read_bytes()).items() if readable_in(part, wanted)
            ]  # fmt: skip
    assert run(["letter", "nd31:99", case.code, str(tmp_path / "no.docx"), "--as", head]) == 2
    assert not (tmp_path / "no.docx").exists()


def run(arguments: list[str]) -> int:
    """The command as typed; its exit code."""
    db.session.rollback()
    return CliRunner().invoke(cli, arguments).exit_code


def openings() -> int:
    """How often an identity was opened."""
    db.session.rollback()
    return len(
        db.session.scalars(select(Event.id).where(Event.action == Action.OPEN_IDENTITY.value)).all()
    )
