#!/usr/bin/env python3
"""Makes the samples beside it: letter.doc with LibreOffice, book.xls with xlwt, agile.docx with msoffcrypto-tool.

Run it in this folder with `soffice` and `msoffcrypto-tool` in the path and the package xlwt installed.
All that is in the samples is made up.
"""

import subprocess
from pathlib import Path

import xlwt

LETTER = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>needle-title</dc:title><meta:user-defined meta:name="Klucz">needle-custom</meta:user-defined></office:meta>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="p"><style:header><text:p>needle-head</text:p></style:header></style:master-page></office:master-styles>
<office:automatic-styles><style:page-layout style:name="p"><style:page-layout-properties/><style:header-style/></style:page-layout></office:automatic-styles>
<office:body><office:text>
<text:p>needle-body żółć<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>needle-foot</text:p></text:note-body></text:note></text:p>
<text:p><office:annotation><dc:creator>A</dc:creator><text:p>needle-remark</text:p></office:annotation></text:p>
<text:p><draw:frame svg:width="5cm" svg:height="2cm" text:anchor-type="paragraph"><draw:text-box><text:p>needle-box</text:p></draw:text-box></draw:frame></text:p>
<table:table><table:table-column table:number-columns-repeated="3"/>
<table:table-row><table:table-cell><text:p>Nazwa</text:p></table:table-cell><table:table-cell><text:p>NIP</text:p></table:table-cell><table:table-cell><text:p>Token</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Firma</text:p></table:table-cell><table:table-cell/><table:table-cell><text:p>needle-cell</text:p></table:table-cell></table:table-row>
</table:table>
<text:p><text:a xlink:href="https://example.org/needle-link">link</text:a>end</text:p>
</office:text></office:body></office:document>
"""


def book(path):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Tokeny")
    for column, heading in enumerate(["Nazwa", "NIP", "Token"]):
        sheet.write(0, column, heading)
    for row in range(1, 10):
        sheet.write(row, 0, f"Firma {row} żółć")
        sheet.write(row, 1, 1000000000 + row)
        sheet.write(row, 2, f"needle-{row}")
    hidden = book.add_sheet("Ukryty")
    hidden.visibility = 2
    hidden.write(6, 2, "needle-hidden")
    hidden.write_rich_text(9, 1, ["needle-", ("rich", xlwt.easyfont("bold true"))])
    for row in range(60):
        hidden.write(20 + row, 5, "x" * 400 + f" needle-long-{row}")
    hidden.write(90, 0, "needle-line\nsecond line")
    book.save(path)


def main():
    letter = Path("letter.fodt")
    letter.write_text(LETTER, encoding="utf-8")
    for kind in ["doc:MS Word 97", "docx"]:
        subprocess.run(["soffice", "--headless", "--convert-to", kind, str(letter)], check=True)
    subprocess.run(["msoffcrypto-tool", "-e", "-p", "klucz-ż", "letter.docx", "agile.docx"], check=True)
    Path("letter.docx").unlink()
    letter.unlink()
    book("book.xls")


main()
