"""Urging letters: the list with who answers, issuing one or several, one letter with its reply and papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from petitions.documents.printing import print_page
from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.labels import label
from petitions.queries import books
from petitions.queries import urging as known
from petitions.queries.urging import Filters, Line, Side
from petitions.queries.urging_cases import (
    MOST,
    Urgeable,
    addressees,
    cases_of,
    late_agencies,
    may_issue,
    overdue_of,
    signers,
)
from petitions.queries.urging_reach import ISSUERS, READERS, REPLIERS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.urging import ANSWER, CLOSING, ISSUE, LIST
from petitions.services import urging as service
from petitions.services import urging_replies as replies
from petitions.services.urging import Urging, parted
from petitions.services.urging_letter import house, letter_file, read_letter
from petitions.web import options
from petitions.web.days import due_words
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option, posted_key
from petitions.web.letters import handed_out
from petitions.web.pages import day
from petitions.web.questions import WHOLE, Answered, Question
from petitions.web.session import actor, moment, require, today
from workflows.urging import UrgingStanding

blueprint = Blueprint("urging", __name__)

CASES, AGENCY = "ho-so", "co-quan"
"""Names of the address: the cases to urge about, or the agency whose overdue ones."""
ISSUE_IT, PREVIEW = "issue", "preview"
OPENING = (
    "Đề nghị khẩn trương giải quyết dứt điểm các vụ việc nêu trên theo đúng thẩm quyền, "
    "trình tự, thủ tục và thời hạn pháp luật quy định."
)
_UNANSWERED = frozenset({UrgingStanding.WAITING, UrgingStanding.LATE})
PARTS: dict[str, tuple[str, frozenset[UrgingStanding]]] = {
    "chua-tra-loi": ("Chưa trả lời", _UNANSWERED),
    "qua-han": ("Quá hạn trả lời", frozenset({UrgingStanding.LATE})),
    "da-tra-loi": (
        "Đã trả lời",
        frozenset({UrgingStanding.ANSWERED, UrgingStanding.ANSWERED_LATE}),
    ),
    "tra-loi-muon": ("Trả lời muộn", frozenset({UrgingStanding.ANSWERED_LATE})),
    "khep-lai": ("Khép lại", frozenset({UrgingStanding.CLOSED})),
    "tat-ca": ("Tất cả", frozenset(UrgingStanding)),
}
SIDES = {Side.SENT: "Cơ quan tôi ban hành", Side.RECEIVED: "Gửi đến cơ quan tôi"}
HEADS = (
    Head("Số, ký hiệu", 18), Head("Ngày văn bản", 13), Head("Cơ quan ban hành", 34),
    Head("Cơ quan được đôn đốc", 34), Head("Số hồ sơ", 10), Head("Mã hồ sơ (nếu một)", 22),
    Head("Hạn trả lời", 13), Head("Tình trạng", 24), Head("Ngày trả lời, khép lại", 16),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """The cases of one addressee on the page that issues letters."""

    code: str
    name: str
    cases: tuple[Urgeable, ...]

    @property
    def secret(self) -> int:
        """Denunciations among them: each goes in a letter of its own."""
        return sum(each.secret for each in self.cases)


# --- the list --------------------------------------------------------------------------------


@blueprint.get("/don-doc")
def index() -> str | tuple[str, int]:
    """The letters in reach: unanswered, late, answered; and how each urged body answers."""
    require(*READERS)
    which = _which()
    form = Form({name: request.args.getlist(name) for name in request.args})
    try:
        filters = _filters(which)
    except Invalid as error:
        return _list(form.refused(error.fields), which, Filters()), 422
    return _list(form, which, filters)


def _list(form: Form, which: str, filters: Filters) -> str:
    page = known.letters(actor(), filters, today(), after=request.args.get("after"))
    tell, me = due_words(today()), actor()
    kept = {name: form.value(name) for name in ("side", "agency", "year") if form.value(name)}
    return render_template(
        "urgings.html",
        form=form,
        which=which,
        parts=PARTS,
        kept=kept,
        rows=[(each, _due(each, tell)) for each in page.lines],
        agencies=known.by_agency(me, filters, today()),
        standings=UrgingStanding,
        after=page.after,
        paged="after" in request.args,
        narrowed=bool(kept),
        may_issue=may_issue(me, today()),
        choices={
            "side": [Option(side.value, text) for side, text in SIDES.items()],
            "agency": options.agencies(today(), within=None if me.province_wide else me.agency_ids),
            "year": [Option(str(y), str(y)) for y in range(today().year, today().year - 5, -1)],
        },
    )


@blueprint.get("/don-doc.xlsx")
def file() -> Response:
    """The list as filtered, to take along."""
    require(*READERS)
    lines = known.register(actor(), _filters(_which()), today())
    rows: list[tuple[Cell, ...]] = [
        (
            each.number or f"…/{each.symbol}", each.issued_on, each.sender, each.addressee,
            each.cases, each.code, each.reply_due, label(each.standing), each.ended_on,
        )
        for each in lines
    ]  # fmt: skip
    return table_file([Sheet("Văn bản đôn đốc", HEADS, rows)], "van-ban-don-doc")


def _which() -> str:
    asked = request.args.get("xem", "")
    return asked if asked in PARTS else next(iter(PARTS))


def _filters(which: str) -> Filters:
    return Filters(standings=PARTS[which][1], **load(LIST, shaped(LIST, request.args)))


@blueprint.app_template_global()
def urgings_of_case(code: str) -> tuple[tuple[Line, Any], ...]:
    """The letters about a case that its reader may see, each with its reply's date in words."""
    tell = due_words(today())
    return tuple((each, _due(each, tell)) for each in known.of_case(actor(), code, today()))


