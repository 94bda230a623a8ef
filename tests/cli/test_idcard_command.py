"""``donthu id-card`` as other programs call it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from petitions.cli.idcard import id_card_command

CARD = "001304000002||Trần Thị Mẫu|01012004|Nữ|Tổ 2, Phường C, Hà Nội|01082024||||"
KEYS = "layout id_number old_id_number name birth_date birth_precision sex address issued_on warnings"  # fmt: skip


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(id_card_command, arguments, input=stdin)


@pytest.mark.parametrize("arguments", [[CARD], ["-"]])
def test_a_card_is_printed_as_json(arguments: list[str]) -> None:
    result = run(*arguments, stdin=b"\xef\xbb\xbf" + CARD.encode() + b"\r\n")
    assert result.exit_code == 0
    assert result.stderr == ""
    printed = json.loads(result.stdout)
    assert list(printed) == KEYS.split()
    assert printed == {
        "layout": "can-cuoc-2024",
        "id_number": "001304000002",
        "old_id_number": None,
        "name": "Trần Thị Mẫu",
        "birth_date": "2004-01-01",
        "birth_precision": "year",
        "sex": "female",
        "address": "Tổ 2, Phường C, Hà Nội",
        "issued_on": "2024-08-01",
        "warnings": ["birth_year_only"],
    }
    assert "Trần Thị Mẫu" in result.stdout


@pytest.mark.parametrize(
    ("stdin", "says"),
    [
        (b"", "không có dữ liệu"),
        (b"\xff\xfe\x00", "không đọc được"),
        (b"GD4010112345678|4e67|01/01/1990|1|x", "bảo hiểm y tế"),
        (b"eyJhbGciOiJIUzI1NiJ9.abc", "VNeID"),
        (b"001304000002||Tr", "quét dở"),
        (b"a|b|c", "quá ít trường"),
        (CARD.replace("0101", "3102").encode(), "không tồn tại trong lịch"),
    ],
)
def test_what_is_no_card_is_refused_in_one_line(stdin: bytes, says: str) -> None:
    result = run("-", stdin=stdin)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
