"""A PDF is made smaller and loses nothing: a small one by hand, and whatever is not laid out as Chromium does stays as it is."""

import io

import pypdf
import pytest

from best_model.reporting.pdf_packing import PACKED_HEADER, packed

PICTURE = (
    b"<</Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1>> "
    b"stream\nA\nendstream"
)
WORDS = b"BT /F 9 Tf (Hello 6 0 R) Tj ET"
OBJECTS = [
    b"<</Type /Catalog /Pages 2 0 R /MarkInfo <</Marked true>> /Lang (en-GB)>>",
    b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
    b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R\n"
    b"/Resources <</XObject <</One 5 0 R /Two 6 0 R>> /Font <</F 7 0 R>>>>>>",
    b"<</Length %d>> stream\n%b\nendstream" % (len(WORDS), WORDS),
    PICTURE,
    PICTURE,
    b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    b"<</Title (What 2 keep?)>>",
    *[b"<</Type /StructElem /S /P>>" for _ in range(500)],
]


def chromium_like(objects: list[bytes], header: bytes = b"%PDF-1.4\n%\xd3\xeb\xe9\xe1\n") -> bytes:
    """A file as Chromium lays one out: objects, a table of where they lie, and a trailer."""
    written, starts = bytearray(header), []
    for number, body in enumerate(objects, start=1):
        starts.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    end = b"xref\n0 %d\n%btrailer\n<</Size %d\n/Root 1 0 R\n/Info 8 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(written) + end % (size, rows, size, len(written))


PLAIN = chromium_like(OBJECTS)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf), strict=True)


def test_it_is_smaller_and_reads_the_same() -> None:
    small = packed(PLAIN)
    assert len(small) < len(PLAIN) / 5  # five hundred elements alike
    assert small.startswith(PACKED_HEADER)
    before, after = read(PLAIN), read(small)
    assert after.pages[0].extract_text() == before.pages[0].extract_text() == "Hello 6 0 R"
    assert after.metadata is not None
    assert after.metadata.title == "What 2 keep?"
    assert after.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert after.trailer["/Root"]["/Lang"] == "en-GB"


def test_every_object_is_still_there_under_its_number() -> None:
    after = read(packed(PLAIN))
    elements = [after.get_object(number) for number in range(9, len(OBJECTS) + 1)]
    assert {element["/S"] for element in elements} == {"/P"}


def test_two_streams_alike_are_kept_once_and_both_names_lead_to_it() -> None:
    small = packed(PLAIN)
    assert PLAIN.count(b"/Subtype /Image") == 2
    assert small.count(b"/Subtype /Image") == 1
    pictures = read(small).pages[0]["/Resources"]["/XObject"]
    assert [pictures[name].get_data() for name in ("/One", "/Two")] == [b"A", b"A"]


@pytest.mark.parametrize(
    "pdf",
    [
        b"",
        b"no PDF",
        PLAIN[:-10],
        chromium_like(OBJECTS, header=b"%PDF-1.7\n"),
        PLAIN.replace(b"startxref\n", b"startxref\n9"),
        PLAIN.replace(b"\nendobj\n5 0 obj", b"\nendend\n5 0 obj"),
    ],
)
def test_what_is_laid_out_otherwise_stays_as_it_is(pdf: bytes) -> None:
    assert packed(pdf) == pdf


def test_what_is_packed_is_not_packed_again() -> None:
    assert packed(packed(PLAIN)) == packed(PLAIN)
