"""What the journeys through an office share: its people, its papers, a file read back, a photograph."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from docx import Document
from sqlalchemy import select, update

from config.database import db, transaction
from petitions.models import Case, Submission, User
from petitions.services import passwords
from tests.journeys.conftest import PASSWORD, Seat
from tests.journeys.test_pages import RULES
from workflows.vocabulary import State

Sit = Callable[..., Seat]


def everybody_may_sign_in() -> None:
    """Those hired after the door was opened get the same password."""
    with transaction() as session:
        session.execute(update(User).values(password_hash=passwords.hashed(PASSWORD)))
    db.session.remove()


def photograph(seat: Seat, name: str) -> None:
    """A picture of the page when asked for (``SHOTS=folder``)."""
    folder = os.environ.get("SHOTS")
    if folder:
        seat.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def looked_at(seat: Seat, name: str) -> None:
    """axe finds nothing; a picture is kept."""
    found = Axe().run(seat.page, options=RULES)
    assert not found.violations_count, found.generate_report()
    photograph(seat, name)


def enter(seat: Seat, name: str, role: str = "button") -> None:
    """Go to a button or link by its words and press Enter, as who has no mouse does."""
    target = seat.page.get_by_role(role, name=name).filter(visible=True).first  # type: ignore[arg-type]
    target.focus()
    with seat.page.expect_navigation():
        seat.page.keyboard.press("Enter")


def do(seat: Seat, code: str, action: str, **values: str) -> None:
    """Fill the form of an act and send it; blanks stand for the spaces of a label."""
    seat.go(f"/ho-so/{code}/viec/{action}")
    for name, value in values.items():
        seat.fill(name.replace("_", " "), value)
    seat.page.locator(".actions button").first.click()
    seat.page.wait_for_url(re.compile(rf"/(ho-so/{code}|to-trinh/.*)$"))


def press(seat: Seat, button: str) -> None:
    """One of the buttons of a proposal; the page that follows it."""
    with seat.page.expect_navigation():
        seat.page.get_by_role("button", name=button, exact=True).click()


def only_paper() -> str:
    """The uid of the only proposal there is."""
    db.session.rollback()
    return db.session.scalars(select(Submission.uid)).one()


def state(code: str) -> State:
    """Where the case stands for the law."""
    db.session.rollback()
    return db.session.scalars(select(Case.state).where(Case.code == code)).one()


def fill_blanks(seat: Seat, words: str) -> None:
    """Write something into every visible blank of a letter that must be filled and is not."""
    blanks = "[name^='fields.'][aria-required=true], [name^='fields.'][name*='.0.']"
    for field in seat.page.locator(blanks).all():
        if not field.is_visible() or field.input_value():
            continue
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(index=1)
        else:
            field.fill(words)


def downloaded(seat: Seat, link: str) -> str:
    """Every word of the Word file behind a link, read as Word would."""
    with seat.page.expect_download() as waiting:
        seat.page.get_by_role("link", name=link).first.click()
    assert waiting.value.suggested_filename.endswith(".docx")
    document = Document(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    said = ["".join(each.itertext()) for each in document.element.iter() if each.tag.endswith("}p")]
    return "\n".join(said).replace("\xa0", " ")
