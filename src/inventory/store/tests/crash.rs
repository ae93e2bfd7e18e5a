//! Writes that fail, and what is lost with them: all of a draft is kept or nothing.

use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

use super::{Place, all, by, bytes_of, credential, find};
use crate::inventory::Field;
use crate::inventory::store::draft::Draft;
use crate::inventory::store::open::Inventory;
use crate::inventory::store::{Handle, InventoryError, Records};

#[derive(Clone, Debug)]
enum Step {
    Write(usize, Vec<u8>),
    Length(usize),
    Sync,
}

/// A disk: what it holds for sure, and what was written since; its power goes at the n-th step.
#[derive(Debug, Default)]
struct Disk {
    safe: Vec<u8>,
    now: Vec<u8>,
    loose: Vec<Step>,
    steps: usize,
    /// Bytes that were read.
    touched: usize,
    fails_at: usize,
}

#[derive(Clone, Debug)]
struct Backend(Arc<Mutex<Disk>>);

impl Backend {
    fn new(bytes: &[u8], fails_at: usize) -> Self {
        let (safe, now) = (bytes.to_vec(), bytes.to_vec());
        Self(Arc::new(Mutex::new(Disk { safe, now, fails_at, ..Disk::default() })))
    }

    fn step(&self, step: Step) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.steps += 1;
        if disk.steps >= disk.fails_at {
            // Of the write that fails a part may be done.
            if let (Step::Write(at, data), true) = (&step, disk.steps == disk.fails_at) {
                let half = Step::Write(*at, data[..data.len() / 2].to_vec());
                apply(&mut disk.now, &half);
                disk.loose.push(half);
            }
            return Err(io::ErrorKind::StorageFull.into());
        }
        apply(&mut disk.now, &step);
        if matches!(step, Step::Sync) {
            disk.safe = disk.now.clone();
            disk.loose.clear();
        } else {
            disk.loose.push(step);
        }
        Ok(())
    }

    /// What may be found afterwards: with all that was not yet safe, with nothing of it, with every second step, with
    /// the first half, with the second.
    fn left(&self) -> Vec<Vec<u8>> {
        let disk = self.0.lock().unwrap();
        let half = disk.loose.len() / 2;
        let kept: [&dyn Fn(usize) -> bool; 6] =
            [&|_| true, &|_| false, &|at| at % 2 == 0, &|at| at % 2 == 1, &|at| at < half, &|at| at >= half];
        let left = kept.iter().map(|kept| {
            let mut bytes = disk.safe.clone();
            let steps = disk.loose.iter().enumerate();
            // A length is kept with the writes behind it, or they would have no place.
            steps
                .filter(|(at, step)| kept(*at) || matches!(step, Step::Length(_)))
                .for_each(|(_, step)| apply(&mut bytes, step));
            bytes
        });
        let mut left: Vec<Vec<u8>> = left.collect();
        left.dedup();
        left
    }
}

fn apply(bytes: &mut Vec<u8>, step: &Step) {
    match step {
        Step::Write(at, data) => {
            let end = at + data.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at..end].copy_from_slice(data);
        }
        Step::Length(length) => bytes.resize(*length, 0),
        Step::Sync => {}
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.touched += out.len();
        let from = disk.now.get(usize::try_from(offset).unwrap()..).and_then(|rest| rest.get(..out.len()));
        out.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.step(Step::Length(usize::try_from(len).unwrap()))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.step(Step::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.step(Step::Write(usize::try_from(offset).unwrap(), data.to_vec()))
    }
}

/// A draft with some hundred changes.
fn change(inventory: &Inventory, backend: Backend) -> Result<(), InventoryError> {
    let records = inventory.begin_draft(backend).map_err(|fault| fault.at(inventory.path()))?;
    let mut draft = Draft::new(records, by("import"));
    for number in 100..300 {
        draft.put(credential(number))?;
    }
    for number in 1..40 {
        let mut one = draft.credential(number)?.unwrap();
        one.fields.insert(Field::Owner, super::says("Ewa"));
        draft.put(one)?;
    }
    for number in 40..50 {
        draft.remove(number)?;
    }
    draft.commit()
}

