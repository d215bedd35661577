//! The shapes of ids: of an Identity Store, and of its users.
//!
//! Source: `IdentityStoreId` and `ResourceId` in the API reference of the Identity Store. Its text allows letters and digits
//! after `d-`, its pattern hexadecimal digits only; this module takes the wider of the two.

const CONSOLE: &str = "the settings page of IAM Identity Center shows it";

/// Says what is wrong with the id of an Identity Store.
pub(crate) fn identity_store_problem(id: &str) -> Option<String> {
    if is_identity_store_id(id) {
        return None;
    }
    if id.starts_with("ssoins-") || (id.starts_with("arn:") && id.contains(":sso:")) {
        return Some(format!(
            "`{id}` is the instance of IAM Identity Center; its Identity Store begins with `d-`, and {CONSOLE}"
        ));
    }
    if let Some((_, store)) = id.rsplit_once(":identitystore/") {
        return Some(format!(
            "`{id}` is the ARN of an Identity Store; expected its id: `{store}`"
        ));
    }
    Some(format!(
        "expected `d-` and ten lower-case letters or digits, found `{id}`; {CONSOLE}"
    ))
}

fn is_identity_store_id(id: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    match id.strip_prefix("d-") {
        Some(rest) => rest.len() == 10 && rest.bytes().all(is_allowed),
        None => is_uuid(id),
    }
}

/// Returns true if an id can be that of a user: a UUID, or ten hexadecimal digits, a hyphen and a UUID.
pub(crate) fn is_user_id(id: &str) -> bool {
    let uuid = match id.split_at_checked(11) {
        Some((store, uuid)) if store.ends_with('-') && are_hex(&store[..10]) => uuid,
        _ => id,
    };
    is_uuid(uuid)
}

fn is_uuid(text: &str) -> bool {
    let mut groups = text.split('-');
    let has_groups = [8, 4, 4, 4, 12].iter().all(|length| {
        let group = groups.next();
        group.is_some_and(|group| group.len() == *length && are_hex(group))
    });
    has_groups && groups.next().is_none()
}

fn are_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{identity_store_problem, is_user_id};

    #[test]
    fn an_identity_store_has_one_of_two_shapes() {
        for good in [
            "d-1234567890",
            "d-9a67abcdef",
            "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb",
        ] {
            assert_eq!(identity_store_problem(good), None, "{good}");
        }
        for bad in [
            "",
            "d-",
            "d-123",
            "d-123456789A",
            "1234567890",
            "d-12345678901",
        ] {
            let problem = identity_store_problem(bad).unwrap();
            assert!(problem.contains("expected `d-`"), "{problem}");
        }
    }

    #[test]
    fn an_instance_and_an_arn_have_hints_of_their_own() {
        for instance in [
            "ssoins-1234567890abcdef",
            "arn:aws:sso:::instance/ssoins-1234567890abcdef",
        ] {
            let problem = identity_store_problem(instance).unwrap();
            assert!(
                problem.contains("is the instance of IAM Identity Center"),
                "{problem}"
            );
        }
        let arn = "arn:aws:identitystore::123456789012:identitystore/d-1234567890";
        let problem = identity_store_problem(arn).unwrap();
        assert!(
            problem.ends_with("expected its id: `d-1234567890`"),
            "{problem}"
        );
    }

    #[test]
    fn a_user_id_is_a_uuid_with_or_without_a_prefix() {
        for good in [
            "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb",
            "0123456789-aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb",
        ] {
            assert!(is_user_id(good), "{good}");
        }
        for bad in [
            "",
            "alice",
            "alice@example.com",
            "aaaaaaaa-1111-4222-8333",
            "012345678-aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb",
            "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb-1",
            "ü1234567890-",
        ] {
            assert!(!is_user_id(bad), "{bad}");
        }
    }
}
