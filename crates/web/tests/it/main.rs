//! Tests of the API, the report and the export watcher, without a network.

mod export_watcher;
mod hostile;
mod http;
mod people;
mod pickers;
mod report;
mod slow_clients;
mod test_server;
mod unknown_names;
