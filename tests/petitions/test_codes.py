"""Case codes with their check digit, and look-up secrets."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.codes import CaseCode, CodeError, make_code, new_secret, normalise_secret, parse_code

CODES = st.builds(
    CaseCode,
    st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True).filter(str.isascii),
    st.integers(1900, 2199),
    st.integers(1, 9_999_999),
)


def reason(text: str) -> str:
    with pytest.raises(CodeError) as refused:
        parse_code(text)
    return refused.value.reason


def test_a_code_is_written_as_on_the_slip() -> None:
    assert make_code("TCD", 2026, 123) == "TCD-2026-000123-7"
    assert make_code("UB1", 2026, 1_234_567) == "UB1-2026-1234567-6"


@given(CODES)
def test_what_is_made_is_read(code: CaseCode) -> None:
    assert parse_code(str(code)) == code
    assert parse_code(f"  {str(code).lower().replace('-', ' – ')}\n") == code


@given(CODES)
def test_without_dashes_it_is_read_right_or_not_at_all(code: CaseCode) -> None:
    try:
        read = parse_code(str(code).replace("-", ""))
    except CodeError as refused:
        read = refused.reason
    assert read in (code, "ambiguous")


@pytest.mark.parametrize(
    "typed",
    [
        "TCD20260001237",
        "tcd2026-0001237",
        "TCD 2026 000123 7",
        "TCD-2026-000 123-7",
        "tcd.2026/123_7",
        "TCD–2026—000123‑7",
        "ＴＣＤ-2026-000123-7",
        "TCD-2026-0001237",
        "TCD - 2026 - 123 - 7",
    ],
)
def test_tolerated_spellings(typed: str) -> None:
    assert str(parse_code(typed)) == "TCD-2026-000123-7"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "7",
        "TCD",
        "TCD-2026-000123",
        "T-2026-000123-7",
        "TCD-26-000123-7",
        "TCD-2026-000000-1",
        "TCD-2026-0000123-7",
        "TCD-1899-000123-7",
        "ĐTC-2026-000123-7",
        "TCD-2026-00O123-7",
        "TOOLONGPFX-2026-000123-7",
        "TCD-2026-000123-7-1",
    ],
)
def test_malformed(typed: str) -> None:
    assert reason(typed) == "malformed"


def test_a_run_of_digits_that_may_be_cut_two_ways_is_not_guessed() -> None:
    joined = make_code("2020", 2020, 2_020_202).replace("-", "")
    assert reason(joined) == "ambiguous"


@given(CODES, st.data())
def test_one_wrong_digit_is_always_noticed(code: CaseCode, data: st.DataObject) -> None:
    written = str(code)
    at = data.draw(st.sampled_from([at for at, sign in enumerate(written) if sign.isdigit()]))
    wrong = data.draw(st.sampled_from([digit for digit in string.digits if digit != written[at]]))
    with pytest.raises(CodeError):
        parse_code(written[:at] + wrong + written[at + 1 :])


def test_nearly_every_swap_of_neighbours_is_noticed() -> None:
    draw = random.Random(7)
    tried = missed = 0
    for _ in range(2000):
        code = make_code("TCD", draw.randint(2000, 2099), draw.randint(1, 999_999))
        for at in range(9, 14):
            if code[at] != code[at + 1]:
                swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
                tried += 1
                try:
                    parse_code(swapped)
                    missed += 1
                except CodeError:
                    pass
    assert tried > 5000
    assert missed / tried < 0.03


@pytest.mark.parametrize(
    ("prefix", "year", "number"),
    [
        ("T", 2026, 1),
        ("TCDTCDTCD", 2026, 1),
        ("tcd", 2026, 1),
        ("TC-", 2026, 1),
        ("TCD", 26, 1),
        ("TCD", 2026, 0),
        ("TCD", 2026, -1),
    ],
)
def test_no_book_gives_out_such_a_code(prefix: str, year: int, number: int) -> None:
    with pytest.raises(CodeError):
        make_code(prefix, year, number)


def test_secrets_are_easy_to_read_out_and_hard_to_guess() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert not set("".join(secrets)) & set("01ILOU")
    assert all(normalise_secret(secret.lower().replace("-", " ")) == secret.replace("-", "") for secret in secrets)  # fmt: skip


def test_a_secret_is_drawn_sign_by_sign() -> None:
    draw = random.Random(1)
    assert new_secret(draw.choice) != new_secret(draw.choice)
    assert new_secret(min) == "2222-2222-2222"
