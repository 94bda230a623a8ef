"""The inspectorate's registers in the demonstration: a review, targets of inspection, outcomes about officials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from config.clock import VIETNAM
from petitions.queries.conduct import ConductFilters, whole_register
from petitions.queries.inspection_targets import GridFilters, GridLine, grid, target
from petitions.queries.review_shapes import ReviewedLine, ReviewFilters
from petitions.queries.reviewed import leaders_for, reviewed, reviewed_case
from petitions.queries.reviews import campaign, candidates
from petitions.services.conduct import ConductGiven, note_conduct
from petitions.services.demo.people import Cast, Office, Seat
from petitions.services.inspection_targets import Pick, Step, move, pick
from petitions.services.reviewed import (
    Arrangement,
    OutcomeGiven,
    arrange,
    conclude,
    note_progress,
)
from petitions.services.reviews import CampaignGiven, save_campaign, take_in
from workflows.reviewing import (
    ConductFinding,
    Criteria,
    DisciplineForm,
    ReviewOutcome,
    TargetStatus,
)
from workflows.vocabulary import Role

_INSPECTORATE = "thanh-tra-tinh"
_CASES, _MONTHS = 14, 3
"""How many cases the review takes in, and how old they were."""
_PLANS = (
    "Đối thoại lần cuối với người gửi đơn, công bố kết quả rà soát; nếu không có tình tiết mới thì thông báo chấm dứt thụ lý.",
    "Kiểm tra lại diện tích, nguồn gốc đất trên thực địa; bổ sung phương án bồi thường phần còn thiếu.",
    "Mời Đoàn luật sư, Hội Nông dân cùng tham gia vận động; giao cơ quan chuyên môn trả lời từng nội dung bằng văn bản.",
    "Báo cáo UBND tỉnh hướng hỗ trợ ngoài khung chính sách; giữ ổn định, không để tập trung đông người.",
)
_PROPOSALS = (
    "",
    "Đề nghị Sở Nông nghiệp và Môi trường cho ý kiến về hệ số bồi thường.",
    "Đề nghị UBND tỉnh chấp thuận hỗ trợ khác.",
)
_NOTES = (
    "Đã làm việc với người gửi đơn, thống nhất các nội dung còn vướng.",
    "Đã kiểm tra thực địa, lập biên bản; chờ ý kiến cơ quan chuyên môn.",
    "Đã họp tổ rà soát, phân công trả lời từng nội dung.",
)
_ENDS = (
    (ReviewOutcome.PLAN_CARRIED_OUT, "Biên bản chi trả, bàn giao đất"),
    (ReviewOutcome.ACCEPTANCE_ENDED, "Thông báo chấm dứt thụ lý"),
    (ReviewOutcome.WITHDRAWN, "Đơn rút khiếu nại"),
    (ReviewOutcome.IN_COURT, "Thông báo thụ lý của Tòa án nhân dân"),
    (ReviewOutcome.POLICY_OBSTACLE, "Báo cáo xin ý kiến cấp trên"),
    (ReviewOutcome.NO_LONGER_PETITIONING, "Biên bản làm việc"),
    (ReviewOutcome.PLAN_CARRIED_OUT, "Báo cáo kết quả thực hiện"),
)
_FINDINGS = (
    (ConductFinding.NO_WRONGDOING, None, "Kết luận xác minh"),
    (ConductFinding.CRITICISED, None, "Thông báo kiểm điểm"),
    (ConductFinding.DISCIPLINED, DisciplineForm.REPRIMAND, "Quyết định kỷ luật"),
    (ConductFinding.TO_INVESTIGATORS, None, "Công văn chuyển hồ sơ"),
)
_REASON = "Nhiều đơn cùng lĩnh vực, còn hồ sơ quá hạn chưa giải quyết; đề nghị thanh tra trách nhiệm và việc chấp hành pháp luật."
_MOST, _NOTED = 1_000, 24
"""Complaints about officials looked through, and how many of those that are over have an outcome."""
_DAY = timedelta(days=1)


def keep_registers(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """All three registers as they stand on the eve of ``as_of``; returns how many commands it took."""
    inspector = next(each for each in offices[_INSPECTORATE].seats if each.role is Role.INSPECTOR)
    done = _review(offices, cast, inspector, as_of)
    done += _targets(cast, inspector, as_of)
    return done + _outcomes(cast, inspector, as_of)


# --- the review ------------------------------------------------------------------------------


def _review(offices: Mapping[str, Office], cast: Cast, inspector: Seat, as_of: date) -> int:
    opened = as_of - timedelta(days=70)
    runs = cast.actor(inspector, opened)
    given = CampaignGiven(
        name=f"Rà soát vụ việc phức tạp, kéo dài năm {as_of.year}",
        basis=f"Kế hoạch số 47/KH-TTT của Thanh tra tỉnh năm {as_of.year}",
        starts_on=opened,
        ends_on=as_of + timedelta(days=20),
        lead=inspector.username,
        criteria=Criteria(older_months=_MONTHS),
    )
    uid = save_campaign(given, actor=runs, now=_at(opened, 8))
    number = campaign(runs, uid, opened).id
    found, _ = candidates(runs, number, given.criteria, opened)
    codes = [each.code for each in found[:_CASES]]
    if not codes:
        return 1
    take_in(uid, codes, by_hand=False, actor=runs, now=_at(opened, 9))
    done = 2
    lines = reviewed(runs, uid, ReviewFilters(), opened).lines
    for at, line in enumerate(lines):
        if at < len(lines) - 2:
            done += _worked(at, line, offices, cast, inspector, as_of)
    return done


def _worked(
    at: int,
    line: ReviewedLine,
    offices: Mapping[str, Office],
    cast: Cast,
    inspector: Seat,
    as_of: date,
) -> int:
    """The inspector sets a day, the body plans and reports, most come to an end."""
    first = as_of - timedelta(days=66 - 2 * at)
    runs = cast.actor(inspector, first)
    shown = reviewed_case(runs, line.uid, first)
    leaders = leaders_for(shown.case_id, first)
    due = as_of + timedelta(days=(-6, 9, 16)[at % 3])
    arrange(
        line.uid,
        Arrangement(
            leader=leaders[0][1] if leaders else "", due=due,
            plan=_PLANS[at % len(_PLANS)], proposal=_PROPOSALS[at % len(_PROPOSALS)],
        ),
        version=shown.version, actor=runs, now=_at(first, 10),
    )  # fmt: skip
    done = 1
    later = first + timedelta(days=14)
    head = offices[line.agency_code].head
    if at % 3 != 2 and head.username in {username for _, username, *_ in leaders}:
        works = cast.actor(head, later)
        note_progress(line.uid, _NOTES[at % len(_NOTES)], on=later, actor=works, now=_at(later, 14))
        done += 1
    if at < len(_ENDS):
        outcome, paper = _ENDS[at]
        on = min(later + timedelta(days=10), as_of - _DAY)
        runs = cast.actor(inspector, on)
        conclude(
            line.uid,
            OutcomeGiven(outcome=outcome, on=on, document=f"{paper} ngày {on:%d/%m/%Y}"),
            version=reviewed_case(runs, line.uid, on).version, actor=runs, now=_at(on, 15),
        )  # fmt: skip
        done += 1
    return done


# --- targets of inspection -------------------------------------------------------------------


def _targets(cast: Cast, inspector: Seat, as_of: date) -> int:
    """One of this year, inspected and concluded; one proposed for the next."""
    early = as_of - timedelta(days=120)
    picks = cast.actor(inspector, early)
    lines = grid(picks, GridFilters(year=as_of.year), early)
    if len(lines) < 2:
        return 0
    uid = pick(_picked(lines[1], as_of.year), actor=picks, now=_at(early, 9))
    for status, days, document, content in (
        (TargetStatus.APPROVED, 110, f"QĐ 212/QĐ-UBND phê duyệt kế hoạch thanh tra năm {as_of.year}", ""),
        (TargetStatus.UNDER_INSPECTION, 80, "QĐ 31/QĐ-TTT", "Thời hạn 45 ngày làm việc."),
        (TargetStatus.CONCLUDED, 15, "KL 09/KL-TTT", "Chậm giải quyết đơn, chưa niêm yết lịch tiếp công dân; kiến nghị kiểm điểm trách nhiệm, giải quyết dứt điểm hồ sơ quá hạn."),
    ):  # fmt: skip
        on = as_of - timedelta(days=days)
        step = Step(status=status, on=on, document=document, content=content)
        actor = cast.actor(inspector, on)
        move(uid, step, version=target(actor, uid).version, actor=actor, now=_at(on, 11))
    late = as_of - timedelta(days=5)
    pick(_picked(lines[0], as_of.year + 1), actor=cast.actor(inspector, late), now=_at(late, 9))
    return 5


def _picked(line: GridLine, year: int) -> Pick:
    return Pick(year=year, place=line.place_code, field=line.field_code, reason=_REASON)


# --- complaints about officials --------------------------------------------------------------


def _outcomes(cast: Cast, inspector: Seat, as_of: date) -> int:
    """Of most complaints about officials that are over, what came of them."""
    eve = as_of - _DAY
    actor = cast.actor(inspector, eve)
    over = [each for each in whole_register(actor, ConductFilters(), _MOST) if not each.open]
    done = 0
    for at, line in enumerate(over[:_NOTED]):
        finding, form, paper = _FINDINGS[at % len(_FINDINGS)]
        on = min(line.first_received_on + timedelta(days=45), eve)
        note_conduct(
            line.code,
            line.respondent,
            ConductGiven(finding=finding, form=form, on=on, document=f"{paper} ngày {on:%d/%m/%Y}"),
            version=0, actor=actor, now=_at(eve, 16),
        )  # fmt: skip
        done += 1
    return done


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), VIETNAM)
