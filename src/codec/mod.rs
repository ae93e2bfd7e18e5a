//! Byte encodings, and the arithmetic inside of KSeF's numbers.
//!
//! Holds: one file an encoding; each decoder returns a `Layer`, in which every byte knows where it
//! came from. Must not know: rules, sources, or what a credential is worth. A new dress is a file
//! here, its name in `base::Clothes`, and its place in `detect::dress`.

mod base64;
pub mod der;
mod escapes;
mod glue;
mod hex;
mod layer;
mod letters;
pub mod pem;
mod reference;
mod utf16;

pub use base64::{
    decode as base64_decode, decode_bytes as base64_bytes, decode_into as base64_into,
    digits_within as base64_digits_within, is_base64,
};
pub use escapes::{Reading, may_be_quoted_printable, unescape};
pub use glue::join;
pub use hex::{decode as hex_decode, decode_into as hex_into, spells_text as hex_spells_text};
pub use layer::Layer;
pub use letters::{fold_name, plain_letter};
pub use reference::{crc8, nip_is_valid};
pub use utf16::{Order, announced as utf16_announced, bytes_within as utf16_bytes_within, decode as utf16_decode};
