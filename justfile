# What developers type; `.ci/run` does the same without `just`.

# All checks that need no test run.
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

# All tests.
test:
    cargo test

# Rewrites what is generated: docs/rules.md, docs/formats.md, docs/audit.md, corpus/, the expected output of the command line.
bless:
    KSEFLEAKS_BLESS=1 cargo test --lib page
    cargo run --release --example corpus -- corpus
    KSEFLEAKS_BLESS=1 cargo test --test corpus the_table
    KSEFLEAKS_BLESS=1 cargo test --test inventory every_sample
    TRYCMD=overwrite cargo test --test cli

# Speed, side by side with what it is measured against.
bench:
    cargo bench
