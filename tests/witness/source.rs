//! Documents from which `LibreOffice` makes others: flat `OpenDocument`, with a credential in each place of a kind.
//!
//! Holds: a letter, a book and slides, and `text` of a flat document. Must not know: what is made of them.

/// Draws the next credential, for a place of that name.
pub type Next<'n> = &'n mut dyn FnMut(&str) -> String;

/// What all of them begin with.
fn document(kind: &str, styles: &str, body: &str) -> String {
    let spaces = ["office", "text", "table", "style", "draw", "presentation"]
        .map(|name| {
            format!(" xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{}:1.0\"", name.replace("draw", "drawing"))
        })
        .concat();
    let others = "xmlns:of=\"urn:oasis:names:tc:opendocument:xmlns:of:1.2\" \
                  xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
                  xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" \
                  xmlns:dc=\"http://purl.org/dc/elements/1.1/\"";
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document{spaces} {others} office:version=\"1.2\" \
         office:mimetype=\"application/vnd.oasis.opendocument.{kind}\">{styles}<office:body>{body}</office:body>\
         </office:document>"
    )
}

fn plain(text: &str) -> String {
    format!("<text:p>{text}</text:p>")
}

/// A paragraph whose letters look different in the midst.
fn mixed(text: &str) -> String {
    let (one, rest) = text.split_at(33);
    let (two, three) = rest.split_at(40);
    plain(&format!("Token: {one}<text:span text:style-name=\"B\">{two}</text:span>{three}, zażółć"))
}

fn cell(content: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\">{content}</table:table-cell>")
}

fn table(name: &str, rows: &str) -> String {
    format!(
        "<table:table table:name=\"{name}\"><table:table-column table:style-name=\"W\" table:number-columns-repeated=\"2\"/>\
         {rows}</table:table>"
    )
}

fn remark(text: &str) -> String {
    let head = "<dc:creator>A</dc:creator><dc:date>2026-01-01T10:00:00</dc:date>";
    format!("<office:annotation>{head}{}</office:annotation>", plain(text))
}

fn note(kind: &str, text: &str) -> String {
    format!(
        "<text:note text:note-class=\"{kind}\"><text:note-citation>1</text:note-citation><text:note-body>{}\
         </text:note-body></text:note>",
        plain(text)
    )
}

const SMALL: &str = "<style:text-properties fo:font-size=\"5pt\" style:font-name=\"Liberation Sans\"/>";

/// A page that is broad enough for a credential to stand in one line.
fn styles(family: &str, page: &str) -> String {
    format!(
        "<office:styles><style:default-style style:family=\"{family}\">{SMALL}</style:default-style></office:styles>\
         <office:automatic-styles>\
         <style:style style:name=\"B\" style:family=\"text\"><style:text-properties fo:font-weight=\"bold\"/></style:style>\
         <style:style style:name=\"W\" style:family=\"table-column\"><style:table-column-properties \
         style:column-width=\"14cm\"/></style:style>\
         <style:page-layout style:name=\"P\"><style:page-layout-properties fo:page-width=\"42cm\" fo:page-height=\"29.7cm\" \
         fo:margin-left=\"1cm\" fo:margin-right=\"1cm\"/><style:header-style/><style:footer-style/></style:page-layout>\
         </office:automatic-styles><office:master-styles>{page}</office:master-styles>"
    )
}

fn master(content: &str) -> String {
    format!("<style:master-page style:name=\"Standard\" style:page-layout-name=\"P\">{content}</style:master-page>")
}

/// Ten paragraphs, a heading, items, a table, notes, a remark, a box, header and footer.
pub fn letter(next: Next<'_>) -> String {
    let page = master(&format!(
        "<style:header>{}</style:header><style:footer>{}</style:footer>",
        plain(&next("header")),
        mixed(&next("footer"))
    ));
    let mut body: String = (0..5).map(|_| plain(&next("body")) + &mixed(&next("body"))).collect();
    body += &format!("<text:h text:outline-level=\"1\">{}</text:h>", next("body"));
    let items: String = (0..3).map(|_| format!("<text:list-item>{}</text:list-item>", plain(&next("body")))).collect();
    body += &format!("<text:list>{items}</text:list>");
    let rows: String = (0..3)
        .map(|_| {
            format!("<table:table-row>{}{}</table:table-row>", cell(&plain(&next("body"))), cell(&mixed(&next("body"))))
        })
        .collect();
    body += &table("T", &rows);
    body += &plain(&format!("a{} b{}", note("footnote", &next("footnote")), note("endnote", &next("endnote"))));
    body += &plain(&format!("c{}", remark(&next("remark"))));
    body += &plain(&format!(
        "<draw:frame text:anchor-type=\"paragraph\" svg:width=\"18cm\" svg:height=\"1cm\"><draw:text-box>{}\
         </draw:text-box></draw:frame>",
        plain(&next("body"))
    ));
    document("text", &styles("paragraph", &page), &format!("<office:text>{body}</office:text>"))
}

