//! Dresses that break a credential in pieces.
//!
//! Holds: quoted-printable, mail, continuations and concatenations. Must not know: single
//! characters.

use super::super::encode::wrap;
use super::{Carrier, Dress, Worn, around, insert, places, value, whole};

pub(super) fn dresses(all: &mut Vec<Dress>) {
    quoted_printable(all);
    mail(all);
    continued(all);
    concatenated(all);
}

fn quoted_printable(all: &mut Vec<Dress>) {
    let family = "quoted-printable";
    // At every place of a token, and every so many places of a JWT.
    for at in 1..116 {
        for (end, name) in [("=\r\n", "crlf"), ("=\n", "lf")] {
            let file = format!("quoted-printable-every-place-{name}");
            all.push(encoded(family, &file, move |value| insert(value, at * value.len() / 116, end)));
        }
    }
    all.push(encoded(family, "quoted-printable-escaped", |value| value.replace('|', "=7C").replace('.', "=2E")));
    all.push(whole(family, "quoted-printable-mail", &["quoted-printable"], |carrier| {
        let header = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
        let body = |text: &str| text.replace('=', "=3D").replace('|', "=7C").replace('.', "=2E");
        let lead = format!("{header}{}", body(carrier.lead));
        // Soft breaks where a mailer sets them, never inside of an escape.
        let pieces = wrap_soft(&body(carrier.value), 60);
        Worn { bytes: format!("{lead}{pieces}{}", body(carrier.tail)).into_bytes(), at: lead.len() }
    }));
}

/// A value in a text that is quoted-printable as well.
fn encoded(family: &'static str, file: &str, dress: impl Fn(&str) -> String + 'static) -> Dress {
    let wear = move |carrier: &Carrier<'_>| {
        let lead = carrier.lead.replace('=', "=3D");
        Worn { bytes: format!("{lead}{}{}", dress(carrier.value), carrier.tail).into_bytes(), at: lead.len() }
    };
    Dress { whole: false, ..whole(family, file, &["quoted-printable"], wear) }
}

fn wrap_soft(text: &str, width: usize) -> String {
    let (mut lines, mut column) = (String::new(), 0);
    let mut rest = text;
    while !rest.is_empty() {
        let step = if rest.starts_with('=') { 3 } else { 1 };
        let (piece, behind) = rest.split_at(step.min(rest.len()));
        if column + step > width {
            lines.push_str("=\r\n");
            column = 0;
        }
        lines.push_str(piece);
        column += step;
        rest = behind;
    }
    lines
}

fn mail(all: &mut Vec<Dress>) {
    let family = "wrapped by a mailer, `> ` quoting";
    let ends = [
        ("lf", "\n"),
        ("crlf", "\r\n"),
        ("flowed", " \r\n"),
        ("quoted", "\r\n> "),
        ("quoted-twice", "\n>> "),
        ("indented", "\n        "),
    ];
    for (name, end) in ends {
        for at in places(700) {
            let dress =
                value(family, &format!("mail-{name}"), &["wrapped"], move |value| insert(value, at % value.len(), end));
            all.push(dress);
        }
        for width in [60, 72] {
            let file = format!("mail-{name}-wrapped-at-{width}");
            all.push(value(family, &file, &["wrapped"], move |value| wrap(value, width, end)));
        }
    }
    all.push(whole("UTF-16, wrapped", "utf16le-wrapped", &["utf16le", "wrapped"], |carrier| {
        let wide = |text: &str| super::super::encode::utf16(text, false);
        let lead = wide(carrier.lead);
        let at = lead.len();
        Worn { bytes: [lead, wide(&wrap(carrier.value, 60, "\r\n")), wide(carrier.tail)].concat(), at }
    }));
}

fn continued(all: &mut Vec<Dress>) {
    let family = "continued by a shell or in a string";
    for (name, end) in [("shell", "\\\n"), ("string-crlf", "\\\r\n"), ("string-indented", "\\\n    ")] {
        for at in [5, 22, 36, 37, 60, 100] {
            all.push(value(family, &format!("continued-{name}"), &["joined"], move |value| insert(value, at, end)));
        }
    }
}

/// How languages join strings: quote, what stands between two of them, quote.
const LANGUAGES: [(&str, &str, &str, &str); 19] = [
    ("javascript", "'", " +\n    ", "'"),
    ("java", "\"", "\n        + ", "\""),
    ("python", "\"", "\n    ", "\""),
    ("python-continued", "'", " \\\n    ", "'"),
    ("php", "'", " . ", "'"),
    ("php-lines", "'", "\n    . ", "'"),
    ("vb", "\"", " & _\r\n        ", "\""),
    ("vb6", "\"", " & ", "\""),
    ("lua", "\"", " .. ", "\""),
    ("sql", "'", " || ", "'"),
    ("sql-lines", "'", " ||\n  ", "'"),
    ("c", "\"", "\n  ", "\""),
    ("elixir", "\"", " <> ", "\""),
    ("powershell", "\"", " + `\r\n    ", "\""),
    ("powershell-plus", "'", " +\r\n    ", "'"),
    ("harbour", "\"", " + ;\r\n      ", "\""),
    ("pascal", "'", " +\r\n  ", "'"),
    ("csharp", "\"", " +\n    @", "\""),
    ("swift", "\"", "\n  + ", "\""),
];

fn concatenated(all: &mut Vec<Dress>) {
    let family = "concatenated in source code";
    for (name, open, between, close) in LANGUAGES {
        let joint = format!("{close}{between}{open}");
        for cuts in [&[10][..], &[36], &[37], &[52], &[53], &[90], &[30, 80], &[36, 37, 51, 52], &[20, 40, 60, 80, 100]]
        {
            let joint = joint.clone();
            all.push(around(family, &format!("concatenated-{name}"), &["joined"], move |value| {
                (open.to_owned(), cut(value, cuts, &joint), close.to_owned())
            }));
        }
    }
}

fn cut(value: &str, places: &[usize], joint: &str) -> String {
    let mut done = value.to_owned();
    for at in places.iter().rev() {
        done = insert(&done, *at, joint);
    }
    done
}
