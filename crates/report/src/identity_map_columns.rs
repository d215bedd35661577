//! The columns of the identity map, which names the users. Every column is a text and may be NULL.

/// A column of the identity map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentityMapColumn {
    pub name: &'static str,
    pub meaning: &'static str,
}

/// The columns of the identity map, in their order.
pub const IDENTITY_MAP_COLUMNS: [IdentityMapColumn; 11] = [
    column(
        "idc_user_id",
        "canonical user id; `roster:` and an address or user name for a person without one",
    ),
    column("idc_username", "user name in the directory"),
    column(
        "idc_display_name",
        "display name in the roster or the directory; the mask of a forgotten person",
    ),
    column("idc_email", "address in the roster or the directory"),
    column("team", "team in the roster, else group in the directory"),
    column("cost_center", "cost centre in the roster"),
    column("manager", "manager in the roster"),
    column("status", "active, left or forgotten"),
    column(
        "source",
        "roster, directory, roster+directory, last_known or forgotten",
    ),
    column(
        "is_seat",
        "yes for a person in the roster or in a seat group; NULL for all others",
    ),
    column(
        "attributes",
        "other columns of the roster, a JSON object; NULL if none",
    ),
];

const fn column(name: &'static str, meaning: &'static str) -> IdentityMapColumn {
    IdentityMapColumn { name, meaning }
}
