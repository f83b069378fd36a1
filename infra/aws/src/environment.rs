//! The one home of environment variables on AWS: what Lambda sets, and what the template sets for every function.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};

/// A variable that the function needs is not set.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is not set; Lambda or the template sets it")]
pub struct Missing(pub &'static str);

/// What a function knows of its surroundings.
pub struct Environment {
    region: Region,
    credentials: Credentials,
    endpoint: Option<String>,
    /// The table.
    pub table: String,
    /// The bucket.
    pub bucket: String,
    /// The KMS key that wraps data keys.
    pub key: String,
    /// Scheme and host of the API, without a slash at the end.
    pub base_url: String,
    /// What stands before a queue's name in its URL.
    pub queues: String,
    /// Requests that a Project may send in each second to one process, as a number; empty: the default.
    pub rate_limit: String,
    /// Where an archive of advisories is fetched from every day; empty: nowhere.
    pub advisories_url: String,
    /// The address of an npm registry that is asked what it knows of dependencies; empty: none is.
    pub npm_advisories: String,
    /// Origins whose pages may read answers in a browser, separated by commas; empty: every one.
    pub cors_origins: String,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment's one home on AWS"
)]
fn variable(name: &'static str) -> Result<String, Missing> {
    std::env::var(name).map_err(|_| Missing(name))
}

/// The function that this process is (`Handler` of the template; Lambda passes it on as `_HANDLER`).
///
/// # Errors
/// It is not set.
pub fn handler() -> Result<String, Missing> {
    variable("_HANDLER")
}

impl Environment {
    /// Reads it; `AWS_ENDPOINT_URL` leads to a stand-in of AWS, as it does for the AWS tools.
    ///
    /// # Errors
    /// A variable is not set.
    pub fn read() -> Result<Self, Missing> {
        let credentials = Credentials::new(
            variable("AWS_ACCESS_KEY_ID")?,
            variable("AWS_SECRET_ACCESS_KEY")?,
            variable("AWS_SESSION_TOKEN").ok(),
            None,
            "lambda",
        );
        Ok(Self {
            region: Region::new(variable("AWS_REGION")?),
            credentials,
            endpoint: variable("AWS_ENDPOINT_URL").ok(),
            table: variable("SLIPWAY_TABLE")?,
            bucket: variable("SLIPWAY_BUCKET")?,
            key: variable("SLIPWAY_KMS_KEY")?,
            base_url: variable("SLIPWAY_BASE_URL")?,
            queues: variable("SLIPWAY_QUEUES_URL")?,
            rate_limit: variable("SLIPWAY_RATE_LIMIT").unwrap_or_default(),
            advisories_url: variable("SLIPWAY_ADVISORIES_URL").unwrap_or_default(),
            npm_advisories: variable("SLIPWAY_NPM_ADVISORIES").unwrap_or_default(),
            cors_origins: variable("SLIPWAY_CORS_ORIGINS").unwrap_or_default(),
        })
    }

    /// A client of the rows.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone());
        config.set_endpoint_url(self.endpoint.clone());
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// A client of the queues.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        let mut config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone());
        config.set_endpoint_url(self.endpoint.clone());
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// A client of the blobs.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone());
        config.set_endpoint_url(self.endpoint.clone());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// A client of the keys.
    #[must_use]
    pub fn kms(&self) -> aws_sdk_kms::Client {
        let mut config = aws_sdk_kms::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone());
        config.set_endpoint_url(self.endpoint.clone());
        aws_sdk_kms::Client::from_conf(config.build())
    }
}
