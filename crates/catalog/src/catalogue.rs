//! All relations, rendered, each after those it reads.

use std::collections::{BTreeMap, BTreeSet};

use crate::declaration;
use crate::error::{CatalogueError, CatalogueErrorKind};
use crate::nearest::nearest;
use crate::options::RenderOptions;
use crate::relation::{Relation, Source};
use crate::template::Template;
use crate::{tables, views};

/// The tables and views, in dependency order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    relations: Vec<Relation>,
}

impl Catalogue {
    /// Renders every file for these options.
    ///
    /// # Errors
    ///
    /// If an option is not valid. A file that is not valid fails the tests.
    pub fn render(options: &RenderOptions) -> Result<Self, CatalogueError> {
        Self::from_files(views::FILES, options)
    }

    /// All relations, each after those it reads, else by name.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// The relation of that name.
    pub fn relation(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    pub(crate) fn from_files(
        files: &[(&str, &str)],
        options: &RenderOptions,
    ) -> Result<Self, CatalogueError> {
        options.check()?;
        let mut values = options.settings.values();
        values.extend(options.row_rules.values());
        let mut relations: BTreeMap<String, (String, Relation)> = tables::all(&options.database)
            .into_iter()
            .map(|table| (table.name.clone(), (table.name.clone(), table)))
            .collect();
        for (file, text) in files {
            let fail = |kind| CatalogueError::new(*file, kind);
            let template = Template::parse(text).map_err(fail)?;
            let rendered = template.render(options, &values).map_err(fail)?;
            // The template declares the columns, because a rendered value may change the lines.
            let columns = declaration::read(template.body, template.lines_before)
                .map_err(fail)?
                .columns;
            let sql = declaration::read(&rendered, template.lines_before)
                .map_err(fail)?
                .sql;
            if !crate::options::is_identifier(template.name) {
                return Err(fail(CatalogueErrorKind::Identifier {
                    found: template.name.to_owned(),
                }));
            }
            let view = Relation {
                name: template.name.to_owned(),
                meaning: template.meaning.to_owned(),
                columns,
                source: Source::View { sql },
                depends_on: template.references().into_iter().collect(),
                by_day: template.by_day,
                database: options.database.clone(),
            };
            if relations
                .insert(view.name.clone(), ((*file).to_owned(), view))
                .is_some()
            {
                return Err(fail(CatalogueErrorKind::DuplicateRelation));
            }
        }
        check_references(&relations)?;
        Ok(Self {
            relations: in_dependency_order(relations)?,
        })
    }
}

fn check_references(
    relations: &BTreeMap<String, (String, Relation)>,
) -> Result<(), CatalogueError> {
    for (file, relation) in relations.values() {
        for reference in &relation.depends_on {
            if !relations.contains_key(reference) {
                let kind = CatalogueErrorKind::UnknownRelation {
                    found: reference.clone(),
                    nearest: nearest(reference, relations.keys().map(String::as_str)),
                };
                return Err(CatalogueError::new(file.clone(), kind));
            }
        }
    }
    Ok(())
}

fn in_dependency_order(
    mut waiting: BTreeMap<String, (String, Relation)>,
) -> Result<Vec<Relation>, CatalogueError> {
    let mut ordered = Vec::with_capacity(waiting.len());
    let mut done = BTreeSet::new();
    while !waiting.is_empty() {
        let ready: Vec<String> = waiting
            .iter()
            .filter(|(_, (_, relation))| relation.depends_on.iter().all(|name| done.contains(name)))
            .map(|(name, _)| name.clone())
            .collect();
        if ready.is_empty() {
            let relations: Vec<String> = waiting.keys().cloned().collect();
            return Err(CatalogueError::new(
                "athena",
                CatalogueErrorKind::Cycle { relations },
            ));
        }
        for name in ready {
            if let Some((_, relation)) = waiting.remove(&name) {
                ordered.push(relation);
            }
            done.insert(name);
        }
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_renders_and_every_relation_follows_what_it_reads() {
        let catalogue = Catalogue::render(&RenderOptions::default()).unwrap();
        let mut seen = BTreeSet::new();
        for relation in catalogue.relations() {
            for name in &relation.depends_on {
                assert!(
                    seen.contains(name),
                    "`{}` reads `{name}`, which comes later",
                    relation.name
                );
            }
            seen.insert(relation.name.clone());
        }
    }

    #[test]
    fn an_unknown_relation_is_an_error_with_the_nearest_name() {
        let files = [(
            "athena/x.sql",
            "-- x: m\nSELECT\n  f.a AS a  -- date: a\nFROM {database}.report_fact_raw AS f",
        )];
        let error = Catalogue::from_files(&files, &RenderOptions::default()).unwrap_err();
        assert_eq!(error.place, "athena/x.sql");
        assert_eq!(
            error.kind.to_string(),
            "unknown relation `report_fact_raw`; did you mean `report_facts_raw`?"
        );
    }

    #[test]
    fn views_that_read_each_other_are_an_error() {
        let files = [
            (
                "athena/a.sql",
                "-- a: m\nSELECT\n  f.x AS x  -- date: x\nFROM {database}.b AS f",
            ),
            (
                "athena/b.sql",
                "-- b: m\nSELECT\n  f.x AS x  -- date: x\nFROM {database}.a AS f",
            ),
        ];
        let error = Catalogue::from_files(&files, &RenderOptions::default()).unwrap_err();
        let relations = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(error.kind, CatalogueErrorKind::Cycle { relations });
    }

    #[test]
    fn a_name_can_be_taken_only_once() {
        let text = "-- report_facts_raw: m\nSELECT\n  f.x AS x  -- date: x\nFROM {database}.identity_map AS f";
        let error = Catalogue::from_files(&[("athena/a.sql", text)], &RenderOptions::default())
            .unwrap_err();
        assert_eq!(error.kind, CatalogueErrorKind::DuplicateRelation);
    }

    #[test]
    fn a_database_that_is_no_identifier_is_refused() {
        for database in ["", "Kiro", "kiro-analytics", "a.b", "a; DROP TABLE x", "1a"] {
            let options = RenderOptions {
                database: database.to_owned(),
                ..RenderOptions::default()
            };
            assert_eq!(
                Catalogue::render(&options).unwrap_err().place,
                "database",
                "{database}"
            );
        }
    }
}
