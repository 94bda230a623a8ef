"""The shipped forms against the decrees: which there are, since when, what they ask and what they print."""

from __future__ import annotations

from datetime import date

import pytest

from config.settings import ROOT
from petitions.documents.catalog import form_for, forms, forms_of
from petitions.documents.forms import Form, required
from petitions.documents.layout import template_of
from petitions.documents.lint import lint
from petitions.errors import Invalid, NotFound
from tests.conftest import TODAY
from workflows.transitions import TABLE
from workflows.vocabulary import Action, Kind

OLD_END, NEW = date(2026, 6, 30), date(2026, 7, 1)
NĐ124, NĐ31, TT05 = date(2020, 12, 10), date(2019, 5, 28), date(2021, 11, 15)

INDEX = {
    "nd154:01/TCD": [(NEW, None)],
    "nd154:02/TCD": [(NEW, None)],
    "nd154:03/TCD": [(NEW, None)],
    "nd154:ket-luan": [(NEW, None)],
    "nd124:03": [(NĐ124, OLD_END), (NEW, None)],
    "nd124:04": [(NĐ124, OLD_END), (NEW, None)],
    "nd124:05": [(NĐ124, None)],
    "nd124:06": [(NĐ124, None)],
    "nd124:07": [(NĐ124, None)],
    "nd124:08": [(NĐ124, None)],
    "nd124:11": [(NĐ124, None)],
    "nd124:12": [(NĐ124, None)],
    "nd124:13": [(NĐ124, None)],
    "nd124:14": [(NĐ124, OLD_END), (NEW, None)],
    "nd124:14a": [(NEW, None)],
    "nd124:14b": [(NEW, None)],
    "nd124:15": [(NĐ124, None)],
    "nd124:16": [(NĐ124, None)],
    "nd31:01": [(NĐ31, None)],
    "nd31:03": [(NĐ31, OLD_END), (NEW, None)],
    "nd31:04": [(NĐ31, None)],
    "nd31:05": [(NĐ31, None)],
    "nd31:06": [(NĐ31, None)],
    "nd31:07": [(NĐ31, None)],
    "nd31:10": [(NĐ31, None)],
    "nd31:12": [(NĐ31, None)],
    "tt05:01": [(TT05, None)],
    "tt05:huong-dan": [(TT05, None)],
    "tt05:03": [(TT05, None)],
    "tt05:chuyen-knpa": [(TT05, None)],
    "tt05:tra-don": [(TT05, None)],
    "tt05:don-doc": [(TT05, None)],
    "x:giay-moi": [(NEW, None)],
}
"""Every official form, with the days its texts are in force between."""

BESIDES = {
    "nd124:01", "nd124:02", "nd124:09", "nd124:10", "nd31:02", "x:phieu-hen", "x:to-trinh",
    "x:phieu-xu-ly", "x:tra-loi-co-quan-chuyen", "x:giao-viec", "x:tra-don-chuyen-sai", "x:bao-cao",
    "x:giao-xac-minh", "x:tb-ket-luan-tc", "x:tra-loi-knpa", "x:luu-don", "x:tam-dinh-chi-tc",
    "x:dinh-chi-tc", "x:tiep-tuc-tc", "x:tb-chuyen-tc",
}  # fmt: skip
"""Blanks citizens fill in, and papers of the office no decree draws up."""

