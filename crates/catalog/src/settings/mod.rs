//! Prices, plans and thresholds: the configuration of the views, with its defaults.

mod alerts;
mod names;
mod plans;
mod problems;
mod seats;
mod sections;
mod values;

pub use alerts::{AlertRule, Alerts};
pub use names::NameSettings;
pub use plans::{Plan, Plans};
pub use seats::Seats;
pub use sections::{
    Anchor, Budget, Code, Movers, Overage, OverageReading, Quality, Section, Segments, Settings,
};
