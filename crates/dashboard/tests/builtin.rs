//! The dashboard that comes with the product, against the catalogue that comes with it.

use kiro_curate::{Catalogue, RenderOptions, Settings};
use kiro_dashboard::{DataWindow, Language, Request, Selection, Span, Spec, TableView};

fn builtin() -> Spec {
    let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
    Spec::builtin(&catalogue, &Settings::default()).unwrap_or_else(|errors| panic!("\n{errors}"))
}

fn request(query: &str) -> Request {
    let days = Span {
        from: "2025-09-01".parse().unwrap(),
        to: "2026-08-30".parse().unwrap(),
    };
    Request {
        selection: Selection::parse(query).unwrap(),
        data: DataWindow { days: Some(days) },
        view: TableView::default(),
    }
}

#[test]
fn every_language_has_a_page() {
    let spec = builtin();
    for language in Language::ALL {
        let page = spec.page(language);
        assert!(!page.sheets.is_empty());
        assert!(
            page.sheets
                .iter()
                .flat_map(|sheet| &sheet.visuals)
                .all(|visual| !visual.title.is_empty())
        );
    }
}

#[test]
fn every_visual_compiles() {
    let spec = builtin();
    for id in spec.visual_ids() {
        for query in ["", "tier=Pro&user=u-1&client=KIRO_IDE"] {
            if let Ok(compiled) = spec.query(id, &request(query)) {
                for statement in compiled.statements {
                    println!("-- {id} {:?}\n{}\n", statement.role, statement.sql);
                }
            }
        }
    }
}
