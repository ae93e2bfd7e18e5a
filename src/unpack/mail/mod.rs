//! Mail: single messages, mailboxes in one file, and what stands in messages.
//!
//! Holds: one file a format (`message`, `mbox`, `emlx`), and what they share. Must not know: what an attachment is; its
//! bytes are handed over and opened as whatever they are.

mod emlx;
mod headers;
mod kind;
mod mbox;
mod message;
mod parts;
mod separators;
mod shape;
mod signed;
mod text;
mod transfer;
mod uuencode;

pub(super) use emlx::FORMAT as EMLX;
pub(super) use mbox::FORMAT as MBOX;
pub(super) use message::FORMAT as MESSAGE;
