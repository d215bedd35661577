//! The example file and the page of settings, written from the declarations.

use std::fmt::{self, Write as _};

use kiro_catalog::{Section, Settings};
use serde_json::Value;

use crate::declarations::SETTINGS;
use crate::setting::{Scope, Setting};
use crate::value::Kind;

/// Maximum length of a comment's line.
const WIDTH: usize = 120;

const FILE_HEAD: &str = "\
# Settings of kiro-analytics. Copy this file to `kiro-analytics.toml` in the folder you work in (or name it with --config or
# KIRO_ANALYTICS_CONFIG) and keep only the lines that you change: everything below is the default or an example.
# Flags win over environment variables, and those over this file.
# Generated from the declarations: `cargo run -p kiro-config --example reference`.
";

const DEPLOYMENT_HEAD: &str = "
# ---- a deployment in an AWS account: `kiro-analytics init` writes the settings that you need ----
# Each setting can also be set by an environment variable (KIRO_ANALYTICS_ and the key in capitals) and by --set KEY=VALUE.
# A setting that is not set keeps the value of the deployed stack; `kiro-analytics config show` shows the origin of each value.
[deployment]
";

const PAGE_HEAD: &str = "\
# Settings

Every setting of `kiro-analytics.toml`. A flag wins over an environment variable, that over the file, that over the deployed stack, that over the
default. `--set KEY=VALUE` sets any setting of a deployment; an empty value resets one. `kiro-analytics config show` shows each value and its
origin. [kiro-analytics.example.toml](../kiro-analytics.example.toml) is a file to copy.

This page is generated from the declarations: `cargo run -p kiro-config --example reference`.
";

/// The text of `kiro-analytics.example.toml`.
pub fn example_file() -> String {
    write_example_file().unwrap_or_default()
}

/// The text of `docs/settings.md`.
pub fn settings_page() -> String {
    write_settings_page().unwrap_or_default()
}

fn write_example_file() -> Result<String, fmt::Error> {
    let mut text = FILE_HEAD.to_owned();
    for setting in of_top_level() {
        text.push('\n');
        push_example(&mut text, setting)?;
    }
    let defaults = view_defaults();
    for section in Settings::sections() {
        text.push('\n');
        push_comment(&mut text, section.meaning.trim())?;
        push_section(&mut text, section, &defaults[section.name])?;
    }
    text.push_str(DEPLOYMENT_HEAD);
    let mut group = "";
    for setting in of_deployment() {
        if setting.group != group {
            group = setting.group;
            writeln!(text, "\n# {group}.")?;
        }
        push_example(&mut text, setting)?;
    }
    Ok(text)
}

fn write_settings_page() -> Result<String, fmt::Error> {
    let mut text = PAGE_HEAD.to_owned();
    push_heading(&mut text, "Top level")?;
    of_top_level().try_for_each(|setting| push_row(&mut text, setting))?;
    let defaults = view_defaults();
    for section in Settings::sections() {
        push_view_rows(&mut text, section, &defaults[section.name])?;
    }
    let mut group = "";
    for setting in of_deployment() {
        if setting.group != group {
            group = setting.group;
            push_heading(&mut text, &format!("`[deployment]`: {group}"))?;
        }
        push_row(&mut text, setting)?;
    }
    Ok(text)
}

fn of_top_level() -> impl Iterator<Item = &'static Setting> {
    SETTINGS
        .iter()
        .filter(|setting| setting.scope != Scope::Deployment)
}

fn of_deployment() -> impl Iterator<Item = &'static Setting> {
    SETTINGS
        .iter()
        .filter(|setting| setting.scope == Scope::Deployment)
}

/// The defaults of plans, prices and thresholds.
fn view_defaults() -> Value {
    serde_json::to_value(Settings::default()).unwrap_or_default()
}

/// A setting as a comment: its meaning, and the default or an example.
fn push_example(text: &mut String, setting: &Setting) -> fmt::Result {
    push_comment(text, &setting.comment())?;
    if let Kind::Choice(choices) = setting.kind {
        writeln!(text, "# One of: {}.", choices.join(", "))?;
    }
    let value = setting.default_value();
    let value = value.map_or_else(|| setting.example.to_owned(), |value| value.to_string());
    writeln!(text, "# {} = {value}", setting.key)
}

