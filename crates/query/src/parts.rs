//! The parts below a data folder, as one listing finds them.
//!
//! A part is `<dataset>/export_date=YYYY-MM-DD/part-<16 hex>.parquet`, or `<dataset>/*.parquet` in a dataset without
//! partitions. All other files are ignored.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use chrono::NaiveDate;

use crate::error::QueryError;
use crate::footer::Footer;

/// One Parquet file of a dataset.
#[derive(Debug)]
pub(crate) struct Part {
    /// The file.
    pub(crate) path: PathBuf,
    /// The day of its partition; none in a dataset without partitions.
    pub(crate) export_date: Option<NaiveDate>,
    /// Size in bytes.
    pub(crate) bytes: u64,
    /// Time of the last modification.
    pub(crate) modified: SystemTime,
    /// The footer, set on the first read.
    pub(crate) footer: OnceLock<Footer>,
}

impl Part {
    fn is_same_file(&self, other: &Self) -> bool {
        self.path == other.path && self.bytes == other.bytes && self.modified == other.modified
    }
}

/// One folder of parts below the data folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DatasetFolder {
    /// The folder's name.
    pub(crate) folder: &'static str,
    /// Whether its parts are in `export_date=` folders.
    pub(crate) partitioned: bool,
}

/// The parts of every dataset at one moment, ordered by export date.
#[derive(Debug, Default)]
pub(crate) struct PartListing {
    datasets: BTreeMap<String, Vec<Arc<Part>>>,
}

impl PartListing {
    /// Lists `datasets` below `data`. A missing folder is a dataset without parts. A file that has not changed since
    /// `previous` is the same [`Part`], with its footer.
    pub(crate) fn read(
        data: &Path,
        datasets: impl Iterator<Item = DatasetFolder>,
        previous: &Self,
    ) -> Result<Self, QueryError> {
        let mut listed = BTreeMap::new();
        for dataset in datasets {
            let known: HashMap<&Path, &Arc<Part>> = previous
                .parts(dataset.folder)
                .iter()
                .map(|part| (part.path.as_path(), part))
                .collect();
            let folder = data.join(dataset.folder);
            let mut found = Vec::new();
            if dataset.partitioned {
                for (export_date, folder) in partition_folders(&folder)? {
                    list_parts(&folder, Some(export_date), &mut found)?;
                }
            } else {
                list_parts(&folder, None, &mut found)?;
            }
            let mut parts: Vec<Arc<Part>> = found
                .into_iter()
                .map(|part| match known.get(part.path.as_path()) {
                    Some(same) if same.is_same_file(&part) => Arc::clone(same),
                    _ => Arc::new(part),
                })
                .collect();
            parts.sort_by(|a, b| (a.export_date, &a.path).cmp(&(b.export_date, &b.path)));
            listed.insert(dataset.folder.to_owned(), parts);
        }
        Ok(Self { datasets: listed })
    }

    /// Returns the parts of one dataset.
    pub(crate) fn parts(&self, dataset: &str) -> &[Arc<Part>] {
        self.datasets.get(dataset).map_or(&[], Vec::as_slice)
    }

    /// Returns the parts of `dataset` that are in only one of the two listings.
    pub(crate) fn changed<'a>(&'a self, previous: &'a Self, dataset: &str) -> Vec<&'a Arc<Part>> {
        let only_in = |these: &'a [Arc<Part>], those: &'a [Arc<Part>]| {
            let others: HashMap<&Path, &Arc<Part>> = those
                .iter()
                .map(|part| (part.path.as_path(), part))
                .collect();
            these
                .iter()
                .filter(move |part| {
                    others
                        .get(part.path.as_path())
                        .is_none_or(|other| !Arc::ptr_eq(other, part))
                })
                .collect::<Vec<_>>()
        };
        let mut changed = only_in(self.parts(dataset), previous.parts(dataset));
        changed.extend(only_in(previous.parts(dataset), self.parts(dataset)));
        changed
    }
}

