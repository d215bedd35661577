//! Progress of long operations. The binary displays it.

/// Receives progress.
pub trait Progress: Send + Sync {
    /// A step begins: its number, the number of steps, and its title.
    fn begin(&self, number: usize, of: usize, title: &str);

    /// The current activity. Replaces the previous one.
    fn doing(&self, what: &str);

    /// The amount done, and the total if it is known.
    fn count(&self, done: u64, of: Option<u64>, what: &str);

    /// A permanent line.
    fn note(&self, line: &str);
}

/// Ignores progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _number: usize, _of: usize, _title: &str) {}
    fn doing(&self, _what: &str) {}
    fn count(&self, _done: u64, _of: Option<u64>, _what: &str) {}
    fn note(&self, _line: &str) {}
}
