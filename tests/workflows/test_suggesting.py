"""What the words of a petition point to: realistic sentences, with the traps people lay."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path

import pytest

from config.settings import ROOT
from workflows.suggesting import Phrasebook
from workflows.vocabulary import Kind

CATALOG = tomllib.loads((ROOT / "config" / "catalog" / "suggestions.toml").read_text("utf-8"))
KINDS, FIELDS = (Phrasebook.of(CATALOG[name]) for name in ("kind", "field"))

KN, TC, KIEN, PHAN = "complaint", "denunciation", "recommendation", "feedback"
SENTENCES = [
    # complaints
    ("Tôi không đồng ý với Quyết định số 12/QĐ-UBND về thu hồi 120 m² đất ở.", KN, "thu-hoi-dat"),
    ("Khiếu nại quyết định thu hồi đất của UBND xã đối với gia đình tôi", KN, "thu-hoi-dat"),
    ("khieu nai quyet dinh thu hoi dat cua ubnd xa", KN, "thu-hoi-dat"),
    ("Gia đình tôi không đồng ý với phương án bồi thường, đề nghị tính lại giá bồi thường.", KN, "boi-thuong-ho-tro"),
    ("Đề nghị hủy quyết định xử phạt vi phạm hành chính số 45 vì tôi có giấy phép xây dựng", KN, "trat-tu-xay-dung"),
    ("Khiếu nại việc UBND xã không cấp giấy chứng nhận quyền sử dụng đất cho hộ tôi", KN, "giay-chung-nhan"),
    ("Khiếu nại quyết định kỷ luật buộc thôi việc của Giám đốc Sở đối với tôi", KN, "can-bo-cong-chuc"),
    ("Khiếu nại hành vi hành chính của cán bộ một cửa trả lại hồ sơ của tôi không lý do", KN, "cham-giai-quyet"),
    ("Tôi khiếu nại Thông báo thu hồi sổ đỏ, cấp chồng lên đất nhà tôi", KN, "giay-chung-nhan"),
    ("Không nhất trí với quyết định giải quyết lần đầu, tôi khiếu nại lần hai", KN, None),
    ("Khiếu nại việc cắt trợ cấp hàng tháng của người khuyết tật", KN, "bao-tro-xa-hoi"),
    ("Tôi khiếu nại quyết định đình chỉ chế độ thương binh", KN, "nguoi-co-cong"),
    ("Bảo hiểm xã hội tính thiếu năm đóng, tôi khiếu nại quyết định hưởng lương hưu", KN, "bao-hiem"),
    # a complaint called otherwise: the content decides
    ("ĐƠN TỐ CÁO. Tôi không đồng ý với Quyết định số 12 thu hồi đất của gia đình tôi, đề nghị hủy quyết định.", KN, "thu-hoi-dat"),
    ("Đơn xin xem xét lại quyết định xử phạt gia đình tôi", KN, None),
    ("Đơn kiến nghị: đề nghị hủy quyết định cưỡng chế thu hồi đất của gia đình tôi", KN, "thu-hoi-dat"),
    ("Tôi không tố cáo ai, tôi chỉ khiếu nại quyết định về giá bồi thường", KN, "boi-thuong-ho-tro"),
    # denunciations
    ("Tố cáo ông Chủ tịch xã nhận tiền của dân để cấp đất trái thẩm quyền", TC, "tham-nhung"),
    ("Tôi tố cáo bà kế toán trường lập hồ sơ khống để rút tiền", TC, None),
    ("Cán bộ địa chính đã nhận tiền của tôi 20 triệu đồng rồi không làm hồ sơ", TC, "tham-nhung"),
    ("to cao hieu truong tham o quy cua truong hoc", TC, "tham-nhung"),
    ("Tố cáo trưởng thôn chiếm dụng quỹ thôn, khai khống tiền hỗ trợ", TC, "thu-chi"),
    ("Ông A lợi dụng chức vụ bổ nhiệm con trai dùng bằng cấp giả", TC, None),
    ("Đơn khiếu nại: tôi tố cáo ông Phó Chủ tịch giả mạo chữ ký, chiếm đoạt tài sản", TC, None),
    ("Hành vi vi phạm pháp luật của cán bộ thuế: đòi tiền của hộ kinh doanh", TC, None),
    ("Tố giác nhóm người ăn chặn tiền hỗ trợ người nghèo, bỏ túi riêng", TC, "tham-nhung"),
    # recommendations
    ("Kiến nghị nâng cấp tuyến đường liên thôn vì bà con đi lại khó khăn", KIEN, "giao-thong"),
    ("Đơn xin hỗ trợ xây nhà tình nghĩa cho hộ nghèo", KIEN, "bao-tro-xa-hoi"),
    ("Đơn đề nghị: kính mong xã đề nghị lắp đèn đường cho thôn", KIEN, "giao-thong"),
    ("Kiến nghị sửa đổi quy định về học phí trường tiểu học", KIEN, "giao-duc"),
    ("Chúng tôi đề xuất giải pháp chống ngập cho khu dân cư", KIEN, None),
    ("kien nghi bo sung nuoc sach cho ban vung cao", KIEN, "nguon-nuoc"),
    ("Đơn xin cấp đất ở: nguyện vọng được giao đất giãn dân", KIEN, "dat-dai"),
    ("Kiến nghị các cấp quan tâm chế độ cho cựu thanh niên xung phong", KIEN, "nguoi-co-cong"),
    # feedback
    ("Phản ánh tình trạng trại lợn gây ô nhiễm, mùi hôi nồng nặc", PHAN, "o-nhiem"),
    ("Phản ánh việc xe quá tải chạy qua thôn làm hư hỏng mặt đường", PHAN, "giao-thong"),
    ("Nhà hàng xóm xây dựng không phép, lấn chiếm vỉa hè, xin báo để xã kiểm tra", PHAN, None),
    ("phan anh viec chat pha rung phong ho o ban", PHAN, "rung"),
    ("Phản ánh thái độ phục vụ, gây phiền hà của cán bộ một cửa", PHAN, "sach-nhieu"),
    ("Đơn trình báo: tiếng ồn karaoke ban đêm gây mất vệ sinh, trật tự", PHAN, None),
    ("Khai thác cát trái phép ban đêm trên sông làm hư hỏng bờ ruộng", PHAN, "khoang-san"),
    # too little, or not about itself
    ("Ban Tiếp công dân chuyển hồ sơ theo Luật Khiếu nại, Luật Tố cáo", None, None),
    ("Tôi là công dân xã An Bình", None, None),
    ("Đất nước ta ngày càng đổi mới", None, None),
    ("đạt kết quả tốt trong năm", None, None),
    ("Người bị tố cáo đã có giải trình", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "field"), SENTENCES, ids=range(len(SENTENCES)))
def test_realistic_sentences(text: str, kind: str | None, field: str | None) -> None:
    """The kind, and the field where the words tell one, however the text is composed."""
    for written in (text, unicodedata.normalize("NFD", text), text.upper()):
        found = KINDS.suggest(written)
        assert (found.value if found else None) == kind, KINDS.rank(written)
        if field is not None:
            hint = FIELDS.suggest(written)
            assert hint is not None, FIELDS.rank(written)
            assert hint.value == field, FIELDS.rank(written)
    if kind is None:
        assert FIELDS.suggest(text) is None, FIELDS.rank(text)


def test_it_tells_why() -> None:
    """The phrases that told stand in the order of their weight; each counts once."""
    hint = KINDS.suggest("Tôi không đồng ý với quyết định này. Khiếu nại, khiếu nại, khiếu nại!")
    assert hint is not None
    assert hint.told == ("không đồng ý với quyết định", "khiếu nại")
    assert hint.score == 9


def test_the_catalog_names_what_exists() -> None:
    """Every kind is one, every field is in the catalogue, no phrase stands twice for one question."""
    fields = Path(ROOT / "config" / "catalog" / "fields.toml").read_text("utf-8")
    assert KINDS.values() == {kind.value for kind in Kind}
    for value in FIELDS.values():
        assert f'code = "{value}"' in fields, value
    for question in ("kind", "field"):
        phrases = [phrase.casefold() for entry in CATALOG[question] for phrase in entry["phrases"]]
        twice = {phrase for phrase in phrases if phrases.count(phrase) > 1}
        assert not twice


def test_long_texts_are_read_at_their_beginning() -> None:
    """Ten megabytes cost no more than the part that is read."""
    assert KINDS.suggest("a " * 5_000_000 + "tôi tố cáo ông B nhận hối lộ") is None
    assert KINDS.suggest("") is None
