"""The catalogue of forms: chosen by day, blocks by day, every mistake named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from petitions.documents.catalog import Catalog, CatalogFault, forms
from petitions.documents.forms import reading, required, words
from petitions.documents.layout import template_of
from petitions.documents.lint import lint
from petitions.errors import Invalid, NotFound
from tests.petitions.documents.specimen import DAY, SPEC, catalog, form, loaded
from workflows.vocabulary import Action, Kind


def test_versions_are_chosen_by_the_documents_day() -> None:
    second = SPEC.split("[[form]]")[2].replace('version = "1"', 'version = "2"')
    first = SPEC.replace(
        'key = "t:cv"\nversion = "1"\nvalid_from = 2020-12-10',
        'key = "t:cv"\nversion = "1"\nvalid_from = 2020-12-10\nvalid_to = 2026-06-30',
    )
    later = second.replace("valid_from = 2020-12-10", "valid_from = 2026-07-01")
    both = loaded(f"{first}\n[[form]]{later}")

    assert both.form_for("t:cv", date(2026, 6, 30)).version == "1"
    assert both.form_for("t:cv", date(2026, 7, 1)).version == "2"
    with pytest.raises(Invalid, match="không có hiệu lực"):
        both.form_for("t:cv", date(2020, 12, 9))
    with pytest.raises(NotFound):
        both.form_for("t:xx", DAY)


def test_lines_of_a_block_are_chosen_by_day() -> None:
    before = catalog().form_for("t:qd", date(2026, 6, 30))
    after = catalog().form_for("t:qd", date(2026, 7, 1))

    assert [line[:20] for line in before.recitals[:2]] == [
        "Căn cứ Luật Khiếu nạ",
        "Căn cứ {{ function_d",
    ]
    assert after.recitals[1] == "Căn cứ Luật sửa đổi ngày 10 tháng 12 năm 2025;"
    assert not any(line.startswith("@") for each in catalog().all() for line in each.recitals)


def test_forms_of_an_act_and_free_letters() -> None:
    def keys(action: Action | None, kind: Kind) -> list[str]:
        return [each.key for each in catalog().forms_of(action, kind, DAY)]

    assert keys(Action.DECIDE, Kind.COMPLAINT) == ["t:qd"]
    assert keys(Action.DECIDE, Kind.FEEDBACK) == []
    assert keys(None, Kind.COMPLAINT) == ["t:cv", "t:bb"]
    assert keys(None, Kind.FEEDBACK) == ["t:cv"]


def test_common_fields_are_required_where_they_are_printed_unasked() -> None:
    assert {"function_document", "issuer_office_caps", "agency_abbr", "place"} <= required(form())
    assert not {"parent_agency", "unit_abbr", "inspectorate", "proposer"} & required(form())
    assert "unit_abbr" in required(form("t:cv"))
    assert not {"agency_abbr", "place", "file_unit"} & required(form("t:bb"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('version = "1"\n', "", "thiếu version"),
        ('audience = "petitioner"', 'audience = "all"', "audience: phải là một trong"),
        ('acts = ["decide"]', 'acts = ["decided"]', "acts: phải là một trong"),
        ("competence_line = true", 'competence_line = "yes"', "true hoặc false"),
        ('need = "required"', 'need = "sometimes"', "need: phải là một trong"),
        ("{{ content }}", "{{ contents }}", "không có ô “contents”"),
        ("{{ content }}", "{{ content.upper() }}", "không được gọi hàm"),
        ("{{ content }}", "{{ content | upper }}", "không có bộ lọc “upper”"),
        ("{{ content }}", "{{ proposer }}", "có thể để trống"),
        ("{{ content }}", "{{ members }}", "là bảng"),
        ("{{ m.name }}", "{{ m.age }}", "không có “m.age”"),
        ("{% endfor %}", "", "mở mà không đóng"),
        ("| {{ loop.index }} | ", "| ", "không đủ 3 cột"),
        ('"@RC"', '"@RX"', "không có khối"),
        ('name = "proposer"', 'name = "agency"', "là ô chung"),
        ('name = "proposer"', 'name = "content"', "khai hai lần"),
        ('name = "proposer"', 'name = "Người"', "chữ thường không dấu"),
        ('name = "interested"', 'name = "denouncer_name"', "thông tin niêm phong"),
        ('audience = "petitioner"', 'sealed = ["nobody"]\naudience = "petitioner"', "không có ô nobody"),
        ('title = "QUYẾT ĐỊNH"\n', "", "thiếu tên loại"),
        ('abbreviation = "QĐ"', 'abbreviation = ""', "chữ viết tắt"),
        ('key = "t:cv"', 'key = "t:qd"', "hai phiên bản"),
        ('default = "5"', 'default = "{{ nothing }}"', "không có ô “nothing”"),
        ('"{{ inspectorate }}"', '"{{ inspector }}"', "không có ô “inspector”"),
    ],
)  # fmt: skip
def test_every_mistake_names_file_line_and_key(old: str, new: str, message: str) -> None:
    assert old in SPEC
    with pytest.raises(CatalogFault, match=r"t\.toml:\d+: ") as refused:
        loaded(SPEC.replace(old, new, 1))
    assert message in str(refused.value)


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text('[[form]]\nkey = "a"\ncolour = "red"\n', encoding="utf-8")
    with pytest.raises(CatalogFault, match=r"t\.toml:3: colour: khoá không có trong mẫu"):
        Catalog.load(tmp_path)


def test_the_shipped_forms_load_and_their_templates_pass_the_lint_of_uploads() -> None:
    assert forms()
    for each in forms():
        assert lint(template_of(each), each) == [], each.key
        assert not reading(each).faults, each.key
        assert each.sealed <= set(words(each)), each.key