NEEDED = {
    "nd154:01/TCD": {"citizen_name", "citizen_address", "visited_on", "petition_kind", "summary", "refusal_ground", "evidence_ref"},
    "nd154:02/TCD": {"receiver_name", "receiver_title", "giver_name", "items", "venue", "received_at", "copies"},
    "nd154:ket-luan": {"session_kind", "participants", "conclusion", "follow_up_unit"},
    "nd124:03": {"addressee", "complainant_name", "complainant_address", "subject"},
    "nd124:04": {"complainant_name", "complainant_address", "subject", "ground_no", "reason"},
    "nd124:05": {"complainant_name", "verify_content", "verify_days", "members", "responsible", "function_document", "issuer_office_caps"},
    "nd124:06": {"started_at", "ended_at", "venue", "verifiers", "counterparts", "content", "results", "copies"},
    "nd124:07": {"requested_body", "accepted_on", "contested_decision", "request_items", "due_on", "receiver", "unit_abbr"},
    "nd124:08": {"receivers", "givers", "items", "copies"},
    "nd124:11": {"stayed_decision", "reason", "stay_from", "issuer_of_contested", "enforcers"},
    "nd124:12": {"stay_ref", "reason", "issuer_of_contested", "enforcers"},
    "nd124:13": {"assigner", "verification_ref", "from_day", "to_day", "verifier", "demands", "findings", "verdict", "conclusion", "proposals"},
    "nd124:14": {"started_at", "ended_at", "venue", "chair_name", "secretary_name", "complainants", "respondents", "opening", "opinions", "agreed", "differing", "copies"},
    "nd124:14a": {"measure", "ground", "ground_document", "reason", "complainant_name", "complainant_address", "subject"},
    "nd124:14b": {"suspension_ref", "reason"},
    "nd124:15": {"advising_body", "report_ref", "contents", "findings", "conclusions", "disposition", "second_window", "second_settler", "executors"},
    "nd124:16": {"first_decision_ref", "first_result", "dialogue_result", "conclusions", "court_window", "executors"},
    "nd31:01": {"acceptance_ref", "days", "old_due", "responsible", "proposer", "function_document"},
    "nd31:03": {"recorder", "withdrawer_name", "settler", "withdrawn_contents", "copies"},
    "nd31:04": {"denounced", "received_on", "accepted_contents", "days", "denounced_full", "proposer"},
    "nd31:05": {"denouncer_name", "received_on", "denounced_full", "outcome"},
    "nd31:06": {"denounced_name", "acceptance_statement"},
    "nd31:07": {"members", "verify_contents", "verify_days", "heads", "denounced"},
    "nd31:10": {"setter_up", "team_ref", "from_day", "to_day", "denounced_and_summary", "findings", "assessments", "proposals"},
    "nd31:12": {"denounced", "acceptance_number", "findings", "legal_grounds", "conclusions", "measures"},
    "tt05:01": {"approver", "petition_kind", "sender_line", "received_on", "summary", "conditions_checked", "competence_basis"},
    "tt05:huong-dan": {"sender_name", "received_on", "summary", "competent_body", "legal_basis"},
    "tt05:03": {"competent_body", "received_on", "summary"},
    "tt05:tra-don": {"forwarder", "forward_ref", "sender_name", "reason", "competent_body"},
    "tt05:don-doc": {"subordinate_head", "source_ref", "summary", "original_due", "citation", "reply_due"},
    "x:giay-moi": {"invitee", "capacity", "chair", "starts_at", "venue", "agenda"},
}  # fmt: skip
"""What a form may not go out without."""

PRESCRIBED = {
    "nd154:01/TCD": ("khoản 3 Điều 9 Luật Tiếp công dân", "điểm h khoản 1 Điều 4 Nghị định số 154/2026/NĐ-CP", "từ chối tiếp nhận nội dung"),
    "nd154:02/TCD": ("giao cho người cung cấp thông tin, tài liệu 01 bản", "NGƯỜI CUNG CẤP THÔNG TIN, TÀI LIỆU"),
    "nd124:03": ("căn cứ quy định của pháp luật về khiếu nại", "nhận thấy đơn khiếu nại đủ điều kiện thụ lý"),
    "nd124:04": ("căn cứ Điều 11 của Luật Khiếu nại", "không đủ điều kiện để thụ lý giải quyết vì"),
    "nd124:05": ("Điều 1. Tiến hành xác minh nội dung khiếu nại của", "có nhiệm vụ xác minh làm rõ nội dung khiếu nại được nêu tại Điều 1 Quyết định này"),
    "nd124:06": ("mọi người nhất trí với nội dung biên bản và xác nhận dưới đây", "mỗi bên giữ 01 bản./."),
    "nd124:07": ("cơ quan chức năng đã thụ lý giải quyết đơn khiếu nại", "Địa chỉ (hoặc tên người) nhận"),
    "nd124:08": ("Đã giao, nhận thông tin, tài liệu, bằng chứng sau đây", "BÊN GIAO"),
    "nd124:11": ("Điều 1. Tạm đình chỉ việc thi hành quyết định", "đến khi có quyết định hủy bỏ Quyết định này"),
    "nd124:12": ("Điều 2. Quyết định này có hiệu lực kể từ ngày ban hành.",),
    "nd124:13": ("4. Kiến nghị về việc giải quyết khiếu nại", "xem xét, cho ý kiến chỉ đạo./."),
    "nd124:14": ("I. THÀNH PHẦN THAM GIA ĐỐI THOẠI", "II. NỘI DUNG ĐỐI THOẠI", "III. KẾT QUẢ ĐỐI THOẠI", "mỗi người nhận 01 bản./."),
    "nd124:14b": ("Thời hạn giải quyết khiếu nại tiếp tục được tính từ ngày ban hành Quyết định này",),
    "nd124:15": ("không đồng ý với giải quyết khiếu nại của", "tại Tòa án theo quy định của pháp luật về tố tụng hành chính", "Xét đơn khiếu nại"),
    "nd124:16": ("Công nhận và giữ nguyên nội dung quyết định giải quyết khiếu nại lần đầu là đúng", "chấm dứt hành vi hành chính"),
    "nd31:01": ("Điều 1. Gia hạn giải quyết tố cáo đối với vụ việc tố cáo đã được thụ lý tại",),
    "nd31:03": ("đã làm việc trực tiếp với", "về việc đề nghị rút nội dung tố cáo", "NGƯỜI RÚT TỐ CÁO"),
    "nd31:04": ("Điều 1. Thụ lý tố cáo đối với:", "Nội dung tố cáo được thụ lý:", "Thời hạn giải quyết tố cáo là"),
    "nd31:05": ("thực hiện quyền, nghĩa vụ của người tố cáo theo quy định của pháp luật./.",),
    "nd31:06": ("thực hiện quyền, nghĩa vụ của người bị tố cáo theo quy định của pháp luật./.",),
    "nd31:07": ("các điểm a, b, c, d khoản 1 và điểm a, b, c khoản 2 Điều 11 của Luật Tố cáo",),
    "nd31:10": ("đề nghị {{ setter_up }} xem xét, chỉ đạo./.",),
    "nd31:12": ("đối chiếu với các quy định của pháp luật", "4. Các biện pháp xử lý theo thẩm quyền cần thực hiện và kiến nghị"),
    "tt05:03": ("PHIẾU CHUYỂN ĐƠN TỐ CÁO", "Thông tư số 05/2021/TT-TTCP ngày 01 tháng 10 năm 2021"),
    "tt05:don-doc": ("báo cáo về quá trình giải quyết tố cáo, lý do về việc chậm giải quyết tố cáo",),
    "x:giay-moi": ("không tham gia đối thoại mà không có lý do chính đáng thì người giải quyết khiếu nại vẫn tiếp tục giải quyết khiếu nại",),
}  # fmt: skip
"""Wording a decree or a law prints, word for word."""

