//! Limits of an analysis.

use crate::document::{Document, array, text};
use crate::rules::Rule;

pub(crate) fn rules() -> Vec<Rule> {
    vec![
        Rule {
            name: "an analysis has a limited number of parts",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_AnalysisDefinition.html",
            check: parts_of_an_analysis,
        },
        Rule {
            name: "a sheet has a limited number of parts",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_SheetDefinition.html",
            check: parts_of_a_sheet,
        },
        Rule {
            name: "visuals have as many fields as their type takes",
            page: "https://docs.aws.amazon.com/quicksight/latest/user/working-with-visual-types.html",
            check: fields_of_a_visual,
        },
        Rule {
            name: "tables have pages of a known size",
            page: "https://docs.aws.amazon.com/quicksight/latest/APIReference/API_PaginationConfiguration.html",
            check: page_sizes,
        },
    ]
}

/// The smaller number if the documentation of the API and of `CloudFormation` differ.
fn parts_of_an_analysis(document: &Document) -> Vec<String> {
    let limits = [
        ("Sheets", 1, 20),
        ("DataSetIdentifierDeclarations", 1, 50),
        ("CalculatedFields", 0, 500),
        ("ParameterDeclarations", 0, 200),
        ("FilterGroups", 0, 2000),
        ("ColumnConfigurations", 0, 2000),
    ];
    let size = |name: &str| array(&document.definition[name]).count();
    limits
        .into_iter()
        .filter(|(name, least, most)| !(*least..=*most).contains(&size(name)))
        .map(|(name, ..)| format!("{} {name}", size(name)))
        .collect()
}

fn parts_of_a_sheet(document: &Document) -> Vec<String> {
    let limits = [
        ("Visuals", 50),
        ("ParameterControls", 200),
        ("TextBoxes", 100),
        ("Layouts", 1),
        ("SheetControlLayouts", 1),
    ];
    let mut found = Vec::new();
    for sheet in document.sheets() {
        for (name, most) in limits {
            let size = array(&sheet[name]).count();
            if size > most {
                found.push(format!("{}: {size} {name}", text(&sheet["SheetId"])));
            }
        }
    }
    found
}

fn fields_of_a_visual(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for visual in document.visuals() {
        let in_well = |name: &str| {
            visual
                .fields()
                .values()
                .filter(|(_, _, well)| *well == name)
                .count()
        };
        let limits: &[(&str, usize, usize)] = match visual.kind {
            "KPIVisual" => &[
                ("Values", 1, 1),
                ("TargetValues", 0, 1),
                ("TrendGroups", 0, 1),
            ],
            "BarChartVisual" | "LineChartVisual" => {
                &[("Category", 1, 1), ("Colors", 0, 1), ("Values", 1, 20)]
            }
            "PieChartVisual" => &[("Category", 0, 1), ("Values", 1, 20)],
            "HeatMapVisual" => &[("Rows", 1, 1), ("Columns", 1, 1), ("Values", 1, 1)],
            "ScatterPlotVisual" => &[
                ("XAxis", 1, 1),
                ("YAxis", 1, 1),
                ("Size", 0, 1),
                ("Category", 1, 1),
            ],
            "PivotTableVisual" => &[("Rows", 0, 20), ("Columns", 0, 20), ("Values", 1, 40)],
            _ => &[("GroupBy", 0, 200), ("Values", 0, 200)],
        };
        for (well, least, most) in limits {
            let size = in_well(well);
            if !(*least..=*most).contains(&size) {
                found.push(format!("{}: {size} in {well}", visual.id()));
            }
        }
        let colours_and_values =
            visual.kind != "TableVisual" && in_well("Colors") > 0 && in_well("Values") > 1;
        if colours_and_values {
            found.push(format!("{}: several values and a colour", visual.id()));
        }
    }
    found
}

fn page_sizes(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for visual in document.visuals() {
        let size = &visual.body["ChartConfiguration"]["SortConfiguration"]["PaginationConfiguration"]
            ["PageSize"];
        if size
            .as_u64()
            .is_some_and(|size| ![100, 500, 1000, 10_000].contains(&size))
        {
            found.push(format!("{}: {size}", visual.id()));
        }
    }
    found
}
