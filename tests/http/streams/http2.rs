//! The same faults over HTTP/2.

use super::{FAULTS, assert_last_item, assert_retried};
use crate::faulty_server::http2::client;
use futures::future::join_all;

#[tokio::test]
async fn over_http2_each_fault_is_retried_before_and_a_last_item_after_the_first_content() {
    let http = client();
    join_all(FAULTS.iter().map(|it| assert_retried(&http, it))).await;
    join_all(FAULTS.iter().map(|it| assert_last_item(&http, it))).await;
}
