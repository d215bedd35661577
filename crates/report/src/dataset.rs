//! The raw datasets: a folder of parts and a table of the catalogue each.

use crate::DatasetColumn;
use crate::dataset_columns::{CODE, FACTS, ISSUES, MODELS};

/// A raw dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dataset {
    Facts,
    Models,
    Code,
    Issues,
}

impl Dataset {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Facts, Self::Models, Self::Code, Self::Issues];

    /// The name of its folder below the destination.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Models => "models",
            Self::Code => "code",
            Self::Issues => "issues",
        }
    }

    /// One line for the catalogue.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Facts => "every row of every user_report export, superseded ones too",
            Self::Models => "messages per model of every user_report row, superseded ones too",
            Self::Code => "every row of every by_user_analytic export, superseded ones too",
            Self::Issues => "what the normalizer found wrong in exports, superseded ones too",
        }
    }

    /// The columns of a part, in their order.
    pub fn columns(self) -> impl Iterator<Item = &'static DatasetColumn> {
        self.groups().iter().copied().flatten()
    }

    /// The column of this name.
    ///
    /// Call it in a `const`, so that a wrong name does not compile.
    ///
    /// # Panics
    ///
    /// If the dataset has no column of this name.
    pub const fn column(self, name: &str) -> &'static DatasetColumn {
        self.find(name).1
    }

    /// The index of a column among [`Self::columns`].
    ///
    /// Call it in a `const`, so that a wrong name does not compile.
    ///
    /// # Panics
    ///
    /// If the dataset has no column of this name.
    pub const fn index_of(self, name: &str) -> usize {
        self.find(name).0
    }

    const fn find(self, name: &str) -> (usize, &'static DatasetColumn) {
        let groups = self.groups();
        let (mut index, mut group) = (0, 0);
        while group < groups.len() {
            let mut place = 0;
            while place < groups[group].len() {
                if is_same(groups[group][place].name, name) {
                    return (index, &groups[group][place]);
                }
                index += 1;
                place += 1;
            }
            group += 1;
        }
        panic!("the dataset has no column of this name")
    }

    const fn groups(self) -> &'static [&'static [DatasetColumn]] {
        match self {
            Self::Facts => FACTS,
            Self::Models => MODELS,
            Self::Code => CODE,
            Self::Issues => ISSUES,
        }
    }
}

/// `==` of two texts, for a `const fn`.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Dataset;
    use crate::column_name::name_key;

    #[test]
    fn a_column_is_found_by_its_name_and_declared_once() {
        for dataset in Dataset::ALL {
            let names: Vec<&str> = dataset.columns().map(|column| column.name).collect();
            for (index, name) in names.iter().enumerate() {
                assert_eq!(dataset.index_of(name), index, "{dataset:?}");
            }
        }
    }

    #[test]
    fn no_two_columns_have_headers_of_one_key() {
        for dataset in Dataset::ALL {
            for (index, column) in dataset.columns().enumerate() {
                for header in column.headers {
                    let key = name_key(header);
                    let found = dataset.columns().position(|other| other.has_header(&key));
                    assert_eq!(found, Some(index), "{header}");
                }
            }
        }
    }
}
