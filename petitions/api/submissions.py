"""Proposals: drafted, submitted, approved, sent back, recalled, re-assigned, signed, dropped; as on the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response, url_for

from petitions.api import door, problems, written
from petitions.api.reading import CODE, Resources, case_code, in_payload, one_time_key
from petitions.api.submission_shapes import (
    SignedShape,
    SubmissionLinesShape,
    SubmissionShape,
    UidShape,
    line,
    whole,
)
from petitions.errors import Invalid, NotFound
from petitions.labels import label
from petitions.queries import submissions as read
from petitions.queries.onetime import answered
from petitions.queries.routes import RouteShown
from petitions.schemas.acts import refused
from petitions.schemas.submissions import (
    MOVE,
    PROPOSAL,
    REASON,
    REASSIGN,
    REVISION,
    SEND_BACK,
    SIGN,
)
from petitions.services import submissions
from petitions.services.submissions_drafting import propose, revise
from petitions.services.submissions_moves import moves
from petitions.services.submissions_signing import sign
from workflows.office import Work, work_of
from workflows.vocabulary import Action, Role

blueprint = Resources("api_submissions", __name__, url_prefix="/api/v1", description="Tờ trình.")

UID = {
    "name": "uid",
    "in": "path",
    "description": "Mã tờ trình.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}
_UID = re.compile("[0-9a-f]{32}")


def wants_submission(code: str, route: RouteShown) -> Response:
    """The problem of an act the agency's route sends to approvers first: the route, and where to propose."""
    steps = [
        {"role": each.role, "agency": each.agency or route.agency, "days": each.days}
        for each in route.steps
    ]
    detail = (
        f"Quy trình “{label(route.work)}” của {route.agency} có {len(steps)} người duyệt; "
        "việc này phải lập tờ trình."
    )
    return _to_propose(code, route.agency, route.work, steps, detail)


def wants_head(code: str, action: Action, agency: str) -> Response:
    """The problem of an act the caller may not do himself where no route is set: its head signs it."""
    steps = [{"role": Role.HEAD, "agency": agency, "days": 1}]
    detail = f"Bạn không tự làm được việc này; hãy lập tờ trình để người đứng đầu {agency} ký."
    return _to_propose(code, agency, work_of(action), steps, detail)


def _to_propose(
    code: str, agency: str, work: Work, steps: list[dict[str, Any]], detail: str
) -> Response:
    more = {
        "route": {"agency": agency, "work": work, "steps": steps},
        "submissions": url_for("api_submissions.proposed", code=code),
    }
    return problems.problem(409, "Việc này phải trình ký", "needs_submission", detail, more, {})


@blueprint.route("/submissions")
@blueprint.gives(200, SubmissionLinesShape)
def waiting() -> Response:
    """Tờ trình đang ở chỗ người gọi và tờ trình người đó đã trình lên."""
    return written.answer({"submissions": [line(each) for each in read.on_table(door.actor())]})


@blueprint.route("/cases/<code>/submissions", parameters=[CODE])
@blueprint.gives(200, SubmissionLinesShape)
@blueprint.refuses(HTTPStatus.NOT_FOUND)
def of_case(code: str) -> Response:
    """Mọi tờ trình của một hồ sơ."""
    found = read.of_case(door.actor(), case_code(code))
    return written.answer({"submissions": [line(each) for each in found]})


@blueprint.route("/cases/<code>/submissions", methods=["POST"], parameters=[CODE])
@blueprint.writes(PROPOSAL, UidShape, 201)
def proposed(given: dict[str, Any], code: str) -> Response:
    """Soạn tờ trình: một việc cùng nội dung của nó, một văn bản, hoặc cả hai."""
    key, known = one_time_key(), case_code(code)
    action, payload = given.get("action"), given.get("given", {})
    again = answered(door.actor(), key)
    _refuse_foreign(action, payload)
    try:
        uid = propose(
            known, action, payload, given.get("form_key"), given.get("fields", {}),
            on=given.get("on"), due=given.get("due"), actor=door.actor(), now=door.moment(), key=key,
        )  # fmt: skip
    except Invalid as error:
        error.fields = in_payload(error.fields)
        raise
    headers = {"Location": url_for("api_submissions.shown", uid=uid)}
    return written.answer({"uid": uid}, 201, headers | written.replayed(again))


@blueprint.route("/submissions/<uid>", parameters=[UID])
@blueprint.gives(200, SubmissionShape)
@blueprint.refuses(HTTPStatus.NOT_FOUND)
def shown(uid: str) -> Response:
    """Một tờ trình: nội dung, đường trình, các lượt xử lý, việc người gọi làm được."""
    actor, known = door.actor(), _known(uid)
    found = read.submission(actor, known)
    return written.answer(whole(found, moves(actor, known, door.moment())))


