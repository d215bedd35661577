//! What a long piece of work tells while it goes on. The binary draws it.

/// Somebody who watches.
pub trait Progress: Send + Sync {
    /// A step begins: its number, how many there are, and its title.
    fn begin(&self, number: usize, of: usize, title: &str);

    /// What is being done now; replaces what was said before.
    fn doing(&self, what: &str);

    /// How much is done, of how much if that is known.
    fn count(&self, done: u64, of: Option<u64>, what: &str);

    /// A line that stays.
    fn note(&self, line: &str);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _number: usize, _of: usize, _title: &str) {}
    fn doing(&self, _what: &str) {}
    fn count(&self, _done: u64, _of: Option<u64>, _what: &str) {}
    fn note(&self, _line: &str) {}
}
