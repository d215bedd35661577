//! Relations kept in memory, packed: text as narrow codes into one dictionary per column, numbers as narrow offsets
//! from a block's smallest, constants once, columns that are alike once. A read unpacks only the columns it needs, one batch at a time.

mod block;
mod column;
mod dictionary;
mod interner;
mod narrow;
mod pool;
mod table;

pub(crate) use pool::Pool;
pub(crate) use table::{PackedBuilder, PackedRows};
