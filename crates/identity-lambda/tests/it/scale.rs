//! A large organisation: its map is complete, and a second run asks for nothing that it has.

use serde_json::json;

use crate::fake::{Function, group};

const USERS: usize = 100_000;
const GROUPS: usize = 2_000;

#[tokio::test]
async fn a_hundred_thousand_users_in_two_thousand_groups_are_mapped() {
    let function = Function::new(USERS, USERS);
    let groups = (0..GROUPS).map(|number| {
        let members: Vec<usize> = (number..USERS).step_by(GROUPS).collect();
        group(&format!("team-{number}"), &members)
    });
    function.directory.directory.lock().unwrap().groups = groups.collect();
    let response = function.run(json!({})).await.unwrap();
    assert_eq!((response.named, response.groups), (USERS, GROUPS));
    let reads = function.parts.count("read_range");
    function.run(json!({})).await.unwrap();
    assert_eq!(function.parts.count("read_range"), reads);
    assert_eq!(
        function.row(77_777).unwrap().team.as_deref(),
        Some("team-1777")
    );
}
