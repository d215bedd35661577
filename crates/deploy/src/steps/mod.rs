//! The steps of a deployment, in their order.

mod asset;
mod change_set;
mod code_bucket;
mod data_layer;
mod data_stack;
mod deployed_code;
mod desired_stack;
mod difference;
mod export_source;
mod first_run;
mod function_code;
mod ingestion;
mod lake_formation;
mod normalization;
mod quicksight;
mod quicksight_access;
mod refresh_schedules;
mod stack_change;
mod stack_owner;
mod stack_replacement;
mod stack_watch;
mod table_definition;
mod tables;
mod template;
mod views;

use crate::step::Step;

pub(crate) use asset::{AssetAddress, AssetError, Description, explained};
pub use data_layer::DataLayer;
pub(crate) use desired_stack::DesiredStack;
pub(crate) use function_code::Zip;
pub use function_code::missing_zip;
pub(crate) use lake_formation::EVERYBODY;
pub use normalization::{Normalization, normalize};
pub(crate) use quicksight::{DASHBOARD_ID, analysis_body, assets_of, needed_data_sets, requests};
pub(crate) use quicksight_access::{ATHENA_POLICY, NO_BUCKET, policy};
pub(crate) use stack_watch::wait_until_settled;
pub(crate) use table_definition::{MARK, TableDefinition};
pub(crate) use tables::{deployed, first_day, parameter};
pub(crate) use views::original_sql;

/// All steps.
pub fn all() -> Vec<Box<dyn Step>> {
    vec![
        Box::new(function_code::FunctionCode),
        Box::new(data_stack::DataStack),
        Box::new(first_run::FirstRun),
        Box::new(tables::Tables),
        Box::new(views::Views),
        Box::new(lake_formation::LakeFormation),
        Box::new(quicksight_access::QuickSightAccess),
        Box::new(quicksight::DATA_SOURCE_STEP),
        Box::new(quicksight::DATA_SETS_STEP),
        Box::new(refresh_schedules::RefreshSchedules),
        Box::new(quicksight::THEME_STEP),
        Box::new(quicksight::DASHBOARD_STEP),
        Box::new(ingestion::FirstIngestion),
    ]
}
