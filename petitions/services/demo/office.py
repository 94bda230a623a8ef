"""How papers and files travel through an office: proposals up, files down, letters out, talk beside them."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from functools import partial
from typing import Any

from petitions.services import followers, opinions, submissions
from petitions.services.demo import letter_book
from petitions.services.demo.catalog import catalog
from petitions.services.demo.people import Seat
from petitions.services.demo.thread import Course, Moment, Thread
from petitions.services.submissions_drafting import propose
from workflows.hops import next_receivers
from workflows.office import OpinionKind, work_of
from workflows.passage import RANK
from workflows.vocabulary import Action, Need, Role

Draft = Generator[Moment, str, str]
"""Moments at whose end stands what was made: the uid of a proposal."""

DIRECTIONS = (
    "Kiểm tra hồ sơ, đề xuất hướng xử lý trước hạn, báo cáo lại nếu có vướng mắc.",
    "Giao bộ phận chuyên môn nghiên cứu, đối chiếu hồ sơ lưu rồi đề xuất.",
    "Xử lý đúng hạn; liên hệ người gửi đơn để làm rõ yêu cầu.",
)
OPINIONS = (
    "Đã kiểm tra hồ sơ lưu, số liệu trong đơn khớp một phần.",
    "Cần làm việc thêm với bộ phận chuyên môn trước khi đề xuất.",
    "Người gửi đơn đã được mời làm việc, hẹn bổ sung giấy tờ trong tuần.",
)


# --- proposals -------------------------------------------------------------------------------


def approvers(t: Thread, action: Action | None, author: Seat) -> tuple[Seat, ...]:
    """Whose tables a proposal of the author crosses, the signer last, by the way of the office."""
    found = []
    steps = catalog().approvals(t.office.code, work_of(action))
    for step in steps:
        body = t.offices[step.agency or t.office.code]
        stranger = step.agency is not None and step.agency != t.adviser
        below = body.code == author.agency and RANK.get(author.role, 0) >= RANK[step.role]
        if step is steps[-1] or not (stranger or below):
            found.append(body.approver(step.role, author))
    return tuple(found) or (t.office.head,)


def drafted(
    t: Thread, action: Action | None, form: str | None = None,
    fields: Mapping[str, Any] | None = None, *, by: Seat | None = None,
    after: tuple[int, int] = (0, 1), **given: Any,
) -> Draft:  # fmt: skip
    """Somebody, usually the officer, writes a proposal."""
    t.wait(*after)
    author = by or t.officer or t.office.expert
    payload = {Need(name): value for name, value in given.items()}
    return (
        yield t.asks(author, partial(propose, t.code, action, payload, form, dict(fields or {})))
    )


def carried_up(t: Thread, uid: str, author: Seat, tables: Sequence[Seat], opinion: str = "") -> Course:  # fmt: skip
    """It goes from table to table and lies on the last of ``tables``."""
    holder, move = author, submissions.submit
    for number, table in enumerate(tables):
        if number:
            t.wait(0, 1)
        said = opinion if number == 0 else t.one_of("", "Nhất trí với đề xuất.")
        yield t.asks(holder, partial(move, uid, to=table.username, opinion=said, version=None))
        holder, move = table, submissions.approve


def sent_back(t: Thread, uid: str, by: Seat, opinion: str) -> Course:
    """The table it lies on returns it to its author with an opinion and a new date."""
    due = t.calendar.add_working_days(t.day, 2)
    yield t.asks(by, partial(submissions.send_back, uid, opinion=opinion, due=due, version=None))


def recalled(t: Thread, uid: str, by: Seat) -> Course:
    """Taken back from the next table before anybody acted there."""
    yield t.asks(
        by, partial(submissions.recall, uid, reason="Bổ sung căn cứ rồi trình lại.", version=None)
    )


# --- letters ---------------------------------------------------------------------------------


def numbered(t: Thread, uid: str) -> Course:
    """The clerk gives the number."""
    t.wait(0, 1)
    yield t.asks(t.office.clerk, partial(letter_book.number, uid))


def sent(t: Thread, uid: str) -> Course:
    """Numbered, stamped, and sent."""
    yield from numbered(t, uid)
    yield t.asks(t.office.clerk, partial(letter_book.send, uid))


def served(t: Thread, uid: str) -> Course:
    """The postal receipt came back."""
    yield from sent(t, uid)
    t.wait(1, 2)
    yield t.asks(t.office.clerk, partial(letter_book.serve, uid, f"Giấy báo phát {t.random.randint(1000, 9999)}"))  # fmt: skip


# --- files going down ------------------------------------------------------------------------


def given_down(t: Thread, *tables: Seat) -> Course:
    """The file goes from the desk to each of ``tables`` in turn, each giver with a direction."""
    giver = t.office.desk
    for table in tables:
        said = "Kính chuyển lãnh đạo." if giver == t.office.desk else t.one_of(*DIRECTIONS)
        yield t.does(giver, Action.PASS_ON, (0, 1), assignee=table.username, content=said)
        giver = table
    t.officer = tables[-1]


def to_expert(t: Thread) -> Course:
    """All the way down to the officer, as the office does it."""
    yield from given_down(t, *_way_down(t))


def to_head(t: Thread) -> Course:
    """From the desk to the head, where it lies."""
    yield from given_down(t, t.office.head)


def refused_upward(t: Thread) -> Course:
    """The officer refuses it with a reason; it lies with its giver again."""
    yield from to_expert(t)
    *_, giver, expert = _way_down(t)
    yield t.does(expert, Action.GIVE_BACK, (0, 1), reason="Nội dung không thuộc lĩnh vực được phân công phụ trách.")  # fmt: skip
    t.officer = giver


def taken_back(t: Thread) -> Course:
    """The giver takes it back before the officer began."""
    yield from to_expert(t)
    *_, giver, _expert = _way_down(t)
    yield t.does(giver, Action.GIVE_BACK, (0, 0), reason="Giao nhầm người, thu hồi để giao lại.")
    t.officer = giver


def _way_down(t: Thread) -> tuple[Seat, ...]:
    """Head, section head where the office has that step, officer."""
    expert = t.office.expert
    shape = catalog().shape(t.office.code)
    if Role.OFFICER in next_receivers(shape, Role.HEAD):
        return t.office.head, expert
    return t.office.head, t.office.approver(Role.SECTION_HEAD, expert), expert


# --- talk ------------------------------------------------------------------------------------


def talk(t: Thread) -> Course:
    """The officer says what was found, the head gives a direction, the deputy follows the case."""
    expert = t.officer or t.office.expert
    yield t.asks(expert, partial(opinions.say, t.code, t.one_of(*OPINIONS)))
    yield t.asks(
        t.office.head,
        partial(opinions.say, t.code, t.one_of(*DIRECTIONS), OpinionKind.DIRECTION),
    )
    yield t.asks(expert, partial(opinions.say, t.code, "Đã tiếp thu, sẽ báo cáo trong tuần."))
    yield t.asks(t.office.head, partial(followers.follow, t.code))


def followed(t: Thread) -> Course:
    """The officer and the deputy want to hear of it."""
    for seat in (t.office.deputy, t.office.expert, t.office.clerk):
        yield t.asks(seat, partial(followers.follow, t.code))
