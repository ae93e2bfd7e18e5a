"""Writes the samples beside this file, with real programs.

Needs LibreOffice (writer, calc, impress) and, from PyPI: python-docx, openpyxl, xlsxwriter, python-pptx.
Run it in this folder. Every needle is made up; `needle-docx-1` and the like are all that tests look for.
"""

import pathlib
import subprocess
import sys
import tempfile

import docx
import openpyxl
import pptx
import xlsxwriter
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

HERE = pathlib.Path(__file__).parent


def python_docx():
    document = docx.Document()
    paragraph = document.add_paragraph("Token: ")
    for piece, bold in [("nee", False), ("dle-do", True), ("cx-1", False)]:
        paragraph.add_run(piece).bold = bold
    changed = document.add_paragraph("Old: ")
    deleted = OxmlElement("w:del")
    deleted.set(qn("w:id"), "1")
    deleted.set(qn("w:author"), "a")
    run = OxmlElement("w:r")
    text = OxmlElement("w:delText")
    text.text = "needle-docx-2"
    run.append(text)
    deleted.append(run)
    changed._p.append(deleted)
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, [("NIP", "Token"), ("5265877635", "needle-docx-3")]):
        for cell, text in zip(row.cells, texts):
            cell.text = text
    document.sections[0].header.paragraphs[0].text = "needle-docx-4"
    document.sections[0].footer.paragraphs[0].text = "needle-docx-5"
    document.add_comment(paragraph.runs[0], text="needle-docx-6", author="a")
    document.core_properties.comments = "needle-docx-7"
    document.save(HERE / "python-docx.docx")


def python_openpyxl():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Dane"
    sheet.append(["Firma", "NIP", "Token"])
    sheet.append(["Abc", 5265877635, "needle-xlsx-1"])
    sheet["B4"] = '="needle-xlsx"&"-2"'
    sheet["C5"].comment = Comment("needle-xlsx-3", "a")
    hidden = book.create_sheet("Tajny")
    hidden.sheet_state = "veryHidden"
    hidden["D7"] = "needle-xlsx-4"
    hidden.oddHeader.center.text = "needle-xlsx-5"
    book.defined_names["stary"] = DefinedName("stary", attr_text='"needle-xlsx-6"')
    book.save(HERE / "openpyxl.xlsx")


def python_xlsxwriter():
    with xlsxwriter.Workbook(str(HERE / "xlsxwriter.xlsx")) as book:
        sheet = book.add_worksheet("Arkusz")
        bold = book.add_format({"bold": True})
        sheet.write_rich_string("B2", "need", bold, "le-", "rich-1")
        sheet.insert_textbox("D4", "needle-rich-2")
        sheet.write_url("A9", "https://example.pl/?a=1&b=needle-rich-3", string="link")
        sheet.data_validation("C3", {"validate": "list", "source": ["needle-rich-4", "b"]})
        sheet.write_comment("E5", "needle-rich-5")
        book.set_custom_property("Token", "needle-rich-6")


def python_pptx():
    show = pptx.Presentation()
    for number in (1, 2):
        slide = show.slides.add_slide(show.slide_layouts[5])
        paragraph = slide.shapes.title.text_frame.paragraphs[0]
        for piece in ("needle-", f"pptx-{number}"):
            paragraph.add_run().text = piece
        slide.notes_slide.notes_text_frame.text = f"needle-notes-{number}"
    slide._element.set("show", "0")
    table = slide.shapes.add_table(2, 2, 0, 0, 99999, 99999).table
    for index, text in enumerate(("NIP", "Token", "5265877635", "needle-pptx-3")):
        table.cell(index // 2, index % 2).text = text
    show.save(HERE / "python-pptx.pptx")


def flat(kind, body):
    names = {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style", "meta": "meta",
    }
    spaces = "".join(f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in names.items())
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    spaces += ' xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"'
    spaces += ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    spaces += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document{spaces} office:version="1.3" '
        f'office:mimetype="application/vnd.oasis.opendocument.{kind}">{body}</office:document>'
    )


