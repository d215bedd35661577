//! Results buckets that earlier stacks of a deployment have left.

use crate::aws::{Aws, AwsError};
use crate::identity_remains::is_identity_bucket;
use crate::left_buckets::left_buckets;
use crate::names::Names;
use crate::reports_bucket::is_reports_bucket;

/// The buckets that carry the deployment's tag, without the one for the function's code. `None` if the caller may not list
/// buckets.
///
/// # Errors
///
/// If the buckets or their tags cannot be read.
pub(crate) async fn results_buckets(
    aws: &Aws,
    names: &Names,
) -> Result<Option<Vec<String>>, AwsError> {
    let code = names.default_code_bucket();
    let is_results =
        |name: &str| name != code && !is_identity_bucket(name) && !is_reports_bucket(name);
    left_buckets(aws, names, &names.data_stack(), is_results).await
}
