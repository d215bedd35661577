//! A bucket is an object store like any other.

use crate::server::Server;
use crate::store_suite::suite;
use crate::stores::bucket_at;

#[tokio::test]
async fn a_bucket_conforms() {
    let bucket = Server::shared().new_bucket();
    let address = Server::shared().address;
    suite(&bucket_at(address, &format!("s3://{bucket}"))).await;
}

#[tokio::test]
async fn a_folder_of_a_bucket_conforms_whatever_lies_beside_it() {
    let bucket = Server::shared().new_bucket();
    for key in ["folder", "folder2/x", "fold/x", "other"] {
        crate::stores::put(&bucket, key, "x").await;
    }
    let address = Server::shared().address;
    suite(&bucket_at(address, &format!("s3://{bucket}/folder"))).await;
}
