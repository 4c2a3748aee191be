"""`…/tenggat/bukti/<file>/`, and what may be handed in: by content and never by name."""

import io
import re
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from campaign import demo
from campaign.duties import proofs
from campaign.errors import Refused
from campaign.models import Campaign, Duty, Proof, Role
from tests import make
from tests.campaign.doors import only, url, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def sent(content: bytes, name: str = "bukti.pdf", mime: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=mime)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 20, 40)).save(out, "JPEG")
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


HOSTILE = {
    "a page named pdf": sent(b"<!doctype html><script>alert(1)</script>"),
    "a drawing with a script": sent(b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "a.svg"),
    "a drawing named png": sent(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "a.png", "image/png"),
    "a pdf that is a page too": sent(PDF.replace(b"\n", b"\n<html><script>alert(1)</script>\n", 1)),
    "a page before the pdf": sent(b"<html>" + PDF),
    "a pdf with a program by another spelling": sent(PDF.replace(b"/Catalog", b"/Catalog /AA << /S /J#61vaScript >>")),
    "a pdf with a program packed away": sent(
        PDF.replace(
            b"endobj",
            b"endobj\n3 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\r\n"
            + zlib.compress(b"4 0 << /S /JavaScript /JS (x) >>")
            + b"\nendstream\nendobj",
        )
    ),
    "a pdf with a program": sent(PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>")),
    "a pdf that starts something": sent(PDF.replace(b"/Catalog", b"/Catalog /AA << /S /Launch >>")),
    "a pdf with a file in it": sent(PDF.replace(b"/Catalog", b"/Catalog /Names << /EmbeddedFiles 2 0 R >>")),
    "a pdf that is cut off": sent(PDF[:40]),
    "an archive": sent(zipped()),
    "a program": sent(b"MZ\x90\x00" + b"\0" * 200, "bukti.pdf"),
    "nothing but a name": sent(b"", "bukti.pdf"),
    "half a picture": sent(jpeg()[:100], "a.jpg", "image/jpeg"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_whatever_its_name_and_nothing_is_kept(client, campaign, sign_in, settings, name):
    sign_in(Role.MANAGER)
    HOSTILE[name].seek(0)
    answer = client.post(url("finish_duty", campaign, "rkdk"), {"file": HOSTILE[name], "number": "1"})
    assert answer.status_code == 422
    assert 'value="1"' in answer.content.decode()
    assert not Proof.objects.exists() and not Duty.objects.done().exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


def test_a_file_of_more_than_ten_megabytes_is_refused(monkeypatch):
    monkeypatch.setattr(proofs, "MOST_BYTES", len(PDF))
    assert proofs.read(sent(PDF)) == (PDF, "application/pdf")
    with pytest.raises(Refused):
        proofs.read(sent(PDF + b" "))


def test_what_hangs_behind_a_picture_is_gone_when_it_is_drawn_anew():
    content, mime = proofs.read(sent(jpeg() + b"<script>alert(1)</script>" + zipped()))
    assert mime == "image/jpeg"
    assert b"script" not in content and not zipfile.is_zipfile(io.BytesIO(content))


def test_it_is_saved_under_a_name_that_says_nothing_and_comes_only_to_be_saved(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    client.post(url("finish_duty", campaign, "rkdk"), {"file": sent(PDF, "../../Ratna RAHASIA.pdf")})
    proof = Proof.objects.get()
    assert re.fullmatch(r"proofs/[0-9a-f]{32}\.pdf", str(proof.file.name))
    answer = client.get(proof.get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == f'attachment; filename="bukti-{proof.pk}.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_all_but_volunteers_get_it_and_no_stranger(client, campaign, sign_in):
    proof = make.proof(of=campaign)
    only(client, sign_in, url("proof", campaign, proof.token), set(Role) - {Role.VOLUNTEER})


def test_another_campaigns_file_an_odd_name_and_one_that_is_gone_are_not_found(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    theirs, ours = make.proof(of=make.campaign()), make.proof(of=campaign)
    for token in (theirs.token, "x", "0" * 32, ours.pk):
        assert client.get(url("proof", campaign, token)).status_code == 404
    ours.file.storage.delete(str(ours.file.name))
    assert client.get(ours.get_absolute_url()).status_code == 404


def test_a_demonstration_that_is_removed_takes_its_files_along(settings, django_capture_on_commit_callbacks):
    row = make.campaign(is_demo=True)
    manager = make.team(row)["manager"]
    make.proof(of=row)
    assert list(settings.MEDIA_ROOT.rglob("*.jpg"))
    with django_capture_on_commit_callbacks(execute=True):
        demo.remove(row, by=manager)
    assert not Campaign.objects.filter(pk=row.pk).exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.jpg"))


def test_a_refusal_says_what_to_choose(client, campaign, sign_in):
    sign_in(Role.MANAGER)
    answer = client.post(url("finish_duty", campaign, "rkdk"), {"file": sent(b"halo")})
    assert "Choose a PDF, JPEG, PNG or WebP" in words(answer)


def test_a_scan_is_not_taken_for_a_program_because_of_its_pixels():
    pixels = b"\n2 0 obj\n<< /Filter /DCTDecode >>\nstream\n\xff\xd8\x01/JS\x00\x7f#4a\nendstream\nendobj"
    scan = PDF.replace(b"\nendobj", b"\nendobj" + pixels)
    assert proofs.read(sent(scan)) == (scan, "application/pdf")
    with pytest.raises(Refused):
        proofs.read(sent(scan.replace(b"/Catalog", b"/Catalog /A << /S /Rendition /JS (x) >>")))