@blueprint.route("/submissions/<uid>/revise", methods=["POST"], parameters=[UID])
@blueprint.writes(REVISION, UidShape)
def revised(given: dict[str, Any], uid: str) -> Response:
    """Người soạn sửa nội dung tờ trình đang ở chỗ mình."""
    payload = given.get("given", {})
    _refuse_foreign(read.submission(door.actor(), _known(uid)).line.action, payload)
    more = {"on": given.get("on"), "due": given.get("due")}
    try:
        return _moved(revise, uid, given, given=payload, fields=given.get("fields", {}), **more)
    except Invalid as error:
        error.fields = in_payload(error.fields)
        raise


@blueprint.route("/submissions/<uid>/submit", methods=["POST"], parameters=[UID])
@blueprint.writes(MOVE, UidShape)
def submitted(given: dict[str, Any], uid: str) -> Response:
    """Trình lên người duyệt đầu tiên; ``to`` chọn người khi có nhiều người duyệt được."""
    return _moved(submissions.submit, uid, given, to=given.get("to"), opinion=_text(given, "opinion"))  # fmt: skip


@blueprint.route("/submissions/<uid>/approve", methods=["POST"], parameters=[UID])
@blueprint.writes(MOVE, UidShape)
def approved(given: dict[str, Any], uid: str) -> Response:
    """Duyệt và chuyển lên bước sau."""
    return _moved(submissions.approve, uid, given, to=given.get("to"), opinion=_text(given, "opinion"))  # fmt: skip


@blueprint.route("/submissions/<uid>/send-back", methods=["POST"], parameters=[UID])
@blueprint.writes(SEND_BACK, UidShape)
def sent_back(given: dict[str, Any], uid: str) -> Response:
    """Trả lại người soạn kèm ý kiến và hạn trình lại."""
    return _moved(submissions.send_back, uid, given, opinion=_text(given, "opinion"), due=given.get("due"))  # fmt: skip


@blueprint.route("/submissions/<uid>/recall", methods=["POST"], parameters=[UID])
@blueprint.writes(REASON, UidShape)
def recalled(given: dict[str, Any], uid: str) -> Response:
    """Thu hồi khi bước sau chưa xử lý."""
    return _moved(submissions.recall, uid, given, reason=_text(given, "reason"))


@blueprint.route("/submissions/<uid>/reassign", methods=["POST"], parameters=[UID])
@blueprint.writes(REASSIGN, UidShape)
def reassigned(given: dict[str, Any], uid: str) -> Response:
    """Lãnh đạo hoặc cấp trên chuyển tờ trình cho người khác xử lý được bước đó."""
    return _moved(submissions.reassign, uid, given, to=given["to"], reason=_text(given, "reason"))


@blueprint.route("/submissions/<uid>/sign", methods=["POST"], parameters=[UID])
@blueprint.writes(SIGN, SignedShape)
def signed(given: dict[str, Any], uid: str) -> Response:
    """Ký: việc được ghi vào hồ sơ; trả về mã hồ sơ cần xem tiếp.

    Việc không còn làm được theo luật thì trả lời 409 và tờ trình về lại người soạn.
    """
    key, known = one_time_key(), _known(uid)
    again = answered(door.actor(), key)
    code = sign(
        known, on=given.get("on"), opinion=_text(given, "opinion"),
        late_reason=given.get("late_reason"), version=given["version"], actor=door.actor(),
        now=door.moment(), key=key,
    )  # fmt: skip
    return written.answer({"code": code}, headers=written.replayed(again))


@blueprint.route("/submissions/<uid>/drop", methods=["POST"], parameters=[UID])
@blueprint.writes(REASON, UidShape)
def dropped(given: dict[str, Any], uid: str) -> Response:
    """Người soạn hủy tờ trình, ghi lý do."""
    return _moved(submissions.drop, uid, given, reason=_text(given, "reason"))


def _moved(
    command: Callable[..., str], uid: str, given: dict[str, Any], /, **more: Any
) -> Response:
    """Run a command on the proposal as the caller; its uid comes back."""
    key, known = one_time_key(), _known(uid)
    again = answered(door.actor(), key)
    result = command(
        known, **more, version=given["version"], actor=door.actor(), now=door.moment(), key=key
    )
    return written.answer({"uid": result}, headers=written.replayed(again))


def _known(uid: str) -> str:
    if not _UID.fullmatch(uid):
        raise NotFound
    return uid


def _text(given: dict[str, Any], name: str) -> str:
    return given.get(name) or ""


def _refuse_foreign(action: Action | None, payload: dict[Any, Any]) -> None:
    """Raise ``Invalid`` at what has no place in the act's payload."""
    faults = {} if action is None else refused(action, None, payload)
    if faults:
        raise Invalid(in_payload(faults))
