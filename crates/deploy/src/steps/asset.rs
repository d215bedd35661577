//! One asset in Amazon Quick Sight: what is there, what shall be there, and the way from one to the other.
//!
//! What we wrote is remembered in two of its tags: the hash of what was sent, and the hash of what the service then described.
//! If the description has changed and we have not, somebody else has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use super::difference::differences;
use crate::asset_kind::AssetKind;
use crate::aws::{AwsError, Fields, JsonCall, Method};
use crate::digest::short_hash;
use crate::step::{Blame, Change, ChangeKind, Deployment, StepError};
use crate::tags;

/// The hash of what was sent.
const SENT: &str = "kiro-analytics:sent";
/// The hash of what was described after that.
const DESCRIBED: &str = "kiro-analytics:described";
/// Whom we have let in, as short hashes: those who are no longer named are let out.
const LET_IN: &str = "kiro-analytics:let-in";
/// Stands for a hash while a change is under way.
const UNDER_WAY: &str = "under-way";
/// So long the service may take.
const WITHIN: Duration = Duration::from_mins(10);
/// What stays as somebody has set it when a dataset is changed: who sees which rows and columns.
const KEPT: [&str; 3] = [
    "RowLevelPermissionDataSet",
    "RowLevelPermissionTagConfiguration",
    "ColumnLevelPermissionRules",
];

/// An asset as it shall be.
pub(crate) struct Asset<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) kind: AssetKind,
    pub(crate) id: String,
    /// The request to make it, without account, id, permissions and tags.
    pub(crate) body: Value,
}

/// What is there.
pub(crate) struct Look {
    /// None if there is nothing.
    described: Option<Value>,
    tags: BTreeMap<String, String>,
    /// Actions by principal.
    permissions: BTreeMap<String, BTreeSet<String>>,
    /// What somebody else has changed.
    edits: Option<Vec<String>>,
    is_as_sent: bool,
    /// The hash of what is described.
    state: String,
}

