#!/usr/bin/env python3
"""Makes the samples of this folder with programs that write PDF: reportlab, fpdf2 (PyPI) and qpdf.

    pip install reportlab fpdf2 && apt-get install qpdf && python3 make.py

What they hold is made up: words such as needle-1.
"""

import datetime
import os
import subprocess
import tempfile

import fpdf
import reportlab
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

HERE = os.path.dirname(os.path.abspath(__file__))
VERA = os.path.join(os.path.dirname(reportlab.__file__), "fonts", "Vera.ttf")


def by_reportlab(path):
    pdfmetrics.registerFont(TTFont("Vera", VERA))
    page = canvas.Canvas(path, pagesize=A5, pageCompression=1, invariant=1)
    page.setTitle("needle-title")
    page.setAuthor("Żółw needle-author")
    page.bookmarkPage("one")
    page.addOutlineEntry("needle-outline", "one")
    page.drawString(40, 500, "written last stands first")
    page.setFont("Vera", 11)
    page.drawString(40, 520, "needle-vera")
    page.setFont("Helvetica", 11)
    for count, part in enumerate(["needle", "-in-", "pieces"]):
        page.drawString(40 + page.stringWidth("needle-in-pieces"[: [0, 6, 10][count]]), 480, part)
    page.linkURL("https://example.com/needle-link", (40, 400, 200, 420))
    page.acroForm.textfield(name="needle-field", value="needle-value", x=40, y=300)
    page.showPage()
    text = page.beginText(40, 500)
    text.setCharSpace(2)
    text.textLine("needle-spaced")
    page.drawText(text)
    page.showPage()
    page.save()


def by_fpdf(path):
    page = fpdf.FPDF()
    page.set_creation_date(datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))
    page.add_font("Vera", fname=VERA)
    page.add_page()
    page.set_font("Vera", size=12)
    page.cell(text="needle-composite kerned AVAVAV")
    page.set_font("Times", size=12)
    page.ln()
    page.multi_cell(80, text="justified needle-justified words that fill the line and the next one as well", align="J")
    page.embed_file(bytes=b"needle-attached", basename="umowa.txt", desc="needle-description")
    page.text_annotation(x=20, y=100, text="needle-comment")
    page.output(path)


def qpdf(*arguments):
    subprocess.run(["qpdf", *arguments], check=True)


def main():
    os.chdir(HERE)
    by_reportlab("reportlab.pdf")
    by_fpdf("fpdf2.pdf")
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "plain.pdf")
        page = canvas.Canvas(plain, pagesize=A5, pageCompression=1, invariant=1)
        page.setTitle("needle-title")
        page.drawString(40, 500, "needle-locked")
        page.showPage()
        page.save()
        qpdf("--object-streams=generate", "--linearize", "--static-id", "reportlab.pdf", "qpdf-objects.pdf")
        ways = {
            "rc4-40": ["40"],
            "rc4-128": ["128", "--use-aes=n"],
            "aes-128": ["128", "--use-aes=y"],
            "aes-256": ["256"],
        }
        for name, way in ways.items():
            for user, ending in [("", "empty"), ("open-me", "user")]:
                target = f"qpdf-{name}-{ending}.pdf"
                streams = ["--object-streams=generate"] if name.startswith("aes") else []
                qpdf("--allow-weak-crypto", *streams, "--encrypt", user, "owner-me", *way, "--", plain, target)


if __name__ == "__main__":
    main()
