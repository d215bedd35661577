//! Reads the users of a part: the columns `user_id` and `email` alone, by ranges of bytes.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use bytes::buf::Reader;
use bytes::{Buf, Bytes};
use kiro_ingest::ObjectMeta;
use kiro_people::MapError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};

use crate::error::InvocationError;
use crate::objects::Objects;

/// Bytes at the end of a part that the first request reads. Most parts of small fleets are not larger.
const TAIL_BYTES: u64 = 64 << 10;

const USER_ID: &str = "user_id";
const EMAIL: &str = "email";

/// A user of a part, with the address of the export.
pub(crate) type PartUser = (String, Option<String>);

/// Reads the users of a part, each with each of its addresses once.
pub(crate) async fn read_part_users(
    objects: &dyn Objects,
    part: &ObjectMeta,
) -> Result<BTreeSet<PartUser>, InvocationError> {
    let failed = |source: MapError| InvocationError::Part {
        part: part.key.to_string(),
        source,
    };
    let mut file = PartialFile::new(part.bytes);
    file.load(
        objects,
        part,
        part.bytes.saturating_sub(TAIL_BYTES)..part.bytes,
    )
    .await?;
    let metadata = loop {
        let mut reader = ParquetMetaDataReader::new();
        match reader.try_parse_sized(&file.tail(), part.bytes) {
            Ok(()) => break reader.finish().map_err(|error| failed(error.into()))?,
            Err(ParquetError::NeedMoreData(bytes)) if (bytes as u64) <= part.bytes => {
                file.load(objects, part, part.bytes - bytes as u64..part.bytes)
                    .await?;
            }
            Err(error) => return Err(failed(error.into())),
        }
    };
    let metadata = Arc::new(metadata);
    let mut users = BTreeSet::new();
    for index in 0..metadata.num_row_groups() {
        for range in column_ranges(&metadata, index) {
            file.load(objects, part, range).await?;
        }
        let is_complete = read_row_group(&file, &metadata, index, &mut users).map_err(failed)?;
        if !is_complete {
            return Err(InvocationError::PartColumn {
                part: part.key.to_string(),
            });
        }
        file.discard();
    }
    Ok(users)
}

/// The bytes of the two columns in a row group.
fn column_ranges(metadata: &ParquetMetaData, row_group: usize) -> Vec<Range<u64>> {
    let columns = metadata.row_group(row_group).columns().iter();
    let read = columns.filter(|column| {
        let path = column.column_path().string();
        path == USER_ID || path == EMAIL
    });
    read.map(|column| {
        let (start, length) = column.byte_range();
        start..start + length
    })
    .collect()
}

/// Returns false if the part has no column `user_id`.
fn read_row_group(
    file: &PartialFile,
    metadata: &Arc<ParquetMetaData>,
    row_group: usize,
    users: &mut BTreeSet<PartUser>,
) -> Result<bool, MapError> {
    // The types of the file, not those of the program that wrote it.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let arrow_metadata = ArrowReaderMetadata::try_new(Arc::clone(metadata), options)?;
    let schema = metadata.file_metadata().schema_descr();
    let columns = ProjectionMask::columns(schema, [USER_ID, EMAIL]);
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file.clone(), arrow_metadata)
        .with_projection(columns)
        .with_row_groups(vec![row_group])
        .build()?;
    for batch in reader {
        let batch = batch?;
        let texts = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
        let Some(ids) = texts(USER_ID) else {
            return Ok(false);
        };
        let emails = texts(EMAIL);
        let mut last: Option<(&str, Option<&str>)> = None;
        for row in 0..batch.num_rows() {
            let filled = |text: &'_ str| !text.trim().is_empty();
            if ids.is_null(row) || !filled(ids.value(row)) {
                continue;
            }
            let email = emails.filter(|emails| emails.is_valid(row));
            let email = email.map(|emails| emails.value(row));
            let user = (ids.value(row), email.filter(|text| filled(text)));
            // Rows of a user follow each other.
            if last != Some(user) {
                users.insert((user.0.to_owned(), user.1.map(str::to_owned)));
                last = Some(user);
            }
        }
    }
    Ok(true)
}

/// A file of which only some ranges are in memory.
#[derive(Debug, Clone)]
struct PartialFile {
    length: u64,
    /// Starts and contents. The first is the end of the file.
    pieces: Vec<(u64, Bytes)>,
}

impl PartialFile {
    fn new(length: u64) -> Self {
        Self {
            length,
            pieces: Vec::new(),
        }
    }

    /// Reads a range, unless it is in memory.
    async fn load(
        &mut self,
        objects: &dyn Objects,
        part: &ObjectMeta,
        range: Range<u64>,
    ) -> Result<(), InvocationError> {
        if self.find(range.start, range.end - range.start).is_some() {
            return Ok(());
        }
        let start = range.start;
        let is_tail = range.end == self.length;
        let content = objects.read_range(part, range).await?;
        if is_tail {
            self.pieces.clear();
        }
        self.pieces.push((start, content));
        Ok(())
    }

    fn tail(&self) -> Bytes {
        self.pieces
            .first()
            .map_or_else(Bytes::new, |(_, content)| content.clone())
    }

    /// Forgets all ranges but the end of the file.
    fn discard(&mut self) {
        self.pieces.truncate(1);
    }

    /// The content from a position to the end of its range, if it has at least this length.
    fn find(&self, start: u64, length: u64) -> Option<Bytes> {
        self.pieces.iter().find_map(|(piece_start, content)| {
            let offset = usize::try_from(start.checked_sub(*piece_start)?).ok()?;
            let end = offset.checked_add(usize::try_from(length).ok()?)?;
            (end <= content.len()).then(|| content.slice(offset..))
        })
    }
}

fn missing(start: u64) -> ParquetError {
    ParquetError::EOF(format!("byte {start} was not read"))
}

impl Length for PartialFile {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for PartialFile {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let content = self.find(start, 0).ok_or_else(|| missing(start))?;
        Ok(content.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let content = self.find(start, length as u64);
        let content = content.ok_or_else(|| missing(start))?;
        Ok(content.slice(..length))
    }
}
