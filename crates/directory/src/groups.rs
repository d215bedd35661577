//! Reads groups and their members.
//!
//! The Identity Store knows users as members and nothing else: nested groups of an identity provider are resolved by the
//! provider or by AD sync, or not at all. A member of another kind is counted and ignored.

use aws_sdk_identitystore::types::MemberId;
use futures::{StreamExt, TryStreamExt, stream};
use kiro_people::{DirectoryGroup, GroupPatterns};
use kiro_report::UserId;

use crate::call_error_kind::CallErrorKind;
use crate::error::DirectoryError;
use crate::page_token::PageToken;
use crate::reader::StoreReader;
use crate::users::PAGE_SIZE;

const LIST_GROUPS: &str = "identitystore:ListGroups";
const LIST_GROUP_MEMBERSHIPS: &str = "identitystore:ListGroupMemberships";

impl StoreReader<'_> {
    /// Reads the selected groups, sorted by id. Only these are asked for their members.
    pub(crate) async fn read_groups(
        &self,
        patterns: &GroupPatterns,
    ) -> Result<Vec<DirectoryGroup>, DirectoryError> {
        if patterns.is_empty() {
            return Ok(Vec::new());
        }
        let groups = self.list_groups(patterns).await?;
        let selected = groups.len() as u64;
        self.report(|counts| counts.selected_groups = selected);
        let filled = stream::iter(groups.into_iter().map(|group| self.with_members(group)));
        let filled = filled.buffered(self.max_concurrent_requests());
        let groups: Vec<Option<DirectoryGroup>> = filled.try_collect().await?;
        Ok(groups.into_iter().flatten().collect())
    }

    /// Lists the groups with a selected name, without members.
    async fn list_groups(
        &self,
        patterns: &GroupPatterns,
    ) -> Result<Vec<DirectoryGroup>, DirectoryError> {
        let mut groups = Vec::new();
        let mut token = PageToken::default();
        loop {
            self.pacers.list_groups.wait().await;
            let request = self.session.identity_store.list_groups();
            let request = request
                .identity_store_id(&self.identity_store)
                .max_results(PAGE_SIZE)
                .set_next_token(token.get());
            let page = request
                .send()
                .await
                .map_err(|error| DirectoryError::of_store_call(self.call(LIST_GROUPS), error))?;
            for group in page.groups {
                let Some(name) = group.display_name else {
                    continue;
                };
                if patterns.matches(&name) {
                    groups.push(DirectoryGroup {
                        group_id: group.group_id,
                        name,
                        members: Vec::new(),
                    });
                }
            }
            if !self.has_next_page(LIST_GROUPS, &mut token, page.next_token)? {
                break;
            }
        }
        groups.sort_by(|one, other| one.group_id.cmp(&other.group_id));
        groups.dedup_by(|one, other| one.group_id == other.group_id);
        Ok(groups)
    }

    /// Adds the members, sorted. None if the group was deleted since it was listed.
    async fn with_members(
        &self,
        mut group: DirectoryGroup,
    ) -> Result<Option<DirectoryGroup>, DirectoryError> {
        let mut token = PageToken::default();
        loop {
            self.pacers.list_group_memberships.wait().await;
            let request = self.session.identity_store.list_group_memberships();
            let request = request
                .identity_store_id(&self.identity_store)
                .group_id(&group.group_id)
                .max_results(PAGE_SIZE)
                .set_next_token(token.get());
            let page = request.send().await.map_err(|error| {
                DirectoryError::of_store_call(self.call(LIST_GROUP_MEMBERSHIPS), error)
            });
            let page = match page {
                Ok(page) => page,
                Err(DirectoryError::Call(error)) if error.kind == CallErrorKind::GroupNotFound => {
                    self.report(|counts| counts.selected_groups -= 1);
                    return Ok(None);
                }
                Err(error) => return Err(error),
            };
            for membership in page.group_memberships {
                match membership.member_id {
                    Some(MemberId::UserId(id)) => {
                        let id = UserId::canonical(&id).map(|id| id.as_str().to_owned());
                        group.members.extend(id);
                    }
                    _ => self.ignore_member(),
                }
            }
            if !self.has_next_page(LIST_GROUP_MEMBERSHIPS, &mut token, page.next_token)? {
                break;
            }
        }
        group.members.sort_unstable();
        group.members.dedup();
        group.members.shrink_to_fit();
        self.report(|counts| counts.groups += 1);
        Ok(Some(group))
    }
}