READ_IN_THE_DECREE = {
    "nd154:02/TCD", "nd154:03/TCD", "nd124:03/2020", "nd124:04/2020", "nd124:06", "nd124:07",
    "nd124:08", "nd124:11", "nd124:12", "nd124:13", "nd31:01", "nd31:03/2019", "nd31:05", "nd31:06", "nd31:07",
    "nd31:10",
}  # fmt: skip
SEALED_ALLOWED = {
    "nd154:01/TCD", "nd154:02/TCD", "nd31:02", "nd31:03", "nd31:05", "x:tb-ket-luan-tc",
    "x:tb-chuyen-tc",
}  # fmt: skip
"""The denouncer's own papers, and letters only the denouncer gets."""


def printed(form: Form) -> str:
    """Everything the form prints as it stands."""
    return "\n".join((*form.texts(), *form.recipients))


def of_key(key: str) -> list[Form]:
    return [each for each in forms() if each.key == key]


def test_every_form_of_the_index_is_there_in_its_versions() -> None:
    """The days a text is in force decide which version an issue date gets."""
    found = {key: [(each.valid_from, each.valid_to) for each in of_key(key)] for key in INDEX}
    assert found == INDEX


def test_the_office_has_its_own_papers_too() -> None:
    assert {each.key for each in forms()} >= BESIDES


def test_the_issue_date_chooses_the_version() -> None:
    """The last day of the old text and the first of the new; before any text there is no form."""
    assert form_for("nd124:03", OLD_END).version == "2020"
    assert form_for("nd124:03", NEW).version == "2026"
    assert "(" not in form_for("nd124:03", NEW).subject
    assert form_for("nd124:03", OLD_END).subject.endswith("({{ instance_word }})")
    with pytest.raises(Invalid):
        form_for("nd124:14a", OLD_END)
    with pytest.raises(NotFound):
        form_for("nd124:99", NEW)


def test_the_amending_law_is_cited_from_its_first_day() -> None:
    """Recitals name the law and decree of 2026 only on documents since 1 July 2026."""
    for key, decree in (("nd124:05", "155/2026/NĐ-CP"), ("nd31:04", "156/2026/NĐ-CP")):
        before, since = ("\n".join(form_for(key, day).recitals) for day in (OLD_END, NEW))
        assert decree in since and decree not in before
        assert "ngày 10 tháng 12 năm 2025" in since and "năm 2025" not in before


@pytest.mark.parametrize("key", sorted(NEEDED))
def test_what_a_form_asks_for(key: str) -> None:
    assert NEEDED[key] <= required(form_for(key, TODAY))