fn partition_folders(folder: &Path) -> Result<Vec<(NaiveDate, PathBuf)>, QueryError> {
    let mut partitions = Vec::new();
    for entry in entries(folder)? {
        let name = entry.file_name();
        if let Some(date) = name
            .to_str()
            .and_then(|name| name.strip_prefix("export_date="))
            && let Ok(date) = NaiveDate::parse_from_str(date, "%Y-%m-%d")
            && entry.path().is_dir()
        {
            partitions.push((date, entry.path()));
        }
    }
    Ok(partitions)
}

fn list_parts(
    folder: &Path,
    export_date: Option<NaiveDate>,
    parts: &mut Vec<Part>,
) -> Result<(), QueryError> {
    let is_part = if export_date.is_some() {
        is_part_name
    } else {
        is_table_file_name
    };
    for entry in entries(folder)? {
        if !entry.file_name().to_str().is_some_and(is_part) {
            continue;
        }
        let path = entry.path();
        let (bytes, modified) =
            match fs::metadata(&path).and_then(|data| Ok((data.len(), data.modified()?))) {
                Ok(metadata) => metadata,
                Err(gone) if gone.kind() == ErrorKind::NotFound => continue,
                Err(source) => return Err(QueryError::List { path, source }),
            };
        parts.push(Part {
            path,
            export_date,
            bytes,
            modified,
            footer: OnceLock::new(),
        });
    }
    Ok(())
}

/// Returns true for the files that Athena reads in a folder without partitions: Parquet files that are not hidden.
fn is_table_file_name(name: &str) -> bool {
    !name.starts_with(['.', '_']) && name.ends_with(".parquet")
}

/// Returns true for `part-<16 hex>.parquet`.
fn is_part_name(name: &str) -> bool {
    name.strip_prefix("part-")
        .and_then(|rest| rest.strip_suffix(".parquet"))
        .is_some_and(|id| {
            id.len() == 16
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        })
}

fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>, QueryError> {
    let failed = |source| QueryError::List {
        path: folder.to_owned(),
        source,
    };
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect::<Result<Vec<_>, _>>().map_err(failed),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(failed(source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: DatasetFolder = DatasetFolder {
        folder: "facts",
        partitioned: true,
    };

    #[test]
    fn only_finished_parts_have_a_part_name() {
        assert!(is_part_name("part-0123456789abcdef.parquet"));
        for name in [
            "part-0123456789abcde.parquet",
            "part-0123456789ABCDEF.parquet",
            ".part-0123456789abcdef.parquet",
            "part-0123456789abcdef.parquet.tmp",
            "notes.txt",
            "part-.parquet",
        ] {
            assert!(!is_part_name(name), "{name}");
        }
    }

    #[test]
    fn a_missing_folder_is_a_dataset_without_parts() {
        let data = tempfile::tempdir().unwrap();
        let listing = PartListing::read(
            &data.path().join("nowhere"),
            [FACTS].into_iter(),
            &PartListing::default(),
        )
        .unwrap();
        assert!(listing.parts("facts").is_empty());
    }

    #[test]
    fn unchanged_parts_are_the_same_parts_in_the_next_listing() {
        let data = tempfile::tempdir().unwrap();
        let day = data.path().join("facts/export_date=2026-07-10");
        fs::create_dir_all(&day).unwrap();
        fs::create_dir_all(data.path().join("facts/export_date=2026-02-30")).unwrap();
        fs::write(day.join("part-0000000000000001.parquet"), "one").unwrap();
        fs::write(day.join("other.parquet"), "ignored").unwrap();
        let read = |previous: &PartListing| {
            PartListing::read(data.path(), [FACTS].into_iter(), previous).unwrap()
        };
        let first = read(&PartListing::default());
        assert_eq!(first.parts("facts").len(), 1);
        fs::write(day.join("part-0000000000000002.parquet"), "two").unwrap();
        let second = read(&first);
        assert!(Arc::ptr_eq(
            &first.parts("facts")[0],
            &second.parts("facts")[0]
        ));
        let changed = second.changed(&first, "facts");
        assert_eq!(changed.len(), 1);
        assert!(changed[0].path.ends_with("part-0000000000000002.parquet"));
    }
}
