//! All steps of a deployment, in their order.

use super::{
    data_sets, data_stack, first_run, follow_up_grants, follow_up_stack, function_code,
    identity_removal, identity_run, identity_stack, ingestion, lake_formation, obsolete_data_sets,
    quicksight, quicksight_access, refresh_schedules, reports_stack, tables, views,
};
use crate::step::Step;

/// All steps.
pub fn all() -> Vec<Box<dyn Step>> {
    vec![
        Box::new(function_code::FunctionCode),
        Box::new(data_stack::DataStack),
        Box::new(first_run::FirstRun),
        Box::new(identity_stack::IdentityStack),
        Box::new(identity_run::IdentityRun),
        Box::new(tables::Tables),
        Box::new(views::Views),
        Box::new(lake_formation::LakeFormation),
        Box::new(quicksight_access::QuickSightAccess),
        Box::new(quicksight::DATA_SOURCE_STEP),
        Box::new(data_sets::DataSets),
        Box::new(refresh_schedules::RefreshSchedules),
        Box::new(quicksight::THEME_STEP),
        Box::new(quicksight::DASHBOARD_STEP),
        Box::new(obsolete_data_sets::ObsoleteDataSets),
        Box::new(ingestion::FirstIngestion),
        Box::new(follow_up_stack::FollowUpStack),
        Box::new(follow_up_grants::FollowUpGrants),
        Box::new(reports_stack::ReportsStack),
        Box::new(identity_removal::IdentityRemoval),
    ]
}
