//! Walks over what only Unix has: links, pipes, sockets, devices, names in any bytes.

use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow::Continue;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use crate::source::Walk;
use crate::source::recorded::{plant, record, record_and, walk};

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn links_are_left_unless_followed_or_named() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["d/a", "e/b"]);
    symlink("../e/b", top.join("d/file")).unwrap();
    symlink("../e", top.join("d/tree")).unwrap();
    symlink("..", top.join("d/loop")).unwrap();
    symlink("nowhere", top.join("d/broken")).unwrap();
    symlink("self", top.join("d/self")).unwrap();
    symlink("d", top.join("link")).unwrap();
    let d = top.join("d");
    let left = ["left Link"; 5];
    assert_eq!(record(&walk(&[&d]), top), [&["d/a = d/a"][..], &left].concat());
    assert_eq!(record(&walk(&[&top.join("link")]), top), [&[left[0]; 5][..], &["link/a = d/a"]].concat());
    assert_eq!(record(&walk(&[&d.join("file")]), top), ["d/file = e/b"]);
    let followed = record(&Walk { follow: true, ..walk(&[&d]) }, top);
    let through = |line: &&String| line.contains("d/loop/");
    assert_eq!(
        followed.iter().filter(|line| !through(line) && line.contains('=')).collect::<Vec<_>>(),
        ["d/a = d/a", "d/file = e/b", "d/tree/b = e/b"]
    );
    assert!(followed.iter().all(|line| line.contains('=') || line == "left Link"), "{followed:#?}");
}

#[test]
fn loops_and_devices_that_are_named_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    let this = top.join("self");
    symlink("self", &this).unwrap();
    assert!(walk(&[&this]).check().unwrap_err().to_string().contains("cannot be opened"));
    let met = record(&walk(&[&this]), top);
    assert!(
        met.len() == 1 && met[0].starts_with("self ! unreadable: ") && met[0].ends_with("; not scanned"),
        "{met:?}"
    );
    let device = walk(&[Path::new("/dev/null")]).check().unwrap_err().to_string();
    assert!(device.starts_with("«/dev/null» is a socket or a device"), "{device}");
    let socket = top.join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    assert!(walk(&[&socket]).check().is_err());
}

#[test]
fn pipes_and_sockets_met_are_never_waited_for() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    pipe(&top.join("pipe"));
    let _listener = UnixListener::bind(top.join("socket")).unwrap();
    assert_eq!(record(&walk(&[top]), top), ["left Device", "left Device"]);
}

#[test]
fn a_pipe_that_took_the_place_of_a_file_is_not_waited_for() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["a", "b", "c"]);
    let met = record_and(&walk(&[top]), top, &|blob| {
        for name in ["a", "b", "c"].into_iter().filter(|name| !blob.origin.path.text().ends_with(*name)) {
            fs::remove_file(top.join(name)).unwrap();
            if name == "b" { symlink("/etc/passwd", top.join(name)).unwrap() } else { pipe(&top.join(name)) }
        }
        Continue(())
    });
    assert!(met.iter().filter(|line| line.starts_with("left ")).count() == 2 && met.len() == 3, "{met:?}");
}

#[test]
fn a_pipe_that_is_named_is_read_to_its_end() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    let path = top.join("pipe");
    pipe(&path);
    let one = walk(&[&path]);
    assert!(one.check().is_ok());
    let met = std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&path, "through the pipe").unwrap());
        record(&one, top)
    });
    assert_eq!(met, ["pipe = through the pipe"]);
}

/// Expects silence, from the moment on when the others know that it listens.
struct Reader<'a>(&'a std::sync::Barrier);

impl crate::source::Visitor for Reader<'_> {
    fn visit(&mut self, event: crate::source::Event<'_>) -> std::ops::ControlFlow<()> {
        if let crate::source::Event::Blob(blob) = event {
            self.0.wait();
            let crate::source::Body::Stream(reader) = blob.body else { panic!("a pipe is a stream") };
            assert_eq!(reader.read(&mut [0; 8]).unwrap(), 0);
        }
        Continue(())
    }
}

#[test]
fn a_silent_pipe_does_not_hold_up_an_interruption() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    pipe(&top.join("pipe"));
    let path = top.join("pipe");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let listening = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            listening.wait();
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        let make = || -> Box<dyn crate::source::Visitor> { Box::new(Reader(&listening)) };
        walk(&[&path]).run(&crate::source::crew::Crew::new(&make, &stop));
    });
}

#[test]
fn names_that_are_no_utf_8_are_scanned_and_told() {
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    let odd = top.join(OsStr::from_bytes(b"d\xff"));
    if fs::create_dir(&odd).is_err() {
        return; // Some file systems take no such names.
    }
    fs::write(odd.join("plain"), "1").unwrap();
    fs::write(odd.join(OsStr::from_bytes(b"\xfe")), "2").unwrap();
    let told = "malformed: name is no UTF-8; scanned all the same";
    let met = record(&walk(&[top]), top);
    let mut wanted = ["d\u{fffd}/plain = 1".to_owned(), "d\u{fffd}/\u{fffd} = 2".to_owned()].to_vec();
    wanted.extend([format!("d\u{fffd} ? {told}"), format!("d\u{fffd}/\u{fffd} ? {told}")]);
    wanted.sort();
    assert_eq!(met, wanted);
}

#[test]
fn unreadable_things_are_told_and_the_walk_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let top = place.path();
    plant(top, &["closed/a", "locked", "open"]);
    let forbid = |name: &str, mode| fs::set_permissions(top.join(name), fs::Permissions::from_mode(mode)).unwrap();
    forbid("closed", 0);
    forbid("locked", 0);
    let met = record(&walk(&[top]), top);
    let refused = walk(&[&top.join("locked")]).check();
    let root = fs::File::open(top.join("locked")).is_ok();
    forbid("closed", 0o700);
    if root {
        return; // To whom all is permitted.
    }
    let denied = "! unreadable: permission denied; not scanned";
    assert_eq!(met, [format!("closed {denied}"), format!("locked {denied}"), "open = open".to_owned()]);
    assert!(refused.unwrap_err().to_string().ends_with("cannot be opened: permission denied"));
}

#[test]
fn files_without_a_size_are_read() {
    let status = Path::new("/proc/self/status");
    if status.exists() {
        let met = record(&walk(&[status]), Path::new("/"));
        assert!(met.len() == 1 && met[0].contains("Name:"), "{met:?}");
    }
}

#[test]
fn other_file_systems_are_left_on_demand() {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &str| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    if device("/dev/pts").is_none() || device("/dev") == device("/dev/pts") {
        return;
    }
    let met = |one| record(&Walk { one_file_system: one, ..walk(&[Path::new("/dev")]) }, Path::new("/"));
    let excluded = |lines: Vec<String>| lines.iter().filter(|line| *line == "left Excluded").count();
    assert!(excluded(met(true)) > 0);
    assert_eq!(excluded(met(false)), 0);
}
