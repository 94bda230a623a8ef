"""Places: finding them by any name, and their dated flags with what a change would move."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from petitions.errors import Invalid
from petitions.queries import choices
from petitions.queries.place_page import place_page
from petitions.queries.places import find
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import timekeeping
from petitions.text import vn_date
from petitions.web import options
from petitions.web.admin.door import blueprint
from petitions.web.admin.shapes import FLAG
from petitions.web.forms import Form
from petitions.web.questions import Answered, Ask, Question, digest, previewed
from petitions.web.session import actor, moment, today
from workflows.records import PlaceFlagKind

FOUND_MOST = 30
LONGEST_NAME = 200


@blueprint.get("/dia-ban")
def places() -> str:
    """Places by present or former name; without a name, the communes around."""
    name = request.args.get("ten", "").strip()[:LONGEST_NAME]
    return render_template(
        "admin_places.html",
        name=name,
        found=find(name, FOUND_MOST) if name else None,
        near=() if name else choices.communes_around(actor().agency_id, today()),
    )


@blueprint.get("/dia-ban/<place>")
def place(place: str) -> str:
    """One place with its former names and flags."""
    return render_template("admin_place.html", place=place_page(place))


@blueprint.route("/dia-ban/<place>/dac-diem", methods=["GET", "POST"])
def set_flag(place: str) -> Answered:
    """Give a place a dated flag, or change its days: first what would move, then the change."""
    page = place_page(place)
    question = Question(
        title="Ghi đặc điểm địa bàn",
        lead=page.name,
        asks=[
            Ask("radios", "flag", "Đặc điểm", required=True, options=options.words(PlaceFlagKind)),
            Ask(
                "date",
                "valid_from",
                "Từ ngày",
                "Trùng ngày bắt đầu đã ghi thì sửa lần ghi đó.",
                True,
                cls="c6",
            ),
            Ask(
                "date", "valid_to", "Đến hết ngày", "Bỏ trống nếu chưa có ngày kết thúc.", cls="c6"
            ),
            Ask("text", "source", "Văn bản làm căn cứ", required=True, most=255),
            Ask(
                "area",
                "reason",
                "Lý do thay đổi",
                "Ghi vào diễn biến của những hồ sơ có hạn thay đổi.",
                True,
            ),
        ],
        button="Xem trước",
        back=url_for("admin.place", place=place),
        back_text=page.name,
        above="admin_moves.html",
    )
    if request.method == "GET":
        return question.page(Form.of({"valid_from": vn_date(today())}))
    form = Form.posted()
    try:
        given = load(FLAG, shaped(FLAG, request.form))
        when = (given["flag"], given["valid_from"], given.get("valid_to"))
        if previewed(form):
            done = timekeeping.set_flag(
                place, *when, source=given["source"], reason=given["reason"],
                actor=actor(), now=moment(),
            )  # fmt: skip
            flash(f"Đã ghi. {done.cases_moved} hồ sơ được tính lại thời hạn.", "done")
            return redirect(url_for("admin.place", place=place))
        moves = timekeeping.preview_flag(place, *when)
    except Invalid as error:
        return question.page(question.told(form, error.fields)), 422
    return question.page(form, seen=digest(form), moves=moves)
