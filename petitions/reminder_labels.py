"""Vietnamese wording of reminders, digests and the journal of mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from notifications.states import AttemptOutcome, MailState
from workflows.escalation import Level
from workflows.ladder import Audience
from workflows.news import Dropped, Group
from workflows.post import AddressStanding, MailSetting
from workflows.reporting import Concerned, ReportPeriod

REMINDER_WORDS: Mapping[type[Enum], Mapping[Enum, str]] = {
    Group: {
        Group.OVERDUE: "Quá hạn",
        Group.TODAY: "Đến hạn hôm nay",
        Group.THIS_WEEK: "Đến hạn trong tuần này",
        Group.LATER: "Sắp đến hạn",
        Group.WAITING: "Đang chờ bạn",
        Group.OTHER: "Tin khác",
    },
    Dropped: {
        Dropped.CLOSED: "hồ sơ đã kết thúc",
        Dropped.MET: "việc đã làm xong",
        Dropped.MOVED: "hạn đã thay đổi",
        Dropped.PAUSED: "đang tạm đình chỉ",
        Dropped.OUT_OF_SCOPE: "người nhận không còn được xem hồ sơ",
        Dropped.DISABLED: "tài khoản đã khóa hoặc hết vai trò",
        Dropped.NO_ADDRESS: "người nhận chưa có địa chỉ thư",
        Dropped.RETURNED: "thư tới địa chỉ này bị trả lại",
        Dropped.SWITCHED_OFF: "người nhận đã tắt loại tin này",
        Dropped.SUPERSEDED: "đã có lời nhắc mới hơn",
    },
    Audience: {
        Audience.OFFICER: "Người giải quyết",
        Audience.HEAD: "Người đứng đầu",
        Audience.SUPERIOR: "Cơ quan cấp trên",
        Audience.INSPECTORATE: "Thanh tra tỉnh",
    },
    Level: {
        Level.SUPERIOR: "Cơ quan cấp trên trực tiếp",
        Level.INSPECTORATE: "Cơ quan thanh tra tỉnh",
    },
    ReportPeriod: {
        ReportPeriod.QUARTER: "Quý",
        ReportPeriod.HALF_YEAR: "6 tháng",
        ReportPeriod.NINE_MONTHS: "9 tháng",
        ReportPeriod.YEAR: "Năm",
        ReportPeriod.PLAN: "Kế hoạch",
        ReportPeriod.OTHER: "Báo cáo khác",
    },
    Concerned: {
        Concerned.COMMUNES: "Mọi xã, phường",
        Concerned.CHOSEN: "Cơ quan được chọn",
        Concerned.ALL: "Mọi cơ quan, đơn vị",
    },
    MailState: {
        MailState.QUEUED: "Chờ gửi",
        MailState.SENDING: "Đang gửi",
        MailState.SENT: "Đã gửi",
        MailState.PARKED: "Dừng lại, cần người vận hành",
        MailState.CANCELLED: "Hủy trước khi gửi",
    },
    AttemptOutcome: {
        AttemptOutcome.ACCEPTED: "Máy chủ đã nhận",
        AttemptOutcome.LATER: "Máy chủ hẹn gửi lại",
        AttemptOutcome.REFUSED: "Máy chủ từ chối",
        AttemptOutcome.UNREACHABLE: "Không kết nối được máy chủ",
        AttemptOutcome.UNCERTAIN: "Không rõ máy chủ đã nhận hay chưa",
    },
    AddressStanding: {
        AddressStanding.RETURNED: "Thư bị trả lại",
        AddressStanding.RESTORED: "Dùng lại được",
    },
    MailSetting: {
        MailSetting.RUNG: "Mốc nhắc",
        MailSetting.HOUR: "Giờ gửi thư tổng hợp",
    },
}

NEWS_WORDS: Mapping[str, str] = {
    "registered": "Đơn mới được đăng ký",
    "hand_over": "Hồ sơ được bàn giao cho bạn",
    "holder_left": "Người giữ hồ sơ đã thôi giữ việc; cần giao người khác",
    "cliff_near": "Sắp đến mốc 45 ngày chưa xử lý đơn",
    "cliff_45": "Đã 45 ngày chưa xử lý đơn",
    "suspended_long": "Tạm đình chỉ đã lâu",
    "calendar_end": "Lịch làm việc chính thức sắp hết; hãy nhập lịch năm sau",
    "security": "Cảnh báo an toàn của hệ thống",
    "submission_waiting": "Tờ trình chờ ý kiến của bạn",
    "submission_sent_back": "Tờ trình được trả lại để làm lại",
    "submission_recalled": "Tờ trình đã được rút lại",
    "submission_refused": "Tờ trình không ký được",
    "submission_signed": "Tờ trình đã được ký",
    "submission_dropped": "Tờ trình không dùng nữa",
    "hop_informed": "Hồ sơ được chuyển trong đơn vị của bạn",
    "direction": "Có bút phê, chỉ đạo mới",
    "reply_came": "Đã có văn bản phúc đáp",
    "followed": "Hồ sơ bạn theo dõi có bước mới",
    "escalated": "Vụ việc quá hạn được báo lên để đôn đốc, theo dõi",
    "escalation_answered": "Cấp trên đã xử lý việc báo lên",
    "meeting_granted": "Lãnh đạo đồng ý gặp người đến; báo cho họ ngày, giờ",
    "meeting_refused": "Lãnh đạo không gặp người đến; báo cho họ lý do",
    "survey_unhappy": "Có đánh giá chưa hài lòng cần xem lại",
    "urging_answered": "Văn bản đôn đốc đã được trả lời",
    "legal_effect": "Quyết định đã có hiệu lực pháp luật; tổ chức thi hành",
    "internal_near": "Hạn nội bộ sắp đến",
    "internal_overdue": "Hạn nội bộ đã qua",
}
"""News that is not named after an act."""
ANY_NEWS = "Hồ sơ có tin mới"

OFFICE_DATES: Mapping[str, str] = {
    "hop": "Xử lý hồ sơ được giao",
    "submission": "Xử lý tờ trình",
    "effect": "Quyết định có hiệu lực pháp luật",
    "commitment": "Thực hiện cam kết",
    "refusal": "Thông báo từ chối tiếp công dân (Mẫu 01/TCD)",
    "result": "Báo kết quả cho người đến",
    "posting": "Niêm yết lịch tiếp công dân",
    "invitation": "Mời tiếp công dân trực tuyến",
    "connection_test": "Kiểm tra kết nối trực tuyến",
    "open_posting": "Niêm yết, công bố lịch đối thoại với Nhân dân",
    "quota": "Người đứng đầu trực tiếp tiếp công dân đủ số ngày trong tháng",
    "report": "Gửi báo cáo, kế hoạch định kỳ",
    "urging": "Trả lời văn bản đôn đốc",
    "campaign": "Xác nhận, ký và gửi số liệu thống kê",
}
"""Dates that no step of a case names, by what they belong to."""
ANY_DATE = "Trả lời văn bản"

JOB_WORDS: Mapping[str, str] = {
    "sweep": "Canh hạn hồ sơ",
    "weigh": "Tính điểm vụ việc",
    "hotspots": "Quét điểm nóng",
    "anchor": "Ghi dấu chống sửa sổ ghi",
    "cleanup": "Dọn dữ liệu cũ",
    "calendar_warning": "Canh lịch làm việc",
    "climb": "Xếp lời nhắc theo bậc",
    "escalate": "Báo lên vụ việc quá hạn",
    "mail": "Soạn và gửi thư",
    "weekly": "Tổng hợp tuần",
}
COUNT_WORDS: Mapping[str, str] = {
    "looked": "đã xem",
    "found": "tìm thấy",
    "cleared": "gỡ",
    "queued": "xếp gửi",
    "listed": "đưa lên danh sách",
    "failed": "lỗi",
    "sent": "đã gửi",
    "later": "hẹn lại",
    "parked": "dừng",
    "cancelled": "hủy",
    "unreachable": "không kết nối",
    "dropped": "bỏ",
    "nobody": "không có người nhận",
    "days_left": "ngày lịch còn lại",
}

_RUNG = re.compile(r"(?P<own>own_)?(?P<side>before|after|weekly)_(?P<days>\d+)")
_SIDES: Mapping[str, str] = {
    "before": "trước hạn {} ngày làm việc",
    "after": "sau hạn {} ngày làm việc",
    "weekly": "tuần thứ {} sau hạn",
}
_OWN_NAMES: Mapping[str, str] = {
    "on_day": "đúng ngày hạn",
    "at_risk": "tháng có nguy cơ thiếu ngày tiếp",
    "missed": "tháng đã thiếu ngày tiếp",
    "reached": "ngày có hiệu lực",
}


def rung_words(key: str) -> str:
    """What a rung is called by its key, ``before_5`` or ``weekly_3``; the key where no words are known."""
    if (found := _RUNG.fullmatch(key)) is None:
        return _OWN_NAMES.get(key, key)
    days = int(found["days"])
    words = _SIDES[found["side"]].format(days) if days else _OWN_NAMES["on_day"]
    return f"{words} (mốc cơ quan thêm)" if found["own"] else words
