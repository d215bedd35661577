//! The templates of the stacks.

/// The data layer.
pub(crate) const DATA_TEMPLATE: &str = include_str!("../../../../cfn/01-data-layer.yaml");
/// The identity mapping.
pub(crate) const IDENTITY_TEMPLATE: &str = include_str!("../../../../cfn/02-identity-mapping.yaml");
/// What follows a run of the normalizer.
pub(crate) const FOLLOW_UP_TEMPLATE: &str = include_str!("../../../../cfn/03-follow-up.yaml");
/// Reports on a schedule.
pub(crate) const REPORTS_TEMPLATE: &str = include_str!("../../../../cfn/04-reports.yaml");

/// Every resource of a template: its name, its type and its condition.
pub(super) fn resources(template: &str) -> Vec<(&str, &str, Option<&str>)> {
    let section = template.split("\nResources:\n").nth(1).unwrap_or_default();
    let section = section.split("\nOutputs:\n").next().unwrap_or_default();
    let mut resources: Vec<(&str, &str, Option<&str>)> = Vec::new();
    for line in section.lines() {
        let indented = line.len() - line.trim_start().len();
        let text = line.trim();
        match (indented, text.split_once(": "), text.strip_suffix(':')) {
            (2, _, Some(name)) if !text.starts_with('#') => resources.push((name, "", None)),
            (4, Some(("Type", kind)), _) => {
                if let Some(last) = resources.last_mut() {
                    last.1 = kind;
                }
            }
            (4, Some(("Condition", condition)), _) => {
                if let Some(last) = resources.last_mut() {
                    last.2 = Some(condition);
                }
            }
            _ => {}
        }
    }
    resources
}

#[cfg(test)]
mod tests {
    use super::{
        DATA_TEMPLATE, FOLLOW_UP_TEMPLATE, IDENTITY_TEMPLATE, REPORTS_TEMPLATE, resources,
    };

    const TEMPLATES: [&str; 4] = [
        DATA_TEMPLATE,
        IDENTITY_TEMPLATE,
        FOLLOW_UP_TEMPLATE,
        REPORTS_TEMPLATE,
    ];

    #[test]
    fn every_resource_of_the_template_is_found_with_its_type() {
        let found = resources(DATA_TEMPLATE);
        assert!(
            found.iter().all(|(_, kind, _)| kind.starts_with("AWS::")),
            "{found:?}"
        );
        assert!(found.contains(&("Normalizer", "AWS::Lambda::Function", None)));
        assert!(found.contains(&("ResultsBucket", "AWS::S3::Bucket", Some("MakesBucket"))));
        for template in TEMPLATES {
            let types = template.matches("\n    Type: AWS::").count();
            assert_eq!(resources(template).len(), types);
        }
    }

    #[test]
    fn the_templates_fit_into_a_request() {
        for template in TEMPLATES {
            assert!(template.len() <= 51_200, "{}", template.len());
        }
    }
}
