//! The answer of a directory. Debug output has ids and counts, never names or addresses.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::key::{canonical_id, filled};

/// The answer of a directory: its users, groups and members, at one time.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    pub users: Vec<DirectoryUser>,
    pub groups: Vec<DirectoryGroup>,
}

/// A user of a directory.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryUser {
    /// Canonical, by [`kiro_report::UserId`].
    pub user_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A group of a directory.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryGroup {
    pub group_id: String,
    pub name: String,
    /// Canonical user ids.
    pub members: Vec<String>,
}

impl Directory {
    /// Brings ids into their canonical spelling and a fixed order, and removes blank texts, blank ids and repeated users,
    /// groups and members.
    pub fn normalize(&mut self) {
        self.users
            .retain_mut(|user| match canonical_id(&user.user_id) {
                Some(id) => {
                    user.user_id = id;
                    for text in [&mut user.username, &mut user.display_name, &mut user.email] {
                        *text = filled(text.as_deref()).map(str::to_owned);
                    }
                    true
                }
                None => false,
            });
        self.users.sort_by(|a, b| a.user_id.cmp(&b.user_id));
        self.users.dedup_by(|a, b| a.user_id == b.user_id);
        for group in &mut self.groups {
            group.members = group
                .members
                .iter()
                .filter_map(|id| canonical_id(id))
                .collect();
            group.members.sort_unstable();
            group.members.dedup();
        }
        self.groups.sort_by(|a, b| a.group_id.cmp(&b.group_id));
        self.groups.dedup_by(|a, b| a.group_id == b.group_id);
    }

    /// The ids of all users.
    pub fn user_ids(&self) -> impl Iterator<Item = &str> {
        self.users.iter().map(|user| user.user_id.as_str())
    }

    /// Removes users, also from the groups.
    pub(crate) fn retain_users(&mut self, keep: impl Fn(&str) -> bool) {
        self.users.retain(|user| keep(&user.user_id));
        for group in &mut self.groups {
            group.members.retain(|id| keep(id));
        }
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Directory")
            .field("users", &self.users.len())
            .field("groups", &self.groups.len())
            .finish()
    }
}

impl fmt::Debug for DirectoryUser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DirectoryUser")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DirectoryGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DirectoryGroup")
            .field("group_id", &self.group_id)
            .field("members", &self.members.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_user_are_one_user() {
        const UUID: &str = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb";
        let user = |id: &str| DirectoryUser {
            user_id: id.to_owned(),
            username: Some(" ".to_owned()),
            ..DirectoryUser::default()
        };
        let spelling = format!("d-0123456789.{}", UUID.to_uppercase());
        let mut directory = Directory {
            users: vec![user("z"), user(UUID), user(" "), user(&spelling)],
            groups: vec![DirectoryGroup {
                group_id: "g".to_owned(),
                name: "Team".to_owned(),
                members: vec![spelling, UUID.to_owned(), "z".to_owned()],
            }],
        };
        directory.normalize();
        assert_eq!(directory.user_ids().collect::<Vec<_>>(), [UUID, "z"]);
        assert_eq!(directory.groups[0].members, [UUID, "z"]);
        assert_eq!(directory.users[0].username, None);
    }

    #[test]
    fn debug_output_has_no_names() {
        let directory = Directory {
            users: vec![DirectoryUser {
                user_id: "u-1".to_owned(),
                username: Some("planted".to_owned()),
                display_name: Some("planted".to_owned()),
                email: Some("planted@example.com".to_owned()),
            }],
            groups: vec![DirectoryGroup {
                group_id: "g-1".to_owned(),
                name: "planted".to_owned(),
                members: vec!["u-1".to_owned()],
            }],
        };
        let text = format!(
            "{directory:?} {:?} {:?}",
            directory.users[0], directory.groups[0]
        );
        assert!(!text.contains("planted"), "{text}");
        assert!(text.contains("u-1") && text.contains("g-1"), "{text}");
    }
}
