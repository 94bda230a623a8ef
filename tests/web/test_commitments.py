"""Dialogues, commitments, the year's plan and promises, by pages alone and without script."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl

from petitions.queries import commitments as known
from petitions.queries.commitment_shapes import CommitmentFilters, Which
from petitions.queries.open_dialogues import plan_of
from petitions.queries.promises import PromiseFilters, promises
from tests.conftest import TODAY
from tests.petitions.test_promises import LINE, table
from tests.web.browsing import Visitor
from tests.web.cases import done, in_verification
from tests.world import World
from workflows.vocabulary import Action, Actor, Need

Visit = Callable[[Actor | None], Visitor]
POINT = "Đo đạc lại thửa đất"
COMMITTED = {
    "undertakings.0.what": "Cấp lại sổ cho hộ dân",
    "undertakings.0.lead_agency_code": "bao-lam",
    "undertakings.0.due": "27/11/2026",
    "undertakings.0.kind": "do",
    "undertakings.0.supervising": ["hdnd"],
}


def sheet(visitor: Visitor, path: str) -> list[list[object]]:
    """The cells of a downloaded table."""
    data = visitor.get(path).get_data()
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [list(row) for row in page.iter_rows(values_only=True)]


def test_from_the_dialogue_to_the_confirmed_commitment(visit: Visit, world: World) -> None:
    """Prepared, recorded with faults kept, undertaken, reported by a body without the case, confirmed."""
    code = in_verification(world)
    done(code, Action.REPORT, world.an, {Need.DOCUMENT: "12/BC"})
    base = f"/ho-so/{code}/doi-thoai"
    minh, an, binh = visit(world.minh), visit(world.an), visit(world.binh)
    page = minh.open(f"{base}?ngay=27/11/2026")
    assert "sớm nhất đối thoại Thứ Tư, 25/11/2026" in page.words
    assert "Phải thông báo chậm nhất Thứ Sáu, 20/11/2026" in page.words
    assert any(link.endswith("/viec/plan_dialogue") for link in page.links())
    assert "không phải là ngày hợp lệ" in minh.open(f"{base}?ngay=bao-gio").words
    done(code, Action.PLAN_DIALOGUE, world.minh, {Need.DIALOGUE_ON: TODAY, Need.CONTENT: "UBND"})
    assert "Thông báo muộn" in minh.open(base).words
    for path in (base, f"{base}/1/chuan-bi", f"{base}/1/ket-qua"):
        binh.open(path, 404)
    minh.open(f"{base}/2/chuan-bi", 404)
    visit(world.lan).open(f"{base}/1/ket-qua", 403)

    page = an.open(f"{base}/1/chuan-bi")
    assert page.form().fields["attendees.0.side"] == "petitioner"
    wrong = an.send(page, {"starts_at": "8 giờ", "place": ""}, status=422)
    assert set(wrong.faults) == {"starts_at", "place"}
    more = an.send(wrong, press=("_more", "attendees"), status=200)
    assert "attendees.2.name" in more.form().fields
    an.send(more, {"starts_at": "08:30", "place": "Hội trường", "chair": "Trần Văn Minh, Chủ tịch"})

    page = an.open(f"{base}/1/ket-qua")
    refused = an.send(page, {"agreed.0.content": POINT}, status=422)
    assert refused.form().fields["agreed.0.content"] == POINT
    assert {"document", "attendees-0-attendance"} <= set(refused.faults)
    more = an.send(refused, press=("_more", "undertakings"), status=200)
    came = {f"attendees.{at}.attendance": "present" for at in range(2)}
    held = {"document": "Biên bản ngày 20/11/2026", **came, **COMMITTED}
    page = an.follow(an.send(more, held))
    for said in ("Đã đối thoại", POINT, COMMITTED["undertakings.0.what"], "còn 4 ngày làm việc"):
        assert str(said) in page.words, (said, page.words)
    letter = an.open(f"/ho-so/{code}/van-ban/soan?mau=nd124:14")
    assert letter.form().fields["fields.chair_name"] == "Trần Văn Minh"
    assert letter.form().fields["fields.agreed"] == POINT
    assert letter.form().fields["fields.complainants.0.attendance"] == "có mặt"
    assert "Cấp lại sổ" in letter.form().fields["fields.other"]
    assert letter.form().fields["fields.started_at"] == "20/11/2026 08:30"
    invitation = an.open(f"/ho-so/{code}/van-ban/soan?mau=x:giay-moi")
    assert "Hội trường" in invitation.form().fields["fields.venue"]
    assert len(invitation.form().fields["fields.invited"].splitlines()) == 2

    [line] = known.register(world.minh, CommitmentFilters(), TODAY).lines
    page = binh.open("/cam-ket?which=mine")
    assert "Cấp lại sổ cho hộ dân" in page.words
    assert code not in page.text
    page = binh.open(f"/cam-ket/{line.uid}")
    assert code not in page.text
    step = f"/cam-ket/{line.uid}"
    form = binh.open(f"{step}/reported")
    wrong = binh.send(form, {"on": "", "text": ""}, status=422)
    assert set(wrong.faults) == {"on"}
    binh.send(wrong, {"on": "20/11/2026", "text": "Đã cấp", "document": "15/BC"})
    binh.open(f"{step}/done", 409)
    stale = minh.open(f"{step}/moved")
    an.send(an.open(f"{step}/sent_back"), {"text": "Còn thiếu sơ đồ"})
    again = minh.send(stale, {"text": "Chờ sơ đồ", "due": "30/11/2026"}, status=409)
    assert again.form().fields["text"] == "Chờ sơ đồ"
    minh.send(again)
    minh.send(minh.open(f"{step}/done"), {"on": "20/11/2026"})
    words = minh.open(step).words
    for said in ("Đã hoàn thành", "hạn 27/11/2026 → 30/11/2026", "Còn thiếu sơ đồ", "15/BC"):
        assert said in words
    assert "Cấp lại sổ" in visit(world.giam).open(step).words
    visit(world.tam).open(step, 403)
    visit(world.quy).open(step)
    follow = minh.open("/cam-ket/theo-doi")
    assert "UBND xã Bảo Lâm 1 1 0 0 0 0" in follow.words
    assert sheet(minh, "/cam-ket/theo-doi.xlsx")[1][:3] == ["UBND xã Bảo Lâm", 1, 1]
    assert sheet(minh, "/cam-ket.xlsx?which=all")[1][0] == "Cấp lại sổ cho hộ dân"
    minh.open("/cam-ket?which=x", 422)
    minh.open("/cam-ket/theo-doi?tu=20/11/2026&den=01/11/2026", 422)
    add = an.open(f"{base}/1/cam-ket")
    an.send(add, COMMITTED | {"undertakings.0.due": "01/01/2026"}, status=422)
    an.send(add, COMMITTED)
    assert known.counts(world.minh, TODAY)[Which.ALL] == 2


def test_the_years_plan_by_pages(visit: Visit, world: World) -> None:
    """Planned at once, made public, held with a point, put off; a stranger finds none."""
    lan, binh = visit(world.lan), visit(world.binh)
    page = lan.open("/doi-thoai/lap-ke-hoach")
    slots = {
        f"slots.{at}.{name}": value
        for at in range(2)
        for name, value in {
            "planned_on": f"{20 + at}/11/2026", "place": "Nhà văn hóa", "topics": f"Đất đai {at}",
        }.items()
    }  # fmt: skip
    wrong = lan.send(page, slots | {"slots.1.place": ""}, status=422)
    assert set(wrong.faults) == {"slots-1-place"}
    lan.send(wrong, slots)
    first, second = (each.uid for each in plan_of(world.lan, 2026, own=True))
    visit(world.hoa).open("/doi-thoai/lap-ke-hoach", 403)
    page = lan.open(f"/doi-thoai/{first}/sua")
    lan.send(page, {"posted_on": "15/11/2026"})
    page = lan.open(f"/doi-thoai/{first}/ket-qua")
    more = lan.send(page, {"people": "nhiều"}, press=("_more", "undertakings"), status=200)
    held = {"people": "120", "summary": "Dân hỏi về đường", "held_by": "minh", **COMMITTED}
    lan.send(more, held | {"summary": ""}, status=422)
    page = lan.follow(lan.send(more, held))
    for said in ("Đã tổ chức", "120", "Trần Văn Minh (người đứng đầu trực tiếp)", "Cấp lại sổ"):
        assert said in page.words
    lan.open(f"/doi-thoai/{first}/ket-qua", 409)
    page = lan.open(f"/doi-thoai/{second}/hoan")
    lan.send(page, {"new_day": "01/12/2026"}, status=422)
    lan.send(page, {"new_day": "01/12/2026", "reason": "Bão"})
    assert "Đã hoãn" in lan.open("/doi-thoai").words
    binh.open(f"/doi-thoai/{second}", 404)
    assert "Chưa có buổi nào" in binh.open("/doi-thoai").words
    assert "UBND xã An Bình 2 1 1 120 1" in visit(world.phuc).open("/doi-thoai?cap-duoi=true").words
    lan.send(lan.open(f"/doi-thoai/{first}/cam-ket"), COMMITTED)


def test_promises_by_pages(visit: Visit, world: World, tmp_path: Path) -> None:
    """Entered, corrected, imported after a trial, exported in the same columns and never as a formula."""
    thu = visit(world.thu)
    page = thu.open("/loi-hua/moi")
    wrong = thu.send(page, {"made_by": "Chủ tịch tỉnh"}, status=422)
    assert {"occasion", "made_at", "undertaking-what", "undertaking-lead_agency_code"} <= set(wrong.faults)  # fmt: skip
    promised = {
        "occasion": "voters", "made_at": "Xã An Bình", "undertaking.what": "Sửa đường",
        "undertaking.lead_agency_code": "an-binh", "undertaking.due": "31/12/2026",
    }  # fmt: skip
    page = thu.follow(thu.send(wrong, promised))
    assert "Lời hứa của Chủ tịch tỉnh" in page.words
    [line] = promises(world.thu, PromiseFilters(), TODAY).lines
    visit(world.binh).open(f"/loi-hua/{line.uid}", 404)
    visit(world.an).open(f"/loi-hua/{line.uid}/sua", 403)
    page = thu.open(f"/loi-hua/{line.uid}/sua")
    thu.send(page, {"answer": "Đã bố trí vốn", "answered_on": "20/11/2026"})

    data = table(tmp_path / "hua.csv", LINE).read_bytes()

    def upload(content: bytes, name: str, **more: str) -> dict[str, object]:
        fields = dict(thu.open("/loi-hua/nhap-tep").form().form_values())
        fields.pop("trial", None)
        return {**fields, "file": (io.BytesIO(content), name), **more}

    answer = thu.post("/loi-hua/nhap-tep", upload(data, "Hứa của bà Lan.csv", trial="1"))
    assert "Chạy thử, chưa ghi gì. 1 dòng: 1 nhập mới" in answer.get_data(as_text=True)
    bad = data.replace(b"31/12/2026", b"31/13/2026")
    answer = thu.post("/loi-hua/nhap-tep", upload(bad, "Hứa của bà Lan.csv"))
    assert answer.status_code == 422
    assert "tep.csv: dòng 2: Hạn thực hiện" in answer.get_data(as_text=True)
    assert "bà Lan" not in answer.get_data(as_text=True)
    for name, content in (("x.xlsx", b"PK"), ("x.csv", b"\x00\x01"), ("", b"")):
        assert thu.post("/loi-hua/nhap-tep", upload(content, name)).status_code == 422
    assert promises(world.thu, PromiseFilters(), TODAY).total == 1
    for times in (1, 2):
        assert thu.post("/loi-hua/nhap-tep", upload(data, "x.csv")).status_code == 302, times
    assert promises(world.thu, PromiseFilters(), TODAY).total == 2
    cells = sheet(thu, "/loi-hua.xlsx")
    assert cells[0][0] == "Mã"
    assert "=HYPERLINK(1)" in [str(cell) for row in cells for cell in row]
    assert "Sửa đường" in thu.open("/loi-hua?occasion=voters&which=undone").words
    thu.open("/loi-hua?made_from=x", 422)
