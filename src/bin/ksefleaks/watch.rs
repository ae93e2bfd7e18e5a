//! Waiting for a run.
//!
//! Holds: the thread that runs, what Ctrl-C does (to a command that is no run as well), when the time is up, and when the
//! progress line is drawn. The run is waited for on a channel, so that a read that blocks (standard input, a dead share) holds
//! nobody. Must not know: what is run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use ksefleaks::{Notice, Origin, Outcome, Reason, Session};

use crate::exit::Exit;
use crate::progress::Line;
use crate::{message, system};

const TICK: Duration = Duration::from_millis(200);
/// How long the workers get to stop; what they have not told by then is not told.
const GRACE: Duration = Duration::from_millis(300);

/// Whom Ctrl-C is told to: the run that is waited for.
static WAITING: Mutex<Option<Sender<Event>>> = Mutex::new(None);

enum Event {
    Ended { sound: bool },
    Interrupted,
}

/// How long a run may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    /// When it began.
    pub(crate) began: Instant,
    /// In seconds, as the option takes them.
    pub(crate) seconds: u32,
}

impl Allowance {
    fn left(self) -> Duration {
        Duration::from_secs(u64::from(self.seconds)).saturating_sub(self.began.elapsed())
    }
}

/// Why there is nothing to wait for any more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Sound,
    Failed,
    Interrupted,
    TimeUp(u32),
}

/// Runs to the end, or until the user stops it or its time is up, and tells what was found.
pub(crate) fn until_done(session: Session, line: &mut Line, allowance: Option<Allowance>) -> anyhow::Result<Outcome> {
    let session = Arc::new(session);
    let (sender, events) = mpsc::channel();
    heed_interrupts(sender.clone())?;
    start(Arc::clone(&session), sender)?;
    let end = loop {
        let left = allowance.map_or(TICK, Allowance::left);
        match events.recv_timeout(TICK.min(left)) {
            Ok(Event::Ended { sound }) => break if sound { End::Sound } else { End::Failed },
            Ok(Event::Interrupted) => break End::Interrupted,
            Err(RecvTimeoutError::Timeout) if left.is_zero() => {
                break End::TimeUp(allowance.map_or(0, |allowance| allowance.seconds));
            }
            Err(RecvTimeoutError::Timeout) => line.draw(&session.progress()),
            Err(RecvTimeoutError::Disconnected) => break End::Failed,
        }
    };
    if matches!(end, End::Interrupted | End::TimeUp(_)) {
        session.stop();
        // Either it ends in time or it does not: what it has found is told in both cases.
        drop(events.recv_timeout(GRACE));
    }
    line.clear();
    Ok(told(session.outcome(), end))
}

/// The outcome of a run that ended like this.
fn told(mut outcome: Outcome, end: End) -> Outcome {
    outcome.summary.complete &= end == End::Sound;
    outcome.summary.interrupted = end == End::Interrupted;
    match end {
        End::Sound | End::Interrupted => {}
        End::Failed => message::tell("the search failed before its end; what it found until then is told"),
        End::TimeUp(seconds) => {
            let text = format!("not finished within --max-time {seconds}; what was not reached was not scanned");
            let notice = Notice::new(Origin::label("all of the run"), Reason::TooLong, text).limit("--max-time");
            *outcome.summary.notices.entry(notice.reason.name().to_owned()).or_default() += 1;
            outcome.notices.insert(0, notice);
        }
    }
    outcome
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
    let first = WAITING.lock().unwrap_or_else(PoisonError::into_inner).replace(sender).is_none();
    if !first {
        // The handler is there already and tells the run of now.
        return Ok(());
    }
    let mut asked = false;
    ctrlc::set_handler(move || {
        let waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        let told = waiting.as_ref().is_some_and(|sender| sender.send(Event::Interrupted).is_ok());
        if std::mem::replace(&mut asked, true) || !told {
            end_at_once();
        }
    })
    .context("Ctrl-C cannot be heeded")
}

/// Says how things stand when Ctrl-C ends what is no run, and ends it. Not to be called before a password is asked for: a
/// terminal that shows nothing of what is typed stays so where a program ends itself.
pub(crate) fn say_if_interrupted(say: fn() -> &'static str) -> anyhow::Result<()> {
    if system::hangups_are_ignored() {
        return Ok(());
    }
    let end = move || {
        message::tell(say());
        end_at_once();
    };
    ctrlc::set_handler(end).context("Ctrl-C cannot be heeded")
}

#[expect(clippy::disallowed_methods, reason = "a second Ctrl-C must end a program that does not answer")]
fn end_at_once() {
    std::process::exit(i32::from(Exit::Interrupted.code()));
}
