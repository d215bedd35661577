//! Relations in memory, packed.
//!
//! Text is codes into one dictionary per column, numbers are offsets from the minimum of a block in the smallest width
//! that fits, and equal columns of all views are stored once. A read unpacks only the columns that it needs, one batch
//! at a time.
//!
//! The pool, the interner and the decimals save memory: `scripts/bench page` limits the server to 600 MiB.

mod block;
mod codes;
mod column;
mod decimals;
mod dictionary;
mod interner;
mod packed_ints;
mod pool;
mod table;

pub(crate) use pool::Pool;
pub(crate) use table::{PackedBuilder, PackedRows};
