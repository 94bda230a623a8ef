"""Vietnamese wording of reception, commitments and what citizens are given."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from workflows.commitments import (
    Attendance,
    CommitmentKind,
    CommitmentRole,
    CommitmentSource,
    CommitmentStatus,
    CommitmentVerdict,
    Occasion,
    OpenDialogueStatus,
    Side,
)
from workflows.reception import (
    Host,
    MeetingStatus,
    NoticeState,
    QuotaStanding,
    RefusalGround,
    SessionKind,
    SessionManner,
    SessionStanding,
    SessionStatus,
    VisitOutcome,
    VisitState,
)

DESK_WORDS: Mapping[type[Enum], Mapping[Enum, str]] = {
    SessionKind: {
        SessionKind.REGULAR: "Thường xuyên",
        SessionKind.PERIODIC: "Định kỳ",
        SessionKind.AD_HOC: "Đột xuất",
    },
    SessionManner: {
        SessionManner.OFFICE: "Tại trụ sở, địa điểm tiếp công dân",
        SessionManner.MOBILE: "Lưu động",
        SessionManner.ONLINE: "Trực tuyến",
    },
    Host: {
        Host.HEAD: "Người đứng đầu trực tiếp tiếp",
        Host.AUTHORISED: "Người được ủy quyền tiếp",
        Host.STAFF: "Cán bộ tiếp công dân",
    },
    SessionStatus: {
        SessionStatus.PLANNED: "Đã lên lịch",
        SessionStatus.HELD: "Đã tiếp",
        SessionStatus.POSTPONED: "Đã hoãn",
        SessionStatus.CANCELLED: "Đã hủy",
    },
    SessionStanding: {
        SessionStanding.AHEAD: "Sắp tới",
        SessionStanding.TODAY: "Hôm nay",
        SessionStanding.UNCLOSED: "Chưa kết thúc buổi",
        SessionStanding.MISSED: "Không tiếp",
        SessionStanding.HELD: "Đã tiếp",
        SessionStanding.POSTPONED: "Đã hoãn",
        SessionStanding.CANCELLED: "Đã hủy",
    },
    QuotaStanding: {
        QuotaStanding.MET: "Đạt",
        QuotaStanding.RUNNING: "Chưa hết tháng",
        QuotaStanding.SHORT: "Không đạt",
        QuotaStanding.NONE: "Không áp dụng",
    },
    VisitState: {
        VisitState.WAITING: "Đang chờ",
        VisitState.HEARD: "Đang tiếp",
        VisitState.DONE: "Đã tiếp xong",
        VisitState.LEFT: "Đã về trước khi được tiếp",
    },
    VisitOutcome: {
        VisitOutcome.ANSWERED: "Trả lời, giải thích ngay",
        VisitOutcome.CASE_OPENED: "Tiếp nhận đơn",
        VisitOutcome.ADDED_TO_CASE: "Bổ sung vào hồ sơ đã có",
        VisitOutcome.GUIDED: "Hướng dẫn đến cơ quan có thẩm quyền",
        VisitOutcome.MORE_ASKED: "Đề nghị bổ sung thông tin, tài liệu",
        VisitOutcome.REFUSED: "Từ chối tiếp",
        VisitOutcome.MEETING_ASKED: "Đề nghị gặp lãnh đạo",
        VisitOutcome.CHECK_ORDERED: "Giao đơn vị kiểm tra, đề xuất",
        VisitOutcome.TO_BE_SETTLED: "Hẹn trả lời",
        VisitOutcome.OTHER: "Kết quả khác",
    },
    MeetingStatus: {
        MeetingStatus.WAITING: "Chờ ý kiến lãnh đạo",
        MeetingStatus.AGREED: "Đồng ý tiếp",
        MeetingStatus.DECLINED: "Không đồng ý",
    },
    RefusalGround: {
        RefusalGround.LAW_9_1: "Say do dùng chất kích thích, không làm chủ được hành vi",
        RefusalGround.LAW_9_2: "Đe dọa, xúc phạm, vi phạm nội quy nơi tiếp công dân",
        RefusalGround.LAW_9_3: "Vụ việc đã giải quyết đúng, đã kiểm tra, thông báo mà vẫn cố tình khiếu nại, tố cáo kéo dài",
        RefusalGround.WEAPONS: "Mang vũ khí, vật liệu nguy hiểm",
        RefusalGround.SECURITY_CHECK: "Không chấp hành kiểm tra an ninh",
        RefusalGround.RECORDING: "Tự ý ghi âm, ghi hình, phát trực tiếp khi đã được yêu cầu dừng",
        RefusalGround.INCITING: "Kích động, lôi kéo, gây rối",
        RefusalGround.NO_CAPACITY: "Không có năng lực hành vi dân sự mà không có người đại diện",
        RefusalGround.NO_AUTHORITY: "Người đại diện không có giấy tờ chứng minh",
        RefusalGround.OUT_OF_SCOPE: "Nội dung không thuộc phạm vi tiếp công dân",
        RefusalGround.ANSWERED_BEFORE: "Kiến nghị, phản ánh đã được trả lời, không có tình tiết mới",
        RefusalGround.FINAL_JUDGMENT: "Đã có bản án, quyết định có hiệu lực của Tòa án",
        RefusalGround.HANDLED_ELSEWHERE: "Cơ quan khác đang thụ lý, giải quyết",
    },
    NoticeState: {
        NoticeState.DRAFT: "Dự thảo, chờ ký",
        NoticeState.SIGNED: "Đã ký",
        NoticeState.DROPPED: "Đã bỏ",
    },
    CommitmentSource: {
        CommitmentSource.DIALOGUE: "Đối thoại trong vụ việc",
        CommitmentSource.SESSION: "Buổi tiếp công dân",
        CommitmentSource.OPEN_DIALOGUE: "Đối thoại với Nhân dân",
        CommitmentSource.PROMISE: "Lời hứa với cử tri, sau chất vấn",
    },
    CommitmentKind: {
        CommitmentKind.DO: "Thực hiện",
        CommitmentKind.CHECK: "Kiểm tra, đề xuất",
    },
    CommitmentStatus: {
        CommitmentStatus.OPEN: "Đang thực hiện",
        CommitmentStatus.REPORTED: "Đã báo cáo, chờ xác nhận",
        CommitmentStatus.DONE: "Đã hoàn thành",
        CommitmentStatus.DROPPED: "Không thực hiện nữa",
    },
    CommitmentVerdict: {
        CommitmentVerdict.MADE: "Ghi nhận cam kết",
        CommitmentVerdict.URGED: "Đôn đốc",
        CommitmentVerdict.REPORTED: "Báo cáo kết quả",
        CommitmentVerdict.SENT_BACK: "Yêu cầu làm tiếp",
        CommitmentVerdict.DONE: "Xác nhận hoàn thành",
        CommitmentVerdict.DROPPED: "Dừng thực hiện",
        CommitmentVerdict.MOVED: "Đổi hạn",
        CommitmentVerdict.REOPENED: "Mở lại",
    },
    CommitmentRole: {
        CommitmentRole.COOPERATING: "Phối hợp",
        CommitmentRole.SUPERVISING: "Giám sát, đôn đốc",
    },
    Occasion: {
        Occasion.VOTERS: "Tiếp xúc cử tri",
        Occasion.QUESTIONING: "Chất vấn, giải trình",
        Occasion.OTHER: "Dịp khác",
    },
    Side: {
        Side.PETITIONER: "Bên khiếu nại, kiến nghị",
        Side.RESPONDENT: "Bên bị khiếu nại",
        Side.AUTHORITY: "Cơ quan giải quyết",
        Side.CONCERNED: "Cơ quan, tổ chức, cá nhân liên quan",
    },
    Attendance: {
        Attendance.PRESENT: "Có mặt",
        Attendance.ABSENT_WITH_REASON: "Vắng mặt có lý do chính đáng",
        Attendance.ABSENT_WITHOUT_REASON: "Vắng mặt không có lý do chính đáng",
    },
    OpenDialogueStatus: {
        OpenDialogueStatus.PLANNED: "Trong kế hoạch",
        OpenDialogueStatus.HELD: "Đã tổ chức",
        OpenDialogueStatus.POSTPONED: "Đã hoãn",
        OpenDialogueStatus.CANCELLED: "Đã hủy",
    },
}