impl Asset<'_> {
    pub(crate) fn arn(&self) -> String {
        let resource = format!("{}/{}", self.kind.terms().segment, self.id);
        self.deployment.names.quicksight_arn(&resource)
    }

    fn what(&self) -> String {
        format!("{} `{}`", self.kind.terms().noun, self.id)
    }

    fn call(&self, operation: &'static str, method: Method, rest: &[&str]) -> JsonCall<'_> {
        let path: Vec<&str> = [self.kind.terms().collection, &self.id]
            .into_iter()
            .chain(rest.iter().copied())
            .collect();
        let call = self.deployment.aws.quicksight(operation, method, &path);
        call.on(self.what())
    }

    async fn describe(&self, version: Option<&str>) -> Result<Option<Value>, AwsError> {
        let mut call = self.call(self.kind.terms().describe, Method::Get, &[]);
        if let Some(version) = version {
            call = call.query("version-number", version);
        }
        let found = call.find().await?;
        Ok(found.map(|found| found.field(self.kind.terms().member).clone()))
    }

    /// What of the description is the asset itself, whoever wrote it.
    async fn state(&self, described: &Value) -> Result<Value, AwsError> {
        let members: &[&str] = match self.kind {
            AssetKind::DataSource => &["Name", "DataSourceParameters"],
            AssetKind::DataSet => &["Name", "PhysicalTableMap", "LogicalTableMap", "ImportMode"],
            AssetKind::Theme => &["Name", "Version/BaseThemeId", "Version/Configuration"],
            AssetKind::Analysis => return self.definition("DescribeAnalysisDefinition").await,
            AssetKind::Dashboard => return self.definition("DescribeDashboardDefinition").await,
        };
        Ok(picked(described, members))
    }

    async fn definition(&self, operation: &'static str) -> Result<Value, AwsError> {
        let found = self
            .call(operation, Method::Get, &["definition"])
            .send()
            .await?;
        Ok(picked(&found, &["Name", "ThemeArn", "Definition"]))
    }

    fn sent_hash(&self) -> String {
        let mut body = self.body.clone();
        // The version stands in a tag of its own: a new one that changes nothing else changes nothing.
        if let Some(members) = body.as_object_mut() {
            members.remove("VersionDescription");
        }
        short_hash(body.to_string())
    }

    pub(crate) async fn look(&self) -> Result<Look, StepError> {
        let Some(described) = self.describe(None).await? else {
            return Ok(Look {
                described: None,
                tags: BTreeMap::new(),
                permissions: BTreeMap::new(),
                edits: None,
                is_as_sent: false,
                state: String::new(),
            });
        };
        let tags = self.tags().await?;
        let permissions = self.permissions().await?;
        let is_sound = self.kind.terms().status.is_empty()
            || described
                .text(self.kind.terms().status)
                .ends_with("SUCCESSFUL");
        let remembered = tags.get(DESCRIBED).map_or("", String::as_str);
        let state = self.state(&described).await?;
        let is_untouched = remembered == short_hash(state.to_string());
        let edits =
            (!is_untouched && is_sound && !remembered.is_empty() && remembered != UNDER_WAY)
                .then(|| differences(&state, &self.body));
        Ok(Look {
            // Made, and interrupted before its description was remembered: nobody can tell who has touched it since.
            is_as_sent: is_sound
                && (is_untouched || remembered.is_empty())
                && tags.get(SENT) == Some(&self.sent_hash()),
            state: short_hash(state.to_string()),
            described: Some(described),
            tags,
            permissions,
            edits,
        })
    }

    /// What would be done; none if it is as it should be.
    pub(crate) fn change(&self, look: &Look) -> Option<Change> {
        let Some(described) = &look.described else {
            let name = self.body.text("Name");
            return Some(Change::new(ChangeKind::Create, self.what()).detail(format!("`{name}`")));
        };
        let mut change = match &look.edits {
            Some(edits) => edits.iter().fold(
                Change::new(ChangeKind::Overwrite, self.what()).detail(
                    "somebody has changed it since it was deployed; their changes would be lost:",
                ),
                Change::detail,
            ),
            None => Change::new(ChangeKind::Update, self.what()),
        };
        if !look.is_as_sent && look.edits.is_none() {
            let status = described.text(self.kind.terms().status);
            change = change.detail(if status.ends_with("FAILED") {
                format!("making it failed before ({status})")
            } else if look.tags.contains_key(SENT) {
                "its definition".to_owned()
            } else if look.tags.get(tags::DEPLOYMENT) == Some(&self.deployment.names.prefix) {
                "its definition; an earlier run was interrupted".to_owned()
            } else {
                "its definition; it was not made by this deployment".to_owned()
            });
        }
        for (principal, actions) in self.missing_permissions(look) {
            let role = if actions.len() == self.kind.terms().owner.len() {
                "owner"
            } else {
                "reader"
            };
            change = change.detail(format!("{role}: {principal}"));
        }
        for principal in self.unwanted_principals(look) {
            change = change.detail(format!("no longer: {principal}"));
        }
        let tags = self.missing_tags(look);
        if !tags.is_empty() {
            let tags: Vec<String> = tags
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            change = change.detail(format!("tags: {}", tags.join(", ")));
        }
        (!change.details.is_empty()).then_some(change)
    }

    /// Makes it so, and waits until it is.
    pub(crate) async fn put(&self, look: &Look) -> Result<(), StepError> {
        let status = look
            .described
            .as_ref()
            .map_or("", |described| described.text(self.kind.terms().status));
        if status.ends_with("_IN_PROGRESS") {
            // A deployment that was interrupted has begun it.
            match self.wait(None).await {
                Ok(()) | Err(StepError::Failed { .. }) => {}
                Err(error) => return Err(error),
            }
            let settled = self.look().await?;
            return match self.change(&settled) {
                Some(_) => Box::pin(self.put(&settled)).await,
                None => Ok(()),
            };
        }
        if look.described.is_none() {
            self.create().await?;
        } else if !look.is_as_sent {
            self.tag(&[(DESCRIBED.to_owned(), UNDER_WAY.to_owned())].into())
                .await?;
            self.update(look).await?;
        }
        if look.described.is_none() || !look.is_as_sent {
            let described = self.describe(None).await?.unwrap_or_default();
            let state = self.state(&described).await?;
            let marks = [
                (SENT.to_owned(), self.sent_hash()),
                (DESCRIBED.to_owned(), short_hash(state.to_string())),
            ];
            self.tag(&marks.into()).await?;
        }
        let now = Look {
            described: Some(Value::Null),
            tags: self.tags().await?,
            permissions: self.permissions().await?,
            edits: None,
            is_as_sent: true,
            state: look.state.clone(),
        };
        self.share(&now).await?;
        let tags = self.missing_tags(&now);
        if !tags.is_empty() {
            self.tag(&tags).await?;
        }
        Ok(())
    }

    async fn create(&self) -> Result<(), StepError> {
        let mut body = self.body.clone();
        let grants = self.wanted_permissions();
        if !grants.is_empty() {
            body["Permissions"] = permission_list(&grants);
        }
        let mut tags = tags::of(self.deployment);
        tags.insert(LET_IN.to_owned(), self.let_in());
        tags.insert(SENT.to_owned(), self.sent_hash());
        tags.retain(|_, value| !value.is_empty());
        body["Tags"] = Value::from(tags::listed(&tags));
        let call = if self.kind.terms().is_named_by_path {
            self.call(self.kind.terms().create, Method::Post, &[])
        } else {
            body[format!("{}Id", self.kind.terms().member)] = Value::from(self.id.clone());
            let path = [self.kind.terms().collection];
            self.deployment
                .aws
                .quicksight(self.kind.terms().create, Method::Post, &path)
                .on(self.what())
        };
        call.body(body).send().await?;
        self.wait(None).await
    }

    async fn update(&self, look: &Look) -> Result<(), StepError> {
        let mut body = self.body.clone();
        if self.kind == AssetKind::DataSource
            && let Some(members) = body.as_object_mut()
        {
            members.remove("Type");
        }
        if self.kind == AssetKind::DataSet {
            let described = look.described.as_ref().unwrap_or(&Value::Null);
            for member in KEPT {
                if !described.field(member).is_null() {
                    body[member] = described.field(member).clone();
                }
            }
        }
        let answer = self
            .call(self.kind.terms().update, Method::Put, &[])
            .body(body)
            .send()
            .await?;
        if self.kind != AssetKind::Dashboard {
            return self.wait(None).await;
        }
        let version = answer
            .text("VersionArn")
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        self.wait(Some(&version)).await?;
        self.call(
            "UpdateDashboardPublishedVersion",
            Method::Put,
            &["versions", &version],
        )
        .send()
        .await?;
        Ok(())
    }

    /// Waits until it is made; what keeps it from being made is an error.
    async fn wait(&self, version: Option<&str>) -> Result<(), StepError> {
        if self.kind.terms().status.is_empty() {
            return Ok(());
        }
        let mut polling = self.deployment.aws.polling(WITHIN);
        loop {
            let described = self.describe(version).await?.unwrap_or_default();
            let status = described.text(self.kind.terms().status);
            if status.ends_with("SUCCESSFUL") {
                return Ok(());
            }
            if status.ends_with("FAILED") {
                return Err(self.unmade(status, &described));
            }
            if !polling.again().await {
                return Err(StepError::failed(
                    Blame::Aws,
                    format!(
                        "{} is still not ready after ten minutes ({status})",
                        self.what()
                    ),
                    "run the command again: it goes on where it stopped",
                ));
            }
        }
    }

    fn unmade(&self, status: &str, described: &Value) -> StepError {
        let one = |error: &Value| {
            let place: Vec<&str> = error
                .items("ViolatedEntities")
                .iter()
                .map(|entity| entity.text("Path"))
                .filter(|path| !path.is_empty())
                .collect();
            let place = if place.is_empty() {
                String::new()
            } else {
                format!(" at {}", place.join(", "))
            };
            format!("{}: {}{place}", error.text("Type"), error.text("Message"))
        };
        let holder = if self.kind == AssetKind::Dashboard || self.kind == AssetKind::Theme {
            described.field("Version")
        } else {
            described
        };
        let mut reasons: Vec<String> = holder.items("Errors").iter().take(5).map(one).collect();
        let info = described.field("ErrorInfo");
        if !info.is_null() {
            reasons.push(one(info));
        }
        if reasons.is_empty() {
            reasons.push("the service gives no reason".to_owned());
        }
        let kept = if self.kind == AssetKind::Dashboard {
            "; what was published before still is"
        } else {
            ""
        };
        StepError::failed(
            Blame::Aws,
            format!(
                "{} could not be made ({status}): {}{kept}",
                self.what(),
                reasons.join("; ")
            ),
            "`kiro-analytics synth --out DIR` writes what was sent; run the command again when the cause is gone",
        )
    }

    // ---- who may do what ----

    fn wanted_permissions(&self) -> BTreeMap<String, BTreeSet<String>> {
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

    fn missing_permissions(&self, look: &Look) -> BTreeMap<String, BTreeSet<String>> {
        let mut wanted = self.wanted_permissions();
        wanted.retain(|principal, actions| {
            look.permissions
                .get(principal)
                .is_none_or(|held| !actions.is_subset(held))
        });
        wanted
    }

    /// Those we have let in and who are no longer named. Whom others have let in stays.
    fn unwanted_principals(&self, look: &Look) -> Vec<String> {
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

    fn let_in(&self) -> String {
        let hashes: Vec<String> = self
            .wanted_permissions()
            .keys()
            .map(|arn| short(arn))
            .take(28)
            .collect();
        hashes.join(" ")
    }

    async fn permissions(&self) -> Result<BTreeMap<String, BTreeSet<String>>, AwsError> {
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

    async fn share(&self, look: &Look) -> Result<(), StepError> {
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

    // ---- tags ----

    async fn tags(&self) -> Result<BTreeMap<String, String>, AwsError> {
        tags::of_asset(&self.deployment.aws, &self.arn(), self.what()).await
    }

    fn missing_tags(&self, look: &Look) -> BTreeMap<String, String> {
        let mut wanted = tags::of(self.deployment);
        if !self.let_in().is_empty() {
            wanted.insert(LET_IN.to_owned(), self.let_in());
        }
        if look.is_as_sent && !look.tags.contains_key(DESCRIBED) && !look.state.is_empty() {
            wanted.insert(DESCRIBED.to_owned(), look.state.clone());
        }
        wanted.retain(|key, value| look.tags.get(key) != Some(value));
        wanted
    }

    async fn tag(&self, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        tags::add_to_asset(&self.deployment.aws, &self.arn(), self.what(), tags).await
    }
}

fn picked(value: &Value, members: &[&str]) -> Value {
    let members = members.iter().map(|member| {
        let name = member.rsplit('/').next().unwrap_or(member);
        (name.to_owned(), value.field(member).clone())
    });
    Value::Object(members.filter(|(_, value)| !value.is_null()).collect())
}

fn permission_list(permissions: &BTreeMap<String, BTreeSet<String>>) -> Value {
    permissions
        .iter()
        .map(|(principal, actions)| json!({"Principal": principal, "Actions": actions}))
        .collect()
}

fn short(principal: &str) -> String {
    short_hash(principal).chars().take(8).collect()
}
