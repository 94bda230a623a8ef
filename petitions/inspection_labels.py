"""Vietnamese words of the inspectorate's enums: hot spots, weights, letters, campaigns and scores."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from workflows.episodes import AlarmVerdict, EntryKind, EpisodeState, SeriesUnit, ShareSign, Trend
from workflows.report_campaigns import SheetStanding, SheetState
from workflows.reviewing import (
    ConductFinding,
    DisciplineForm,
    ReviewOutcome,
    ReviewStanding,
    ReviewStep,
    TargetStatus,
)
from workflows.scoring import Bloc, CardState, Indicator
from workflows.severity import Factor, Klass, Skip
from workflows.urging import ReplyBasis, UrgingEnd, UrgingStanding

INSPECTION_WORDS: Mapping[type[Enum], Mapping[Enum, str]] = {
    ReviewOutcome: {
        ReviewOutcome.WITHDRAWN: "Công dân rút đơn",
        ReviewOutcome.NO_LONGER_PETITIONING: "Công dân không khiếu kiện nữa",
        ReviewOutcome.PLAN_CARRIED_OUT: "Địa phương đã thực hiện phương án",
        ReviewOutcome.ACCEPTANCE_ENDED: "Đã thông báo chấm dứt thụ lý",
        ReviewOutcome.IN_COURT: "Khởi kiện ra Tòa án",
        ReviewOutcome.POLICY_OBSTACLE: "Vướng chính sách, đã báo cáo cấp trên",
    },
    ReviewStep: {
        ReviewStep.TAKEN: "Đưa vào đợt rà soát",
        ReviewStep.CHARGED: "Giao chủ trì, hạn",
        ReviewStep.PLANNED: "Phương án, đề xuất",
        ReviewStep.PROGRESS: "Tiến độ",
        ReviewStep.OUTCOME: "Kết quả rà soát",
        ReviewStep.RESUMED: "Bỏ kết quả, rà soát tiếp",
    },
    ReviewStanding: {
        ReviewStanding.SETTLED: "Cơ bản đã giải quyết xong",
        ReviewStanding.ELSEWHERE: "Chờ Tòa án hoặc cấp trên",
        ReviewStanding.WORKED: "Đang rà soát, còn hạn",
        ReviewStanding.LATE: "Đang rà soát, quá hạn",
    },
    TargetStatus: {
        TargetStatus.PROPOSED: "Đề xuất",
        TargetStatus.APPROVED: "Đã phê duyệt",
        TargetStatus.UNDER_INSPECTION: "Đang thanh tra",
        TargetStatus.CONCLUDED: "Đã kết luận",
        TargetStatus.DROPPED: "Không đưa vào kế hoạch",
    },
    ConductFinding: {
        ConductFinding.NO_WRONGDOING: "Không có vi phạm",
        ConductFinding.CRITICISED: "Phê bình, kiểm điểm rút kinh nghiệm",
        ConductFinding.DISCIPLINED: "Kỷ luật",
        ConductFinding.TO_INVESTIGATORS: "Chuyển cơ quan điều tra",
    },
    DisciplineForm: {
        DisciplineForm.REPRIMAND: "Khiển trách",
        DisciplineForm.WARNING: "Cảnh cáo",
        DisciplineForm.SALARY_LOWERED: "Hạ bậc lương",
        DisciplineForm.DEMOTED: "Giáng chức",
        DisciplineForm.REMOVED_FROM_POST: "Cách chức",
        DisciplineForm.RECALLED: "Bãi nhiệm",
        DisciplineForm.DISMISSED: "Buộc thôi việc",
    },
    Indicator: {
        Indicator.SETTLED_IN_TIME: "Tỷ lệ vụ việc giải quyết đúng hạn",
        Indicator.OPEN_OVERDUE: "Tỷ lệ vụ việc đang giải quyết bị quá hạn",
        Indicator.RECEPTION_DAYS: "Ngày tiếp công dân của người đứng đầu so với định mức",
        Indicator.SATISFACTION: "Tỷ lệ công dân hài lòng",
        Indicator.COMMITMENTS_KEPT: "Tỷ lệ cam kết, lời hứa thực hiện đúng hạn",
        Indicator.REPORTS_IN_TIME: "Tỷ lệ báo cáo định kỳ gửi đúng hạn",
        Indicator.URGINGS_ANSWERED: "Tỷ lệ công văn đôn đốc được trả lời đúng hạn",
        Indicator.ENFORCED: "Tỷ lệ quyết định, kết luận thực hiện xong",
        Indicator.ENTERED_LATE: "Tỷ lệ đơn nhập vào hệ thống chậm",
    },
    CardState: {
        CardState.DRAFT: "Đang soạn tiêu chí",
        CardState.OPEN: "Đang chấm điểm",
        CardState.CLOSED: "Đã chốt",
    },
    Bloc: {
        Bloc.DEPARTMENTS: "Sở, ban, ngành, đơn vị sự nghiệp",
        Bloc.COMMUNES: "Xã, phường",
    },
    ReplyBasis: {
        ReplyBasis.COUNTED: "Đếm theo ngày làm việc",
        ReplyBasis.INTERNAL: "Hạn nội bộ thường dùng",
        ReplyBasis.TYPED: "Ngày ấn định trong văn bản",
    },
    UrgingEnd: {
        UrgingEnd.ANSWERED: "Đã trả lời",
        UrgingEnd.CLOSED: "Khép lại, không chờ trả lời",
    },
    UrgingStanding: {
        UrgingStanding.WAITING: "Chờ trả lời",
        UrgingStanding.LATE: "Quá hạn trả lời",
        UrgingStanding.ANSWERED: "Đã trả lời",
        UrgingStanding.ANSWERED_LATE: "Trả lời muộn",
        UrgingStanding.CLOSED: "Khép lại, không chờ trả lời",
    },
    SheetState: {
        SheetState.DRAFT: "Đang soạn",
        SheetState.CONFIRMED: "Đã xác nhận, chờ ký",
        SheetState.SIGNED: "Đã ký",
    },
    SheetStanding: {
        SheetStanding.AHEAD: "Chưa gửi, còn hạn",
        SheetStanding.LATE: "Chưa gửi, quá hạn",
        SheetStanding.SENT: "Đã gửi đúng hạn",
        SheetStanding.SENT_LATE: "Đã gửi muộn",
    },
    Factor: {
        Factor.CROWD: "Đông người",
        Factor.SKIPPED: "Vượt cấp",
        Factor.REPEATED: "Gửi nhiều lần",
        Factor.PROLONGED: "Kéo dài",
        Factor.OVERDUE: "Quá hạn luật định",
        Factor.SECURITY: "Nguy cơ mất an ninh, trật tự",
        Factor.SPREAD: "Lan ra nhiều xã",
        Factor.PROTECTED: "Đối tượng cần quan tâm",
    },
    Klass: {
        Klass.A: "Xử lý ngay",
        Klass.B: "Điểm nóng",
        Klass.C: "Vụ việc nghiêm trọng",
        Klass.REST: "Theo dõi",
    },
    Skip: {
        Skip.IN_TIME: "cấp có thẩm quyền còn trong hạn",
        Skip.RAN_OUT: "cấp có thẩm quyền đã hết hạn",
    },
    EpisodeState: {
        EpisodeState.WATCHED: "Theo dõi",
        EpisodeState.LATENT: "Tiềm ẩn",
        EpisodeState.HOT: "Điểm nóng",
        EpisodeState.SETTLED: "Đã ổn định",
    },
    Trend: {
        Trend.NEW: "mới",
        Trend.WORSENING: "nóng lên",
        Trend.STEADY: "giữ nguyên",
        Trend.FADING: "dịu đi",
        Trend.CLOSED: "đã lắng",
    },
    AlarmVerdict: {
        AlarmVerdict.RIGHT: "Đúng là điểm nóng",
        AlarmVerdict.KNOWN: "Đúng, đã biết trước",
        AlarmVerdict.WRONG: "Không phải điểm nóng",
    },
    SeriesUnit: {
        SeriesUnit.PLACE_FIELD: "một xã, một lĩnh vực",
        SeriesUnit.OFFICE_FIELD: "một cơ quan, một lĩnh vực",
        SeriesUnit.PROJECT: "một dự án",
        SeriesUnit.PLACE: "một xã, mọi lĩnh vực",
        SeriesUnit.PROVINCE_FIELD: "cả tỉnh, một lĩnh vực",
    },
    ShareSign: {
        ShareSign.SKIPPED: "vượt cấp",
        ShareSign.REPEATED: "gửi lặp",
    },
    EntryKind: {
        EntryKind.OPENED: "Báo động lần đầu",
        EntryKind.LISTED: "Đưa vào danh sách tuần",
        EntryKind.MERGED: "Nhập với điểm khác",
        EntryKind.CLOSED: "Đã lắng",
        EntryKind.REOPENED: "Nóng trở lại",
        EntryKind.OWNER: "Giao người phụ trách",
        EntryKind.PLAN: "Phương án xử lý",
        EntryKind.UPDATE: "Diễn biến",
        EntryKind.STATE: "Đổi tình trạng",
        EntryKind.VERDICT: "Kết luận về báo động",
    },
}
