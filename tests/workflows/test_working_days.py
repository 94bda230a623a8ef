"""The calendar: the shipped days, counting over them, the years a judgement touches, strict files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workflows.shipped import CALENDAR_FILES, calendar
from workflows.calendar_files import CalendarError, export_calendar, load_calendar
from workflows.working_days import (
    Calendar,
    CalendarMissing,
    CalendarYear,
    DayType,
    Direction,
    Roll,
    SpecialDay,
    Unit,
    WorkingWeek,
    YearStatus,
    count,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def days_off(year: int) -> list[str]:
    """Weekdays of the year on which nobody works, as mm-dd."""
    each = date(year, 1, 1)
    found = []
    while each.year == year:
        if each.weekday() < 5 and not calendar().is_working(each):
            found.append(f"{each:%m-%d}")
        each += timedelta(days=1)
    return found


def worked_saturdays(year: int) -> list[str]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range(366)]
    return [
        f"{each:%m-%d}"
        for each in days
        if each.year == year and each.weekday() >= 5 and calendar().is_working(each)
    ]


@pytest.mark.parametrize(
    ("year", "off", "saturdays"),
    [
        # Tết Giáp Thìn 08-14/02 (mùng một is Saturday 10/02); 29/4 swapped with Saturday 04/5
        (2024, "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03", "05-04"),
        # Tết Ất Tỵ 27-31/01; Friday 02/5 swapped with Saturday 26/4
        (2025, "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02", "04-26"),
        # Friday 02/01 swapped with 10/01, Monday 31/8 with 22/8; 27/4 for Sunday 26/4; 24/11 is new
        (
            2026,
            "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02 11-24",
            "01-10 08-22",
        ),
    ],
)
def test_official_years(year: int, off: str, saturdays: str) -> None:
    assert calendar().years[year].status is YearStatus.OFFICIAL
    assert days_off(year) == off.split()
    assert worked_saturdays(year) == saturdays.split()


def test_only_2024_to_2026_are_official() -> None:
    statuses = {number: year.status for number, year in calendar().years.items()}
    assert statuses == {
        **dict.fromkeys(range(2014, 2024), YearStatus.HISTORICAL),
        **dict.fromkeys(range(2024, 2027), YearStatus.OFFICIAL),
        2027: YearStatus.DRAFT,
    }


@pytest.mark.parametrize("path", CALENDAR_FILES, ids=lambda path: path.stem)
def test_each_shipped_file_is_its_year(path: Path) -> None:
    (year,) = load_calendar([path]).years.values()
    assert path.stem == str(year.year)
    assert [each.day for each in year.days] == sorted(each.day for each in year.days)
    assert len(days_off(year.year)) >= 9  # ten legal holidays, at most some on weekends in lieu


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2026-01-10", True),  # Saturday worked for Friday 02/01
        ("2026-01-02", False),
        ("2026-08-22", True),  # Saturday worked for Monday 31/8
        ("2026-08-31", False),
        ("2026-11-23", True),  # Monday before the holiday, no swap decided
        ("2026-11-24", False),  # Tuesday, Ngày Văn hóa Việt Nam
        ("2025-11-24", True),  # Monday: not yet a holiday
        ("2026-04-26", False),  # Sunday
        ("2026-04-27", False),  # Monday in lieu
        ("2024-02-29", True),  # Thursday of a leap year
    ],
)
def test_is_working(text: str, works: bool) -> None:
    assert calendar().is_working(day(text)) is works


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-02-09", 7, "2026-02-25"),  # Monday, across Tết
        ("2026-08-20", 2, "2026-08-22"),  # Thursday: Friday, worked Saturday
        ("2026-08-24", -1, "2026-08-22"),  # Monday back to the worked Saturday
        ("2026-11-23", 1, "2026-11-25"),  # over 24/11
        ("2026-11-25", -1, "2026-11-23"),
        ("2025-12-31", 1, "2026-01-05"),  # 01/01 and 02/01 off, weekend
        ("2026-11-22", 1, "2026-11-23"),  # from a Sunday
        ("2026-11-20", 0, "2026-11-20"),
    ],
)
def test_add_working_days(start: str, amount: int, end: str) -> None:
    assert calendar().add_working_days(day(start), amount) == day(end)


@pytest.mark.parametrize(
    ("start", "how", "end"),
    [
        ("2026-09-01", Roll.NEXT, "2026-09-03"),
        ("2026-09-02", Roll.PREVIOUS, "2026-08-28"),
        ("2026-08-22", Roll.NEXT, "2026-08-22"),
        ("2026-11-22", Roll.NONE, "2026-11-22"),
        ("2026-12-31", Roll.NEXT, "2026-12-31"),
    ],
)
def test_roll(start: str, how: Roll, end: str) -> None:
    assert calendar().roll(day(start), how) == day(end)


ALONE = Calendar([calendar().years[2026]])


@pytest.mark.parametrize(
    ("ask", "missing"),
    [
        (lambda: ALONE.is_working(day("2027-01-01")), 2027),
        (lambda: ALONE.add_working_days(day("2026-12-31"), 1), 2027),
        (lambda: ALONE.add_working_days(day("2026-12-25"), 5), 2027),  # 28-31/12 are only four
        (lambda: ALONE.add_working_days(day("2026-01-05"), -1), 2025),  # 02/01 and 01/01 are off
        (lambda: ALONE.roll(day("2026-01-01"), Roll.PREVIOUS), 2025),
        (lambda: ALONE.last_working_day_on_or_before(day("2026-01-01")), 2025),
        (lambda: ALONE.shift(date.max, 1), 10000),
        (lambda: ALONE.shift(date.min, -1), 0),
        (lambda: Calendar([]).add_working_days(date.max, 1), 10000),
        (lambda: Calendar([CalendarYear(9999, YearStatus.DRAFT, "thử")]).add_working_days(day("9999-12-30"), 5), 10000),
        (lambda: Calendar([CalendarYear(1, YearStatus.DRAFT, "thử")]).add_working_days(day("0001-01-03"), -5), 0),
    ],
)  # fmt: skip
def test_a_judged_year_must_have_a_calendar(ask: object, missing: int) -> None:
    with pytest.raises(CalendarMissing) as caught:
        ask()  # type: ignore[operator]
    assert caught.value.year == missing
    assert str(caught.value) == f"chưa có lịch làm việc năm {missing}"


def test_days_passed_over_need_no_calendar() -> None:
    assert ALONE.add_working_days(day("2025-12-31"), 1) == day("2026-01-05")  # 2025 not judged
    assert ALONE.add_working_days(day("2027-01-01"), -1) == day("2026-12-31")
    assert ALONE.roll(day("2031-01-04"), Roll.NONE) == day("2031-01-04")
    assert ALONE.shift(day("2025-12-31"), 800) == day("2028-03-10")


def test_a_gap_between_years_is_noticed() -> None:
    holed = Calendar([calendar().years[2024], calendar().years[2026]])
    with pytest.raises(CalendarMissing, match="2025"):
        holed.add_working_days(day("2024-12-30"), 300)


def test_official_span() -> None:
    assert calendar().all_official(day("2024-01-01"), day("2026-12-31"))
    assert not calendar().all_official(day("2023-12-31"), day("2024-01-01"))
    assert not calendar().all_official(day("2026-12-31"), day("2028-01-01"))
    years = calendar().unofficial_years(day("2023-12-31"), day("2028-01-01"))
    assert [year.year for year in years] == [2023, 2027]


def test_counts_beyond_the_calendar_of_dates_overflow() -> None:
    week = WorkingWeek([], [])
    for amount in (10**7, 10**30):
        for unit in Unit:
            with pytest.raises(OverflowError):
                count(day("2026-01-01"), amount, unit, Direction.FORWARD, week)


@pytest.mark.parametrize(
    ("years", "reason"),
    [
        ([CalendarYear(2026, YearStatus.DRAFT, "a"), CalendarYear(2026, YearStatus.DRAFT, "b")], "lịch năm 2026 lặp lại"),
        ([CalendarYear(2026, YearStatus.DRAFT, "a", (SpecialDay(day("2025-11-24"), DayType.HOLIDAY, "x"),))], "không thuộc năm 2026"),
        ([CalendarYear(2026, YearStatus.DRAFT, "a", (SpecialDay(day("2026-11-22"), DayType.HOLIDAY, "x"),))], "rơi vào cuối tuần"),
        ([CalendarYear(2026, YearStatus.DRAFT, "a", (SpecialDay(day("2026-11-23"), DayType.SWAP_WORK, "x"),))], "không phải thứ Bảy"),
        ([CalendarYear(2026, YearStatus.DRAFT, "a", (SpecialDay(day("2026-11-24"), DayType.HOLIDAY, "x"),) * 2)], "ngày 2026-11-24 lặp lại"),
    ],
)  # fmt: skip
def test_a_calendar_cannot_be_made_of_nonsense(years: list[CalendarYear], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Calendar(years)


HEAD = 'year = 2026\nstatus = "official"\nsource = "Thông báo"\n'


def holiday(text: str, kind: str = "holiday", more: str = "") -> str:
    return f'\n[[day]]\ndate = {text}\ntype = "{kind}"\nnote = "nghỉ"\n{more}'


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (HEAD + 'colour = "red"\n', 4, "colour: khoá không có trong mẫu"),
        (HEAD.replace("official", "final"), 2, "status: phải là một trong"),
        (HEAD.replace("2026", '"2026"'), 1, "year: phải là số nguyên"),
        (HEAD.replace("2026", "true"), 1, "year: phải là số nguyên"),
        (HEAD.replace('source = "Thông báo"\n', ""), 1, "thiếu source"),
        (HEAD.replace("Thông báo", " "), 3, "source: phải là chữ"),
        (HEAD + "day = 3\n", 4, "phải là một danh sách bảng"),
        (HEAD + holiday("2025-11-24"), 6, "không thuộc năm 2026"),
        (HEAD + holiday("2026-11-22"), 6, "rơi vào cuối tuần"),  # Sunday
        (HEAD + holiday("2026-11-24") + holiday("2026-11-23", "swap_work"), 11, "không phải thứ Bảy"),
        (HEAD + holiday("2026-11-24") + holiday("2026-11-24", "swap_off"), 11, "2026-11-24 lặp lại"),
        (HEAD + holiday("2026-08-22", "swap_work") + holiday("2026-08-22", "swap_off"), 11, "2026-08-22 lặp lại"),
        (HEAD + holiday("2026-08-22", "swap_off"), 6, "rơi vào cuối tuần"),
        (HEAD + holiday('"2026-11-24"'), 6, "date: phải là một ngày"),
        (HEAD + holiday("2026-11-24T00:00:00"), 6, "date: phải là một ngày"),
        (HEAD + holiday("2026-11-24", "feast"), 7, "type: phải là một trong"),
        (HEAD + holiday("2026-11-24", more="why = 1\n"), 9, "why: khoá không có trong mẫu"),
        (HEAD + "\n[[day]]\ndate = 2026-11-24\n", 5, "thiếu type"),
        (HEAD + "\n[[day]]\ndate = 2026-11-31\n", 6, "không đúng cú pháp TOML"),
        (HEAD + "[[day]\n", 4, "không đúng cú pháp TOML"),
        ("calendar = 3\n", 1, "phải là một danh sách bảng"),
        ("year = 1\n[[calendar]]\n", 1, "year: khoá không có trong mẫu"),
        ("[[calendar]]\n" + HEAD + "[[calendar]]\n" + HEAD, 6, "lịch năm 2026 lặp lại"),
        ("[[calendar]]\n" + HEAD + "[[calendar.day]]\ndate = 2026-11-22\ntype = 'holiday'\nnote = 'x'\n", 6, "rơi vào cuối tuần"),
        ("calendar = [3]\n", 1, "phải là một bảng"),
    ],
)  # fmt: skip
def test_a_wrong_calendar_file_names_its_line(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    path = tmp_path / "2026.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError) as caught:
        load_calendar([path])
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "where", "reason"),
    [
        (b'{"calendar": [{"year": 2026, "status": "draft", "source": "x", "day": [{"date": "2026-W48-2", "type": "holiday", "note": "x"}]}]}', "calendar.0.day.0.date", "phải là một ngày"),
        (b'{"year": 2026, "status": "draft"}', "1", "thiếu source"),
        (b'{"year": 2026, "year": 2027, "status": "draft", "source": "x"}', "year", "khoá lặp lại"),
        (b"[]", "1", "phải là một đối tượng"),
        (b"{", "1", "không đúng cú pháp JSON"),
        (b"\xff", "1", "không phải UTF-8"),
    ],
)  # fmt: skip
def test_a_wrong_json_calendar_names_its_key(
    tmp_path: Path, raw: bytes, where: str, reason: str
) -> None:
    path = tmp_path / "calendar.json"
    path.write_bytes(raw)
    with pytest.raises(CalendarError) as caught:
        load_calendar([path])
    assert str(caught.value).startswith(f"{path}:{where}: ")
    assert reason in str(caught.value)


def test_unreadable_calendar_files(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match="không đọc được"):
        load_calendar([tmp_path / "none.toml"])
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"year = 2026\nsource = '\xff'\n")
    with pytest.raises(CalendarError, match=r"broken.toml:2: không phải UTF-8"):
        load_calendar([broken])


def test_export_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "calendar.json"
    path.write_text(json.dumps(export_calendar(calendar().years.values())), encoding="utf-8")
    assert load_calendar([path]).years == calendar().years
