"""``donthu deadlines`` and ``donthu law`` from the outside: files, streams, exit codes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from petitions.cli.law import deadlines_command, law_group
from tests.workflows.shipped import CALENDAR_FILES, CONFIG, calendar
from workflows.calendar_files import export_calendar

EXAMPLES = json.loads(
    (Path(__file__).parents[1] / "data" / "deadline-examples.json").read_text(encoding="utf-8")
)
QUESTIONS = [
    {key: value for key, value in example.items() if key not in {"expected", "why"}}
    for example in EXAMPLES
]
ONE = [{"id": "một", "kind": "feedback", "facts": {"received": "2026-11-20"}}]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DONTHU_LAW_DIR", raising=False)
    return tmp_path


def run(*arguments: str, standard_input: bytes | None = None) -> Result:
    return CliRunner().invoke(deadlines_command, arguments, input=standard_input)


def written(path: Path, items: Any) -> str:
    path.write_text(json.dumps(items), encoding="utf-8")
    return path.name


def test_the_examples_from_file_to_file(here: Path) -> None:
    result = run(written(here / "in.json", QUESTIONS), "out.json")
    assert (result.exit_code, result.output) == (0, "")
    answers = json.loads((here / "out.json").read_text(encoding="utf-8"))
    assert [answer["id"] for answer in answers] == [example["id"] for example in EXAMPLES]
    for example, answer in zip(EXAMPLES, answers, strict=True):
        for step, expected in example["expected"].items():
            if "arithmetic" in example:
                assert answer[step] == expected
            else:
                assert expected.items() <= answer["deadlines"][step].items()
    assert sorted(each.name for each in here.iterdir()) == ["in.json", "out.json"]


@pytest.mark.parametrize("target", [[], ["-"]])
def test_standard_streams(here: Path, target: list[str]) -> None:
    result = run("-", *target, standard_input=json.dumps(ONE).encode())
    assert (result.exit_code, result.stderr) == (0, "")
    (answer,) = json.loads(result.stdout_bytes)
    assert answer["id"] == "một"
    assert answer["deadlines"]["result_notice"]["due"] == "2026-12-07"
    assert "Ngày Văn hóa Việt Nam".encode() in result.stdout_bytes
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (json.dumps(EXAMPLES).encode(), "in.json: item 1 (id KN-01a): expected: khoá lạ"),
        (b"", "in.json: không đúng cú pháp JSON (dòng 1, cột 1): Expecting value"),
        (b"{}", "in.json: phải là một danh sách các mục"),
        (b"\xff\xfe", "in.json: không phải UTF-8 (byte thứ 1)"),
        (b"[NaN]", "in.json: NaN không phải giá trị JSON"),
        (json.dumps([*ONE, *ONE]).encode(), "in.json: item 2 (id một): id: lặp lại"),
        (
            json.dumps([{"id": "a", "kind": "feedback", "facts": {"received": "2030-01-01"}}, {"id": "b"}]).encode(),
            "in.json: item 2 (id b): kind: thiếu",  # a refusal anywhere comes before counting
        ),
    ],
)  # fmt: skip
def test_refused_input_writes_nothing(here: Path, raw: bytes, line: str) -> None:
    (here / "in.json").write_bytes(raw)
    (here / "out.json").write_text("cũ", encoding="utf-8")
    result = run("in.json", "out.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == line + "\n"
    assert (here / "out.json").read_text(encoding="utf-8") == "cũ"
    assert sorted(each.name for each in here.iterdir()) == ["in.json", "out.json"]


def test_a_missing_year_fails_with_one(here: Path) -> None:
    items = [*ONE, {"id": "b", "kind": "complaint", "facts": {"accepted": "2027-12-15"}}]
    result = run(written(here / "in.json", items), "out.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "in.json: item 2 (id b): chưa có lịch làm việc năm 2028\n"
    assert not (here / "out.json").exists()


def test_only_safe_in_a_missing_year_is_null(here: Path) -> None:
    items = [{"id": "b", "kind": "complaint", "facts": {"decision_issued": "2027-12-10"}}]
    result = run(written(here / "in.json", items))
    assert result.exit_code == 0
    effect = json.loads(result.stdout_bytes)[0]["deadlines"]["legal_effect"]
    assert (effect["nominal_end"], effect["due"], effect["safe"]) == (
        "2028-01-09",
        "2028-01-10",
        None,
    )


def test_a_fault_on_standard_input_is_named_as_typed(here: Path) -> None:
    result = run("-", standard_input=b'[{"id": "a", "kind": "feedback", "why": 1}]')
    assert (result.exit_code, result.stderr) == (2, "-: item 1 (id a): why: khoá lạ\n")


@pytest.mark.parametrize("name", ["none.json", "."])
def test_unreadable_input(here: Path, name: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{name}: không đọc được: ")
    assert result.stderr.count("\n") == 1


def test_unwritable_output(here: Path) -> None:
    result = run(written(here / "in.json", ONE), "none/out.json")
    assert result.exit_code == 1
    assert result.stderr.startswith("none/out.json: không ghi được: ")
    assert [each.name for each in here.iterdir()] == ["in.json"]


def test_output_may_replace_its_input_and_follows_links(here: Path) -> None:
    written(here / "in.json", ONE)
    (here / "link.json").symlink_to("in.json")
    assert run("in.json", "link.json").exit_code == 0
    assert (here / "link.json").is_symlink()
    assert "deadlines" in (here / "in.json").read_text(encoding="utf-8")


def test_a_device_is_written_not_replaced(here: Path) -> None:
    assert run(written(here / "in.json", ONE), os.devnull).exit_code == 0
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize(
    "arguments", [[], ["in.json", "out.json", "more"], ["in.json", "--year", "2026"]]
)
def test_bad_usage(here: Path, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


OWN = """
[[calendar]]
year = 2028
status = "official"
source = "thử"

