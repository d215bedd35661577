//! The Identity Store, if the settings name one.

use super::context::CheckContext;
use super::finding::Finding;
use crate::aws::Context;

pub(super) async fn check(context: &CheckContext<'_>) -> Finding {
    let settings = context.settings();
    let Some(store) = &settings.identity_store else {
        return Finding::pass("not needed: `identity_store` is not set");
    };
    let region = settings.identity_region.as_deref();
    let regional = context
        .aws
        .in_region(region.unwrap_or(context.aws.region()));
    let request = regional.clients().identity_store.list_users();
    let sent = request.identity_store_id(store).max_results(1).send().await;
    let resource = format!("Identity Store `{store}`");
    match sent.context(&regional, "identitystore:ListUsers", resource) {
        Ok(_) => Finding::pass(format!("`{store}` answers in {}", regional.region())),
        Err(error) if error.is_not_found() => Finding::fail(
            crate::step::ErrorCategory::Usage,
            format!(
                "there is no Identity Store `{store}` in {}",
                regional.region()
            ),
            "correct `identity_store` or `identity_region`: the settings page of IAM Identity Center shows both",
        ),
        Err(error) => Finding::of(&error),
    }
}