/// Two sheets, of which the second is hidden, cells in several paragraphs and pieces, a formula, a remark, a header.
pub fn book(next: Next<'_>) -> String {
    let mut cell_of = |name: String| next(&format!("Pierwszy!{name}"));
    let row = |row: u32| {
        let (one, other) = (cell_of(format!("A{row}")), cell_of(format!("B{row}")));
        format!("<table:table-row>{}{}</table:table-row>", cell(&plain(&one)), cell(&mixed(&other)))
    };
    let mut rows: String = (1..=8).map(row).collect();
    let twice = plain(&next("Pierwszy!A9")) + &plain(&next("Pierwszy!A9"));
    let formula = next("Pierwszy!A10");
    rows += &format!(
        "<table:table-row>{}{}</table:table-row><table:table-row><table:table-cell table:formula=\"of:=&quot;{formula}\
         &quot;\" office:value-type=\"string\">{}</table:table-cell></table:table-row>",
        cell(&twice),
        cell(&format!("{}{}", remark(&next("Pierwszy!B9")), plain("x"))),
        plain(&formula)
    );
    let hidden = table("Drugi", &format!("<table:table-row>{}</table:table-row>", cell(&plain(&next("Drugi!A1")))));
    let hidden = hidden.replacen("<table:table ", "<table:table table:style-name=\"H\" ", 1);
    let header = format!("<style:header>{}</style:header>", plain(&next("header")));
    let styles = styles("table-cell", &master(&header)).replacen(
        "<office:automatic-styles>",
        "<office:automatic-styles><style:style style:name=\"H\" style:family=\"table\"><style:table-properties \
         table:display=\"false\"/></style:style><style:style style:name=\"S\" style:family=\"table\" \
         style:master-page-name=\"Standard\"/>",
        1,
    );
    let first = table("Pierwszy", &rows).replacen("<table:table ", "<table:table table:style-name=\"S\" ", 1);
    let body = format!("<office:spreadsheet>{first}{hidden}</office:spreadsheet>");
    document("spreadsheet", &styles, &body)
}

/// Slides with boxes, a table and notes.
pub fn slides(draw: Next<'_>) -> String {
    let frame = |content: String| {
        format!("<draw:frame svg:x=\"1cm\" svg:y=\"1cm\" svg:width=\"24cm\" svg:height=\"3cm\">{content}</draw:frame>")
    };
    let boxed = |text: String| frame(format!("<draw:text-box>{text}</draw:text-box>"));
    let page = |index: u32| {
        let (here, beside) = (format!("page {index}"), format!("notes {index}"));
        let mut next = || draw(&here);
        let shape = format!(
            "<draw:rect svg:x=\"1cm\" svg:y=\"9cm\" svg:width=\"20cm\" svg:height=\"2cm\">{}</draw:rect>",
            plain(&next())
        );
        let rows = format!("<table:table-row>{}{}</table:table-row>", cell(&plain(&next())), cell(&plain(&next())));
        let boxes = boxed(plain(&next())) + &boxed(mixed(&next())) + &frame(table("t", &rows));
        let notes = format!("<presentation:notes>{}</presentation:notes>", boxed(plain(&draw(&beside))));
        format!(
            "<draw:page draw:name=\"s{index}\" draw:master-page-name=\"Standard\">{boxes}{shape}{notes}</draw:page>"
        )
    };
    let pages: String = (1..=3).map(page).collect();
    let body = format!("<office:presentation>{pages}</office:presentation>");
    document("presentation", &styles("graphic", &master("")), &body)
}

/// The text of a flat document: a line for each paragraph, wherever it stands, and nothing of attributes.
pub fn text(flat: &[u8]) -> Vec<u8> {
    let flat = String::from_utf8_lossy(flat);
    let mut text = String::new();
    for piece in flat.split('<') {
        let (tag, content) = piece.split_once('>').unwrap_or(("", piece));
        let breaks = ["text:p", "/text:p", "text:h", "/text:h"].iter().any(|name| {
            tag.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '/', '\n']))
        });
        if breaks {
            text.push('\n');
        }
        text.push_str(content);
    }
    text.into_bytes()
}
