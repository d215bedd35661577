//! Reads users: all, or the selected ones.

use std::collections::{BTreeSet, HashSet};

use aws_sdk_identitystore::types::Email;
use futures::{StreamExt, TryStreamExt, stream};
use kiro_people::DirectoryUser;
use kiro_report::UserId;

use crate::call_error_kind::CallErrorKind;
use crate::error::DirectoryError;
use crate::identity_store_id::is_user_id;
use crate::page_token::PageToken;
use crate::reader::StoreReader;
use crate::user_selection::{MAX_DESCRIBED_USERS, UserSelection};

/// The largest page that AWS allows.
pub(crate) const PAGE_SIZE: i32 = 100;

const LIST_USERS: &str = "identitystore:ListUsers";
const DESCRIBE_USER: &str = "identitystore:DescribeUser";

/// The selected users, and the ids of the selection that are no users. Both are sorted by id.
#[derive(Debug, Default)]
pub(crate) struct SelectedUsers {
    pub(crate) users: Vec<DirectoryUser>,
    pub(crate) missing: Vec<String>,
}

impl StoreReader<'_> {
    pub(crate) async fn read_users(
        &self,
        selection: UserSelection<'_>,
    ) -> Result<SelectedUsers, DirectoryError> {
        let UserSelection::Ids(ids) = selection else {
            let users = self.list_users(None).await?;
            return Ok(SelectedUsers {
                users,
                missing: Vec::new(),
            });
        };
        let canonical = ids.iter().filter_map(|id| UserId::canonical(id));
        let canonical: BTreeSet<String> = canonical.map(|id| id.as_str().to_owned()).collect();
        // Users of another identity provider have ids of another shape: no request can find them.
        let possible: HashSet<&str> = canonical
            .iter()
            .map(String::as_str)
            .filter(|id| is_user_id(id))
            .collect();
        let users = match possible.len() {
            0 => Vec::new(),
            1..=MAX_DESCRIBED_USERS => {
                let ids = possible.into_iter().map(str::to_owned).collect();
                self.describe_users(ids).await?
            }
            _ => self.list_users(Some(possible)).await?,
        };
        let found: HashSet<&str> = users.iter().map(|user| user.user_id.as_str()).collect();
        let missing = canonical.iter().filter(|id| !found.contains(id.as_str()));
        let missing = missing.cloned().collect();
        Ok(SelectedUsers { users, missing })
    }

    /// Lists the users page by page. With `only`, keeps these and stops at the page of the last one.
    async fn list_users(
        &self,
        mut only: Option<HashSet<&str>>,
    ) -> Result<Vec<DirectoryUser>, DirectoryError> {
        let mut users = Vec::new();
        let mut token = PageToken::default();
        loop {
            self.pacers.list_users.wait().await;
            let request = self.session.identity_store.list_users();
            let request = request
                .identity_store_id(&self.identity_store)
                .max_results(PAGE_SIZE)
                .set_next_token(token.get());
            let page = request
                .send()
                .await
                .map_err(|error| DirectoryError::of_store_call(self.call(LIST_USERS), error))?;
            let read = page.users.len() as u64;
            for user in page.users {
                let record = UserRecord {
                    username: user.user_name,
                    display_name: user.display_name,
                    emails: user.emails.unwrap_or_default(),
                };
                let Some(user) = record.into_user(&user.user_id) else {
                    continue;
                };
                let is_kept = only
                    .as_mut()
                    .is_none_or(|only| only.remove(user.user_id.as_str()));
                if is_kept {
                    users.push(user);
                }
            }
            self.report(|counts| counts.users += read);
            let is_complete = only.as_ref().is_some_and(HashSet::is_empty);
            if is_complete || !self.has_next_page(LIST_USERS, &mut token, page.next_token)? {
                break;
            }
        }
        Ok(sorted(users))
    }

    async fn describe_users(&self, ids: Vec<String>) -> Result<Vec<DirectoryUser>, DirectoryError> {
        let described = stream::iter(ids.into_iter().map(|id| self.describe_user(id)));
        let described = described.buffer_unordered(self.max_concurrent_requests());
        let users: Vec<Option<DirectoryUser>> = described.try_collect().await?;
        Ok(sorted(users.into_iter().flatten().collect()))
    }

    /// Reads one user; none if the directory has no such user.
    async fn describe_user(&self, id: String) -> Result<Option<DirectoryUser>, DirectoryError> {
        self.pacers.describe_user.wait().await;
        let request = self.session.identity_store.describe_user();
        let request = request.identity_store_id(&self.identity_store).user_id(id);
        let described = request.send().await;
        let described = described
            .map_err(|error| DirectoryError::of_store_call(self.call(DESCRIBE_USER), error));
        let user = match described {
            Ok(user) => user,
            Err(DirectoryError::Call(error)) if error.kind == CallErrorKind::UserNotFound => {
                self.report(|_| {});
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        self.report(|counts| counts.users += 1);
        let record = UserRecord {
            username: user.user_name,
            display_name: user.display_name,
            emails: user.emails.unwrap_or_default(),
        };
        Ok(record.into_user(&user.user_id))
    }
}

/// What is kept of a user.
struct UserRecord {
    username: Option<String>,
    display_name: Option<String>,
    emails: Vec<Email>,
}

impl UserRecord {
    fn into_user(self, id: &str) -> Option<DirectoryUser> {
        Some(DirectoryUser {
            user_id: UserId::canonical(id)?.as_str().to_owned(),
            username: text(self.username),
            display_name: text(self.display_name),
            email: address(self.emails),
        })
    }
}

/// The primary address, else the first.
fn address(emails: Vec<Email>) -> Option<String> {
    let (primary, others): (Vec<_>, Vec<_>) = emails.into_iter().partition(|email| email.primary);
    let mut addresses = primary.into_iter().chain(others);
    addresses.find_map(|email| text(email.value))
}

/// The text without blanks around it; none if nothing is left.
fn text(value: Option<String>) -> Option<String> {
    let value = value?;
    let trimmed = value.trim();
    match trimmed.len() {
        0 => None,
        length if length == value.len() => Some(value),
        _ => Some(trimmed.to_owned()),
    }
}

/// A user that moves between pages while they are read can come twice.
fn sorted(mut users: Vec<DirectoryUser>) -> Vec<DirectoryUser> {
    users.sort_by(|one, other| one.user_id.cmp(&other.user_id));
    users.dedup_by(|one, other| one.user_id == other.user_id);
    users
}

#[cfg(test)]
mod tests {
    use aws_sdk_identitystore::types::Email;

    use super::{address, text};

    fn email(value: &str, is_primary: bool) -> Email {
        Email::builder().value(value).primary(is_primary).build()
    }

    #[test]
    fn the_address_is_the_primary_one_else_the_first() {
        let cases = [
            (vec![], None),
            (vec![email("a@example.com", false)], Some("a@example.com")),
            (
                vec![email("a@example.com", false), email("b@example.com", true)],
                Some("b@example.com"),
            ),
            (
                vec![email("a@example.com", false), email(" ", true)],
                Some("a@example.com"),
            ),
            (vec![Email::builder().primary(true).build()], None),
        ];
        for (emails, expected) in cases {
            assert_eq!(address(emails.clone()).as_deref(), expected, "{emails:?}");
        }
    }

    #[test]
    fn blank_texts_are_none() {
        for (value, expected) in [
            (None, None),
            (Some(""), None),
            (Some(" \t"), None),
            (Some(" a b "), Some("a b")),
            (Some("ab"), Some("ab")),
        ] {
            assert_eq!(text(value.map(str::to_owned)).as_deref(), expected);
        }
    }
}
