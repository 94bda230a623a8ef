"""Accounts: opening, correcting, hats, first passwords, closing.

Addresses name a person by one of their hats' numbers: a username in an address would be a name in a log.
"""

from __future__ import annotations

from flask import render_template, request, url_for

from petitions.errors import NotFound
from petitions.labels import label
from petitions.queries import offices
from petitions.queries import people as known
from petitions.queries.people import HatHeld, PersonShown
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import delegations, hats
from petitions.services import people as service
from petitions.text import vn_date
from petitions.web import options
from petitions.web.admin.door import blueprint
from petitions.web.admin.shapes import DELEGATION, HAT, LAST_DAY, NEW_PERSON, PERSON
from petitions.web.forms import Option, posted_key
from petitions.web.questions import Answered, Ask, Question
from petitions.web.session import actor, moment, today
from workflows.records import Capacity
from workflows.vocabulary import AgencyKind, Role

SHOWN = 200
"""People listed at once."""


@blueprint.get("/nguoi-dung")
def people() -> str:
    """Everybody with a hat in the administrator's agencies, of one agency or of all."""
    agency = request.args.get("co-quan", "")
    found = [
        person
        for person in known.people(actor())
        if not agency or any(hat.agency_code == agency for hat in person.hats)
    ]
    return render_template(
        "admin_people.html",
        people=found[:SHOWN],
        more=len(found) - SHOWN,
        agency=agency,
        agencies=options.agencies(today(), within=actor().agency_ids),
    )


@blueprint.get("/nguoi-dung/<int:hat_id>")
def person(hat_id: int) -> str:
    """One account with every hat it had."""
    found = _person(hat_id)
    delegated = [each for each in known.delegations(actor()) if each.to_username == found.username]
    return render_template("admin_person.html", person=found, hat_id=hat_id, delegations=delegated)


