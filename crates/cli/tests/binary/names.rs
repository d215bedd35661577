//! Names of the settings: applied by `normalize`, and refused with their place.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::json;
use tempfile::TempDir;

use crate::support::{kiro_analytics, query, text};

const EXPORT: &str = "Day,UserId,Client_Type,Subscription_Tier,Total_Messages,glm-5_messages,tool_call_messages\n\
                      2026-09-15,u1,Kiro Browser,Pro Plus (annual),5,5,90\n";
const NAMES: &str = "[names]\nexcluded_models = [\"tool_call_messages\"]\nheader_aliases = { Day = \"Date\" }\n\
                     [names.client_aliases]\n\"Kiro Browser\" = \"KIRO_WEB\"\n[names.tier_aliases]\n\"Pro Plus (annual)\" = \"PRO_PLUS\"\n\
                     [names.model_aliases]\n\"glm-5\" = \"glm_5\"\n";

fn normalize_with(folder: &Path, settings: &str, flags: &[&str]) -> Output {
    let exports = folder.join("exports");
    fs::create_dir_all(&exports).unwrap();
    fs::write(
        exports.join("KIRO_WEB_123456789012_user_report_202609150000.csv"),
        EXPORT,
    )
    .unwrap();
    fs::write(folder.join("kiro-analytics.toml"), settings).unwrap();
    kiro_analytics()
        .current_dir(folder)
        .args(["normalize", "exports", "data"])
        .args(flags)
        .output()
        .unwrap()
}

#[test]
fn names_of_the_settings_are_applied_to_exports_and_a_change_to_reprocessed_ones() {
    let folder = TempDir::new().unwrap();
    let output = normalize_with(folder.path(), NAMES, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let models = || {
        let sql = "SELECT client_type, subscription_tier, model_name, messages FROM model_usage ORDER BY 3";
        query(&folder.path().join("data"), sql)
    };
    let row = |client: &str, messages, model: &str| json!({"client_type": client, "subscription_tier": "Pro+", "model_name": model, "messages": messages});
    assert_eq!(models(), [row("KIRO_WEB", 5, "glm_5")]);

    let changed = NAMES
        .replace("KIRO_WEB", "BROWSER")
        .replace("excluded_models = [\"tool_call_messages\"]\n", "");
    normalize_with(folder.path(), &changed, &[]);
    assert_eq!(models(), [row("KIRO_WEB", 5, "glm_5")]);
    normalize_with(folder.path(), &changed, &["--reprocess"]);
    assert_eq!(
        models(),
        [row("BROWSER", 5, "glm_5"), row("BROWSER", 90, "tool_call")]
    );
}

#[test]
fn a_wrong_name_is_refused_with_its_place_and_nothing_is_read() {
    let folder = TempDir::new().unwrap();
    let settings =
        "[names.client_aliases]\nA = \"B\"\nB = \"A\"\n[names.header_aliases]\nDay = \"Dat\"\n";
    let output = normalize_with(folder.path(), settings, &[]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    for part in [
        "kiro-analytics.toml:2: `names.client_aliases.A`: is the alias of itself: A, B, A",
        "kiro-analytics.toml:5: `names.header_aliases.Day`: expected the header of a known column such as `User_Email`, found `Dat`; did you mean `Date`?",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!folder.path().join("data").exists());
}
