//! What a picker becomes: a parameter and its name.

use kiro_dashboard::Spec;
use kiro_dashboard::spec::{Picker, PickerKind};

use crate::control::{DATE_FROM, DATE_TO};

/// The parameters and filters of a picker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PickerForm {
    /// Two dates.
    Dates,
    /// Several values: also of a picker of one value, as only a parameter of several values can be unset.
    Values,
    /// One user, or a text that stands for all.
    User,
}

pub(crate) fn picker_form(spec: &Spec, picker: &Picker) -> PickerForm {
    match picker.kind {
        PickerKind::Dates => PickerForm::Dates,
        PickerKind::One if spec.is_user_picker(picker) => PickerForm::User,
        PickerKind::One | PickerKind::Many => PickerForm::Values,
    }
}

/// The parameter of a picker that is not for dates: letters and digits only, unlike all others without regard to case.
pub(crate) fn parameter_name(spec: &Spec, picker: &Picker) -> String {
    let mut taken = vec![DATE_FROM.to_lowercase(), DATE_TO.to_lowercase()];
    for other in &spec.document().pickers {
        let base = capitalized(&other.id);
        let mut name = base.clone();
        let mut number = 1;
        while taken.contains(&name.to_lowercase()) {
            number += 1;
            name = format!("{base}{number}");
        }
        if other.id.value == picker.id.value {
            return name;
        }
        taken.push(name.to_lowercase());
    }
    capitalized(&picker.id)
}

/// `cost_center` as `CostCenter`.
fn capitalized(id: &str) -> String {
    let words = id.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}
