//! The SDK clients of the engine: no connections, no waiting where nothing can be in the way, and no credentials but for links.

use std::time::Duration;

use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, IdentityCache, Region, RequestChecksumCalculation,
    ResponseChecksumValidation, StalledStreamProtectionConfig, retry::RetryConfig,
};

use super::blobs::Blobs;
use super::connector::in_process;
use super::messages::Messages;
use super::rows::Rows;
use super::weather::{Protocol, Weather};

/// Where the blobs would be: a name that resolves nowhere (RFC 6761), since no request leaves the process.
pub(super) const BLOBS: &str = "blobs.invalid";

const ROWS: &str = "http://rows.invalid";
const MESSAGES: &str = "http://messages.invalid";

/// The region that requests, queue names and signatures carry.
pub(super) const REGION: &str = "us-east-1";

/// In one process nothing recovers by waiting, so the pauses between the usual three attempts are short.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_initial_backoff(Duration::from_millis(5))
        .with_max_backoff(Duration::from_millis(50))
}

/// A client of the rows.
pub(super) fn dynamodb(rows: Rows, weather: &Weather) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(ROWS)
        .allow_no_auth()
        .identity_cache(IdentityCache::no_cache())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(retries())
        .http_client(in_process(rows, Protocol::Rows, weather));
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// A client of the messages.
pub(super) fn sqs(messages: Messages, weather: &Weather) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(MESSAGES)
        .allow_no_auth()
        .identity_cache(IdentityCache::no_cache())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(retries())
        .http_client(in_process(messages, Protocol::Messages, weather));
    aws_sdk_sqs::Client::from_conf(config.build())
}

/// A client of the blobs.
pub(super) fn s3(blobs: Blobs, weather: &Weather) -> aws_sdk_s3::Client {
    let key = blobs.key();
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(format!("http://{BLOBS}"))
        .force_path_style(true)
        .credentials_provider(Credentials::new(
            &key.id,
            &key.secret,
            None,
            None,
            "embedded engine",
        ))
        .identity_cache(IdentityCache::no_cache())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(retries())
        .http_client(in_process(blobs, Protocol::Blobs, weather));
    aws_sdk_s3::Client::from_conf(config.build())
}
