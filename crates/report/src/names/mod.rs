//! Other spellings of columns, clients, tiers and models, and columns that are no models: the rules as they are configured,
//! their check, and the lookups of the normalizer.

mod lookup;
mod problem;
mod rules;

pub use lookup::Names;
pub use problem::{NameProblem, NameProblemKind};
pub use rules::NameRules;
