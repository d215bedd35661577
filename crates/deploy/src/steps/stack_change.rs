//! The changes in a change set, as a plan shows them.

use std::collections::BTreeSet;

use aws_sdk_cloudformation::types::{
    self, ChangeAction, ChangeSource, EvaluationType, PolicyAction, Replacement,
    RequiresRecreation, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition,
};

use crate::step::{Change, ChangeKind};

/// Maximum number of characters of a value that is shown.
const MAX_VALUE_CHARACTERS: usize = 80;

/// The changes of resources. Changes of tags alone are one line.
pub(super) fn changes_of(changes: &[types::Change]) -> Vec<Change> {
    let resources: Vec<&ResourceChange> = changes
        .iter()
        .filter_map(types::Change::resource_change)
        .collect();
    let renewed: BTreeSet<&str> = resources
        .iter()
        .filter(|resource| is_renewed(resource))
        .filter_map(|resource| resource.logical_resource_id())
        .collect();
    let found = resources
        .iter()
        .filter_map(|resource| change(resource, &renewed));
    condensed(found.collect())
}

/// Returns true if it is created, removed or replaced: references to it get another name or ARN.
fn is_renewed(resource: &ResourceChange) -> bool {
    match resource.action() {
        Some(ChangeAction::Add | ChangeAction::Import | ChangeAction::Remove) => true,
        _ if resource.replacement() == Some(&Replacement::True) => true,
        _ => {
            let mut details = resource.details().iter();
            resource.replacement() == Some(&Replacement::Conditional)
                && details.any(|detail| {
                    detail.evaluation() == Some(&EvaluationType::Static) && needs_recreation(detail)
                })
        }
    }
}

fn needs_recreation(detail: &ResourceChangeDetail) -> bool {
    let needed = detail
        .target()
        .and_then(ResourceTargetDefinition::requires_recreation);
    matches!(
        needed,
        Some(RequiresRecreation::Always | RequiresRecreation::Conditionally)
    )
}

/// Returns true for a reference to a resource that is not replaced. `CloudFormation` lists it because it computes the value
/// later, but the name and ARN of a resource that is updated in place do not change.
fn is_noise(detail: &ResourceChangeDetail, renewed: &BTreeSet<&str>) -> bool {
    let entity = detail.causing_entity().unwrap_or_default();
    let (resource, attribute) = entity.split_once('.').unwrap_or((entity, ""));
    let is_identity = match detail.change_source() {
        Some(ChangeSource::ResourceReference) => true,
        Some(ChangeSource::ResourceAttribute) => {
            attribute.ends_with("Arn") || attribute.ends_with("Name")
        }
        _ => false,
    };
    let is_dynamic = detail.evaluation() == Some(&EvaluationType::Dynamic);
    is_dynamic && is_identity && !resource.is_empty() && !renewed.contains(resource)
}

/// One change with its properties; none if nothing changes.
fn change(resource: &ResourceChange, renewed: &BTreeSet<&str>) -> Option<Change> {
    let replacement = resource.replacement();
    let kind = match (resource.action()?, replacement) {
        (ChangeAction::Add | ChangeAction::Import, _) => ChangeKind::Create,
        (ChangeAction::Remove, _) => ChangeKind::Delete,
        (ChangeAction::Modify, Some(Replacement::True)) => ChangeKind::Replace,
        (ChangeAction::Modify | ChangeAction::Dynamic, _) => ChangeKind::Update,
        _ => return None,
    };
    let details: Vec<&ResourceChangeDetail> = resource
        .details()
        .iter()
        .filter(|detail| !is_noise(detail, renewed))
        .collect();
    if kind == ChangeKind::Update && details.is_empty() && !resource.details().is_empty() {
        return None;
    }
    let name = resource.logical_resource_id().unwrap_or_default();
    let type_name = resource.resource_type().unwrap_or_default();
    let mut change = Change::new(kind, format!("`{name}` ({type_name})"));
    let may_be_replaced = details.iter().any(|detail| needs_recreation(detail));
    if replacement == Some(&Replacement::Conditional) && may_be_replaced {
        change = change.detail("may be replaced: CloudFormation decides during the update");
    }
    match resource.policy_action() {
        Some(PolicyAction::Retain) => change = change.detail("it is retained in the account"),
        Some(PolicyAction::ReplaceAndRetain) => {
            change = change.detail("the old one is retained in the account");
        }
        _ => {}
    }
    if let Some(drift) = resource
        .resource_drift_status()
        .map(types::StackResourceDriftStatus::as_str)
        && matches!(drift, "MODIFIED" | "DELETED")
    {
        let how = if drift == "DELETED" {
            "deleted"
        } else {
            "changed"
        };
        change = change.detail(format!("it was {how} outside CloudFormation"));
    }
    for detail in details {
        let line = line(detail);
        if !change.details.contains(&line) {
            change.details.push(line);
        }
    }
    Some(change)
}

