//! The names derived from the prefix of a deployment, and their maximum lengths.

use kiro_catalog::RenderOptions;
use kiro_config::Config;

use crate::aws::Aws;

/// The function's name after the prefix.
const FUNCTION_SUFFIX: &str = "-data-normalize-report";
/// The role's name after the stack's, before its random characters.
const ROLE_SUFFIX: &str = "-NormalizerRole-";
/// Characters that `CloudFormation` appends to a generated name.
const RANDOM_CHARACTERS: usize = 12;
/// Maximum length of the name of a role.
const MAX_ROLE_CHARACTERS: usize = 64;

/// The names of one deployment's resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub prefix: String,
    pub account: String,
    pub region: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
}

impl Names {
    pub fn new(prefix: &str, aws: &Aws) -> Self {
        Self {
            prefix: prefix.to_owned(),
            account: aws.account().to_owned(),
            region: aws.region().to_owned(),
            partition: aws.partition().to_owned(),
        }
    }

    /// The stack with bucket, database, workgroup, function, schedule and alarms.
    pub fn data_stack(&self) -> String {
        format!("{}-data", self.prefix)
    }

    /// The stack that maps ids to names of users.
    pub fn identity_stack(&self) -> String {
        format!("{}-identity", self.prefix)
    }

    /// The stack, and its function, that follow runs of the normalizer.
    pub fn follow_up_stack(&self) -> String {
        format!("{}-follow-up", self.prefix)
    }

    /// The stack, and its function, that write reports on a schedule.
    pub fn reports_stack(&self) -> String {
        format!("{}-reports", self.prefix)
    }

    /// The bucket for the function's zips.
    pub fn code_bucket(&self, settings: &Config) -> String {
        let configured = settings.code_bucket.clone();
        configured.unwrap_or_else(|| self.default_code_bucket())
    }

    /// Its name if the settings name none.
    pub(crate) fn default_code_bucket(&self) -> String {
        format!("{}-code-{}-{}", self.prefix, self.account, self.region)
    }

    /// The Glue database.
    pub fn database(&self, settings: &Config) -> String {
        let configured = settings.database.clone();
        configured.unwrap_or_else(|| self.identifier())
    }

    /// The Athena workgroup.
    pub fn workgroup(&self, settings: &Config) -> String {
        let configured = settings.workgroup.clone();
        configured.unwrap_or_else(|| self.identifier())
    }

    /// The default name of the Glue database and the Athena workgroup.
    fn identifier(&self) -> String {
        self.prefix.replace('-', "_")
    }

    /// The inline policy in the role that `QuickSight` reads with.
    pub fn quicksight_policy(&self, settings: &Config) -> String {
        let configured = settings.quicksight_policy.clone();
        configured.unwrap_or_else(|| format!("{}-QuickSightS3Access", self.prefix))
    }

    /// How the views are rendered in the database of this deployment.
    pub fn render_options(&self, settings: &Config) -> RenderOptions {
        RenderOptions {
            database: self.database(settings),
            ..settings.render_options()
        }
    }

    pub fn data_source_id(&self) -> String {
        format!("{}-athena", self.prefix)
    }

    pub fn dataset_id(&self, relation: &str) -> String {
        format!("{}-{}", self.prefix, relation.replace('_', "-"))
    }

    /// `mode` is `light` or `dark`.
    pub fn theme_id(&self, mode: &str) -> String {
        format!("{}-{mode}", self.prefix)
    }

    /// Analysis and dashboard have the same id; `dashboard` is the id in the spec.
    pub fn dashboard_id(&self, dashboard: &str) -> String {
        format!("{}-{dashboard}", self.prefix)
    }

    /// An ARN of `QuickSight`: `dataset/<id>`.
    pub fn quicksight_arn(&self, resource: &str) -> String {
        let Self {
            account,
            region,
            partition,
            ..
        } = self;
        format!("arn:{partition}:quicksight:{region}:{account}:{resource}")
    }

    /// Names that are too long in this Region.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let lengths = [
            (format!("{}{FUNCTION_SUFFIX}", self.prefix), 64, "function"),
            (self.default_code_bucket(), 63, "bucket"),
            (self.identifier(), 63, "database"),
        ];
        for (name, most, what) in lengths {
            if name.len() > most {
                let too_long = name.len() - most;
                problems.push(format!(
                    "the {what} would be called `{name}`, {too_long} characters more than the {most} that AWS allows in `{}`: choose a prefix of at most {} characters",
                    self.region,
                    self.prefix.len().saturating_sub(too_long)
                ));
            }
        }
        problems
    }

    /// Like [`Self::problems`], for a stack that does not exist yet: the name of the function's role must also fit.
    ///
    /// `CloudFormation` shortens the stack's part of a generated name that is too long. The role would then not match the pattern
    /// `PREFIX-data-NormalizerRole-*` that policies of other accounts name. An existing stack keeps its role and its policies.
    pub fn problems_of_new_deployment(&self) -> Vec<String> {
        let mut problems = self.problems();
        let role = format!("{}{ROLE_SUFFIX}", self.data_stack());
        let too_long = (role.len() + RANDOM_CHARACTERS).saturating_sub(MAX_ROLE_CHARACTERS);
        if too_long > 0 {
            problems.push(format!(
                "CloudFormation would shorten the name of the function's role, which must begin with `{role}`: choose a prefix of at most {} characters",
                self.prefix.len().saturating_sub(too_long)
            ));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    fn names(prefix: &str, region: &str) -> Names {
        Names {
            prefix: prefix.to_owned(),
            account: "123456789012".to_owned(),
            region: region.to_owned(),
            partition: "aws".to_owned(),
        }
    }

    #[test]
    fn names_follow_from_the_prefix() {
        let names = names("kiro-analytics", "eu-central-1");
        assert_eq!(names.data_stack(), "kiro-analytics-data");
        assert_eq!(
            names.default_code_bucket(),
            "kiro-analytics-code-123456789012-eu-central-1"
        );
        assert_eq!(names.identifier(), "kiro_analytics");
        assert_eq!(
            names.dataset_id("user_totals"),
            "kiro-analytics-user-totals"
        );
        assert_eq!(
            names.quicksight_arn("theme/x"),
            "arn:aws:quicksight:eu-central-1:123456789012:theme/x"
        );
    }

    #[test]
    fn lengths_are_those_of_the_region_itself() {
        let prefix = "a".repeat(35);
        assert_eq!(names(&prefix, "us-east-1").problems(), Vec::<String>::new());
        let problems = names(&prefix, "ap-southeast-2").problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].ends_with("choose a prefix of at most 30 characters"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_new_deployment_has_a_role_whose_name_is_not_shortened() {
        let fits = names(&"a".repeat(31), "us-east-1");
        assert_eq!(fits.problems_of_new_deployment(), Vec::<String>::new());
        let long = names(&"a".repeat(32), "us-east-1");
        assert_eq!(long.problems(), Vec::<String>::new());
        let problems = long.problems_of_new_deployment();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].ends_with("choose a prefix of at most 31 characters"),
            "{problems:?}"
        );
    }
}
