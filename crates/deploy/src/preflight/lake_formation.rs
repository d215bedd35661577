//! Whether Lake Formation is in force, and whether the caller can then grant access.

use kiro_config::LakeFormation;

use super::context::CheckContext;
use super::finding::Finding;
use crate::data_lake::DataLake;
use crate::step::ErrorCategory;

pub(super) async fn check(context: &CheckContext<'_>) -> Finding {
    let database = context.names.database(context.settings());
    let data_lake = match DataLake::read(context.aws, &database).await {
        Ok(data_lake) => data_lake,
        Err(error) => return Finding::of(&error),
    };
    let setting = context.settings().lake_formation;
    if !data_lake.is_in_force {
        return match setting {
            LakeFormation::On => Finding::pass(
                "not in force for new tables; grants are created anyway because `lake_formation` is on",
            ),
            LakeFormation::Auto | LakeFormation::Off => {
                Finding::pass("not in force for new tables: IAM alone decides")
            }
        };
    }
    if setting == LakeFormation::Off {
        return Finding::fail(
            ErrorCategory::Usage,
            "in force, and `lake_formation` is off in the settings: the tables would not be readable",
            "set `lake_formation` to auto",
        );
    }
    let caller = context.aws.caller().arn.as_str();
    let mut administrators = data_lake.administrators.iter();
    let is_admin = administrators.any(|admin| is_same(admin, caller));
    if is_admin {
        return Finding::pass("in force; you are an administrator of the data lake and can grant");
    }
    Finding::warn(
        "in force, and you are not an administrator of the data lake",
        "become an administrator (Lake Formation, Administrative roles and tasks), or get CREATE_DATABASE: the creator of a database can grant permissions on it",
    )
}

/// Returns true if an administrator is the caller, or the role of the caller's session.
fn is_same(admin: &str, caller: &str) -> bool {
    if admin == caller {
        return true;
    }
    let session = caller.split_once(":assumed-role/");
    let role = session.and_then(|(_, rest)| rest.split('/').next());
    match (role, admin.split_once(":role/")) {
        (Some(role), Some((_, path))) => path.rsplit('/').next() == Some(role),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn a_session_is_its_role() {
        let caller = "arn:aws:sts::123456789012:assumed-role/Admin/alice";
        assert!(is_same(
            "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/Admin",
            caller
        ));
        assert!(!is_same("arn:aws:iam::123456789012:role/Adm", caller));
        assert!(is_same(
            "arn:aws:iam::123456789012:user/bob",
            "arn:aws:iam::123456789012:user/bob"
        ));
    }
}
