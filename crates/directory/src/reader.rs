//! Reads an Identity Store.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_config::SdkConfig;
use futures::try_join;
use kiro_people::Directory;

use crate::answer::DirectoryAnswer;
use crate::call_error::Call;
use crate::call_error_kind::CallErrorKind;
use crate::call_target::CallTarget;
use crate::error::DirectoryError;
use crate::options::{DirectoryOptions, RequestLimits};
use crate::page_token::{NextPage, PageToken};
use crate::progress::{Progress, ProgressCounter, ReadCounts};
use crate::request_pacer::RequestPacer;
use crate::session::Session;
use crate::user_selection::UserSelection;

/// Reads the selected users, and the selected groups with their members. Memory grows with what is returned, not with the
/// directory.
///
/// A selected group returns all its members. Members that the selection of users does not contain have an id only: read them
/// with a second call.
///
/// # Errors
///
/// If an option is not valid, if the Identity Store cannot be found, or if a call failed after all retries.
pub async fn read_directory(
    config: &SdkConfig,
    options: &DirectoryOptions,
    users: UserSelection<'_>,
    progress: &dyn Progress,
) -> Result<DirectoryAnswer, DirectoryError> {
    options.validate()?;
    let session = Session::new(config, options)?;
    let identity_store = match &options.identity_store {
        Some(id) => id.clone(),
        None => session.find_identity_store().await?,
    };
    let reader = StoreReader::new(session, identity_store, options.limits, progress);
    let (selected, groups) = try_join!(
        reader.read_users(users),
        reader.read_groups(&options.groups)
    )?;
    Ok(DirectoryAnswer {
        directory: Directory {
            users: selected.users,
            groups,
        },
        missing: selected.missing,
        ignored_members: reader.ignored_members.into_inner(),
        identity_store: reader.identity_store,
        region: reader.session.region,
    })
}

/// One reading of one Identity Store.
pub(crate) struct StoreReader<'a> {
    pub(crate) session: Session,
    pub(crate) identity_store: String,
    pub(crate) limits: RequestLimits,
    pub(crate) pacers: Pacers,
    progress: ProgressCounter<'a>,
    ignored_members: AtomicU64,
}

/// One for each operation, as AWS counts.
pub(crate) struct Pacers {
    pub(crate) list_users: RequestPacer,
    pub(crate) describe_user: RequestPacer,
    pub(crate) list_groups: RequestPacer,
    pub(crate) list_group_memberships: RequestPacer,
}

impl<'a> StoreReader<'a> {
    fn new(
        session: Session,
        identity_store: String,
        limits: RequestLimits,
        progress: &'a dyn Progress,
    ) -> Self {
        let pacer = || RequestPacer::new(limits.max_requests_per_second);
        Self {
            session,
            identity_store,
            limits,
            pacers: Pacers {
                list_users: pacer(),
                describe_user: pacer(),
                list_groups: pacer(),
                list_group_memberships: pacer(),
            },
            progress: ProgressCounter::new(progress),
            ignored_members: AtomicU64::default(),
        }
    }

    /// Requests of an operation at the same time.
    pub(crate) fn max_concurrent_requests(&self) -> usize {
        self.limits.max_concurrent_requests.max(1)
    }

    pub(crate) fn call(&self, action: &'static str) -> Call {
        Call {
            action,
            target: CallTarget::IdentityStore(self.identity_store.clone()),
            region: self.session.region.clone(),
        }
    }

    /// Takes the token of a page. Returns true if another page follows.
    pub(crate) fn has_next_page(
        &self,
        action: &'static str,
        token: &mut PageToken,
        next: Option<String>,
    ) -> Result<bool, DirectoryError> {
        match token.advance(next) {
            NextPage::Another => Ok(true),
            NextPage::None => Ok(false),
            NextPage::Repeated => Err(self.call(action).failed(CallErrorKind::RepeatedPage).into()),
        }
    }

    pub(crate) fn ignore_member(&self) {
        self.ignored_members.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn report(&self, change: impl FnOnce(&mut ReadCounts)) {
        let retries = self.session.requests.retries();
        self.progress.update(|counts| {
            change(counts);
            counts.retries = retries;
        });
    }
}