fn push_section(text: &mut String, section: Section, defaults: &Value) -> fmt::Result {
    if section.keys.is_empty() {
        return writeln!(text, "{} = {defaults}", section.name);
    }
    if is_of_sections(defaults) {
        for (key, meaning) in section.keys {
            push_comment(text, &format!("{key}: {}", meaning.trim()))?;
        }
        for (name, plan) in defaults.as_object().into_iter().flatten() {
            writeln!(text, "[{}.{name}]", section.name)?;
            for (key, _) in section.keys {
                let (mark, value) = match &plan[key] {
                    Value::Null => ("# ", "0.0".to_owned()),
                    value => ("", value.to_string()),
                };
                writeln!(text, "{mark}{key} = {value}")?;
            }
        }
        return Ok(());
    }
    writeln!(text, "[{}]", section.name)?;
    for (key, meaning) in section.keys {
        push_comment(text, meaning.trim())?;
        writeln!(text, "{key} = {}", toml(&defaults[key]))?;
    }
    Ok(())
}

/// Returns true for a section whose members are sections, as the plans.
fn is_of_sections(defaults: &Value) -> bool {
    let mut members = defaults.as_object().into_iter().flatten();
    members.all(|(_, member)| member.is_object())
}

/// A comment, wrapped at blanks.
fn push_comment(text: &mut String, comment: &str) -> fmt::Result {
    let mut line = "#".to_owned();
    for word in comment.split_whitespace() {
        if line.len() + word.len() >= WIDTH {
            writeln!(text, "{line}")?;
            "#".clone_into(&mut line);
        }
        write!(line, " {word}")?;
    }
    writeln!(text, "{line}")
}

fn push_heading(text: &mut String, heading: &str) -> fmt::Result {
    write!(
        text,
        "\n## {heading}\n\n| Key | Type | Default | Environment | Meaning |\n|---|---|---|---|---|\n"
    )
}

fn push_row(text: &mut String, setting: &Setting) -> fmt::Result {
    let kind = match setting.kind {
        Kind::Text => "text".to_owned(),
        Kind::Path => "path".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Number => format!("number, {}", setting.range_text()),
        Kind::List => "list of texts".to_owned(),
        Kind::Choice(choices) => format!("`{}`", choices.join("`, `")),
        Kind::Table => "table of texts".to_owned(),
    };
    let default = setting
        .default
        .map_or_else(String::new, |default| format!("`{default}`"));
    writeln!(
        text,
        "| `{}` | {kind} | {default} | `{}` | {} |",
        setting.key,
        setting.environment().join("`, `"),
        setting.comment()
    )
}

fn push_view_rows(text: &mut String, section: Section, defaults: &Value) -> fmt::Result {
    let meaning = section.meaning.trim();
    if section.keys.is_empty() {
        writeln!(
            text,
            "| `{}` | text | `{}` | | {meaning} |",
            section.name,
            shown(defaults)
        )?;
        return Ok(());
    }
    let is_of_sections = is_of_sections(defaults);
    let name = if is_of_sections { ".NAME" } else { "" };
    write!(
        text,
        "\n## `[{}{name}]`\n\n{meaning}\n\n| Key | Default | Meaning |\n|---|---|---|\n",
        section.name
    )?;
    for (key, meaning) in section.keys {
        let default = if is_of_sections {
            let members = defaults.as_object().into_iter().flatten();
            let members = members.filter(|(_, member)| !member[key].is_null());
            let members = members.map(|(name, member)| format!("{name} `{}`", shown(&member[key])));
            members.collect::<Vec<_>>().join(", ")
        } else {
            format!("`{}`", shown(&defaults[key]))
        };
        writeln!(text, "| `{key}` | {default} | {} |", meaning.trim())?;
    }
    Ok(())
}

/// A text without quotes.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| toml(value), str::to_owned)
}

/// A value in the notation of the file.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members = members.iter();
            let members = members.map(|(key, value)| format!("{key} = {}", toml(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items = items.iter().map(toml);
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        value => value.to_string(),
    }
}
