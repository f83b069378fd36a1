//! A link opens one object, for a while, to whoever has it: everything that it may do is in its signature.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;

use crate::{BlobError, Blobs, fault, sdk_fault};

/// How an object is handed to whoever follows a link.
#[derive(Debug, Clone, Copy)]
pub struct Download<'a> {
    /// The name of the file that a browser makes of it: letters, digits, `-`, `_` and `.`.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// How long the link opens; at most the seven days of S3, and no longer than the credentials of this process last.
    pub life: Duration,
}

impl Blobs {
    /// Links start with `base` in place of the client's own address: for a bucket that is not reached there, as it is in this process.
    #[must_use]
    pub fn with_links_at(self, base: &str) -> Self {
        Self {
            links_at: Some(base.to_owned()),
            ..self
        }
    }

    /// A link to an object by GET; whether there is such an object is not looked at.
    ///
    /// # Errors
    /// There are no credentials to sign with.
    pub async fn link(&self, key: &str, download: Download<'_>) -> Result<String, BlobError> {
        let life = PresigningConfig::expires_in(download.life)
            .map_err(|error| fault(key, "linked", error))?;
        let get = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_type(download.media_type)
            .response_content_disposition(format!("attachment; filename=\"{}\"", download.name))
            .response_cache_control("private, no-store");
        let signed = get.presigned(life).await;
        let signed = signed.map_err(|error| sdk_fault(key, "linked", error))?;
        Ok(match &self.links_at {
            None => signed.uri().to_owned(),
            Some(base) => format!("{base}{}", path_and_query(signed.uri())),
        })
    }
}

impl Blobs {
    /// A link by which whoever has it writes an object by PUT.
    ///
    /// # Errors
    /// There are no credentials to sign with.
    pub async fn upload_link(&self, key: &str, life: Duration) -> Result<String, BlobError> {
        let life =
            PresigningConfig::expires_in(life).map_err(|error| fault(key, "linked", error))?;
        let put = self.client.put_object().bucket(&self.bucket).key(key);
        let signed = put.presigned(life).await;
        let signed = signed.map_err(|error| sdk_fault(key, "linked", error))?;
        Ok(signed.uri().to_owned())
    }
}

/// What follows scheme and host.
fn path_and_query(uri: &str) -> &str {
    let host = uri.find("://").map_or(0, |scheme| scheme + 3);
    uri[host..]
        .find('/')
        .map_or("/", |path| &uri[host + path..])
}

#[cfg(test)]
mod tests {
    use super::path_and_query;

    #[test]
    fn scheme_and_host_are_left_out() {
        assert_eq!(
            path_and_query("http://blobs.invalid/b/k?x=http://a/"),
            "/b/k?x=http://a/"
        );
        assert_eq!(path_and_query("https://b.s3.amazonaws.com/k"), "/k");
    }
}
