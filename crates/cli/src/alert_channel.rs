//! Where alerts are sent, each with a memory of its own.

/// The channel of a webhook, in the state.
pub(crate) const WEBHOOK: &str = "webhook";
/// The channel of printed alerts, in the state.
pub(crate) const OUTPUT: &str = "output";
