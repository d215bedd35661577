//! An IAM Identity Center in memory, with pages of at most 100.

use serde_json::{Value, json};

use crate::server::{Request, Response, STORE};

/// Users, groups and memberships as the API returns them.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakeDirectory {
    pub(crate) users: Vec<Value>,
    pub(crate) groups: Vec<Value>,
    /// Group id and member.
    pub(crate) memberships: Vec<(String, Value)>,
}

/// The id of the user with this number.
pub(crate) fn user_id(number: usize) -> String {
    format!("{number:08x}-1111-4222-8333-bbbbbbbbbbbb")
}

/// The id of the group with this number.
pub(crate) fn group_id(number: usize) -> String {
    format!("{number:08x}-1111-4222-8333-cccccccccccc")
}

/// A user with a name of three kinds.
pub(crate) fn user(number: usize) -> Value {
    json!({
        "IdentityStoreId": STORE,
        "UserId": user_id(number),
        "UserName": format!("user-{number}"),
        "DisplayName": format!("User {number}"),
        "Emails": [{"Value": format!("user-{number}@example.com"), "Type": "work", "Primary": true}],
    })
}

/// The answer to a missing resource.
pub(crate) fn not_found(kind: &str) -> Response {
    let message = format!("{kind} not found.");
    let details = json!({"ResourceType": kind});
    Response::refusal(400, "ResourceNotFoundException", &message, &details)
}

impl FakeDirectory {
    /// A directory of this many users.
    pub(crate) fn with_users(count: usize) -> Self {
        Self {
            users: (0..count).map(user).collect(),
            ..Self::default()
        }
    }

    /// Adds a group of users.
    pub(crate) fn add_group(&mut self, number: usize, name: &str, members: &[usize]) {
        let id = group_id(number);
        self.groups
            .push(json!({"IdentityStoreId": STORE, "GroupId": id, "DisplayName": name}));
        let members = members.iter().map(|member| user_id(*member));
        let members = members.map(|member| (id.clone(), json!({"UserId": member})));
        self.memberships.extend(members);
    }

    /// Responds as the API does.
    pub(crate) fn respond(&self, request: &Request) -> Response {
        let operation = request.operation();
        if operation == "AssumeRole" {
            return assumed_role();
        }
        let body = request.json();
        if operation == "ListInstances" {
            let instances = json!([{"IdentityStoreId": STORE, "Status": "ACTIVE"}]);
            return Response::json(&json!({"Instances": instances}));
        }
        if body["IdentityStoreId"] != STORE {
            return not_found("IDENTITY_STORE");
        }
        match operation.as_str() {
            "ListUsers" => page("Users", &self.users, &body),
            "ListGroups" => page("Groups", &self.groups, &body),
            "DescribeUser" => {
                let mut users = self.users.iter();
                let found = users.find(|user| user["UserId"] == body["UserId"]);
                found.map_or_else(|| not_found("USER"), Response::json)
            }
            "ListGroupMemberships" => {
                let members = self.memberships.iter();
                let members = members.filter(|(group, _)| body["GroupId"] == group.as_str());
                let members: Vec<Value> = members
                    .map(|(group, member)| membership(group, member))
                    .collect();
                page("GroupMemberships", &members, &body)
            }
            _ => Response::refusal(400, "UnknownOperationException", "", &json!({})),
        }
    }
}

fn membership(group: &str, member: &Value) -> Value {
    json!({
        "IdentityStoreId": STORE,
        "MembershipId": "membership",
        "GroupId": group,
        "MemberId": member,
    })
}

/// A page of the items. The token is the number of the first item.
fn page(name: &str, items: &[Value], body: &Value) -> Response {
    let size = body["MaxResults"].as_u64().unwrap_or(100).min(100);
    let start = body["NextToken"].as_str().unwrap_or("0");
    let start: usize = start.parse().unwrap();
    let end = items.len().min(start + usize::try_from(size).unwrap());
    let mut response = json!({name: &items[start..end]});
    if end < items.len() {
        response["NextToken"] = json!(end.to_string());
    }
    Response::json(&response)
}

/// A session whose access key is `role`.
fn assumed_role() -> Response {
    let credentials = "<AccessKeyId>role</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                       <SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>";
    Response {
        status: 200,
        body: format!(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials>{credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ),
    }
}
