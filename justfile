# Names for the common commands; `just` without a name lists them. tests/README.md says which ones a change needs.

[private]
default:
    @just --list

# Formatting, clippy, unit tests, SQL, templates: on every save
quick:
    scripts/test --quick

# Formatting, clippy, documentation, dependencies, SQL, templates, workflows
lint:
    scripts/test --lint

# All tests and doctests of the workspace
rust:
    scripts/test --rust

# The dashboard and the report file in a real browser
browser:
    scripts/test --browser

# Every view on a real Trino, against the embedded engine
trino:
    scripts/test --trino

# The function, the template and a deployment in emulators
aws:
    scripts/test --aws

# Everything, as CI does
test:
    scripts/test

# Format the code
fmt:
    cargo fmt --all

# Read and accept snapshots that have changed on purpose
review:
    cargo insta review

# The dashboard over an invented fleet
demo:
    cargo run --no-default-features -- demo

# Speed and memory, as one table; `just bench --help` names the parts
bench *parts:
    scripts/bench {{ parts }}

# The zips of the function
functions:
    scripts/build-lambda

# An archive of this machine's program with both zips
release: functions
    cargo build --profile dist --locked --bin kiro-analytics
    scripts/release
