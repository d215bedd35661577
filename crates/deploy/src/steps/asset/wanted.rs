//! An asset as it shall be, and what the service says of the one that is there.

use serde_json::Value;

use crate::asset_kind::AssetKind;
use crate::aws::{AwsError, Fields, JsonCall, Method};
use crate::digest::short_hash;
use crate::step::Deployment;

/// An asset as it shall be.
pub(crate) struct WantedAsset<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) kind: AssetKind,
    pub(crate) id: String,
    /// The request to make it, without account, id, permissions and tags.
    pub(crate) body: Value,
}

impl WantedAsset<'_> {
    pub(crate) fn arn(&self) -> String {
        let resource = format!("{}/{}", self.kind.terms().segment, self.id);
        self.deployment.names.quicksight_arn(&resource)
    }

    pub(super) fn what(&self) -> String {
        format!("{} `{}`", self.kind.terms().noun, self.id)
    }

    pub(super) fn call(
        &self,
        operation: &'static str,
        method: Method,
        rest: &[&str],
    ) -> JsonCall<'_> {
        let path: Vec<&str> = [self.kind.terms().collection, &self.id]
            .into_iter()
            .chain(rest.iter().copied())
            .collect();
        let call = self.deployment.aws.quicksight(operation, method, &path);
        call.on(self.what())
    }

    pub(super) async fn describe(&self, version: Option<&str>) -> Result<Option<Value>, AwsError> {
        let mut call = self.call(self.kind.terms().describe, Method::Get, &[]);
        if let Some(version) = version {
            call = call.query("version-number", version);
        }
        let found = call.find().await?;
        Ok(found.map(|found| found.field(self.kind.terms().member).clone()))
    }

    /// What of the description is the asset itself, whoever wrote it.
    pub(super) async fn state(&self, described: &Value) -> Result<Value, AwsError> {
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

    pub(super) fn sent_hash(&self) -> String {
        let mut body = self.body.clone();
        // The version stands in a tag of its own: a new one that changes nothing else changes nothing.
        if let Some(members) = body.as_object_mut() {
            members.remove("VersionDescription");
        }
        short_hash(body.to_string())
    }
}

fn picked(value: &Value, members: &[&str]) -> Value {
    let members = members.iter().map(|member| {
        let name = member.rsplit('/').next().unwrap_or(member);
        (name.to_owned(), value.field(member).clone())
    });
    Value::Object(members.filter(|(_, value)| !value.is_null()).collect())
}
