//! What a Kiro export is: object keys, headers, typed rows, tiers, user ids.
//!
//! Pure: bytes go in, typed rows and issues come out. No files, no clock, no Parquet.

mod object_key;

pub use object_key::ObjectKey;
