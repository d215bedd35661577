//! The theme: the spec's palette, light or dark.

use kiro_dashboard::Spec;
use kiro_dashboard::spec::Colour;
use serde_json::{Value, json};

use crate::assets::Mode;

/// The colours of the page, which the spec does not have.
struct PageColours {
    background: &'static str,
    foreground: &'static str,
    raised: &'static str,
    muted: &'static str,
    border: &'static str,
    empty: &'static str,
    on_colour: &'static str,
}

const LIGHT: PageColours = PageColours {
    background: "#FFFFFF",
    foreground: "#1F2933",
    raised: "#F5F7FA",
    muted: "#52606D",
    border: "#D9E2EC",
    empty: "#ECEFF3",
    on_colour: "#FFFFFF",
};

const DARK: PageColours = PageColours {
    background: "#16191F",
    foreground: "#E9EBED",
    raised: "#21252C",
    muted: "#B6BEC9",
    border: "#3B424D",
    empty: "#2B3038",
    on_colour: "#16191F",
};

/// The `Configuration` of `CreateTheme`; it starts from [`Mode::base_theme`].
pub fn theme(spec: &Spec, mode: Mode) -> Value {
    let page = match mode {
        Mode::Light => LIGHT,
        Mode::Dark => DARK,
    };
    let hex = |colour: &Colour| match mode {
        Mode::Light => colour.light.to_uppercase(),
        Mode::Dark => colour.dark.to_uppercase(),
    };
    let palette: Vec<String> = spec
        .document()
        .colours
        .palette
        .iter()
        .map(|colour| hex(&colour.value))
        .collect();
    let first = palette.first().map_or(page.foreground, String::as_str);
    let second = palette.get(1).map_or(first, String::as_str);
    let pinned = |path: &str, otherwise: &str| {
        spec.pinned_colour(path)
            .map_or_else(|| otherwise.to_owned(), hex)
    };
    json!({
        "DataColorPalette": {
            "Colors": palette,
            "MinMaxGradient": [page.empty, first],
            "EmptyFillColor": page.empty,
        },
        "UIColorPalette": {
            "PrimaryBackground": page.background,
            "PrimaryForeground": page.foreground,
            "SecondaryBackground": page.raised,
            "SecondaryForeground": page.muted,
            "Accent": first,
            "AccentForeground": page.on_colour,
            "Danger": pinned("level.full", "#B71C1C"),
            "DangerForeground": page.on_colour,
            "Warning": pinned("level.warning", "#F4511E"),
            "WarningForeground": page.on_colour,
            "Success": pinned("level.below", "#2E7D32"),
            "SuccessForeground": page.on_colour,
            "Dimension": first,
            "DimensionForeground": page.on_colour,
            "Measure": second,
            "MeasureForeground": page.on_colour,
        },
        "Sheet": {
            "Tile": {"Border": {"Show": true, "Color": page.border}},
            "TileLayout": {"Gutter": {"Show": true}, "Margin": {"Show": true}},
        },
    })
}