def _due(line: Line, tell: Any) -> Any:
    return tell(line.reply_due) if line.ended_on is None else None


# --- issuing ---------------------------------------------------------------------------------


@blueprint.route("/don-doc/moi", methods=["GET", "POST"])
def new() -> AnyResponse | str | tuple[str, int]:
    """Issue letters: about the overdue cases of an agency, or about the cases that were chosen."""
    if not may_issue(actor(), today()):
        raise Forbidden("Vai trò hiện tại của bạn không ban hành văn bản đôn đốc.")
    codes = request.values.getlist(CASES)
    agency = request.values.get(AGENCY, "")
    if not codes and not agency:
        return render_template("urging_choose.html", agencies=late_agencies(actor(), today()))
    offered = overdue_of(actor(), agency, today()) if agency else _chosen(codes)
    parts, without = _parts(offered)
    wish = request.form.get("_do", "")
    if wish not in (ISSUE_IT, PREVIEW):
        start = {
            "codes": [each.code for part in parts for each in part.cases],
            "words": OPENING,
            "reply_days": house().working_days,
            "on": day(today()),
            "signer": next((each.hat_id for each in signers(actor(), today())), ""),
        }
        return _new(Form.of(start), parts, without, codes, agency)
    form = Form.posted()
    try:
        return _issue(parts, wish)
    except Invalid as error:
        refused = form.refused(_placed(error))
        return _new(refused, parts, without, codes, agency), 422
    except Conflict as error:
        return _new(form, parts, without, codes, agency, warning=error.message), 409


def letter_about(code: str) -> str | None:
    """Where this hat writes a letter about one case; None where it writes none, or where the case
    lies with its own body alone."""
    if not may_issue(actor(), today()):
        return None
    to = addressees(actor(), cases_of(actor(), [code], today()), today())
    return f"{url_for('urging.new')}?{urlencode({CASES: code})}" if to else None


def _chosen(codes: Sequence[str]) -> tuple[Urgeable, ...]:
    found = cases_of(actor(), codes[: 2 * MOST], today())
    if not found:
        raise NotFound
    return found


