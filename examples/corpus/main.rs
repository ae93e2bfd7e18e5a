//! Writes the corpus: `cargo run --release --example corpus -- OUT`.
//!
//! Every credential in it is drawn from a fixed seed and opens nothing. The folder of a file is what
//! is expected of it: each file below `hit/<rule>/` holds credentials of that rule, those that
//! `expected.jsonl` lists; none below `miss/` holds any; those below `hostile/` must do no harm.

#[path = "all.rs"]
mod all;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let Some(out) = env::args_os().nth(1) else { return ExitCode::from(2) };
    match write(Path::new(&out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn write(out: &Path) -> io::Result<()> {
    for folder in ["hit", "miss", "hostile"] {
        match fs::remove_dir_all(out.join(folder)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let documents = all::documents();
    for document in &documents {
        let path = out.join(&document.path);
        fs::create_dir_all(path.parent().unwrap_or(out))?;
        fs::write(path, &document.bytes)?;
    }
    fs::write(out.join("expected.jsonl"), all::expected(&documents))
}
