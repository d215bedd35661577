//! The salt of hashed addresses: where it comes from and what it must be.
//!
//! The text of the views contains the salt, in Glue and in Athena's history; SECURITY.md lists who can read it there. A principal
//! that may query the views may also read the raw tables below them, which contain the addresses themselves: the salt protects
//! the hashes outside the catalogue, in Quick Sight and in files. It is read back from the views and stored nowhere else.

use std::collections::BTreeSet;

use aws_sdk_glue::types::Table;
use kiro_catalog::salt_in;
use kiro_config::Config;

use crate::aws::Aws;
use crate::names::Names;
use crate::step::{ErrorCategory, StepError};
use crate::steps::{existing_tables, original_sql};

/// Hexadecimal digits hold 4 bits each: this is 128 bits.
const MIN_CHARACTERS: usize = 32;
/// A text with fewer different characters is not random.
const MIN_DISTINCT_CHARACTERS: usize = 8;
const RANDOM_BYTES: usize = 32;

/// The salt to render views with.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ChosenSalt {
    /// `None` if addresses are not hashed.
    pub salt: Option<String>,
    /// What the user should know.
    pub remarks: Vec<String>,
}

/// The salt in the deployed views.
#[derive(Clone, PartialEq, Eq)]
enum DeployedSalt {
    /// No view hashes addresses.
    None,
    Salt(String),
    /// A view hashes addresses, but its salt cannot be found in its text.
    Unreadable {
        view: String,
    },
}

/// Chooses the salt: the configured one, else that of the deployed views, else a random one.
///
/// # Errors
///
/// If the configured salt is too short, if the deployed one cannot be read, or if a call fails.
pub async fn choose(aws: &Aws, names: &Names, settings: &Config) -> Result<ChosenSalt, StepError> {
    if !settings.hash_emails {
        // Views have no salt. Anonymous reports may use the configured one.
        return Ok(ChosenSalt {
            salt: given(settings).map(str::to_owned),
            remarks: Vec::new(),
        });
    }
    let tables = existing_tables(aws, &names.database(settings)).await?;
    let mut chosen = decide(given(settings), deployed_salt(tables.values()))?;
    if chosen.salt.is_none() {
        chosen.salt = Some(random()?);
    }
    Ok(chosen)
}

/// The salt for files that are written without an account: the configured one.
///
/// # Errors
///
/// If the configured salt is too short.
pub fn given_only(settings: &Config) -> Result<Option<String>, StepError> {
    if !settings.hash_emails {
        return Ok(None);
    }
    Ok(decide(given(settings), DeployedSalt::None)?.salt)
}

/// The salt for files that are written with access to an account: the configured one, else that of the deployed views.
///
/// # Errors
///
/// As for [`choose`].
pub async fn given_or_deployed(
    aws: &Aws,
    names: &Names,
    settings: &Config,
) -> Result<Option<String>, StepError> {
    if !settings.hash_emails {
        return Ok(None);
    }
    let tables = existing_tables(aws, &names.database(settings)).await?;
    Ok(decide(given(settings), deployed_salt(tables.values()))?.salt)
}

/// The salt of pseudonyms in reports: the configured one, else that of the earlier reports, else a random one.
///
/// # Errors
///
/// If the configured salt is too short.
pub(crate) fn of_reports(settings: &Config, earlier: Option<&str>) -> Result<String, StepError> {
    if let Some(given) = given(settings) {
        // That of deployed views is used as it is.
        if !settings.hash_emails {
            check(given)?;
        }
        return Ok(given.to_owned());
    }
    match earlier {
        Some(earlier) => Ok(earlier.to_owned()),
        None => random(),
    }
}

fn given(settings: &Config) -> Option<&str> {
    let salt = settings.hash_salt.as_deref();
    salt.filter(|salt| !salt.is_empty())
}

/// `None` if there is no salt yet.
fn decide(given: Option<&str>, deployed: DeployedSalt) -> Result<ChosenSalt, StepError> {
    let mut remarks = Vec::new();
    let salt = match (given, deployed) {
        (Some(given), DeployedSalt::Salt(deployed)) if given == deployed => deployed,
        (Some(given), deployed) => {
            check(given)?;
            if deployed != DeployedSalt::None {
                remarks.push(
                    "`hash_salt` differs from the salt of the deployed views: all hashes of addresses change"
                        .to_owned(),
                );
            }
            given.to_owned()
        }
        (None, DeployedSalt::Salt(deployed)) => deployed,
        (None, DeployedSalt::None) => return Ok(ChosenSalt::default()),
        (None, DeployedSalt::Unreadable { view }) => {
            return Err(StepError::failed(
                ErrorCategory::Usage,
                format!(
                    "view `{view}` hashes addresses, and its salt could not be read: another salt would change all hashes"
                ),
                "set KIRO_ANALYTICS_HASH_SALT to the same salt, or to a new one (`openssl rand -hex 32`)",
            ));
        }
    };
    if check(&salt).is_err() {
        remarks.push(
            "the salt of the deployed views is short, so addresses can be guessed from their hashes: set KIRO_ANALYTICS_HASH_SALT to a new one (`openssl rand -hex 32`); all hashes change"
                .to_owned(),
        );
    }
    Ok(ChosenSalt {
        salt: Some(salt),
        remarks,
    })
}