@pytest.mark.parametrize("key", sorted(PRESCRIBED))
def test_prescribed_wording_stands_as_the_text_prints_it(key: str) -> None:
    text = printed(form_for(key, TODAY))
    assert [words for words in PRESCRIBED[key] if words not in text] == []


def test_what_is_not_read_in_the_decree_says_so() -> None:
    """Texts from memory, damaged scans and transcriptions wait for somebody to compare them."""
    confirmed = {
        each.key if len(of_key(each.key)) == 1 else f"{each.key}/{each.version}"
        for each in forms()
        if each.confirmed
    }
    assert confirmed == READ_IN_THE_DECREE


def test_only_the_denouncers_own_papers_may_hold_sealed_values() -> None:
    assert {each.key for each in forms() if each.sealed} == SEALED_ALLOWED
    for each in forms():
        if each.audience in ("respondent", "bodies", "public"):
            assert not each.sealed


def test_forms_the_denounced_gets_speak_of_no_petition() -> None:
    """The notice to the denounced has no blank a petition's own words, date or sender could come in by."""
    names = {each.name for each in form_for("nd31:06", TODAY).fields}
    assert names == {"denounced_name", "acceptance_statement"}
    for key in ("nd31:01", "nd31:04", "nd31:06", "nd31:07", "nd31:12"):
        assert not {each.name for each in form_for(key, TODAY).fields} & {
            "content", "petition_date", "forwarder", "forward_ref", "sender_name", "attachments",
        }  # fmt: skip


def test_every_legal_act_has_its_paper() -> None:
    """A row that bears a signature finds a form of its kind, the ones it names among them."""
    without, missing = set(), set()
    for row in TABLE:
        for kind in row.kinds:
            found = {each.key for each in forms_of(row.action, kind, TODAY)}
            if row.legal and not found:
                without.add((row.action, kind))
            missing |= {(row.action, kind, key) for key in row.forms if key not in found}
    assert (without, missing) == (set(), set())


def test_a_form_of_an_act_is_of_an_act_its_kind_knows() -> None:
    """No form claims an act that no row of any of its kinds can do."""
    known = {(row.action, kind) for row in TABLE for kind in row.kinds}
    lost = [
        (each.key, action)
        for each in forms()
        for action in each.acts
        if not any((action, kind) in known for kind in each.kinds)
    ]
    assert lost == []


@pytest.mark.parametrize("form", forms(), ids=lambda each: f"{each.key}@{each.version}")
def test_the_standard_template_passes_the_check_of_uploads(form: Form) -> None:
    assert lint(template_of(form), form) == []


def test_decisions_bear_who_decides_and_why() -> None:
    """Every decision has recitals, articles and the line of the office that issues it."""
    for each in forms():
        if each.abbreviation == "QĐ":
            assert each.competence_line and each.recitals and "^ QUYẾT ĐỊNH:" in each.body, each.key
            assert "chịu trách nhiệm thi hành" in each.body, each.key
        else:
            assert not each.competence_line, each.key


def test_a_refusal_of_reception_is_written_on_two_grounds_only() -> None:
    field = form_for("nd154:01/TCD", TODAY).field("refusal_ground")
    assert field is not None and [each.value for each in field.choices] == ["k3d9", "h_k1d4"]


def test_no_form_prints_alternatives_or_helps_for_filling_in() -> None:
    """What a form offers with a slash, "(nếu có)" or dots is decided before it is printed."""
    for each in forms():
        text = printed(each).replace("Đoàn (Tổ)", "").replace("dấu (nếu có)", "")
        for mark in (
            "....",
            "…",
            "(nếu có)",
            "tạm đình chỉ/đình chỉ",
            "kiến nghị/phản ánh",
            "Đoàn/Tổ",
        ):
            assert mark not in text, (each.key, mark)


def test_free_letters_belong_to_no_act() -> None:
    """The proposal and the routing slip may be written at any time, for any kind."""
    for kind in Kind:
        assert {"x:to-trinh", "x:phieu-xu-ly"} <= {each.key for each in forms_of(None, kind, TODAY)}
    assert "x:giay-moi" in {
        each.key for each in forms_of(Action.PLAN_DIALOGUE, Kind.COMPLAINT, TODAY)
    }


def test_the_list_for_readers_names_every_version() -> None:
    """docs/forms.md says of each version since when it is in force and whether it was confirmed."""
    page = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(("| `nd", "| `tt05:", "| `x:"))]
    for each in forms():
        row = next(
            line for line in rows if f"`{each.key}` |" in line and f" {each.version} | {each.valid_from}" in line
        )  # fmt: skip
        assert each.name in row and each.base in row
        assert row.endswith("| yes |" if each.confirmed else "| no |")
        assert ("(sealed)" in row) == bool(each.sealed)
