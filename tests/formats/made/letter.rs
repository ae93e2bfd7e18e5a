//! Mail.

use std::fmt::Write;

/// The header of all messages but for their kind; seven lines with an empty one.
pub fn header(subject: &str, more: &str) -> String {
    format!(
        "From: Anna Nowak <anna@biuro.example>\nTo: Jan Kowalski <jan@biuro.example>\nCc: piotr@biuro.example\n\
         Date: Sun, 01 Mar 2026 09:00:00 +0100\nMessage-ID: <1@biuro.example>\nSubject: {subject}\n{more}"
    )
}

pub fn mail(subject: &str, body: &str) -> String {
    format!("{}\n{body}", header(subject, ""))
}

/// Base64 in lines of 76 digits.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (index, group) in bytes.chunks(3).enumerate() {
        let word = (0..3).fold(0_usize, |word, at| word << 8 | usize::from(group.get(at).copied().unwrap_or(0)));
        for digit in 0..4 {
            text.push(if digit <= group.len() { char::from(DIGITS[word >> (18 - 6 * digit) & 63]) } else { '=' });
        }
        if index % 19 == 18 {
            text.push('\n');
        }
    }
    text + "\n"
}

pub fn encoded(subject: &str, body: &[u8]) -> String {
    let kind = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n";
    format!("{}\n{}", header(subject, kind), base64(body))
}

/// Quoted-printable, in which lines are short and the equals sign is quoted.
pub fn quoted(subject: &str, body: &str) -> String {
    let kind = "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n";
    let mut text = header(subject, kind) + "\n";
    let mut width = 0;
    for letter in body.chars() {
        if width > 60 && letter != '\n' {
            text.push_str("=\n");
            width = 0;
        }
        match letter {
            '=' | '|' => write!(text, "={:02X}", letter as u32).expect("memory takes it"),
            _ => text.push(letter),
        }
        width = if letter == '\n' { 0 } else { width + 3 };
    }
    text
}

/// A message of several parts, each with its own header.
fn parted(subject: &str, kind: &str, parts: &[String]) -> String {
    let kind = format!("MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=\"b-1\"\n");
    let parts: String = parts.iter().map(|part| format!("--b-1\n{part}\n")).collect();
    format!("{}\n{parts}--b-1--\n", header(subject, &kind))
}

/// A short text with files.
pub fn attached(subject: &str, files: &[(&str, &[u8])]) -> String {
    let text = "Content-Type: text/plain\n\nw załączniku\n".to_owned();
    let file = |(name, bytes): &(&str, &[u8])| {
        let kind = format!("Content-Type: application/octet-stream; name=\"{name}\"");
        let place = format!("Content-Disposition: attachment; filename=\"{name}\"");
        format!("{kind}\n{place}\nContent-Transfer-Encoding: base64\n\n{}", base64(bytes))
    };
    let parts: Vec<String> = [text].into_iter().chain(files.iter().map(file)).collect();
    parted(subject, "mixed", &parts)
}

/// A message that another one is attached to.
pub fn forwarded(subject: &str, message: &str) -> String {
    let text = "Content-Type: text/plain\n\nzobacz\n".to_owned();
    parted(subject, "mixed", &[text, format!("Content-Type: message/rfc822\n\n{message}")])
}

/// Messages sent as one.
pub fn digest(messages: &[&str]) -> String {
    let parts: Vec<String> = messages.iter().map(|message| format!("\n{message}")).collect();
    parted("lista", "digest", &parts)
}

/// A page as browsers save it.
pub fn saved_page(page: &str) -> String {
    let part = format!("Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n{}", base64(page.as_bytes()));
    parted("strona", "related", &[part])
}

pub fn mailbox<M: AsRef<str>>(messages: &[M]) -> String {
    let one = |message: &M| format!("From anna@biuro.example Sun Mar  1 09:00:00 2026\n{}\n", message.as_ref());
    messages.iter().map(one).collect()
}

pub fn emlx(message: &str) -> String {
    format!("{:<10}\n{message}<?xml version=\"1.0\"?><plist><dict/></plist>\n", message.len())
}

pub fn uuencoded(name: &str, bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value == 0 { b'`' } else { value + 32 });
    let mut body = format!("w liście\n\nbegin 644 {name}\n");
    for line in bytes.chunks(45) {
        body.push(digit(line.len() as u8));
        for group in line.chunks(3) {
            let word = (0..3).fold(0_u32, |word, at| word << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
            body.extend([18, 12, 6, 0].map(|shift| digit((word >> shift & 63) as u8)));
        }
        body.push('\n');
    }
    mail("uu", &(body + "`\nend\n"))
}
