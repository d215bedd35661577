//! The statements, by what they are about.

mod account;
mod buckets;
mod catalogue;
mod function;
mod names;
mod quicksight;
mod roles;
mod stack;

pub(super) use account::account;
pub(super) use buckets::buckets;
pub(super) use catalogue::catalogue;
pub(super) use function::function;
pub(super) use names::names;
pub(super) use quicksight::quicksight;
pub(super) use roles::roles;
pub(super) use stack::stack;
