//! The functions of a deployment.

use kiro_config::Config;

use crate::names::Names;

/// A function of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FunctionKind {
    /// Reads exports.
    NormalizeReport,
    /// Maps user ids to names.
    IdentityMap,
    /// Imports datasets and sends alerts after a run of the normalizer.
    FollowUp,
    /// Writes reports on a schedule.
    SendReports,
}

impl FunctionKind {
    pub(crate) const ALL: [Self; 4] = [
        Self::NormalizeReport,
        Self::IdentityMap,
        Self::FollowUp,
        Self::SendReports,
    ];

    /// The functions that the settings need.
    pub(crate) fn needed(settings: &Config) -> impl Iterator<Item = Self> {
        let (maps_identities, follows) = (settings.identity_mapping, settings.follows_runs());
        let reports = settings.writes_reports();
        let all = Self::ALL.into_iter();
        all.filter(move |kind| match kind {
            Self::NormalizeReport => true,
            Self::IdentityMap => maps_identities,
            Self::FollowUp => follows,
            Self::SendReports => reports,
        })
    }

    /// The name of its binary, which the names of its zips begin with.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NormalizeReport => "normalize-report",
            Self::IdentityMap => "identity-map",
            Self::FollowUp => "follow-up",
            Self::SendReports => "send-reports",
        }
    }

    /// The stack that creates it.
    pub(super) fn stack(self, names: &Names) -> String {
        match self {
            Self::NormalizeReport => names.data_stack(),
            Self::IdentityMap => names.identity_stack(),
            Self::FollowUp => names.follow_up_stack(),
            Self::SendReports => names.reports_stack(),
        }
    }

    /// The output of the stack with its name in the account.
    pub(super) const fn output(self) -> &'static str {
        match self {
            Self::NormalizeReport => "NormalizerName",
            Self::IdentityMap | Self::FollowUp | Self::SendReports => "FunctionName",
        }
    }

    /// The step that creates or updates the stack.
    pub(super) const fn stack_step(self) -> &'static str {
        match self {
            Self::NormalizeReport => "data_stack",
            Self::IdentityMap => "identity_stack",
            Self::FollowUp => "follow_up_stack",
            Self::SendReports => "reports_stack",
        }
    }

    /// The change in a plan if the zip is not on this machine yet.
    pub(super) const fn zip_needed(self) -> &'static str {
        match self {
            Self::NormalizeReport => "function code: needed at apply",
            Self::IdentityMap => "code of the function `identity-map`: needed at apply",
            Self::FollowUp => "code of the function `follow-up`: needed at apply",
            Self::SendReports => "code of the function `send-reports`: needed at apply",
        }
    }
}
