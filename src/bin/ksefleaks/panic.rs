//! What is said when a part of the program fails.
//!
//! Holds: the panic hook. The payload of a panic may quote what was being read, and what was being
//! read may be a secret: only the place in our own source is told.

use crate::message;

/// From now on a panic tells its place and nothing else.
pub(crate) fn tell_the_place_only() {
    std::panic::set_hook(Box::new(|info| {
        // Of what a damaged inventory does to its database a clear error tells.
        if ksefleaks::is_guarded() {
            return;
        }
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        message::tell(&format!("internal error at {place}; please report it with this line"));
    }));
}
