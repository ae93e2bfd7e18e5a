//! Dresses that nobody sees: what a copy from a web page picks up.
//!
//! Holds: zero-width characters, soft hyphens and no-break spaces, as bytes and as references. Must
//! not know: what can be seen.

use super::super::encode::latin2;
use super::{Dress, Worn, insert, places, value, whole};

const CHARACTERS: [(&str, &str); 7] = [
    ("zero-width-space", "\u{200B}"),
    ("zero-width-joiner", "\u{200D}"),
    ("word-joiner", "\u{2060}"),
    ("byte-order-mark", "\u{FEFF}"),
    ("soft-hyphen", "\u{AD}"),
    ("no-break-space", "\u{A0}"),
    ("narrow-no-break-space", "\u{202F}"),
];

const REFERENCES: [(&str, &str); 6] = [
    ("zero-width-space-decimal", "&#8203;"),
    ("zero-width-space-hex", "&#x200B;"),
    ("zero-width-space-named", "&ZeroWidthSpace;"),
    ("soft-hyphen-named", "&shy;"),
    ("soft-hyphen-decimal", "&#173;"),
    ("no-break-space-named", "&nbsp;"),
];

pub(super) fn dresses(all: &mut Vec<Dress>) {
    let family = "zero-width characters, soft hyphens, no-break spaces";
    for (clothes, list) in [(&["invisible"] as &[_], &CHARACTERS[..]), (&["entity", "invisible"], &REFERENCES)] {
        for (name, unseen) in list {
            let file = format!("unseen-{name}");
            for at in places(700) {
                all.push(value(family, &file, clothes, move |value| insert(value, (at % value.len()).max(1), unseen)));
            }
            // One behind every eighth character, as some editors mark where a line may break.
            let file = format!("unseen-often-{name}");
            all.push(value(family, &file, clothes, move |value| super::super::encode::wrap(value, 8, unseen)));
        }
    }
    for (name, unseen) in [("soft-hyphen", "\u{AD}"), ("no-break-space", "\u{A0}")] {
        all.push(whole(family, &format!("unseen-cp1250-{name}"), &["invisible"], move |carrier| {
            let lead = latin2(carrier.lead, true);
            let at = lead.len();
            Worn {
                bytes: [lead, latin2(&insert(carrier.value, 60, unseen), true), latin2(carrier.tail, true)].concat(),
                at,
            }
        }));
    }
    all.push(value("look-alikes of `-` and `|`", "look-alike-hyphen", &["invisible"], |value| {
        value.replacen('-', "\u{2011}", 2)
    }));
}
