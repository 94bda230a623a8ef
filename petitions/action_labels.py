"""Vietnamese wording of the acts: the term in the timeline, the verb on the button, a line of help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workflows.vocabulary import Action


class Wording(NamedTuple):
    """How one act is spoken of."""

    label: str
    button: str
    help: str


ACTIONS: Mapping[Action, Wording] = {
    Action.REGISTER: Wording(
        "Đăng ký đơn",
        "Đăng ký",
        "Vào sổ đơn mới nhận; các thời hạn tính từ ngày nhận.",
    ),
    Action.IMPORT: Wording(
        "Nhập từ sổ khác",
        "Nhập dữ liệu",
        "Đưa hồ sơ đang theo dõi ở sổ khác vào hệ thống.",
    ),
    Action.CLASSIFY: Wording(
        "Phân loại đơn",
        "Phân loại",
        "Xác định loại đơn, thẩm quyền và đơn có đủ điều kiện xử lý hay không.",
    ),
    Action.GUIDE: Wording(
        "Hướng dẫn người gửi đơn",
        "Hướng dẫn",
        "Hướng dẫn gửi đúng nơi, bổ sung hoặc tách đơn; chỉ hướng dẫn một lần.",
    ),
    Action.RETURN: Wording(
        "Trả lại đơn cho nơi chuyển",
        "Trả lại đơn",
        "Trả đơn và tài liệu cho nơi đã chuyển đến, nêu rõ lý do.",
    ),
    Action.FILE: Wording(
        "Lưu đơn",
        "Lưu đơn",
        "Lưu đơn không đủ điều kiện xử lý, ghi rõ căn cứ.",
    ),
    Action.NOT_PROCESS: Wording(
        "Không xử lý đơn",
        "Không xử lý",
        "Đơn gửi nhiều nơi trong đó có nơi có thẩm quyền, hoặc đã được hướng dẫn.",
    ),
    Action.TRANSFER: Wording(
        "Chuyển đơn trong hệ thống",
        "Chuyển đơn",
        "Chuyển cả hồ sơ cho cơ quan có thẩm quyền; thời hạn của nơi nhận tính từ ngày nhận.",
    ),
    Action.TRANSFER_OUT: Wording(
        "Chuyển đơn ra ngoài hệ thống",
        "Chuyển ra ngoài",
        "Chuyển đơn cho cơ quan không dùng hệ thống này và kết thúc theo dõi.",
    ),
    Action.RETURN_FORWARDED: Wording(
        "Trả lại đơn chuyển không đúng thẩm quyền",
        "Trả đơn chuyển sai",
        "Trả lại cơ quan đã chuyển đơn đến, nêu rõ lý do; nơi chuyển nhận lại và xử lý tiếp.",
    ),
    Action.FILE_AND_WATCH: Wording(
        "Lưu đơn và theo dõi",
        "Lưu và theo dõi",
        "Lưu đơn nhưng vẫn theo dõi; đến ngày hẹn hồ sơ hiện lại trong danh sách.",
    ),
    Action.REFUSE: Wording(
        "Không thụ lý giải quyết",
        "Không thụ lý",
        "Thông báo không thụ lý, nêu rõ căn cứ và lý do.",
    ),
    Action.ACCEPT: Wording(
        "Thụ lý giải quyết",
        "Thụ lý",
        "Nhận giải quyết; thời hạn giải quyết bắt đầu từ ngày này.",
    ),
    Action.ASSIGN: Wording(
        "Giao xử lý",
        "Giao xử lý",
        "Giao người hoặc bộ phận chịu trách nhiệm hồ sơ.",
    ),
    Action.CONFIRM_RECEIPT: Wording(
        "Xác nhận đã nhận đơn chuyển đến",
        "Xác nhận nhận đơn",
        "Ghi ngày thực nhận đơn được chuyển đến; thời hạn tính lại từ ngày này.",
    ),
    Action.HAND_OVER: Wording(
        "Bàn giao hồ sơ",
        "Bàn giao",
        "Giao lại hồ sơ khi người phụ trách nghỉ, chuyển việc hoặc cơ quan sắp xếp lại.",
    ),
    Action.PASS_ON: Wording(
        "Chuyển xử lý nội bộ",
        "Chuyển xử lý",
        "Giao hồ sơ cho người khác trong cơ quan kèm ý kiến chỉ đạo và hạn nội bộ.",
    ),
    Action.GIVE_BACK: Wording(
        "Trả lại, thu hồi việc đã giao",
        "Trả lại việc được giao",
        "Từ chối việc không thuộc phần mình, hoặc thu hồi việc đã giao, nêu lý do.",
    ),
    Action.CHECK_ANONYMOUS: Wording(
        "Kiểm tra thông tin đơn không rõ người tố cáo",
        "Kiểm tra thông tin",
        "Đơn không rõ họ tên, địa chỉ nhưng nội dung rõ, có tài liệu và kiểm tra được.",
    ),
    Action.ENGAGE_ADVISER: Wording(
        "Giao cơ quan tham mưu",
        "Giao tham mưu",
        "Chọn cơ quan tham mưu giúp người có thẩm quyền; cơ quan ấy thấy hồ sơ và soạn dự thảo.",
    ),
    Action.ASSIGN_VERIFICATION: Wording(
        "Giao xác minh",
        "Giao xác minh",
        "Giao người, thành lập Đoàn (Tổ) xác minh; cũng dùng khi cần xác minh bổ sung.",
    ),
    Action.FORM_TEAM: Wording(
        "Thành lập Đoàn (Tổ) xác minh",
        "Lập Đoàn (Tổ) xác minh",
        "Lập danh sách trưởng đoàn, phó trưởng đoàn, thành viên; lập lại thì người cũ thôi tham gia.",
    ),
    Action.MARK_COMPLEX: Wording(
        "Ghi nhận vụ việc phức tạp",
        "Ghi nhận phức tạp",
        "Ghi tiêu chí kèm văn bản trước khi hết thời hạn giải quyết.",
    ),
    Action.REPORT: Wording(
        "Báo cáo kết quả xác minh",
        "Báo cáo xác minh",
        "Nộp báo cáo kết quả xác minh vào hồ sơ.",
    ),
    Action.ASK_DRAFT: Wording(
        "Giao lập dự thảo",
        "Giao lập dự thảo",
        "Giao cơ quan xác minh hoặc tham mưu lập dự thảo quyết định, kết luận, có hạn riêng.",
    ),
    Action.PLAN_DIALOGUE: Wording(
        "Thông báo tổ chức đối thoại",
        "Mời đối thoại",
        "Ấn định ngày và gửi thông báo đối thoại cho các bên.",
    ),
    Action.HOLD_DIALOGUE: Wording(
        "Tổ chức đối thoại",
        "Ghi nhận đối thoại",
        "Ghi nhận buổi đối thoại đã diễn ra kèm biên bản.",
    ),
    Action.MISS_DIALOGUE: Wording(
        "Người khiếu nại vắng mặt đối thoại",
        "Ghi nhận vắng mặt",
        "Lập biên bản vắng mặt; không có lý do chính đáng thì tiếp tục giải quyết.",
    ),
    Action.RECORD_AGREEMENT: Wording(
        "Ghi nhận yêu cầu và kết quả xác minh thống nhất",
        "Ghi nhận thống nhất",
        "Chỉ ở lần đầu: yêu cầu của người khiếu nại khớp với kết quả xác minh nên không phải đối thoại.",
    ),
    Action.DECIDE: Wording(
        "Ra quyết định giải quyết khiếu nại",
        "Ra quyết định",
        "Ban hành quyết định giải quyết sau khi xác minh và đối thoại theo quy định.",
    ),
    Action.SEND_DECISION: Wording(
        "Gửi quyết định giải quyết",
        "Gửi quyết định",
        "Ghi ngày gửi quyết định cho người khiếu nại và các nơi liên quan.",
    ),
    Action.RECORD_SERVICE: Wording(
        "Ghi ngày nhận quyết định",
        "Ghi ngày nhận",
        "Ghi ngày người khiếu nại nhận quyết định, có giấy tờ chứng minh.",
    ),
    Action.PUBLISH_DECISION: Wording(
        "Công khai quyết định giải quyết",
        "Công khai quyết định",
        "Ghi hình thức và ngày công khai quyết định.",
    ),
    Action.TAKE_EFFECT: Wording(
        "Quyết định có hiệu lực pháp luật",
        "Ghi nhận hiệu lực",
        "Hết thời hạn khiếu nại tiếp và thời hạn có hiệu lực của quyết định.",
    ),
    Action.DIRECT_ENFORCEMENT: Wording(
        "Chỉ đạo thi hành quyết định",
        "Chỉ đạo thi hành",
        "Giao cơ quan thi hành quyết định đã có hiệu lực bằng văn bản.",
    ),
    Action.RECORD_ENFORCEMENT: Wording(
        "Ghi kết quả thi hành",
        "Ghi kết quả thi hành",
        "Ghi tiến độ, kết quả thi hành quyết định.",
    ),
    Action.SECOND_INSTANCE: Wording(
        "Khiếu nại lần hai",
        "Ghi nhận khiếu nại lần hai",
        "Người khiếu nại không đồng ý hoặc quá hạn chưa giải quyết; mở hồ sơ lần hai tại cấp trên.",
    ),
    Action.GO_TO_COURT: Wording(
        "Khởi kiện tại Tòa án",
        "Ghi nhận khởi kiện",
        "Người khiếu nại đã khởi kiện vụ án hành chính.",
    ),
    Action.STAY_CONTESTED: Wording(
        "Tạm đình chỉ thi hành quyết định bị khiếu nại",
        "Tạm đình chỉ thi hành",
        "Tạm dừng thi hành quyết định bị khiếu nại để tránh hậu quả khó khắc phục.",
    ),
    Action.LIFT_STAY: Wording(
        "Hủy bỏ tạm đình chỉ thi hành",
        "Hủy tạm đình chỉ thi hành",
        "Hủy bỏ ngay khi lý do tạm đình chỉ thi hành không còn.",
    ),
    Action.SUSPEND: Wording(
        "Tạm đình chỉ giải quyết",
        "Tạm đình chỉ giải quyết",
        "Tạm dừng giải quyết theo căn cứ luật định; thời gian này không tính vào thời hạn.",
    ),
    Action.RESUME: Wording(
        "Tiếp tục giải quyết",
        "Tiếp tục giải quyết",
        "Căn cứ tạm đình chỉ không còn; thời hạn tính tiếp từ ngày này.",
    ),
    Action.SEND_SUSPENSION: Wording(
        "Gửi quyết định tạm đình chỉ, đình chỉ, tiếp tục",
        "Gửi quyết định (tạm) đình chỉ",
        "Ghi ngày gửi quyết định tạm đình chỉ, đình chỉ hoặc tiếp tục giải quyết.",
    ),
    Action.EXTEND: Wording(
        "Gia hạn giải quyết tố cáo",
        "Gia hạn",
        "Gia hạn trước khi hết thời hạn: phức tạp một lần, đặc biệt phức tạp hai lần, mỗi lần không quá 30 ngày.",
    ),
    Action.WITHDRAW: Wording(
        "Rút toàn bộ đơn",
        "Ghi nhận rút đơn",
        "Người gửi đơn rút toàn bộ nội dung; ra quyết định đình chỉ.",
    ),
    Action.WITHDRAW_PART: Wording(
        "Rút một phần, một số người rút",
        "Ghi nhận rút một phần",
        "Phần còn lại, người còn lại tiếp tục được giải quyết.",
    ),
    Action.TERMINATE: Wording(
        "Đình chỉ giải quyết",
        "Đình chỉ",
        "Đình chỉ theo căn cứ luật định khác với việc rút đơn.",
    ),
    Action.NOTIFY_ACCEPTANCE: Wording(
        "Thông báo việc thụ lý tố cáo",
        "Thông báo thụ lý",
        "Thông báo cho người tố cáo và nội dung tố cáo cho người bị tố cáo (không lộ danh tính).",
    ),
    Action.NOTIFY_RESULT: Wording(
        "Thông báo kết quả xử lý đơn",
        "Thông báo kết quả",
        "Cho người gửi đơn biết đơn được thụ lý, chuyển, từ chối hay cần thêm thời gian.",
    ),
    Action.REPLY_TO_FORWARDER: Wording(
        "Trả lời nơi chuyển đơn",
        "Trả lời nơi chuyển",
        "Báo kết quả cho cơ quan, tổ chức, đại biểu đã chuyển đơn đến.",
    ),
    Action.CONCLUDE: Wording(
        "Kết luận nội dung tố cáo",
        "Kết luận",
        "Ban hành kết luận sau khi có báo cáo kết quả xác minh.",
    ),
    Action.SEND_CONCLUSION: Wording(
        "Gửi kết luận nội dung tố cáo",
        "Gửi kết luận",
        "Gửi kết luận cho người bị tố cáo, nơi liên quan và thông báo cho người tố cáo.",
    ),
    Action.ACT_ON_CONCLUSION: Wording(
        "Xử lý theo kết luận",
        "Xử lý theo kết luận",
        "Ghi việc xử lý người, hành vi vi phạm theo kết luận.",
    ),
    Action.PUBLISH_CONCLUSION: Wording(
        "Công khai kết luận",
        "Công khai kết luận",
        "Công khai kết luận, quyết định xử lý; không lộ thông tin người tố cáo.",
    ),
    Action.FURTHER_DENUNCIATION: Wording(
        "Tố cáo tiếp",
        "Ghi nhận tố cáo tiếp",
        "Người tố cáo không đồng ý kết luận, hoặc quá hạn chưa được giải quyết.",
    ),
    Action.DECIDE_FURTHER: Wording(
        "Quyết định đối với tố cáo tiếp",
        "Quyết định tố cáo tiếp",
        "Cấp trên quyết định không giải quyết lại, giải quyết lại hoặc buộc cấp dưới giải quyết.",
    ),
    Action.DEMAND_REPORT: Wording(
        "Yêu cầu cấp dưới báo cáo",
        "Yêu cầu báo cáo",
        "Cấp trên yêu cầu báo cáo quá trình giải quyết, lý do chậm và trách nhiệm.",
    ),
    Action.REPORT_ON_DEMAND: Wording(
        "Báo cáo theo yêu cầu của cấp trên",
        "Báo cáo cấp trên",
        "Người giải quyết báo cáo quá trình, lý do chậm và trách nhiệm.",
    ),
    Action.PASS_TO_INVESTIGATORS: Wording(
        "Chuyển cơ quan điều tra",
        "Chuyển cơ quan điều tra",
        "Chuyển ngay hồ sơ có dấu hiệu tội phạm cho cơ quan điều tra, viện kiểm sát.",
    ),
    Action.REQUEST_PROTECTION: Wording(
        "Đề nghị bảo vệ người tố cáo",
        "Ghi đề nghị bảo vệ",
        "Đề nghị bằng văn bản; khẩn cấp thì qua điện thoại, văn bản bổ sung sau.",
    ),
    Action.DECIDE_PROTECTION: Wording(
        "Quyết định áp dụng biện pháp bảo vệ",
        "Áp dụng bảo vệ",
        "Quyết định người, biện pháp và thời gian bảo vệ.",
    ),
    Action.REFUSE_PROTECTION: Wording(
        "Không áp dụng biện pháp bảo vệ",
        "Không áp dụng bảo vệ",
        "Thông báo lý do không áp dụng biện pháp bảo vệ.",
    ),
    Action.CHANGE_PROTECTION: Wording(
        "Thay đổi biện pháp bảo vệ",
        "Thay đổi bảo vệ",
        "Bổ sung, thay đổi biện pháp bảo vệ đang áp dụng.",
    ),
    Action.END_PROTECTION: Wording(
        "Chấm dứt bảo vệ",
        "Chấm dứt bảo vệ",
        "Chấm dứt khi có kết luận, đình chỉ hoặc căn cứ bảo vệ không còn.",
    ),
    Action.HOLD_MEETING: Wording(
        "Làm việc với người gửi đơn",
        "Ghi buổi làm việc",
        "Ghi nội dung buổi làm việc với người kiến nghị, phản ánh.",
    ),
    Action.ANSWER: Wording(
        "Trả lời kiến nghị, phản ánh",
        "Trả lời",
        "Trả lời bằng văn bản cho người gửi đơn.",
    ),
    Action.URGE: Wording(
        "Đôn đốc",
        "Đôn đốc",
        "Gửi văn bản đôn đốc; việc trả lời được theo dõi.",
    ),
    Action.ORDER_SUBORDINATE: Wording(
        "Chỉ đạo cơ quan cấp dưới",
        "Ra công văn chỉ đạo",
        "Chỉ đạo cấp dưới làm việc cụ thể và báo cáo lại trước ngày hẹn.",
    ),
    Action.REPORT_UP: Wording(
        "Báo cáo cơ quan cấp trên",
        "Ra báo cáo cấp trên",
        "Báo cáo, xin ý kiến cấp trên về vụ việc; theo dõi đến khi có phúc đáp.",
    ),
    Action.RECORD_REPLY: Wording(
        "Ghi nhận phúc đáp",
        "Ghi phúc đáp",
        "Ghi ngày, nội dung và văn bản phúc đáp của nơi được hỏi, được chuyển đơn.",
    ),
    Action.RECORD_MEDIATION: Wording(
        "Ghi nhận hòa giải ở cơ sở",
        "Ghi nhận hòa giải",
        "Ghi kết quả hòa giải ở cơ sở liên quan đến vụ việc.",
    ),
    Action.OPEN_IDENTITY: Wording(
        "Mở thông tin người tố cáo",
        "Mở thông tin được niêm phong",
        "Chỉ người có trách nhiệm được mở, phải nêu lý do; mỗi lần mở đều được ghi lại.",
    ),
    Action.GRANT_IDENTITY: Wording(
        "Giao quyền xem thông tin người tố cáo",
        "Giao quyền xem thông tin",
        "Giao cho một người của cơ quan quyền xem thông tin người tố cáo trong hồ sơ này.",
    ),
    Action.END_IDENTITY_GRANT: Wording(
        "Thu hồi quyền xem thông tin người tố cáo",
        "Thu hồi quyền xem",
        "Chấm dứt quyền xem thông tin người tố cáo của một người.",
    ),
    Action.DECLARE_RELATION: Wording(
        "Khai báo người có liên quan",
        "Khai báo có liên quan",
        "Người có quan hệ với một bên trong đơn không được biết và xử lý hồ sơ này.",
    ),
    Action.ADD_PAPER: Wording(
        "Bổ sung đơn, tài liệu",
        "Thêm tài liệu",
        "Thêm đơn trùng, đơn bổ sung hoặc tài liệu vào hồ sơ.",
    ),
    Action.SPLIT: Wording(
        "Tách đơn nhiều nội dung",
        "Tách hồ sơ",
        "Tách các nội dung khác nhau thành những hồ sơ liên kết.",
    ),
    Action.UNDO_SPLIT: Wording(
        "Hoàn tác tách hồ sơ",
        "Hoàn tác tách",
        "Khôi phục hồ sơ trước khi tách.",
    ),
    Action.JOIN: Wording(
        "Nhập hồ sơ",
        "Nhập vào hồ sơ khác",
        "Nhập hồ sơ cùng vụ việc vào một hồ sơ.",
    ),
    Action.UNDO_JOIN: Wording(
        "Hoàn tác nhập hồ sơ",
        "Hoàn tác nhập",
        "Khôi phục hồ sơ trước khi nhập.",
    ),
    Action.CORRECT: Wording(
        "Đính chính thông tin",
        "Đính chính",
        "Sửa thông tin đã đăng ký; giữ lại nội dung trước và sau.",
    ),
    Action.CORRECT_DATE: Wording(
        "Đính chính ngày",
        "Đính chính ngày",
        "Sửa ngày của một việc đã ghi; các thời hạn được tính lại, hiện cũ và mới.",
    ),
    Action.RESTATE: Wording(
        "Tính lại thời hạn",
        "Tính lại thời hạn",
        "Tính lại thời hạn khi lịch làm việc, địa bàn hoặc quy định thay đổi.",
    ),
    Action.CLOSE: Wording(
        "Kết thúc hồ sơ",
        "Kết thúc",
        "Kết thúc theo dõi khi mọi việc đã xong.",
    ),
    Action.REOPEN: Wording(
        "Mở lại hồ sơ",
        "Mở lại",
        "Đưa hồ sơ đã kết thúc trở lại bước trước đó, nêu rõ lý do.",
    ),
    Action.VOID: Wording(
        "Hủy hồ sơ đăng ký nhầm",
        "Hủy hồ sơ",
        "Hai người cùng xác nhận; mã hồ sơ không dùng lại.",
    ),
}