fn line(detail: &ResourceChangeDetail) -> String {
    let Some(target) = detail.target() else {
        return "a property".to_owned();
    };
    let attribute = target
        .attribute()
        .map_or("", |attribute| attribute.as_str());
    let property = match (target.path(), target.name()) {
        (Some(path), _) if !path.is_empty() => {
            path.trim_start_matches("/Properties/").replace('/', ".")
        }
        (_, Some(name)) if !name.is_empty() => name.to_owned(),
        _ => attribute.to_owned(),
    };
    let before = target.before_value().unwrap_or_default();
    let after = target.after_value().unwrap_or_default();
    let mut line = property;
    if before.is_empty() && after.is_empty() {
        if let Some(entity) = detail.causing_entity().filter(|entity| !entity.is_empty()) {
            line = format!("{line}, because of {entity}");
        }
    } else if attribute != "Tags" {
        line = format!("{line}: {} -> {}", short(before), short(after));
    }
    if target.requires_recreation() == Some(&RequiresRecreation::Always) {
        line.push_str(" (needs a replacement)");
    }
    line
}

/// Condenses resources of which only tags change into one line: a tag of the stack applies to each resource.
fn condensed(changes: Vec<Change>) -> Vec<Change> {
    let is_tag = |line: &String| line == "Tags" || line.starts_with("Tags.");
    let (tags, mut others): (Vec<Change>, Vec<Change>) = changes.into_iter().partition(|change| {
        change.kind == ChangeKind::Update
            && !change.details.is_empty()
            && change.details.iter().all(is_tag)
    });
    if !tags.is_empty() {
        let names: Vec<&str> = tags
            .iter()
            .map(|change| change.what.split(' ').next().unwrap_or_default())
            .collect();
        let change = Change::new(
            ChangeKind::Update,
            format!("tags of {} resources", tags.len()),
        );
        others.push(change.detail(names.join(", ")));
    }
    others
}

fn short(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    if text.contains("KNOWN_AFTER_APPLY") {
        return "known after it is created".to_owned();
    }
    let start: String = text.chars().take(MAX_VALUE_CHARACTERS).collect();
    if start.len() < text.len() {
        format!("`{start}…`")
    } else {
        format!("`{start}`")
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::{
        Change, ChangeAction, ChangeSource, EvaluationType, Replacement, RequiresRecreation,
        ResourceAttribute, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition,
    };

    use super::changes_of;
    use crate::step::ChangeKind;

    fn target(path: &str) -> ResourceTargetDefinition {
        ResourceTargetDefinition::builder()
            .attribute(ResourceAttribute::Properties)
            .path(path)
            .requires_recreation(RequiresRecreation::Always)
            .build()
    }

    fn modified(name: &str, replacement: Replacement, detail: ResourceChangeDetail) -> Change {
        let resource = ResourceChange::builder()
            .action(ChangeAction::Modify)
            .logical_resource_id(name)
            .resource_type("AWS::X::Y")
            .replacement(replacement)
            .details(detail)
            .build();
        Change::builder().resource_change(resource).build()
    }

    fn by_reference() -> ResourceChangeDetail {
        ResourceChangeDetail::builder()
            .target(target("/Properties/Role"))
            .evaluation(EvaluationType::Dynamic)
            .change_source(ChangeSource::ResourceAttribute)
            .causing_entity("Role.Arn")
            .build()
    }

    fn direct_change(path: &str) -> ResourceChangeDetail {
        let target = ResourceTargetDefinition::builder()
            .attribute(ResourceAttribute::Properties)
            .path(path)
            .before_value("1")
            .after_value("2")
            .build();
        ResourceChangeDetail::builder()
            .target(target)
            .evaluation(EvaluationType::Static)
            .change_source(ChangeSource::DirectModification)
            .build()
    }

    #[test]
    fn a_reference_to_an_updated_resource_is_no_change() {
        let changes = changes_of(&[
            modified(
                "Role",
                Replacement::False,
                direct_change("/Properties/MaxSessionDuration"),
            ),
            modified("Function", Replacement::Conditional, by_reference()),
        ]);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].details, ["MaxSessionDuration: `1` -> `2`"]);
    }

    #[test]
    fn a_reference_to_a_replaced_resource_may_be_a_replacement() {
        let changes = changes_of(&[
            modified(
                "Role",
                Replacement::True,
                direct_change("/Properties/RoleName"),
            ),
            modified("Function", Replacement::Conditional, by_reference()),
        ]);
        assert_eq!(changes[0].kind, ChangeKind::Replace);
        assert!(
            changes[1].details[0].starts_with("may be replaced"),
            "{changes:?}"
        );
    }
}
