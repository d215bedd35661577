//! Which users are read. Debug output has a count: the id of a user of another identity provider can be an address.

use std::fmt;

/// Most ids that are read one by one. They take 100 requests, as many as a listing of 10,000 users. The published rate is 20
/// requests per second, so one by one a larger number would take longer than the listing of most directories.
pub const MAX_DESCRIBED_USERS: usize = 100;

/// The users to read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum UserSelection<'a> {
    /// All users, by `identitystore:ListUsers`.
    All,
    /// These ids, in any spelling: up to [`MAX_DESCRIBED_USERS`] by `identitystore:DescribeUser`, more by
    /// `identitystore:ListUsers`. Other users are not kept.
    Ids(&'a [String]),
}

impl fmt::Debug for UserSelection<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("All"),
            Self::Ids(ids) => formatter.debug_tuple("Ids").field(&ids.len()).finish(),
        }
    }
}
