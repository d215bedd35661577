//! The assets of a deployment in Amazon Quick Sight: their ids begin with its prefix, and they carry its tag.

use std::collections::BTreeMap;

use aws_sdk_quicksight::types::{DataSetSummary, ResourceStatus, Status as RulesStatus, ThemeType};
use futures::stream::{self, StreamExt, TryStreamExt};
use kiro_dashboard_quicksight::RULES;
use serde::Serialize;

use crate::aws::{Aws, AwsError, Context};
use crate::names::Names;
use crate::steps::AssetAddress;
use crate::tags;

pub use crate::asset_kind::AssetKind;

/// Maximum concurrent requests.
const CONCURRENCY: usize = 4;
/// Assets in one page of a listing.
const PAGE_SIZE: i32 = 100;

/// One asset of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asset {
    pub kind: AssetKind,
    pub id: String,
    pub arn: String,
    pub name: String,
    /// The version of this program that created it.
    pub version: Option<String>,
    /// True for a deleted analysis in the recycle bin, which reserves its id for 30 days.
    pub is_recycled: bool,
    /// The ARN of the dataset with the rules that restrict the rows of a dataset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
}

/// An asset whose id begins with the prefix and that has no deployment tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmanagedAsset {
    pub kind: AssetKind,
    pub id: String,
    /// True if it is in the recycle bin, where its tags may not be readable.
    pub is_recycled: bool,
}

/// All assets whose ids begin with the prefix of the deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    pub ours: Vec<Asset>,
    pub unmanaged: Vec<UnmanagedAsset>,
}

impl Assets {
    /// Lists all of them.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub async fn find(aws: &Aws, names: &Names) -> Result<Self, AwsError> {
        Self::find_kinds(aws, names, &AssetKind::ALL).await
    }

    /// Lists those of some kinds. Leaves out assets of other deployments, whose prefix may begin with this one's.
    ///
    /// # Errors
    ///
    /// If a call fails.
    pub async fn find_kinds(
        aws: &Aws,
        names: &Names,
        kinds: &[AssetKind],
    ) -> Result<Self, AwsError> {
        let listed: Vec<Vec<Asset>> = stream::iter(kinds.to_vec())
            .map(|kind| list(aws, names, kind))
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;
        let tagged: Vec<(Asset, BTreeMap<String, String>)> =
            stream::iter(listed.into_iter().flatten())
                .map(|asset| tagged(aws, asset))
                .buffered(CONCURRENCY)
                .try_collect()
                .await?;
        let mut found = Self::default();
        for (mut asset, mut tags) in tagged {
            match tags.get(tags::DEPLOYMENT) {
                Some(deployment) if *deployment == names.prefix => {
                    asset.version = tags.remove(tags::VERSION);
                    found.ours.push(asset);
                }
                Some(_) => {}
                None => found.unmanaged.push(UnmanagedAsset {
                    kind: asset.kind,
                    id: asset.id,
                    is_recycled: asset.is_recycled,
                }),
            }
        }
        Ok(found)
    }

    /// The deployment's assets of one kind.
    pub fn of(&self, kind: AssetKind) -> impl Iterator<Item = &Asset> {
        self.ours.iter().filter(move |asset| asset.kind == kind)
    }
}

impl Asset {
    /// As messages name it: "dataset `kiro-analytics-user-totals`".
    pub fn title(&self) -> String {
        format!("{} `{}`", self.kind, self.id)
    }

    /// Deletes it permanently, also from the recycle bin. Succeeds if it does not exist.
    ///
    /// # Errors
    ///
    /// If the service refuses it.
    pub async fn delete(&self, aws: &Aws) -> Result<(), AwsError> {
        let (kind, id) = (self.kind, self.id.as_str());
        AssetAddress { aws, kind, id }.delete().await
    }

    /// The view that a dataset imports, from its id.
    pub fn relation(&self, names: &Names) -> String {
        let rest = self.id.strip_prefix(&names.prefix).unwrap_or(&self.id);
        rest.trim_start_matches('-').replace('-', "_")
    }
}

/// All assets of a kind whose id begins with the prefix.
async fn list(aws: &Aws, names: &Names, kind: AssetKind) -> Result<Vec<Asset>, AwsError> {
    let client = &aws.clients().quicksight;
    let resource = format!(
        "the {} of Amazon Quick Sight",
        kind.api().collection.replace('-', " ")
    );
    let start = format!("{}-", names.prefix);
    let mut found = Vec::new();
    let mut add = |id: Option<String>, arn: Option<String>, name: Option<String>, is_recycled| {
        let id = id.unwrap_or_default();
        if id.starts_with(&start) {
            found.push(Asset {
                kind,
                id,
                arn: arn.unwrap_or_default(),
                name: name.unwrap_or_default(),
                version: None,
                is_recycled,
                rules: None,
            });
        }
    };
    // The listings differ only in names.
    macro_rules! all {
        ($request:expr, $action:literal) => {
            $request
                .aws_account_id(aws.account())
                .max_results(PAGE_SIZE)
                .into_paginator()
                .items()
                .send()
                .collect::<Result<Vec<_>, _>>()
                .await
                .context(aws, $action, resource)?
        };
    }
    match kind {
        AssetKind::Dashboard => {
            for one in all!(client.list_dashboards(), "quicksight:ListDashboards") {
                add(one.dashboard_id, one.arn, one.name, false);
            }
        }
        AssetKind::Analysis => {
            for one in all!(client.list_analyses(), "quicksight:ListAnalyses") {
                let is_recycled = one.status == Some(ResourceStatus::Deleted);
                add(one.analysis_id, one.arn, one.name, is_recycled);
            }
        }
        AssetKind::DataSet => {
            let mut rules = BTreeMap::new();
            for one in all!(client.list_data_sets(), "quicksight:ListDataSets") {
                if let (Some(id), Some(arn)) = (&one.data_set_id, rules_of(&one)) {
                    rules.insert(id.clone(), arn);
                }
                add(one.data_set_id, one.arn, one.name, false);
            }
            for asset in &mut found {
                asset.rules = rules.remove(&asset.id);
            }
            // Only after all that it restricts may it be deleted.
            let id = names.dataset_id(RULES);
            found.sort_by_key(|asset| asset.id == id);
        }
        AssetKind::DataSource => {
            for one in all!(client.list_data_sources(), "quicksight:ListDataSources") {
                add(one.data_source_id, one.arn, one.name, false);
            }
        }
        AssetKind::Theme => {
            let request = client.list_themes().r#type(ThemeType::Custom);
            for one in all!(request, "quicksight:ListThemes") {
                add(one.theme_id, one.arn, one.name, false);
            }
        }
    }
    Ok(found)
}

/// The dataset of rules in force for a dataset.
fn rules_of(data_set: &DataSetSummary) -> Option<String> {
    let rules = data_set.row_level_permission_data_set()?;
    let is_enabled = rules.status() != Some(&RulesStatus::Disabled);
    is_enabled.then(|| rules.arn().to_owned())
}

/// The asset with its tags. An asset that was deleted in the meantime has none.
async fn tagged(aws: &Aws, asset: Asset) -> Result<(Asset, BTreeMap<String, String>), AwsError> {
    let tags = match tags::of_asset(aws, &asset.arn, asset.title()).await {
        Err(error) if error.is_not_found() => BTreeMap::new(),
        found => found?,
    };
    Ok((asset, tags))
}
