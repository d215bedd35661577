//! Who may do what with an asset.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::look::Look;
use super::marks::LET_IN;
use super::wanted::WantedAsset;
use crate::aws::{AwsError, Fields, Method};
use crate::digest::short_hash;
use crate::step::StepError;

impl WantedAsset<'_> {
    pub(super) fn wanted_permissions(&self) -> BTreeMap<String, BTreeSet<String>> {
        let settings = self.deployment.settings();
        let actions = |names: &[&str]| {
            names
                .iter()
                .map(|name| format!("quicksight:{name}"))
                .collect::<BTreeSet<_>>()
        };
        let readers = settings
            .readers
            .iter()
            .filter(|_| !self.kind.terms().reader.is_empty());
        readers
            .map(|arn| (arn.clone(), actions(self.kind.terms().reader)))
            .chain(
                settings
                    .owners
                    .iter()
                    .map(|arn| (arn.clone(), actions(self.kind.terms().owner))),
            )
            .collect()
    }

    pub(super) fn missing_permissions(&self, look: &Look) -> BTreeMap<String, BTreeSet<String>> {
        let mut wanted = self.wanted_permissions();
        wanted.retain(|principal, actions| {
            look.permissions
                .get(principal)
                .is_none_or(|held| !actions.is_subset(held))
        });
        wanted
    }

    /// Those we have let in and who are no longer named. Whom others have let in stays.
    pub(super) fn unwanted_principals(&self, look: &Look) -> Vec<String> {
        let let_in: BTreeSet<&str> = look
            .tags
            .get(LET_IN)
            .map_or("", String::as_str)
            .split(' ')
            .collect();
        let wanted = self.wanted_permissions();
        let held = look.permissions.keys();
        held.filter(|principal| {
            let_in.contains(short(principal).as_str()) && !wanted.contains_key(*principal)
        })
        .cloned()
        .collect()
    }

    pub(super) fn let_in(&self) -> String {
        let hashes: Vec<String> = self
            .wanted_permissions()
            .keys()
            .map(|arn| short(arn))
            .take(28)
            .collect();
        hashes.join(" ")
    }

    pub(super) async fn permissions(&self) -> Result<BTreeMap<String, BTreeSet<String>>, AwsError> {
        let call = self.call(
            self.kind.terms().describe_permissions,
            Method::Get,
            &["permissions"],
        );
        let answer = call.send().await?;
        let held = answer.items("Permissions").iter().map(|one| {
            let actions = one.items("Actions").iter().filter_map(Value::as_str);
            (
                one.text("Principal").to_owned(),
                actions.map(str::to_owned).collect(),
            )
        });
        Ok(held.collect())
    }

    pub(super) async fn share(&self, look: &Look) -> Result<(), StepError> {
        let grants = self.missing_permissions(look);
        let unwanted = self.unwanted_principals(look).into_iter();
        let revokes: BTreeMap<String, BTreeSet<String>> = unwanted
            .filter_map(|principal| {
                Some((principal.clone(), look.permissions.get(&principal)?.clone()))
            })
            .collect();
        if grants.is_empty() && revokes.is_empty() {
            return Ok(());
        }
        let mut body = json!({});
        for (member, list) in [("GrantPermissions", grants), ("RevokePermissions", revokes)] {
            if !list.is_empty() {
                body[member] = permission_list(&list);
            }
        }
        self.call(
            self.kind.terms().update_permissions,
            self.kind.terms().permissions_method,
            &["permissions"],
        )
        .body(body)
        .send()
        .await?;
        Ok(())
    }
}

pub(super) fn permission_list(permissions: &BTreeMap<String, BTreeSet<String>>) -> Value {
    permissions
        .iter()
        .map(|(principal, actions)| json!({"Principal": principal, "Actions": actions}))
        .collect()
}

fn short(principal: &str) -> String {
    short_hash(principal).chars().take(8).collect()
}
