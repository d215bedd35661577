//! Finds the Identity Store of the account's IAM Identity Center.

use std::collections::BTreeSet;

use aws_sdk_ssoadmin::types::{InstanceMetadata, InstanceStatus};

use crate::call_error::Call;
use crate::call_error_kind::CallErrorKind;
use crate::call_target::CallTarget;
use crate::error::DirectoryError;
use crate::page_token::{NextPage, PageToken};
use crate::session::Session;

impl Session {
    /// The only Identity Store in the Region that the caller can see: of the organization, or of the account itself.
    pub(crate) async fn find_identity_store(&self) -> Result<String, DirectoryError> {
        let call = || Call {
            action: "sso:ListInstances",
            target: CallTarget::Instances,
            region: self.region.clone(),
        };
        let mut token = PageToken::default();
        let mut stores = BTreeSet::new();
        loop {
            let request = self.sso_admin.list_instances();
            let response = request.set_next_token(token.get()).send().await;
            let page = response.map_err(|error| DirectoryError::of_call(call(), &error))?;
            let instances = page.instances.unwrap_or_default();
            stores.extend(instances.into_iter().filter_map(active_store));
            match token.advance(page.next_token) {
                NextPage::Another => {}
                NextPage::None => break,
                NextPage::Repeated => {
                    return Err(call().failed(CallErrorKind::RepeatedPage).into());
                }
            }
        }
        let region = self.region.clone();
        let mut stores: Vec<String> = stores.into_iter().collect();
        match stores.len() {
            0 => Err(DirectoryError::NoInstance { region }),
            1 => Ok(stores.swap_remove(0)),
            _ => Err(DirectoryError::SeveralInstances {
                region,
                identity_stores: stores,
            }),
        }
    }
}

/// The Identity Store of an instance that is neither being made nor being deleted.
fn active_store(instance: InstanceMetadata) -> Option<String> {
    let is_active = matches!(instance.status, None | Some(InstanceStatus::Active));
    let store = instance.identity_store_id.filter(|_| is_active);
    store.filter(|store| !store.is_empty())
}