def _parts(offered: Sequence[Urgeable]) -> tuple[tuple[Part, ...], tuple[Urgeable, ...]]:
    """The cases by whom a letter goes to, and those with nobody to write to."""
    to = addressees(actor(), offered, today())
    grouped: dict[tuple[str, str], list[Urgeable]] = {}
    for each in offered:
        if each.code in to:
            grouped.setdefault(to[each.code], []).append(each)
    parts = tuple(
        Part(code, name, tuple(cases))
        for (code, name), cases in sorted(grouped.items(), key=lambda each: each[0][1])
    )
    return parts, tuple(each for each in offered if each.code not in to)


def _issue(parts: Sequence[Part], wish: str) -> AnyResponse | str:
    given = load(ISSUE, shaped(ISSUE, request.form))
    ticked, on = set(given.get("codes", ())), given["on"]
    reply = given.get("reply_due") or given.get("reply_days") or house().working_days
    letters = [
        Urging(part.code, tuple(each.code for each in some), given["words"], reply, given.get("signer"))
        for part in parts
        for some in parted([each for each in part.cases if each.code in ticked])
    ]  # fmt: skip
    if not letters:
        raise Invalid.at("codes", "Chọn ít nhất một hồ sơ.")
    if wish == PREVIEW:
        drawn = service.drafts(letters, actor=actor(), on=on)
        return render_template(
            "letter_print.html",
            title="Văn bản đôn đốc (xem trước)",
            back=f"{request.path}?{urlencode(_address())}",
            letter=Markup("\n").join(print_page(form, values) for form, values in drawn),
        )  # fmt: skip
    uids = service.urge_all(letters, actor=actor(), on=on, now=moment(), key=posted_key())
    if len(uids) == 1:
        flash("Đã ban hành văn bản đôn đốc; từng hồ sơ đã ghi diễn biến.", "done")
        return redirect(url_for("urging.show", uid=uids[0]))
    flash(f"Đã ban hành {len(uids)} văn bản đôn đốc; từng hồ sơ đã ghi diễn biến.", "done")
    return redirect(url_for("urging.index", side=Side.SENT.value))


def _address() -> list[tuple[str, str]]:
    """What the page is asked for by, as its forms send it on."""
    return [(name, each) for name in (AGENCY, CASES) for each in request.form.getlist(name)]


def _new(
    form: Form, parts: Sequence[Part], without: Sequence[Urgeable], codes: Sequence[str],
    agency: str, warning: str = "",
) -> str:  # fmt: skip
    return render_template(
        "urging_new.html",
        form=form,
        parts=parts,
        without=without,
        codes=codes,
        agency=agency,
        warning=warning,
        house=house(),
        names={"cases": CASES, "agency": AGENCY},
        signers=[
            Option(str(each.hat_id), ", ".join(filter(None, (each.name, each.title))) + f" ({label(each.capacity).lower()})")
            for each in signers(actor(), today())
        ],
        keeps=books.keeps(actor(), today()),
        most=MOST,
    )  # fmt: skip


def _placed(error: Invalid) -> dict[str, list[str]]:
    known_names = {"codes", "words", "reply_days", "reply_due", "signer", "on"}
    placed: dict[str, list[str]] = {}
    for name, messages in error.fields.items():
        placed.setdefault(name if name in known_names else WHOLE, []).extend(messages)
    return placed


# --- one letter ------------------------------------------------------------------------------


@blueprint.get("/don-doc/<uid>")
def show(uid: str) -> str:
    """A letter: what it says about which cases, where it stands, what came back."""
    return _show(uid)


