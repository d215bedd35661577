//! `kiro-analytics synth`: everything that `deploy` would send, as files. Works without an account.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use kiro_config::{Config, Layers, Resolved, StackAddress};
use kiro_deploy::aws::{Aws, AwsErrorKind};
use kiro_deploy::synth::{self, ExistingState, NO_SALT, SynthFile};
use kiro_deploy::{Names, salt};
use kiro_ingest::{create_private_folder, write_private_file};

use crate::cloud::args::SynthArgs;
use crate::cloud::session::{self, Session, command_error, environment_region, problems};
use crate::command_error::{CommandError, note};
use crate::context::CommandContext;

/// Takes the place of an account that no setting names.
const NO_ACCOUNT: &str = "000000000000";
const DEFAULT_REGION: &str = "us-east-1";

pub(crate) async fn run(args: SynthArgs, context: &CommandContext<'_>) -> Result<(), CommandError> {
    let layers = &context.layers(&args.cloud)?;
    let address = &layers.address().map_err(problems)?;
    let functions = args.functions.as_deref();
    let signed_in = if args.offline {
        None
    } else {
        sign_in(address).await?
    };
    let (deployment, existing) = if let Some(aws) = signed_in {
        let mut session = Session::of(aws, address, layers).await?;
        let (aws, names) = (&session.aws, &session.names);
        let salt = salt::given_or_deployed(aws, names, &session.resolved.settings).await;
        set_salt(&mut session.resolved, salt.map_err(command_error)?);
        let deployment = session.deployment(functions)?;
        let existing = ExistingState::find(&deployment)
            .await
            .map_err(command_error)?;
        (deployment, existing)
    } else {
        let session = without_account(address, layers)?;
        (session.deployment(functions)?, ExistingState::default())
    };
    let files = synth::files(&deployment, &existing).map_err(command_error)?;
    for file in &files {
        let path = args.out.join(&file.path);
        write(&path, file).map_err(|error| {
            let error =
                anyhow::Error::new(error).context(format!("could not write `{}`", path.display()));
            CommandError::usage(error).hint("name another folder with --out")
        })?;
    }
    note(format!("{} files in `{}`", files.len(), args.out.display()));
    if synth::lacks_code(&files) {
        note(
            "note: no zip of the function was found: fill in `CodeBucket` and `CodeKey` of parameters.json, or name its folder with --functions",
        );
    }
    if let Some(file) = files.iter().find(|file| file.content.contains(NO_SALT)) {
        let place = file.path.split_inclusive('/').next().unwrap_or_default();
        note(format!(
            "note: no salt was given: replace {NO_SALT} in {place} by 32 or more random characters, or give one in KIRO_ANALYTICS_HASH_SALT"
        ));
    } else if files.iter().any(|file| file.is_secret) {
        note(
            "note: the views or the settings of reports contain a salt: only you may read these files",
        );
    }
    Ok(())
}

/// The account, if it can be asked. No credentials are no failure here.
async fn sign_in(address: &StackAddress) -> Result<Option<Aws>, CommandError> {
    match session::sign_in(address).await {
        Ok(aws) => Ok(Some(aws)),
        Err(error) => match error.kind {
            AwsErrorKind::Credentials | AwsErrorKind::Expired | AwsErrorKind::Unreachable => {
                Ok(None)
            }
            AwsErrorKind::Invalid if error.code == "MissingRegion" => Ok(None),
            _ => Err(command_error(error.into())),
        },
    }
}

/// A session of settings alone.
fn without_account(address: &StackAddress, layers: &Layers<'_>) -> Result<Session, CommandError> {
    let mut resolved = layers.resolve(None).map_err(problems)?;
    for remark in &resolved.remarks {
        note(format!("note: {remark}"));
    }
    let settings = &resolved.settings;
    let region = settings.region.clone().or_else(environment_region);
    let region = region.unwrap_or_else(|| DEFAULT_REGION.to_owned());
    let (partition, account) = account(settings);
    note(format!(
        "note: not signed in: the files are for account {account} in {region}; nothing of what is deployed is in them"
    ));
    let salt = salt::given_only(settings).map_err(command_error)?;
    let aws = Aws::unsigned(&account, &partition, &region);
    set_salt(&mut resolved, salt);
    Ok(Session {
        names: Names::new(&address.prefix, &aws),
        aws,
        resolved,
        stack: None,
    })
}

/// The partition and the account that the settings name: that of an owner, else the only one with exports.
fn account(settings: &Config) -> (String, String) {
    let principals = settings.owners.iter().chain(&settings.readers);
    let named = principals
        .chain(&settings.query_principals)
        .find_map(|arn| {
            let parts: Vec<&str> = arn.split(':').collect();
            let (partition, account) = (*parts.get(1)?, *parts.get(4)?);
            (account.len() == NO_ACCOUNT.len()).then(|| (partition.to_owned(), account.to_owned()))
        });
    named.unwrap_or_else(|| {
        let account = match settings.accounts.as_slice() {
            [account] => account.clone(),
            _ => NO_ACCOUNT.to_owned(),
        };
        ("aws".to_owned(), account)
    })
}

fn set_salt(resolved: &mut Resolved, salt: Option<String>) {
    let settings = &mut resolved.settings;
    // Without hashes, anonymous reports may use the configured salt.
    if settings.hash_emails {
        settings.hash_salt = Some(salt.unwrap_or_else(|| NO_SALT.to_owned()));
    }
}

fn write(path: &Path, file: &SynthFile) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        create_private_folder(folder)?;
    }
    // Parameters and policies name staff.
    if !file.is_secret {
        return write_private_file(path, &file.content);
    }
    // A file of an earlier run may be readable by others.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(file.content.as_bytes())
}
