//! What of `QuickSight` belongs to a deployment: assets whose id begins with its prefix and that carry its tag.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt, TryStreamExt};
use serde::Serialize;

use crate::aws::{Aws, AwsError, Fields, Method};
use crate::names::Names;
use crate::tags;

pub use crate::asset_kind::AssetKind;

/// So many questions at once.
const AT_ONCE: usize = 4;

/// One asset of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asset {
    pub kind: AssetKind,
    pub id: String,
    pub arn: String,
    pub name: String,
    /// The version of this program that made it.
    pub version: Option<String>,
}

/// What carries an asset's id but not its tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stranger {
    pub kind: AssetKind,
    pub id: String,
}

/// All assets with ids of the deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    pub ours: Vec<Asset>,
    pub strangers: Vec<Stranger>,
}

impl Assets {
    /// Looks for all of them.
    pub async fn find(aws: &Aws, names: &Names) -> Result<Self, AwsError> {
        Self::find_kinds(aws, names, &AssetKind::ALL).await
    }

    /// Looks for those of some kinds.
    pub async fn find_kinds(
        aws: &Aws,
        names: &Names,
        kinds: &[AssetKind],
    ) -> Result<Self, AwsError> {
        let listed: Vec<Vec<Asset>> = stream::iter(kinds)
            .map(|kind| list(aws, names, *kind))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let looked: Vec<(Asset, bool)> = stream::iter(listed.into_iter().flatten())
            .map(|asset| tagged(aws, names, asset))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut found = Self::default();
        for (asset, is_ours) in looked {
            if is_ours {
                found.ours.push(asset);
            } else {
                let Asset { kind, id, .. } = asset;
                found.strangers.push(Stranger { kind, id });
            }
        }
        Ok(found)
    }

    /// Ours of one kind.
    pub fn of(&self, kind: AssetKind) -> impl Iterator<Item = &Asset> {
        self.ours.iter().filter(move |asset| asset.kind == kind)
    }
}

impl Asset {
    /// As messages name it: "data set `kiro-analytics-user-totals`".
    pub fn title(&self) -> String {
        format!("{} `{}`", self.kind, self.id)
    }

    /// The view that a data set imports, from its id.
    pub fn relation(&self, names: &Names) -> String {
        let rest = self.id.strip_prefix(&names.prefix).unwrap_or(&self.id);
        rest.trim_start_matches('-').replace('-', "_")
    }
}

async fn list(aws: &Aws, names: &Names, kind: AssetKind) -> Result<Vec<Asset>, AwsError> {
    let terms = kind.terms();
    let mut call = aws
        .quicksight(terms.list, Method::Get, &[terms.collection])
        .on(format!(
            "the {} of Amazon Quick Sight",
            terms.collection.replace('-', " ")
        ))
        .query("max-results", "100");
    if kind == AssetKind::Theme {
        call = call.query("type", "CUSTOM");
    }
    let start = format!("{}-", names.prefix);
    let found = call.pages(terms.listed, "NextToken").await?;
    let id = format!("{}Id", terms.member);
    let ours = found
        .iter()
        .filter(|asset| asset.text(&id).starts_with(&start) && asset.text("Status") != "DELETED");
    Ok(ours
        .map(|asset| Asset {
            kind,
            id: asset.text(&id).to_owned(),
            arn: asset.text("Arn").to_owned(),
            name: asset.text("Name").to_owned(),
            version: None,
        })
        .collect())
}

/// Whether the asset carries the deployment's tag. What has gone in the meantime does not.
async fn tagged(aws: &Aws, names: &Names, mut asset: Asset) -> Result<(Asset, bool), AwsError> {
    let tags = match tags::of_asset(aws, &asset.arn, asset.title()).await {
        Err(error) if error.is_not_found() => BTreeMap::new(),
        found => found?,
    };
    asset.version = tags.get(tags::VERSION).cloned();
    let is_ours = tags.get(tags::DEPLOYMENT) == Some(&names.prefix);
    Ok((asset, is_ours))
}
