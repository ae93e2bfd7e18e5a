//! What a part says that it is.
//!
//! Holds: type, name, encoding and the like, read off its header. Must not know: its content.

use super::headers::{field, parameters, text};
use super::transfer::Transfer;

/// The kind of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// `text/plain`, in small letters.
    pub(super) name: String,
    /// The name of the file that it was.
    pub(super) file: Option<String>,
    /// What stands between the parts of a multipart.
    pub(super) boundary: Option<Vec<u8>>,
    /// The encoding of its characters, in small letters.
    pub(super) charset: String,
    /// Whether its lines flow, and whether the spaces that they flow over are no part of the text.
    pub(super) flowed: Option<bool>,
    /// What a sealed part is: `enveloped-data`.
    pub(super) sealed: String,
    /// How its bytes are written.
    pub(super) transfer: Transfer,
}

impl Kind {
    /// Reads a header; `default` is the type of parts that tell none.
    pub(super) fn of(header: &[u8], default: &str) -> Self {
        let value = field(header, "Content-Type");
        let told = value.and_then(parameters);
        let name = match &told {
            Some(told) => format!("{}/{}", told.ctype(), told.subtype().unwrap_or_default()).to_ascii_lowercase(),
            None => default.to_owned(),
        };
        let of = |name: &str| told.as_ref().and_then(|told| told.attribute(name));
        let small = |name: &str| of(name).unwrap_or_default().to_ascii_lowercase();
        let flowed = (small("format") == "flowed").then(|| small("delsp") == "yes");
        let boundary = of("boundary").map(|text| text.trim_end().as_bytes().to_vec()).filter(|text| !text.is_empty());
        let file = field(header, "Content-Disposition")
            .and_then(parameters)
            .and_then(|told| told.attribute("filename").map(str::to_owned))
            .or_else(|| of("name").map(str::to_owned))
            .or_else(|| field(header, "Content-Location").map(text).map(|place| last(&place).to_owned()));
        let file = file.map(|name| plain(&name)).filter(|name| !name.is_empty());
        Self {
            file,
            boundary,
            charset: small("charset"),
            flowed,
            sealed: small("smime-type"),
            transfer: field(header, "Content-Transfer-Encoding").map_or(Transfer::Plain, Transfer::of),
            name,
        }
    }

    pub(super) fn is_multipart(&self) -> bool {
        self.name.starts_with("multipart/")
    }

    pub(super) fn is_text(&self) -> bool {
        self.name.starts_with("text/")
    }

    pub(super) fn is_message(&self) -> bool {
        matches!(self.name.as_str(), "message/rfc822" | "message/global" | "message/news")
    }

    /// The ending of a name for a part that has none.
    pub(super) fn ending(&self) -> &'static str {
        match self.name.as_str() {
            "text/plain" => ".txt",
            "text/html" => ".html",
            "text/calendar" => ".ics",
            "text/xml" | "application/xml" => ".xml",
            "text/rtf" | "application/rtf" => ".rtf",
            "application/json" => ".json",
            _ if self.is_message() => ".eml",
            _ => "",
        }
    }
}

/// What of an address names the thing.
fn last(place: &str) -> &str {
    let place = place.split(['?', '#']).next().unwrap_or_default();
    place.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// A name on one line. Encoded words have no place in parameters, and stand there all the same.
fn plain(name: &str) -> String {
    let name = text(name.as_bytes());
    name.chars().filter(|letter| !letter.is_control()).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str) -> Option<String> {
        Kind::of(header.as_bytes(), "text/plain").file
    }

    #[test]
    fn names_are_read_in_all_their_forms() {
        for header in [
            "Content-Disposition: attachment; filename=\"żółw 1.zip\"\n",
            "Content-Disposition: attachment;\n filename*=UTF-8''%C5%BC%C3%B3%C5%82w%201.zip\n",
            "Content-Disposition: attachment;\r\n filename*0*=UTF-8''%C5%BC%C3%B3;\r\n \
             filename*1*=%C5%82w%20;\r\n filename*2=1.zip\r\n",
            "Content-Type: application/zip; name=\"=?UTF-8?Q?=C5=BC=C3=B3=C5=82w_1.zip?=\"\n",
            "Content-Type: application/zip; name==?ISO-8859-2?Q?=BF=F3=B3w_1.zip?=\n",
            "Content-Type: application/zip;\n name*=iso-8859-2''%BF%F3%B3w%201.zip\n",
            "Content-Location: file:///C:/a/=?UTF-8?Q?=C5=BC=C3=B3=C5=82w_1.zip?=\n",
        ] {
            assert_eq!(file(header).as_deref(), Some("żółw 1.zip"), "{header}");
        }
        assert_eq!(file("Content-Type: text/plain\n"), None);
        assert_eq!(file("Content-Location: https://example.pl/a/b.png?c=d/e\n").as_deref(), Some("b.png"));
    }

    #[test]
    fn what_is_not_told_is_assumed() {
        let kind = Kind::of(b"", "message/rfc822");
        assert_eq!((kind.name.as_str(), kind.transfer, kind.boundary), ("message/rfc822", Transfer::Plain, None));
        let kind = Kind::of(b"Content-Type: Text/PLAIN; format=Flowed; DelSp=YES; charset=\"UTF-8\"\n", "x/y");
        assert_eq!((kind.name.as_str(), kind.flowed, kind.charset.as_str()), ("text/plain", Some(true), "utf-8"));
        let kind = Kind::of(b"Content-Type: multipart/mixed; boundary=\"a b \"\n", "text/plain");
        assert_eq!(kind.boundary.as_deref(), Some(&b"a b"[..]));
    }
}
