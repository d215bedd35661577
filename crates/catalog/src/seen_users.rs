//! The statement that reads the users of the data, to match a roster with them.

/// The users of the data with all their addresses, the newest one first. The raw rows also have those of forgotten persons and
/// those of replaced exports: a roster row with one of them must not bring a name back. Columns: `user_id` and `email`, which may
/// be NULL; one row for each address.
pub const SEEN_USERS: &str = "SELECT d.user_id, r.email FROM user_dim AS d \
    LEFT JOIN (SELECT DISTINCT user_id, email FROM report_facts_raw WHERE email <> '') AS r ON r.user_id = d.user_id \
    ORDER BY CASE WHEN r.email = d.email THEN 0 ELSE 1 END";