@blueprint.route("/nguoi-dung/moi", methods=["GET", "POST"])
def new_person() -> Answered:
    """Open an account with its first hat."""
    question = Question(
        title="Thêm người dùng",
        asks=[
            Ask("text", "name", "Họ và tên", required=True, cls="c6", most=160),
            Ask(
                "text",
                "username",
                "Tên đăng nhập",
                "Chữ thường không dấu, chữ số, dấu chấm.",
                True,
                cls="c6",
                most=80,
            ),
            Ask("text", "email", "Thư điện tử công vụ", cls="c6", most=255),
            Ask(
                "password",
                "password",
                "Mật khẩu lần đầu",
                "Ít nhất 10 ký tự; người dùng phải đổi khi đăng nhập.",
                True,
                cls="c6",
            ),
            *_hat_asks(),
        ],
        button="Thêm người dùng",
        back=url_for("admin.people"),
        back_text="Người dùng",
    )

    def do() -> str:
        service.create_user(
            load(NEW_PERSON, shaped(NEW_PERSON, request.form)),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip
        return url_for("admin.people")

    return question.answer(
        {"agency_code": _own_code(), "valid_from": vn_date(today())}, do, "Đã thêm người dùng."
    )


@blueprint.route("/nguoi-dung/<int:hat_id>/sua", methods=["GET", "POST"])
def change_person(hat_id: int) -> Answered:
    """Correct a name or an address for mail."""
    found = _person(hat_id)
    question = _about(
        found, hat_id, "Sửa thông tin",
        [
            Ask("text", "name", "Họ và tên", required=True, most=160),
            Ask("text", "email", "Thư điện tử công vụ", most=255),
        ],
        "Lưu",
    )  # fmt: skip

    def do() -> None:
        given = load(PERSON, shaped(PERSON, request.form))
        service.change_person(
            found.username, name=given["name"], email=given.get("email"),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({"name": found.name, "email": found.email}, do, "Đã lưu.")


@blueprint.route("/nguoi-dung/<int:hat_id>/mat-khau", methods=["GET", "POST"])
def reset_password(hat_id: int) -> Answered:
    """Give a first password anew."""
    found = _person(hat_id)
    question = _about(
        found, hat_id, "Đặt lại mật khẩu",
        [Ask("password", "password", "Mật khẩu lần đầu", "Ít nhất 10 ký tự. Mọi phiên đăng nhập của người này kết thúc; lần tới phải đổi mật khẩu.", True)],
        "Đặt lại",
    )  # fmt: skip

    def do() -> None:
        service.reset_password(
            found.username, request.form.get("password", ""),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({}, do, "Đã đặt lại mật khẩu.")


@blueprint.route("/nguoi-dung/<int:hat_id>/khoa", methods=["GET", "POST"])
def disable(hat_id: int) -> Answered:
    """Close an account; while it holds files they are handed over first."""
    found = _person(hat_id)
    question = _about(
        found, hat_id, "Khóa tài khoản",
        [Ask("check", "forced", "Khóa ngay dù còn hồ sơ đang giữ", "Người đứng đầu được báo về từng hồ sơ cần bàn giao.")],
        "Khóa tài khoản", lead="Phiên đăng nhập, khóa truy cập và ủy quyền kết thúc ngay. Không xóa gì.", grave=True,
    )  # fmt: skip

    def do() -> None:
        service.disable(
            found.username, forced=request.form.getlist("forced")[-1:] == ["true"],
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({}, do, "Đã khóa tài khoản.")


@blueprint.route("/nguoi-dung/<int:hat_id>/mo", methods=["GET", "POST"])
def enable(hat_id: int) -> Answered:
    """Open a closed account again."""
    found = _person(hat_id)
    question = _about(found, hat_id, "Mở lại tài khoản", [], "Mở lại")

    def do() -> None:
        service.enable(found.username, actor=actor(), now=moment(), key=posted_key())

    return question.answer({}, do, "Đã mở lại tài khoản.")


@blueprint.route("/nguoi-dung/<int:hat_id>/vai-tro", methods=["GET", "POST"])
def give_hat(hat_id: int) -> Answered:
    """Give a person one more hat."""
    found = _person(hat_id)
    question = _about(found, hat_id, "Thêm vai trò", _hat_asks(), "Thêm vai trò")

    def do() -> None:
        hats.give_hat(
            found.username, load(HAT, shaped(HAT, request.form)),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer(
        {"agency_code": _held(found, hat_id).agency_code, "valid_from": vn_date(today())},
        do,
        "Đã thêm vai trò.",
    )


@blueprint.route("/nguoi-dung/<int:hat_id>/het-vai-tro", methods=["GET", "POST"])
def end_hat(hat_id: int) -> Answered:
    """End a hat with its last day."""
    found = _person(hat_id)
    held = _held(found, hat_id)
    question = _about(
        found, hat_id, "Kết thúc vai trò",
        [
            Ask("date", "last_day", "Ngày cuối giữ vai trò", required=True),
            Ask("check", "forced", "Kết thúc dù còn hồ sơ đang giữ", "Người đứng đầu được báo về từng hồ sơ cần bàn giao."),
        ],
        "Kết thúc vai trò", lead=f"{label(held.role)}, {held.section or held.agency}", grave=True,
    )  # fmt: skip

    def do() -> None:
        given = load(LAST_DAY, shaped(LAST_DAY, request.form))
        hats.end_hat(
            hat_id, given["last_day"], forced=given.get("forced", False),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({"last_day": vn_date(today())}, do, "Đã kết thúc vai trò.")


@blueprint.route("/nguoi-dung/<int:hat_id>/uy-quyen", methods=["GET", "POST"])
def delegate(hat_id: int) -> Answered:
    """Let this person sign for the head for a time."""
    found = _person(hat_id)
    held = _held(found, hat_id)
    heads = [
        Option(str(hat.hat_id), f"{each.name} – {hat.agency}")
        for each in known.people(actor())
        for hat in each.hats
        if hat.role is Role.HEAD and hat.agency_code == held.agency_code and _lasts(hat)
    ]
    question = _about(
        found, hat_id, "Giao ký thay, ký thừa lệnh, thừa ủy quyền",
        [
            Ask("select", "from_hat_id", "Người đứng đầu", required=True, options=heads),
            Ask("radios", "capacity", "Ký", required=True, options=options.words(Capacity)),
            Ask("text", "document", "Văn bản giao", "Số, ngày của văn bản.", True, most=160),
            Ask("date", "valid_from", "Từ ngày", required=True, cls="c4"),
            Ask("date", "valid_to", "Đến hết ngày", required=True, cls="c4"),
        ],
        "Giao ký",
    )  # fmt: skip

    def do() -> None:
        given = load(DELEGATION, shaped(DELEGATION, request.form))
        delegations.delegate(
            delegations.DelegationGiven(to_hat_id=hat_id, **given),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    start = {
        "from_hat_id": heads[0].value if len(heads) == 1 else "",
        "valid_from": vn_date(today()),
    }
    return question.answer(start, do, "Đã giao ký.")


@blueprint.route("/nguoi-dung/<int:hat_id>/uy-quyen/<int:delegation_id>", methods=["GET", "POST"])
def end_delegation(hat_id: int, delegation_id: int) -> Answered:
    """End a delegation with its last day."""
    found = _person(hat_id)
    question = _about(
        found, hat_id, "Kết thúc giao ký",
        [Ask("date", "last_day", "Ngày cuối", required=True)], "Kết thúc", grave=True,
    )  # fmt: skip

    def do() -> None:
        given = load(LAST_DAY, shaped(LAST_DAY, request.form))
        delegations.end_delegation(
            delegation_id, given["last_day"], actor=actor(), now=moment(), key=posted_key()
        )

    return question.answer({"last_day": vn_date(today())}, do, "Đã kết thúc giao ký.")


def _about(
    person: PersonShown, hat_id: int, title: str, asks: list[Ask], button: str, *,
    lead: str = "", grave: bool = False,
) -> Question:  # fmt: skip
    return Question(
        title=title, asks=asks, button=button, lead=lead, grave=grave,
        back=url_for("admin.person", hat_id=hat_id), back_text=person.name,
    )  # fmt: skip


def _person(hat_id: int) -> PersonShown:
    for each in known.people(actor()):
        if any(hat.hat_id == hat_id for hat in each.hats):
            return each
    raise NotFound("Không tìm thấy tài khoản này.")


def _held(person: PersonShown, hat_id: int) -> HatHeld:
    return next(hat for hat in person.hats if hat.hat_id == hat_id)


def _lasts(hat: HatHeld) -> bool:
    return hat.valid_from <= today() and (hat.valid_to is None or hat.valid_to >= today())


def _own_code() -> str:
    return next((each.code for each in _tree() if each.id == actor().agency_id), "")


def _hat_asks() -> list[Ask]:
    tree = [each for each in _tree() if each.valid_to is None]
    offices = [each for each in tree if each.kind is not AgencyKind.SECTION]
    names = {each.code: each.name for each in offices}
    sections = [
        Option(each.code, f"{each.name} – {names.get(each.parent or '', '')}")
        for each in tree
        if each.kind is AgencyKind.SECTION
    ]
    return [
        Ask("select", "role", "Vai trò", required=True, options=options.words(Role), cls="c6"),
        Ask("text", "title", "Chức danh", "Ghi trên văn bản, ví dụ Chủ tịch.", cls="c6", most=120),
        Ask(
            "select",
            "agency_code",
            "Cơ quan",
            required=True,
            cls="c6",
            options=[Option(each.code, each.name) for each in offices],
        ),
        Ask("select", "section_code", "Phòng, bộ phận", cls="c6", options=sections),
        Ask("date", "valid_from", "Từ ngày", required=True, cls="c4"),
        Ask("date", "valid_to", "Đến hết ngày", cls="c4"),
        Ask("check", "denunciation_duty", "Được giao phụ trách tố cáo (thanh tra viên)"),
    ]


def _tree() -> tuple[offices.AgencyShown, ...]:
    return offices.agencies(actor())