def _show(uid: str, form: Form | None = None, warning: str = "") -> str:
    shown = known.letter(actor(), uid, today())
    me, line = actor(), shown.line
    waits = line.ended_on is None
    urged, issued = me.agency_id == line.to_id, me.agency_id == line.from_id
    start = {"answered_on": day(today()), "version": line.version}
    return render_template(
        "urging.html",
        shown=shown,
        form=form or Form.of(start),
        warning=warning,
        due=due_words(today())(line.reply_due) if waits else None,
        may_answer=waits and ((urged and me.role in REPLIERS) or (issued and me.role in REPLIERS | ISSUERS)),
        answers_own=urged,
        may_close=waits and issued and me.role in ISSUERS,
        may_number=issued and not line.number and books.keeps(me, today()),
    )  # fmt: skip


@blueprint.get("/don-doc/<uid>/in")
def printed(uid: str) -> str:
    """A letter as a page to print."""
    form, values = read_letter(actor(), uid)
    return render_template(
        "letter_print.html",
        title=form.name,
        back=url_for("urging.show", uid=uid),
        letter=print_page(form, values),
    )


@blueprint.get("/don-doc/<uid>/tep")
def docx(uid: str) -> AnyResponse:
    """A letter as a Word file."""
    return handed_out(letter_file(actor(), uid))


@blueprint.route("/don-doc/<uid>/so", methods=["GET", "POST"])
def number(uid: str) -> Answered:
    """Give a letter its number in the outgoing book; who keeps the book need not be able to read it."""
    require(*books.READERS)
    letter = known.to_number(actor(), uid)
    if not books.keeps(actor(), today()):
        raise Forbidden("Sổ văn bản do văn thư của cơ quan giữ.")
    if letter.number:
        raise Conflict(f"Văn bản này đã có số {letter.number}.")
    to = f" gửi {letter.addressee}" if letter.addressee else ""
    question = Question(
        title="Cấp số văn bản đôn đốc",
        lead=f"Công văn …/{letter.symbol} ngày {day(letter.issued_on)}{to}, người ký {letter.signer}. "
        "Số tiếp theo của sổ văn bản đi được cấp ngay và không sửa được.",
        asks=(),
        button="Cấp số",
        back=url_for("books.outgoing"),
        back_text="Sổ văn bản đi",
    )  # fmt: skip
    told: list[str] = []

    def do() -> None:
        told.append(service.number_letter(uid, actor=actor(), now=moment(), key=posted_key()))

    return question.answer({}, do, "Đã cấp số văn bản đôn đốc.")


@blueprint.post("/don-doc/<uid>/tra-loi")
def answer(uid: str) -> AnyResponse | tuple[str, int]:
    """Write the reply."""
    known.letter(actor(), uid, today())
    form = Form.posted()
    try:
        given = load(ANSWER, shaped(ANSWER, request.form))
        handling = {
            name.removeprefix("handling."): form.value(name)
            for name in form.values
            if name.startswith("handling.")
        }
        replies.answer(
            uid, given["said"], handling, answered_on=given["answered_on"],
            document=given.get("document", ""), version=given["version"], actor=actor(),
            now=moment(), key=posted_key(),
        )  # fmt: skip
    except Invalid as error:
        return _show(uid, form.refused(error.fields)), 422
    except (Conflict, Stale) as error:
        return _show(uid, form, warning=error.message), 409
    flash("Đã ghi trả lời; cơ quan ban hành được báo.", "done")
    return redirect(url_for("urging.show", uid=uid))


@blueprint.post("/don-doc/<uid>/khep-lai")
def close(uid: str) -> AnyResponse | tuple[str, int]:
    """Wait no longer for a reply."""
    known.letter(actor(), uid, today())
    form = Form.posted()
    try:
        given = load(CLOSING, shaped(CLOSING, request.form))
        replies.close(
            uid, given["reason"], version=given["version"], actor=actor(), now=moment(),
            key=posted_key(),
        )  # fmt: skip
    except Invalid as error:
        return _show(uid, form.refused(error.fields)), 422
    except (Conflict, Stale) as error:
        return _show(uid, form, warning=error.message), 409
    flash("Đã khép lại; không nhắc trả lời văn bản này nữa.", "done")
    return redirect(url_for("urging.show", uid=uid))
