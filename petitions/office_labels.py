"""Vietnamese wording of the office's own words: proposals, routes, books, stations."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from workflows.office import (
    HopState,
    Numbering,
    OpinionKind,
    ReplyKind,
    RouteShape,
    Sending,
    SigningCapacity,
    SubmissionStatus,
    TeamRole,
    Verdict,
    Work,
)

OFFICE_WORDS: Mapping[type[Enum], Mapping[Enum, str]] = {
    Work: {
        Work.PROCESSING: "Xử lý đơn",
        Work.VERIFICATION: "Thẩm tra, xác minh",
        Work.SETTLEMENT: "Giải quyết",
        Work.ENFORCEMENT: "Thi hành kết quả giải quyết",
        Work.CORRESPONDENCE: "Văn bản trao đổi, đôn đốc",
    },
    RouteShape: {
        RouteShape.FULL: "Văn thư → lãnh đạo → trưởng phòng → chuyên viên",
        RouteShape.DIRECT: "Lãnh đạo giao thẳng chuyên viên, trưởng phòng được báo",
        RouteShape.RECEPTION_BOARD: "Văn thư → Trưởng Ban Tiếp công dân → chuyên viên",
        RouteShape.ONE_STEP: "Một bước, người giữ hồ sơ xử lý ngay",
    },
    SubmissionStatus: {
        SubmissionStatus.DRAFTED: "Đang soạn",
        SubmissionStatus.SUBMITTED: "Đã trình",
        SubmissionStatus.SENT_BACK: "Trả lại, xử lý lại",
        SubmissionStatus.APPROVED: "Đã duyệt, chờ ký",
        SubmissionStatus.RECALLED: "Đã thu hồi",
        SubmissionStatus.SIGNED: "Đã ký",
        SubmissionStatus.DISPATCHED: "Đã phát hành",
        SubmissionStatus.DROPPED: "Đã hủy",
    },
    Verdict: {
        Verdict.DRAFT: "Soạn tờ trình",
        Verdict.REVISE: "Sửa tờ trình",
        Verdict.SUBMIT: "Trình",
        Verdict.APPROVE: "Duyệt",
        Verdict.SEND_BACK: "Trả lại, yêu cầu xử lý lại",
        Verdict.RECALL: "Thu hồi",
        Verdict.REASSIGN: "Chuyển người duyệt",
        Verdict.SIGN: "Ký",
        Verdict.REFUSED_BY_LAW: "Không ký được, trả lại",
        Verdict.DISPATCH: "Phát hành",
        Verdict.DROP: "Hủy tờ trình",
    },
    HopState: {
        HopState.OPEN: "Đang giữ",
        HopState.PASSED_ON: "Đã chuyển tiếp",
        HopState.REFUSED: "Đã từ chối, trả lại",
        HopState.RECALLED: "Đã bị thu hồi",
        HopState.DONE: "Đã xong",
    },
    OpinionKind: {
        OpinionKind.DIRECTION: "Ý kiến chỉ đạo",
        OpinionKind.OPINION: "Ý kiến",
    },
    SigningCapacity: {
        SigningCapacity.HEAD: "Người đứng đầu ký",
        SigningCapacity.ACTING: "Quyền người đứng đầu (Q.)",
        SigningCapacity.KT: "Ký thay (KT.)",
        SigningCapacity.TL: "Thừa lệnh (TL.)",
        SigningCapacity.TL_KT: "Thừa lệnh, ký thay (TL. KT.)",
        SigningCapacity.TUQ: "Thừa ủy quyền (TUQ.)",
    },
    Numbering: {
        Numbering.ONE: "Một dãy số chung trong năm",
        Numbering.BY_TYPE: "Mỗi loại văn bản một dãy số",
    },
    Sending: {
        Sending.POST: "Bưu điện",
        Sending.REGISTERED_POST: "Thư bảo đảm",
        Sending.IN_PERSON: "Giao trực tiếp",
        Sending.ELECTRONIC: "Trục liên thông, thư điện tử",
        Sending.COURIER: "Văn thư chuyển",
    },
    ReplyKind: {
        ReplyKind.FORWARDED: "Đơn đã chuyển",
        ReplyKind.ORDER: "Chỉ đạo cấp dưới",
        ReplyKind.REPORT_UP: "Báo cáo cấp trên",
        ReplyKind.WATCH: "Lưu và theo dõi",
        ReplyKind.DRAFT: "Giao lập dự thảo",
    },
    TeamRole: {
        TeamRole.LEADER: "Trưởng đoàn (tổ trưởng)",
        TeamRole.DEPUTY: "Phó trưởng đoàn (tổ phó)",
        TeamRole.MEMBER: "Thành viên",
    },
}
