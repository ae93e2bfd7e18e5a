//! Waiting for a run.
//!
//! Holds: the thread that runs, what Ctrl-C does, and when the progress line is drawn. The run is waited for on
//! a channel, so that a read that blocks (standard input, a dead share) holds nobody. Must not know:
//! what is run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use ksefleaks::{Outcome, Session};

use crate::exit::Exit;
use crate::progress::Line;
use crate::{message, system};

const TICK: Duration = Duration::from_millis(200);
/// How long the workers get to stop; what they have not told by then is not told.
const GRACE: Duration = Duration::from_millis(300);

enum Event {
    Ended { sound: bool },
    Interrupted,
}

/// Runs to the end, or until the user stops it, and tells what was found.
pub(crate) fn until_done(session: Session, line: &mut Line) -> anyhow::Result<Outcome> {
    let session = Arc::new(session);
    let (sender, events) = mpsc::channel();
    heed_interrupts(sender.clone())?;
    start(Arc::clone(&session), sender)?;
    let sound = loop {
        match events.recv_timeout(TICK) {
            Ok(Event::Ended { sound }) => break Some(sound),
            Ok(Event::Interrupted) => {
                session.stop();
                // Either it ends in time or it does not: what it has found is told in both cases.
                drop(events.recv_timeout(GRACE));
                break None;
            }
            Err(RecvTimeoutError::Timeout) => line.draw(&session.progress()),
            Err(RecvTimeoutError::Disconnected) => break Some(false),
        }
    };
    line.clear();
    let mut outcome = session.outcome();
    match sound {
        Some(true) => {}
        Some(false) => {
            outcome.summary.complete = false;
            outcome.summary.interrupted = false;
            message::tell("the search failed before its end; what it found until then is told");
        }
        None => {
            outcome.summary.complete = false;
            outcome.summary.interrupted = true;
        }
    }
    Ok(outcome)
}

fn start(session: Arc<Session>, sender: Sender<Event>) -> anyhow::Result<()> {
    let work = move || {
        let sound = catch_unwind(AssertUnwindSafe(|| session.run())).is_ok();
        // Nobody listens any more where the user did not want to wait.
        drop(sender.send(Event::Ended { sound }));
    };
    thread::Builder::new().name("search".to_owned()).spawn(work).context("no thread can be started")?;
    Ok(())
}

/// The first Ctrl-C asks the run to end, the second ends the program; so does the first where the
/// run is over and only its report is still being written. Under nohup nothing is changed: a run that
/// is meant to outlive its terminal must not end with it.
fn heed_interrupts(sender: Sender<Event>) -> anyhow::Result<()> {
    if system::hangups_are_ignored() {
        return Ok(());
    }
    let mut asked = false;
    ctrlc::set_handler(move || {
        if std::mem::replace(&mut asked, true) || sender.send(Event::Interrupted).is_err() {
            end_at_once();
        }
    })
    .context("Ctrl-C cannot be heeded")
}

#[expect(clippy::disallowed_methods, reason = "a second Ctrl-C must end a program that does not answer")]
fn end_at_once() {
    std::process::exit(i32::from(Exit::Interrupted.code()));
}
