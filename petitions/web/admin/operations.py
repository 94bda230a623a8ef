"""Operations: whether every job ran, what waits to be told and sent, and who hears nothing."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for

from config.clock import local_day
from petitions.installation import installation
from petitions.queries import operations as known
from petitions.reminder_labels import COUNT_WORDS, JOB_WORDS, rung_words
from petitions.schemas.fields import Shape, load
from petitions.schemas.forms import shaped
from petitions.services import addresses, mailing
from petitions.web.admin.door import blueprint
from petitions.web.forms import posted_key
from petitions.web.questions import Answered, Ask, Question
from petitions.web.session import actor, moment
from petitions.web.shapes import line


class AddressShape(Shape):
    """A person's new address."""

    email = line(255)


class ReturnedShape(Shape):
    """An address mail came back from, and the words of the returned mail."""

    email = line(255)
    message_id = line(160)
    reason = line(addresses.LONGEST_REASON)


class ReasonShape(Shape):
    """Why an address may be used again."""

    reason = line(addresses.LONGEST_REASON)


_ADDRESS, _RETURNED, _REASON = AddressShape(), ReturnedShape(), ReasonShape()


@blueprint.get("/van-hanh")
def operations() -> str:
    """Jobs and post at this moment."""
    now = moment()
    post = known.overview(actor(), now)
    return render_template(
        "admin_operations.html",
        post=post,
        now=now,
        jobs=current_app.extensions["donthu.jobs"](now),
        job_words=JOB_WORDS,
        count_words=COUNT_WORDS,
        rung_words=rung_words,
        server=bool(installation().settings.mail_server),
        most=mailing.most_on(local_day(now)),
    )


@blueprint.route("/van-hanh/thu/<int:mail_id>/gui-lai", methods=["GET", "POST"])
def resend_mail(mail_id: int) -> Answered:
    """Put a parked mail back in the queue."""
    known.require_operator(actor())
    question = _question(
        "Gửi lại thư đang dừng",
        "Thư của ngày đã qua, hoặc của người đã đổi địa chỉ, được soạn lại theo tình hình hiện nay.",
        "Gửi lại",
    )
    return question.answer({}, lambda: mailing.resend(mail_id, moment()), "Thư đang chờ gửi lại.")


@blueprint.route("/van-hanh/cho-phep", methods=["GET", "POST"])
def permit_mail() -> Answered:
    """Let more mail than usual leave today."""
    known.require_operator(actor())
    question = _question(
        "Cho phép gửi nhiều hơn thường ngày",
        "Chỉ có hiệu lực hôm nay. Hãy xem lại vì sao số thư tăng bất thường trước khi cho phép.",
        "Cho phép hôm nay",
    )
    return question.answer(
        {}, lambda: mailing.permit(moment(), actor().user_id), "Đã cho phép trong hôm nay."
    )


@blueprint.route("/van-hanh/nguoi/<int:user_id>/dia-chi", methods=["GET", "POST"])
def correct_address(user_id: int) -> Answered:
    """Another address for somebody mail does not reach."""
    name, email = known.person_of(actor(), user_id)
    question = _question(
        f"Sửa địa chỉ thư của {name}",
        "Thư đang dừng của người này được rút lại; việc còn phải nhắc được soạn lại và gửi tới địa chỉ mới.",
        "Lưu địa chỉ mới",
        Ask("text", "email", "Thư điện tử công vụ", required=True, most=255),
    )

    def do() -> None:
        given = load(_ADDRESS, shaped(_ADDRESS, request.form))
        addresses.correct(
            user_id, given.get("email") or "", actor=actor(), now=moment(), key=posted_key()
        )

    return question.answer({"email": email}, do, "Đã lưu địa chỉ mới.")


@blueprint.route("/van-hanh/thu-tra-lai", methods=["GET", "POST"])
def note_returned() -> Answered:
    """A mail the server took came back later: its address is not used until it changes."""
    known.require_operator(actor())
    question = _question(
        "Ghi thư bị trả lại",
        "Dùng khi máy chủ đã nhận thư nhưng sau đó trả lại. Người này không được gửi thư nữa cho đến khi "
        "đổi địa chỉ hoặc địa chỉ được ghi là dùng lại được; tên người đó hiện ở trang Vận hành.",
        "Ghi thư bị trả lại",
        Ask("text", "email", "Địa chỉ bị trả lại", required=True, most=255),
        Ask("text", "message_id", "Mã thư (Message-ID)", "Nếu thư trả lại có ghi.", most=160),
        Ask(
            "text", "reason", "Máy chủ trả lời", "Ví dụ: 550 5.1.1 User unknown.", True,
            most=addresses.LONGEST_REASON,
        ),
    )  # fmt: skip

    def do() -> None:
        given = load(_RETURNED, shaped(_RETURNED, request.form))
        addresses.note_returned(
            given.get("email") or "", given.get("reason") or "",
            message_id=given.get("message_id") or "",
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return question.answer({"email": _address_meant()}, do, "Đã ghi thư bị trả lại.")


@blueprint.route("/van-hanh/nguoi/<int:user_id>/dung-lai", methods=["GET", "POST"])
def restore_address(user_id: int) -> Answered:
    """An address mail came back from works again."""
    name, email = known.person_of(actor(), user_id)
    question = _question(
        f"Dùng lại địa chỉ của {name}",
        f"Địa chỉ {email} được gửi thư trở lại; việc còn phải nhắc được soạn lại.",
        "Dùng lại địa chỉ này",
        Ask("text", "reason", "Vì sao", "Ví dụ: hộp thư đã được mở lại.", True, most=addresses.LONGEST_REASON),
    )  # fmt: skip

    def do() -> None:
        given = load(_REASON, shaped(_REASON, request.form))
        addresses.restore(
            user_id, given.get("reason") or "", actor=actor(), now=moment(), key=posted_key()
        )

    return question.answer({}, do, "Địa chỉ được dùng lại.")


def _address_meant() -> str:
    """The address of the person whose parked mail the operator came from."""
    person = request.args.get("nguoi", type=int)
    return "" if person is None else known.person_of(actor(), person)[1]


def _question(title: str, lead: str, button: str, *asks: Ask) -> Question:
    return Question(
        title=title, lead=lead, asks=asks, button=button,
        back=url_for("admin.operations"), back_text="Vận hành",
    )  # fmt: skip