[[calendar.day]]
date = 2028-01-03
type = "holiday"
note = "nghỉ thử"

[[calendar]]
year = 2029
status = "draft"
source = "thử"
"""


def test_a_calendar_of_ones_own_replaces_the_shipped_one(here: Path) -> None:
    (here / "own.toml").write_text(OWN, encoding="utf-8")
    item = {"id": "a", "kind": "feedback", "facts": {"received": "2027-12-31"}}
    result = run(written(here / "in.json", [item]), "--calendar", "own.toml")
    notice = json.loads(result.stdout_bytes)[0]["deadlines"]["result_notice"]
    assert (notice["due"], notice["provisional"]) == ("2028-01-17", False)
    assert any("nghỉ thử" in line for line in notice["explanation"])

    result = run(written(here / "in.json", ONE), "--calendar", "own.toml")
    assert result.exit_code == 1
    assert "năm 2026" in result.stderr


def test_the_exported_calendar_counts_like_the_shipped_one(here: Path) -> None:
    export = written(here / "export.json", export_calendar(calendar().years.values()))
    source = written(here / "in.json", QUESTIONS)
    assert run(source, "--calendar", export).stdout_bytes == run(source).stdout_bytes


def test_a_shipped_year_serves_as_a_calendar(here: Path) -> None:
    (path,) = [path for path in CALENDAR_FILES if path.stem == "2026"]
    result = run(written(here / "in.json", ONE), "--calendar", str(path))
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (OWN + "colour = 1\n", "own.toml:16: colour: khoá không có trong mẫu"),
        (OWN.replace("2028-01-03", "2028-01-02"), "own.toml:8: date: ngày nghỉ 2028-01-02 rơi vào cuối tuần"),
        (None, "own.toml:1: không đọc được: No such file or directory"),
    ],
)  # fmt: skip
def test_a_wrong_calendar_is_bad_input(here: Path, text: str | None, line: str) -> None:
    if text is not None:
        (here / "own.toml").write_text(text, encoding="utf-8")
    result = run(written(here / "in.json", ONE), "--calendar", "own.toml")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", line + "\n")


def test_an_installations_own_law_is_used(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("law", "calendar"):
        (here / "own" / folder).mkdir(parents=True)
        for path in (CONFIG / folder).glob("*.toml"):
            text = path.read_text(encoding="utf-8")
            (here / "own" / folder / path.name).write_text(text, encoding="utf-8")
    reception = here / "own" / "law" / "reception.toml"
    text = reception.read_text(encoding="utf-8")
    monkeypatch.setenv("DONTHU_LAW_DIR", str(here / "own"))
    reception.write_text(text.replace("amount = 10", "amount = 9"), encoding="utf-8")
    result = run(written(here / "in.json", ONE))
    assert json.loads(result.stdout_bytes)[0]["deadlines"]["result_notice"]["due"] == "2026-12-04"

    reception.write_text(text + "colour = 1\n", encoding="utf-8")
    result = run(written(here / "in.json", ONE))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{reception}:{len(text.splitlines()) + 1}: colour: ")


def law(*arguments: str) -> Result:
    return CliRunner().invoke(law_group, arguments)


def test_the_law_on_a_day(here: Path) -> None:
    old, new = law("--on", "2026-06-30"), law("--on", "2026-07-01")
    assert (old.exit_code, new.exit_code) == (0, 0)
    codes = [
        {line.split()[0] for line in result.stdout.splitlines()[1:] if line[:1].isupper()}
        for result in (old, new)
    ]
    assert {"KN03-old", "TD01-old", "TC23"} <= codes[0] - codes[1]
    assert {"KN03", "KN17", "TD01", "TD14", "TD21"} <= codes[1] - codes[0]
    assert "Khoản 1 Điều 28 Luật Tiếp công dân 42/2013/QH13; từ 01/07/2014" in new.stdout
    assert "2 ngày/tháng" in new.stdout
    assert "(cần xác nhận)" in new.stdout


def test_the_law_of_one_kind(here: Path) -> None:
    result = law("--on", "2026-11-20", "--kind", "denunciation")
    assert "TC06" in result.stdout
    assert "KN04" not in result.stdout
    assert "TD01" not in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [[], ["--on", "20/11/2026"], ["--on", "2026-02-30"], ["--on", "2026-11-20", "--kind", "x"]],
)
def test_law_bad_usage(here: Path, arguments: list[str]) -> None:
    assert law(*arguments).exit_code == 2


def test_the_console_script_leaves_with_the_same_codes(here: Path) -> None:
    """Through the real entry point, in a locale that knows no Vietnamese."""
    written(here / "in.json", [{"id": "ế", "kind": "x"}])
    script = "import sys; sys.argv[0] = 'donthu'; from petitions.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(CONFIG.parent), "PYTHONIOENCODING": "ascii"}
    codes = []
    for arguments in (["deadlines", "in.json"], ["law", "--on", "2026-11-20"], ["law"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True, env=environment, cwd=here, check=False,
        )  # fmt: skip
        codes.append(done.returncode)
        assert b"Traceback" not in done.stderr
        if arguments[0] == "deadlines":
            assert done.stderr.decode().startswith(
                "in.json: item 1 (id ế): kind: phải là một trong"
            )
    assert codes == [2, 0, 2]
