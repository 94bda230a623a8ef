"""The questions of handling and their answers, as an officer reads them, each with its article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.handling import Fitness, Ground, Owner, Question
from workflows.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the help that stands under it."""

    text: str
    help: str


QUESTIONS: Mapping[Question, Asked] = {
    Question.FITNESS: Asked(
        "Đơn có đủ điều kiện xử lý không?",
        "Đủ điều kiện: viết bằng tiếng Việt hoặc có bản dịch công chứng; ghi ngày, họ tên, địa chỉ, có chữ ký hoặc điểm chỉ; nêu rõ nội dung và yêu cầu (Thông tư 05/2021/TT-TTCP).",
    ),
    Question.CHECKABLE: Asked(
        "Đơn không rõ người tố cáo có đủ căn cứ để kiểm tra không?",
        "Đủ căn cứ khi rõ người có hành vi vi phạm, có tài liệu, chứng cứ cụ thể và kiểm tra được (Điều 25 Luật Tố cáo).",
    ),
    Question.OWNER: Asked(
        "Vụ việc thuộc thẩm quyền của ai?",
        "Gợi ý ở trên lấy từ thông tin đã ghi trong hồ sơ; bạn là người quyết định.",
    ),
    Question.GROUND: Asked(
        "Có căn cứ nào để không thụ lý không?",
        "Chỉ chọn khi có giấy tờ trong hồ sơ chứng minh.",
    ),
    Question.GUIDED: Asked(
        "Đã hướng dẫn người gửi về nội dung này lần nào chưa?",
        "Việc hướng dẫn chỉ làm một lần; đã hướng dẫn rồi thì lưu đơn (Thông tư 05/2021/TT-TTCP).",
    ),
}
GROUND_HELP: Mapping[Kind, str] = {
    Kind.COMPLAINT: "Chín trường hợp của Điều 11 Luật Khiếu nại; không có thì chọn “Không có căn cứ nào”.",
    Kind.DENUNCIATION: "Điều kiện thụ lý ở khoản 1 Điều 29 Luật Tố cáo; đủ cả thì chọn “Không có căn cứ nào”.",
    Kind.RECOMMENDATION: "Điểm h khoản 1 Điều 4 Nghị định 154/2026/NĐ-CP.",
    Kind.FEEDBACK: "Điểm h khoản 1 Điều 4 Nghị định 154/2026/NĐ-CP.",
}
FITNESS: Mapping[Fitness, str] = {
    Fitness.FIT: "Đủ điều kiện xử lý",
    Fitness.UNSIGNED: "Không có họ tên, địa chỉ, chữ ký hoặc điểm chỉ",
    Fitness.INCOMPLETE: "Thiếu nội dung hoặc tài liệu, có thể bổ sung",
    Fitness.SENT_TO_MANY: "Gửi nhiều nơi, trong đó có cơ quan có thẩm quyền",
    Fitness.REPEATED: "Đã được hướng dẫn hoặc trả lời, không có nội dung mới",
    Fitness.ILLEGIBLE: "Rách nát, tẩy xóa, không đọc được",
    Fitness.ABUSIVE: "Lời lẽ lăng mạ, chống đối, gây chia rẽ",
    Fitness.SEVERAL: "Nhiều nội dung thuộc nhiều cơ quan khác nhau",
}
OWNERS: Mapping[Owner, str] = {
    Owner.OURS: "Cơ quan này",
    Owner.SUBORDINATE: "Cấp dưới của cơ quan này, đã quá hạn chưa giải quyết",
    Owner.INSIDE: "Cơ quan khác trong hệ thống",
    Owner.OUTSIDE: "Cơ quan, tổ chức ngoài hệ thống (Tòa án, thi hành án, Đảng, đoàn thể, Bộ…)",
}
GROUNDS: Mapping[Ground, str] = {
    Ground.NONE: "Không có căn cứ nào",
    Ground.EXCLUDED_DECISION: "Quyết định nội bộ, quyết định chỉ đạo, văn bản quy phạm pháp luật hoặc thuộc bí mật nhà nước (khoản 1 Điều 11 Luật Khiếu nại)",
    Ground.NO_DIRECT_EFFECT: "Quyết định, hành vi không liên quan trực tiếp đến quyền, lợi ích của người khiếu nại (khoản 2 Điều 11)",
    Ground.NO_CAPACITY: "Người khiếu nại không có năng lực hành vi dân sự đầy đủ mà không có người đại diện (khoản 3 Điều 11)",
    Ground.UNLAWFUL_REPRESENTATIVE: "Người đại diện không hợp pháp (khoản 4 Điều 11)",
    Ground.NO_SIGNATURE: "Đơn không có chữ ký hoặc điểm chỉ của người khiếu nại (khoản 5 Điều 11)",
    Ground.OUT_OF_TIME: "Hết thời hiệu khiếu nại mà không có lý do chính đáng (khoản 6 Điều 11)",
    Ground.SECOND_DECISION: "Đã có quyết định giải quyết lần hai (khoản 7 Điều 11)",
    Ground.TERMINATED: "Đã đình chỉ, quá 30 ngày không khiếu nại tiếp (khoản 8 Điều 11)",
    Ground.IN_COURT: "Tòa án đã thụ lý hoặc đã giải quyết (khoản 9 Điều 11)",
    Ground.NO_LAWFUL_DENOUNCER: "Người tố cáo không có năng lực hành vi dân sự đầy đủ, không có người đại diện (điểm b khoản 1 Điều 29 Luật Tố cáo)",
    Ground.NO_BASIS: "Nội dung không có cơ sở xác định người vi phạm, hành vi vi phạm (điểm d khoản 1 Điều 29)",
    Ground.SETTLED_COMPLAINT: "Xuất phát từ vụ khiếu nại đã giải quyết đúng, không có chứng cứ mới (khoản 1 Điều 29)",
    Ground.NOTHING_NEW: "Đã được giải quyết, trả lời đúng pháp luật, không có tình tiết mới (điểm h khoản 1 Điều 4 Nghị định 154/2026/NĐ-CP)",
}
CHECKABLE = {True: "Đủ căn cứ để kiểm tra", False: "Không đủ căn cứ"}
GUIDED = {True: "Đã hướng dẫn một lần", False: "Chưa hướng dẫn"}


def said(question: Question, answer: object) -> str:
    """An answer in words."""
    if isinstance(answer, Fitness):
        return FITNESS[answer]
    if isinstance(answer, Owner):
        return OWNERS[answer]
    if isinstance(answer, Ground):
        return GROUNDS[answer]
    return (CHECKABLE if question is Question.CHECKABLE else GUIDED)[bool(answer)]