fn records_of(inventory: &Inventory, bytes: &[u8]) -> Records {
    let backend = Backend::new(bytes, usize::MAX);
    inventory.begin_draft(backend).unwrap_or_else(|fault| panic!("{}", fault.at(inventory.path())))
}

#[test]
fn whatever_write_fails_all_of_a_draft_is_kept_or_nothing() {
    let place = Place::new();
    place.fill(1..60);
    let bytes = bytes_of(place.path());
    let before = all(&records_of(&place.inventory, &bytes)).unwrap();
    let calm = Backend::new(&bytes, usize::MAX);
    change(&place.inventory, calm.clone()).unwrap();
    let (after, steps) = {
        let disk = calm.0.lock().unwrap();
        (all(&records_of(&place.inventory, &disk.safe)).unwrap(), disk.steps)
    };
    assert!(steps > 10 && after != before, "{steps} steps");
    let (mut kept, mut lost) = (0, 0);
    for fails_at in 1..=steps {
        let disk = Backend::new(&bytes, fails_at);
        let result = change(&place.inventory, disk.clone());
        for left in disk.left() {
            let now = all(&records_of(&place.inventory, &left)).unwrap();
            assert!(now == before || now == after, "a part of the draft is kept when step {fails_at} fails");
            assert!(now == after || result.is_err(), "what was said to be kept is lost when step {fails_at} fails");
            *if now == after { &mut kept } else { &mut lost } += 1;
        }
    }
    assert!(kept > 0 && lost > 0, "{kept} kept, {lost} lost");
}

#[test]
fn a_repair_that_fails_loses_nothing() {
    let place = Place::new();
    place.fill(1..60);
    let bytes = bytes_of(place.path());
    let before = all(&records_of(&place.inventory, &bytes)).unwrap();
    let calm = Backend::new(&bytes, usize::MAX);
    change(&place.inventory, calm.clone()).unwrap();
    let (steps, after) = {
        let disk = calm.0.lock().unwrap();
        (disk.steps, all(&records_of(&place.inventory, &disk.safe)).unwrap())
    };
    for fails_at in [2, steps / 2, steps - 4, steps - 1] {
        let disk = Backend::new(&bytes, fails_at);
        let _ = change(&place.inventory, disk.clone());
        for left in disk.left() {
            for again in 1..12 {
                let disk = Backend::new(&left, again);
                let _ = change(&place.inventory, disk.clone());
                for left in disk.left() {
                    let now = all(&records_of(&place.inventory, &left)).unwrap();
                    assert!(now == before || now == after, "steps {fails_at} and {again}");
                }
            }
        }
    }
}

#[test]
fn a_file_that_a_killed_program_left_is_repaired_by_whoever_reads_it() {
    let place = Place::new();
    place.fill(1..60);
    let bytes = bytes_of(place.path());
    let before = all(&place.inventory.read().unwrap()).unwrap();
    let mut repaired = 0;
    for fails_at in 2..30 {
        let disk = Backend::new(&bytes, fails_at);
        let _ = change(&place.inventory, disk.clone());
        let left = disk.0.lock().unwrap().now.clone();
        std::fs::write(place.path(), &left).unwrap();
        let now = all(&place.inventory.read().unwrap()).unwrap();
        assert!(now == before || now.credentials.len() == 59 + 200 - 10);
        repaired += u32::from(bytes_of(place.path()) != left);
    }
    assert!(repaired > 0);
}

#[test]
fn to_open_and_to_look_up_touches_little_of_the_file() {
    let place = Place::new();
    place.fill(1..3000);
    let bytes = bytes_of(place.path());
    let backend = Backend::new(&bytes, usize::MAX);
    let reading = place.inventory.begin_reading(backend.clone()).unwrap();
    let opened = backend.0.lock().unwrap().touched;
    for number in (1..3000).step_by(100) {
        assert_eq!(find(&reading, &Handle::Reference(super::reference(number))).unwrap(), Some(number.into()));
        assert_eq!(find(&reading, &Handle::Serial(super::reference(number))).unwrap(), None);
    }
    let touched = backend.0.lock().unwrap().touched;
    assert!(opened < 128 << 10, "{opened} bytes to open it");
    assert!(touched < bytes.len() / 4, "{touched} bytes of {}", bytes.len());
}