def text_body(name):
    return flat(
        "text",
        '<office:automatic-styles><style:style style:name="B" style:family="text"><style:text-properties '
        'fo:font-weight="bold"/></style:style><style:page-layout style:name="L"><style:header-style/></style:page-layout>'
        '</office:automatic-styles><office:master-styles><style:master-page style:name="Standard" '
        f'style:page-layout-name="L"><style:header><text:p>needle-{name}-4</text:p></style:header></style:master-page>'
        '</office:master-styles><office:body><office:text><text:tracked-changes><text:changed-region text:id="c1"><text:deletion>'
        '<office:change-info><dc:creator>a</dc:creator><dc:date>2026-01-01T00:00:00</dc:date></office:change-info>'
        f'<text:p>needle-{name}-2</text:p></text:deletion></text:changed-region></text:tracked-changes>'
        f'<text:p>Token: nee<text:span text:style-name="B">dle-{name}</text:span>-1</text:p>'
        '<text:p>Old: <text:change text:change-id="c1"/>.</text:p><text:p>See<office:annotation><dc:creator>a</dc:creator>'
        f'<text:p>needle-{name}-5</text:p></office:annotation> <text:note text:note-class="footnote"><text:note-citation>1'
        f'</text:note-citation><text:note-body><text:p>needle-{name}-6</text:p></text:note-body></text:note></text:p>'
        '<table:table table:name="T"><table:table-column table:number-columns-repeated="2"/><table:table-row><table:table-cell>'
        '<text:p>NIP</text:p></table:table-cell><table:table-cell><text:p>Token</text:p></table:table-cell></table:table-row>'
        '<table:table-row><table:table-cell><text:p>5265877635</text:p></table:table-cell><table:table-cell>'
        f'<text:p>needle-{name}-3</text:p></table:table-cell></table:table-row></table:table></office:text></office:body>',
    )


def sheet_body(name):
    return flat(
        "spreadsheet",
        '<office:automatic-styles><style:style style:name="H" style:family="table"><style:table-properties '
        'table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>'
        '<table:table table:name="Dane"><table:table-row><table:table-cell office:value-type="string"><text:p>NIP</text:p>'
        '</table:table-cell><table:table-cell office:value-type="string"><text:p>Token</text:p></table:table-cell>'
        '</table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="5265877635"/>'
        f'<table:table-cell office:value-type="string"><office:annotation><text:p>needle-{name}-2</text:p></office:annotation>'
        f'<text:p>needle<text:span>-{name}-1</text:span></text:p></table:table-cell></table:table-row></table:table>'
        '<table:table table:name="Ukryty" table:style-name="H"><table:table-row table:number-rows-repeated="6">'
        '<table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="3"/>'
        f'<table:table-cell office:value-type="string"><text:p>needle-{name}-3</text:p></table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body>",
    )


def show_body(name):
    page = (
        '<draw:page draw:name="p{0}"><draw:frame svg:width="9cm" svg:height="3cm" svg:x="1cm" svg:y="1cm"><draw:text-box>'
        "<text:p>needle-{1}<text:span>-{0}</text:span></text:p></draw:text-box></draw:frame><presentation:notes>"
        '<draw:frame presentation:class="notes" svg:width="9cm" svg:height="3cm" svg:x="1cm" svg:y="9cm"><draw:text-box>'
        "<text:p>needle-notes-{1}-{0}</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>"
    )
    pages = "".join(page.format(number, name) for number in (1, 2))
    return flat("presentation", f"<office:body><office:presentation>{pages}</office:presentation></office:body>")


def libreoffice():
    jobs = [(text_body, "fodt", ["odt", "docx", "fodt"]), (sheet_body, "fods", ["ods", "xlsx", "fods"]),
            (show_body, "fodp", ["odp", "pptx"])]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for body, ending, kinds in jobs:
            for kind in kinds:
                source = folder / f"libreoffice.{ending}"
                source.write_text(body(kind), encoding="utf-8")
                # One that is the same before and after is to be written by the program too.
                out = folder / "out"
                command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
                subprocess.run(command + ["--convert-to", kind, "--outdir", str(out), str(source)], check=True)
                written = out / f"libreoffice.{kind}"
                (HERE / written.name).write_bytes(written.read_bytes())


for write in (python_docx, python_openpyxl, python_xlsxwriter, python_pptx, libreoffice):
    print(write.__name__, file=sys.stderr)
    write()
