//! Tests of the API, the report and the export watcher, without a network.

mod export_watcher;
mod http;
mod report;
mod test_server;
