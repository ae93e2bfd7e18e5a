//! What differs between systems.
//!
//! Holds: the permissions of a new report or program, and whether the terminal may go away. Must not know: what a
//! report is, or what a run does.

/// Gives the file the permissions of any new file: a temporary one would else be its owner's alone, and
/// a report must be readable by whoever collects it.
#[cfg(unix)]
pub(crate) fn as_ordinary_file(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

/// Here a file has the permissions of its directory already.
#[cfg(not(unix))]
pub(crate) fn as_ordinary_file(_: &mut tempfile::Builder<'_, '_>) {}

/// Gives the file the permissions of any new program.
#[cfg(unix)]
pub(crate) fn as_program(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o777));
}

/// Here a program is known by its name or its first line.
#[cfg(not(unix))]
pub(crate) fn as_program(_: &mut tempfile::Builder<'_, '_>) {}

/// Who sits before the terminal, as far as the system tells; for a history that people read.
pub(crate) fn user() -> String {
    let name = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// Whether this was started so that it outlives its terminal, as nohup does.
#[cfg(target_os = "linux")]
pub(crate) fn hangups_are_ignored() -> bool {
    /// Far more than the kernel writes there.
    const LARGEST: u64 = 64 << 10;
    let status = std::fs::File::open("/proc/self/status").ok();
    let status = status.and_then(|mut file| crate::files::bounded(&mut file, LARGEST).ok().flatten());
    status.is_some_and(|status| ignores_first_signal(&String::from_utf8_lossy(&status)))
}

/// The first signal is the hangup; the mask of what is ignored is in hexadecimal.
#[cfg(target_os = "linux")]
fn ignores_first_signal(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

/// Nothing tells; Ctrl-C is worth more.
#[cfg(not(target_os = "linux"))]
pub(crate) fn hangups_are_ignored() -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        assert!(ignores_first_signal("Name:\tx\nSigIgn:\t0000000000001001\n"));
        assert!(!ignores_first_signal("SigIgn:\t0000000000001000\n"));
        assert!(!ignores_first_signal("SigCgt:\t0000000000000001\n"));
    }
}
