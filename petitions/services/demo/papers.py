"""Tiny papers for the files: a one-page PDF with a line of text, and plain text."""

from __future__ import annotations

from petitions.text import fold


def text_paper(lines: list[str]) -> bytes:
    """A text file."""
    return ("\n".join(lines) + "\n").encode()


def pdf_paper(line: str) -> bytes:
    """A page with one line; marks are left off, the fonts every reader has lack Vietnamese letters."""
    plain = fold(line).encode("ascii", "ignore").translate(None, b"()\\")
    page = b"BT /F1 14 Tf 60 780 Td (" + plain + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    document = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return document + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(document))
    )
