//! Refuses an answer of the directory that has lost most of its users.

use std::collections::HashSet;

use crate::directory::Directory;

/// From this number of users on, a loss of some is judged.
const MIN_JUDGED_USERS: usize = 10;

/// Percentage of the last users that an answer must have.
const MIN_KEPT_PERCENT: usize = 80;

/// A directory has lost most of its users: wrong identity store, wrong Region, or missing permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the directory has {found_users} users now, and {kept_users} of the {last_users} users that it had at the last sync"
)]
pub struct ShrunkenDirectory {
    /// Users of the last answer.
    pub last_users: usize,
    /// Users of the new answer.
    pub found_users: usize,
    /// Users of the last answer that the new one has, too.
    pub kept_users: usize,
}

impl ShrunkenDirectory {
    /// One thing to do about it.
    pub const fn hint(self) -> &'static str {
        "check the identity store and its Region; if these users did leave, run the command again with `--accept-shrink`"
    }
}

/// Checks that an answer has at least 80 % of the users of the last one, if those were ten or more, and at least one if
/// those were fewer.
///
/// # Errors
///
/// If it has not.
pub fn check_shrink<'a>(
    last_user_ids: impl IntoIterator<Item = &'a str>,
    answer: &Directory,
) -> Result<(), ShrunkenDirectory> {
    let found: HashSet<&str> = answer.user_ids().collect();
    let (mut last_users, mut kept_users) = (0, 0);
    for id in last_user_ids {
        last_users += 1;
        kept_users += usize::from(found.contains(id));
    }
    let is_empty = found.is_empty() && last_users > 0;
    let is_shrunken =
        last_users >= MIN_JUDGED_USERS && kept_users * 100 < last_users * MIN_KEPT_PERCENT;
    if is_empty || is_shrunken {
        return Err(ShrunkenDirectory {
            last_users,
            found_users: found.len(),
            kept_users,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::DirectoryUser;

    fn directory(ids: std::ops::Range<u32>) -> Directory {
        let users = ids.map(|id| DirectoryUser {
            user_id: format!("u-{id}"),
            ..DirectoryUser::default()
        });
        Directory {
            users: users.collect(),
            groups: Vec::new(),
        }
    }

    #[test]
    fn a_loss_of_more_than_a_fifth_is_refused() {
        let cases = [
            (0..0, 0..0, true),
            (0..0, 0..9, true),
            (0..9, 0..1, true),
            (0..9, 20..21, true),
            (0..9, 0..0, false),
            (0..1, 0..0, false),
            (0..10, 0..8, true),
            (0..10, 0..7, false),
            (0..100, 20..140, true),
            (0..100, 21..140, false),
            // As many users, of another identity store.
            (0..100, 100..300, false),
        ];
        for (last, new, is_accepted) in cases {
            let last_answer = directory(last.clone());
            let result = check_shrink(last_answer.user_ids(), &directory(new.clone()));
            assert_eq!(result.is_ok(), is_accepted, "{last:?} {new:?}");
        }
        let error = check_shrink(directory(0..10).user_ids(), &directory(5..7)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the directory has 2 users now, and 2 of the 10 users that it had at the last sync"
        );
        assert!(error.hint().contains("--accept-shrink"));
    }
}