fn deployed_salt<'a>(tables: impl Iterator<Item = &'a Table>) -> DeployedSalt {
    let mut found = DeployedSalt::None;
    for table in tables {
        let sql = original_sql(table).unwrap_or_default();
        if let Some(salt) = salt_in(&sql) {
            return DeployedSalt::Salt(salt);
        }
        if sql.to_ascii_lowercase().contains("sha256") {
            found = DeployedSalt::Unreadable {
                view: table.name().to_owned(),
            };
        }
    }
    found
}

/// Rejects a salt that can be guessed.
fn check(salt: &str) -> Result<(), StepError> {
    let is_plain = salt.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let distinct: BTreeSet<u8> = salt.bytes().collect();
    if is_plain && salt.len() >= MIN_CHARACTERS && distinct.len() >= MIN_DISTINCT_CHARACTERS {
        return Ok(());
    }
    Err(StepError::failed(
        ErrorCategory::Usage,
        format!(
            "`hash_salt` must be {MIN_CHARACTERS} or more random ASCII characters (128 bits), or addresses can be guessed from their hashes"
        ),
        "generate one with `openssl rand -hex 32`, or leave `hash_salt` out: `deploy` generates one and reads it back from the views",
    ))
}

fn random() -> Result<String, StepError> {
    let mut bytes = [0_u8; RANDOM_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| {
        StepError::failed(
            ErrorCategory::Usage,
            format!("this system gives no random bytes for a salt: {error}"),
            "set KIRO_ANALYTICS_HASH_SALT",
        )
    })?;
    let digits = bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use kiro_config::Layers;
    use serde_json::json;

    use super::*;

    const VALID_SALT: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "fedcba9876543210fedcba9876543210";

    fn view(sql: &str) -> Table {
        let text = STANDARD.encode(json!({"originalSql": sql}).to_string());
        let text = format!("/* Presto View: {text} */");
        let table = Table::builder().name("report_facts");
        table.view_original_text(text).build().unwrap()
    }

    #[test]
    fn the_salt_of_the_deployed_views_is_used_again() {
        let plain = view("SELECT email FROM report_facts_raw");
        let hashed = view(&format!(
            "SELECT lower(to_hex(sha256(to_utf8('{VALID_SALT}' || lower(trim(email))))))"
        ));
        let deployed = deployed_salt([&plain, &hashed].into_iter());
        assert!(deployed == DeployedSalt::Salt(VALID_SALT.to_owned()));
        let chosen = decide(None, deployed.clone()).unwrap();
        assert_eq!(
            (chosen.salt.as_deref(), chosen.remarks.len()),
            (Some(VALID_SALT), 0)
        );
        // Another salt changes all hashes, so there is a remark.
        let chosen = decide(Some(OTHER), deployed).unwrap();
        assert_eq!(chosen.salt.as_deref(), Some(OTHER));
        assert!(chosen.remarks[0].contains("all hashes"));
    }

    #[test]
    fn a_first_deployment_without_a_salt_gets_a_random_one() {
        let plain = view("SELECT email FROM report_facts_raw");
        let deployed = deployed_salt([&plain].into_iter());
        assert_eq!(decide(None, deployed).unwrap().salt, None);
        let (first, second) = (random().unwrap(), random().unwrap());
        assert_eq!((first.len(), first == second), (64, false));
        check(&first).unwrap();
    }

    #[test]
    fn reports_keep_the_salt_that_they_were_written_with() {
        let mut settings = Layers::of_flags(Vec::new()).resolve(None).unwrap().settings;
        let first = of_reports(&settings, None).unwrap();
        assert_eq!(first.len(), 64);
        assert_eq!(of_reports(&settings, Some(&first)).unwrap(), first);
        settings.hash_salt = Some(VALID_SALT.to_owned());
        assert_eq!(of_reports(&settings, Some(&first)).unwrap(), VALID_SALT);
        settings.hash_salt = Some("pepper".to_owned());
        let refused = of_reports(&settings, Some(&first)).err().unwrap();
        assert!(!refused.to_string().contains("pepper"));
    }

    #[test]
    fn a_guessable_salt_is_refused_and_a_deployed_one_gets_a_remark() {
        for weak in [
            "pepper",
            "00000000000000000000000000000000",
            "0123456789abcdef0123456789abcd\u{e4}x",
        ] {
            assert!(decide(Some(weak), DeployedSalt::None).is_err(), "{weak}");
        }
        // A deployed salt is kept, even if it is weak.
        for deployed in ["", "pepper"] {
            let chosen = decide(None, DeployedSalt::Salt(deployed.to_owned())).unwrap();
            assert_eq!(chosen.salt.as_deref(), Some(deployed));
            assert!(chosen.remarks[0].contains("can be guessed"));
        }
        let same = decide(Some("pepper"), DeployedSalt::Salt("pepper".to_owned())).unwrap();
        assert_eq!(same.salt.as_deref(), Some("pepper"));
    }

    #[test]
    fn a_salt_that_cannot_be_read_is_asked_for_and_never_shown() {
        let odd = view("SELECT sha256(to_utf8(U&'\\00e4' || email))");
        let deployed = deployed_salt([&odd].into_iter());
        let view = "report_facts".to_owned();
        assert!(deployed == DeployedSalt::Unreadable { view });
        let error = decide(None, deployed.clone()).err().unwrap();
        assert!(error.hint().contains("KIRO_ANALYTICS_HASH_SALT"));
        assert_eq!(decide(Some(VALID_SALT), deployed).unwrap().remarks.len(), 1);
        let refused = decide(Some("pepper"), DeployedSalt::None).err().unwrap();
        assert!(!refused.to_string().contains("pepper"));
    }
}
