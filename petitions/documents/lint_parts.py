"""Judging the inside of a .docx part by part: only kinds known to be harmless may be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from petitions.documents.ooxml import W

_W = f"{{{W}}}"
CONTENT_TYPES = "[Content_Types].xml"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WORD_PARTS = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_ALLOWED = {
    _MAIN,
    *(
        f"{_WORD_PARTS}{kind}+xml"
        for kind in ("styles", "settings", "webSettings", "fontTable", "numbering", "header", "footer", "footnotes", "endnotes")
    ),
    "application/vnd.ms-word.stylesWithEffects+xml",
    "application/vnd.openxmlformats-officedocument.theme+xml",
    "application/vnd.openxmlformats-package.core-properties+xml",
    "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
    "application/vnd.openxmlformats-package.relationships+xml",
    "application/vnd.ms-office.classificationlabels+xml",
    "application/xml",
    "image/png",
    "image/jpeg",
    "image/gif",
}  # fmt: skip
_NAMED = {
    "macroEnabled": "tệp chứa macro (.docm)",
    "vbaProject": "tệp chứa macro",
    "vbaData": "tệp chứa macro",
    "keyMapCustomizations": "tệp chứa phím tắt tùy biến chạy lệnh",
    "oleObject": "tệp nhúng đối tượng OLE",
    "activeX": "tệp nhúng điều khiển ActiveX",
    "comments": "tệp còn ghi chú (comment); hãy xóa hết ghi chú",
    "glossary": "tệp kèm mẫu chữ dựng sẵn (building blocks)",
    "template.main": "tệp là mẫu .dotx; hãy lưu thành .docx",
}
_RELATIONS = {"styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "numbering", "theme", "header", "footer", "footnotes", "endnotes", "image", "officeDocument", "core-properties", "extended-properties", "custom-properties", "customXml", "customXmlProps", "thumbnail", "classificationlabels"}  # fmt: skip
_FIELDS = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b[^\"{}]*", re.IGNORECASE)
_CODES = (f"{_W}fldChar", f"{_W}instrText", f"{_W}delInstrText")
_CHANGES = ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "cellIns", "cellDel")  # fmt: skip
_OBJECTS = ("object", "altChunk", "subDoc", "control", "dataBinding", "attachedTemplate", "mailMerge", "docVars")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template and where."""

    place: str
    message: str


def parse(content: bytes) -> Element | None:
    """The tree of an XML part; None when it is not sound or declares a document type."""
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def local_name(tag: str) -> str:
    """A tag or attribute without its namespace."""
    return tag.rpartition("}")[2]


def judge_parts(parts: Mapping[str, bytes]) -> list[Fault]:
    """Faults of the package and of each part in it."""
    trees = {
        name: parse(content) for name, content in parts.items() if name.endswith((".xml", ".rels"))
    }
    broken = [
        Fault(name, "phần chữ hỏng hoặc khai báo DOCTYPE")
        for name, root in trees.items()
        if root is None
    ]
    if broken:
        return broken
    if CONTENT_TYPES not in trees or "word/document.xml" not in trees:
        return [Fault("tệp", "không phải là văn bản Word (.docx)")]
    sound = {name: root for name, root in trees.items() if root is not None}
    faults = list(_types(sound[CONTENT_TYPES], parts))
    for name, root in sound.items():
        if name.endswith(".rels"):
            faults += _relations(name, root)
        elif name.startswith("word/"):
            faults += _fields(name, root)
            faults += _elements(name, root)
    return faults


def _types(root: Element, parts: Mapping[str, bytes]) -> Iterator[Fault]:
    """Every part must have an allowed content type; the type counts, not the part's name."""
    defaults: dict[str, str] = {}
    named: dict[str, str] = {}
    for each in root:
        kind = each.get("ContentType", "")
        if extension := each.get("Extension"):
            defaults[extension.lower()] = kind
        else:
            named[each.get("PartName", "").lstrip("/").lower()] = kind
    if named.get("word/document.xml", "") != _MAIN:
        kind = named.get("word/document.xml", "")
        yield Fault("word/document.xml", _reason(kind) or "không phải là văn bản Word (.docx)")
    for name in parts:
        kind = named.get(name.lower()) or defaults.get(name.rpartition(".")[2].lower(), "")
        if name not in (CONTENT_TYPES, "word/document.xml") and kind not in _ALLOWED:
            yield Fault(name, _reason(f"{kind} {name}") or "tệp có phần không được phép")


def _reason(kind: str) -> str:
    return next((words for mark, words in _NAMED.items() if mark in kind), "")


def _relations(part: str, root: Element) -> Iterator[Fault]:
    for each in root:
        kind = each.get("Type", "").rpartition("/")[2]
        if each.get("TargetMode", "").lower() == "external" or ":" in each.get("Target", ""):
            yield Fault(part, f"liên kết ra ngoài ({kind}): {each.get('Target', '')[:60]}")
        elif kind not in _RELATIONS:
            yield Fault(part, _reason(kind) or f"quan hệ “{kind}” không được phép")


def _fields(part: str, root: Element) -> Iterator[Fault]:
    """Field codes, also those written in pieces; only page numbers may stay."""
    codes = [each.get(f"{_W}instr", "") for each in root.iter(f"{_W}fldSimple")]
    open_code: list[str] = []
    for each in root.iter():
        if each.tag not in _CODES:
            continue
        if each.tag != f"{_W}fldChar":
            open_code.append(each.text or "")
        elif each.get(f"{_W}fldCharType") != "begin" or open_code:
            codes += ["".join(open_code)] if open_code else []
            open_code = []
    codes += ["".join(open_code)] if open_code else []
    for code in codes:
        if not _FIELDS.fullmatch(code):
            yield Fault(part, f"mã trường “{code.strip()[:40]}” không được phép; chỉ dùng số trang")


def _elements(part: str, root: Element) -> Iterator[Fault]:
    fault = partial(Fault, part)
    found = {local_name(each.tag) for each in root.iter()}
    if found & set(_CHANGES):
        yield fault("còn dấu vết sửa đổi (track changes); hãy chấp nhận hoặc bỏ hết")
    if "comment" in found or "commentReference" in found:
        yield fault("còn ghi chú (comment); hãy xóa hết ghi chú")
    if names := sorted(found & set(_OBJECTS)):
        yield fault(f"có thành phần không được phép: {', '.join(names)}")
    if any(local_name(name) in ("href", "src") for each in root.iter() for name in each.attrib):
        yield fault("có hình vẽ trỏ ra ngoài")
    if "hyperlink" in found:
        yield fault("có siêu liên kết; hãy bỏ liên kết, giữ chữ")
