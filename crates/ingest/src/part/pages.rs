//! The pages of one column chunk, compressed as soon as they are full.

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, EncodingMask, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// Compresses into its own buffer, so that a kept page has no spare capacity.
#[derive(Debug)]
pub(super) struct Snappy {
    encoder: snap::raw::Encoder,
    buffer: Vec<u8>,
}

impl Snappy {
    pub(super) fn new() -> Self {
        Self {
            encoder: snap::raw::Encoder::new(),
            buffer: Vec::new(),
        }
    }

    fn compress(&mut self, content: &[u8]) -> Result<Bytes, ParquetError> {
        let most = snap::raw::max_compress_len(content.len());
        if self.buffer.len() < most {
            self.buffer.resize(most, 0);
        }
        let compressed = self.encoder.compress(content, &mut self.buffer);
        let length = compressed.map_err(|error| ParquetError::External(Box::new(error)))?;
        Ok(Bytes::copy_from_slice(&self.buffer[..length]))
    }
}

/// The finished data pages of a chunk.
#[derive(Default)]
pub(super) struct Pages {
    done: Vec<CompressedPage>,
    compressed_bytes: usize,
    rows: usize,
}

/// A dictionary page before compression.
pub(super) struct DictionaryPage {
    pub(super) content: Vec<u8>,
    pub(super) values: usize,
}

/// A finished column chunk of a row group.
pub(super) struct Chunk {
    pub(super) bytes: Bytes,
    pub(super) close: ColumnCloseResult,
}

impl Pages {
    pub(super) fn compressed_bytes(&self) -> usize {
        self.compressed_bytes
    }

    /// Compresses and appends a data page.
    pub(super) fn push(
        &mut self,
        content: &[u8],
        rows: usize,
        encoding: Encoding,
        snappy: &mut Snappy,
    ) -> Result<(), ParquetError> {
        let page = Page::DataPage {
            buf: snappy.compress(content)?,
            num_values: count(rows)?,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        self.compressed_bytes += page.buffer().len();
        self.rows += rows;
        self.done.push(CompressedPage::new(page, content.len()));
        Ok(())
    }

    /// Writes all pages, the dictionary first.
    pub(super) fn finish(
        self,
        descriptor: &ColumnDescPtr,
        dictionary: Option<&DictionaryPage>,
        statistics: Option<Statistics>,
        snappy: &mut Snappy,
    ) -> Result<Chunk, ParquetError> {
        let mut sink = TrackedWrite::new(Vec::with_capacity(
            self.compressed_bytes + 64 * (self.done.len() + 1),
        ));
        let mut writer = SerializedPageWriter::new(&mut sink);
        let mut uncompressed_bytes = 0;
        let mut page_stats = Vec::new();
        let mut dictionary_offset = None;
        if let Some(DictionaryPage { content, values }) = dictionary {
            let page = Page::DictionaryPage {
                buf: snappy.compress(content)?,
                num_values: count(*values)?,
                encoding: Encoding::PLAIN,
                is_sorted: false,
            };
            let written = writer.write_page(CompressedPage::new(page, content.len()))?;
            uncompressed_bytes += written.uncompressed_size;
            dictionary_offset = Some(0);
            page_stats.push(page_stat(PageType::DICTIONARY_PAGE, Encoding::PLAIN, 1)?);
        }
        let mut data_offset = None;
        let mut encodings: Vec<(Encoding, usize)> = Vec::new();
        for page in self.done {
            match encodings
                .iter_mut()
                .find(|(encoding, _)| *encoding == page.encoding())
            {
                Some((_, pages)) => *pages += 1,
                None => encodings.push((page.encoding(), 1)),
            }
            let written = writer.write_page(page)?;
            uncompressed_bytes += written.uncompressed_size;
            data_offset.get_or_insert(written.offset);
        }
        for (encoding, pages) in &encodings {
            page_stats.push(page_stat(PageType::DATA_PAGE, *encoding, *pages)?);
        }
        // Levels are run-length encoded, dictionaries plain.
        let encodings = encodings
            .iter()
            .map(|(encoding, _)| encoding)
            .chain(&[Encoding::RLE, Encoding::PLAIN]);
        writer.close()?;
        let bytes = Bytes::from(sink.into_inner()?);
        let mut metadata = ColumnChunkMetaData::builder(descriptor.clone())
            .set_compression(Compression::SNAPPY)
            .set_encodings_mask(EncodingMask::new_from_encodings(encodings))
            .set_page_encoding_stats(page_stats)
            .set_total_compressed_size(signed(bytes.len())?)
            .set_total_uncompressed_size(signed(uncompressed_bytes)?)
            .set_num_values(signed(self.rows)?)
            .set_data_page_offset(
                data_offset.map_or(Ok(0), |offset| signed(usize::try_from(offset)?))?,
            )
            .set_dictionary_page_offset(dictionary_offset);
        if let Some(statistics) = statistics {
            metadata = metadata.set_statistics(statistics);
        }
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok(Chunk { bytes, close })
    }
}

fn page_stat(
    page_type: PageType,
    encoding: Encoding,
    pages: usize,
) -> Result<PageEncodingStats, ParquetError> {
    Ok(PageEncodingStats {
        page_type,
        encoding,
        count: i32::try_from(pages)?,
    })
}

fn count(rows: usize) -> Result<u32, ParquetError> {
    Ok(u32::try_from(rows)?)
}

fn signed(bytes: usize) -> Result<i64, ParquetError> {
    Ok(i64::try_from(bytes)?)
}
