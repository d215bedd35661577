//! The `kiro-analytics` binary.
fn main() {}
