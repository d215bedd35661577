use kiro_ingest::*;
use std::num::NonZeroUsize;
use std::sync::Arc;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let rt = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let s = Arc::new(LocalFolder::open(&a[1]).unwrap());
    let d = Arc::new(LocalFolder::create(&a[2]).unwrap());
    let o = NormalizeOptions {
        since: None,
        until: None,
        reprocess: true,
        jobs: NonZeroUsize::new(2).unwrap(),
        processed_at: "2026-07-11T03:00:00Z".parse().unwrap(),
    };
    let r = rt
        .block_on(normalize(s, d, &o, Arc::new(NoProgress)))
        .unwrap();
    eprintln!("{} {} {}", r.files_processed, r.fact_rows, r.files_failed);
}
