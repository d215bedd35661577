//! The steps of a deployment, in their order.

mod change_set;
mod data_stack;
mod first_run;
mod function_code;
mod tables;
mod template;
mod views;

use crate::step::Step;

pub use data_stack::DataLayer;
pub(crate) use data_stack::{desired, wait_until_settled};
pub use first_run::{Normalization, normalize};
pub(crate) use tables::{MARK, deployed, first_day, table_input};

/// All steps.
pub fn all() -> Vec<Box<dyn Step>> {
    vec![
        Box::new(function_code::FunctionCode),
        Box::new(data_stack::DataStack),
        Box::new(first_run::FirstRun),
        Box::new(tables::Tables),
        Box::new(views::Views),
    ]
}
