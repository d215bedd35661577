//! The parameters of the data stack, except the function's code and the version.

use kiro_config::{Config, Resolved, StackParameters};

use super::sources;
use crate::names::Names;

/// The parameter with the rules that the function gets as `KIRO_NAMES`.
pub(super) const NAME_RULES: &str = "NameRules";
/// Maximum size of a parameter.
pub(super) const MAX_PARAMETER_BYTES: usize = 4096;

/// The parameters of the data stack, except the function's code and the version. The error names the limit that is exceeded.
///
/// # Errors
///
/// If a parameter, the function's environment or its policy would exceed a limit of AWS.
pub fn stack_parameters(resolved: &Resolved, names: &Names) -> Result<StackParameters, String> {
    let settings = &resolved.settings;
    let mut parameters = resolved.remembered_parameters();
    let state = if settings.scheduled {
        "ENABLED"
    } else {
        "DISABLED"
    };
    parameters.extend([
        ("ScheduleState".to_owned(), state.to_owned()),
        ("DatabaseName".to_owned(), names.database(settings)),
        ("WorkgroupName".to_owned(), names.workgroup(settings)),
        (NAME_RULES.to_owned(), name_rules(settings)),
    ]);
    sources::add(&mut parameters, settings, &names.account)?;
    let too_long = parameters
        .iter()
        .find(|(_, text)| text.len() > MAX_PARAMETER_BYTES);
    match too_long {
        Some((name, text)) => Err(format!(
            "the stack's parameter `{name}` would have {} bytes, and CloudFormation allows {MAX_PARAMETER_BYTES}: fewer `exports`, `accounts`, `plans`, `names` or principals make it shorter",
            text.len()
        )),
        None => Ok(parameters),
    }
}

/// The rules about names as JSON; empty without rules.
fn name_rules(settings: &Config) -> String {
    let rules = settings.views.names.rules();
    if rules.is_empty() {
        return String::new();
    }
    // Maps and lists of texts always have a JSON form.
    serde_json::to_string(&rules).unwrap_or_default()
}
