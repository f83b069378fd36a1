//! A name that parsed is a name that the contract allows: each type here has one door, `parse`, and no second validation inside.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::schema;

/// Why a name was refused: what it must look like, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidName(pub String);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $longest:literal, $pattern:literal, $words:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The one door.
            ///
            /// # Errors
            /// Says what the name must look like.
            pub fn parse(text: &str) -> Result<Self, InvalidName> {
                static PATTERN: LazyLock<Regex> =
                    LazyLock::new(|| Regex::new($pattern).expect("a constant pattern"));
                if text.len() <= $longest && PATTERN.is_match(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidName($words.to_owned()))
                }
            }

            /// The name as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "maxLength": $longest,
                    (schema::MESSAGE): $words,
                })
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    };
}

name!(
    /// A key that a user gives to a draft or a Deployment (contract, section 6).
    Key,
    256,
    r"^[A-Za-z0-9_-]{2,256}$",
    "a key has 2 to 256 letters, digits, '_' or '-'"
);
name!(
    /// The key of a Project, the tenant (contract, section 3.3).
    ProjectKey,
    36,
    r"^[A-Za-z0-9_-]{2,36}$",
    "a Project key has 2 to 36 letters, digits, '_' or '-'"
);
name!(
    /// The name of an application, which is also its folder (contract, section 8.1).
    ApplicationName,
    256,
    r"^[A-Za-z0-9_-]{2,256}$",
    "an application name has 2 to 256 letters, digits, '_' or '-'"
);
name!(
    /// `{region}:{projectKey}` (contract, section 3.3; the limit of 100 characters is ours).
    ProjectIdentifier,
    100,
    r"^[A-Za-z0-9._-]+:[A-Za-z0-9_-]{2,36}$",
    "a Project is written {region}:{projectKey}, as in europe-west1.gcp:my-shop"
);
name!(
    /// The address of a git repository, HTTPS or SSH (contract, section 12; the limit of 2,048 characters is ours).
    RepositoryUrl,
    2048,
    r"^(https://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9_.@:/~-]+|git@[A-Za-z0-9.-]+:[A-Za-z0-9_.@/~-]+|ssh://git@[A-Za-z0-9.-]+(:22)?/[A-Za-z0-9_.@/~-]+)$",
    "a repository URL is https://host/owner/name.git or git@host:owner/name.git"
);
name!(
    /// A git tag (contract, section 12, without what `git check-ref-format` refuses).
    Tag,
    255,
    r"^[A-Za-z0-9](\.?[A-Za-z0-9_@/-])*$",
    "a tag starts with a letter or digit, has up to 255 letters, digits, '.', '_', '-', '/' or '@', and no '..'"
);
name!(
    /// The id of a git commit, 40 or 64 hexadecimal digits.
    CommitId,
    64,
    r"^([0-9a-f]{40}|[0-9a-f]{64})$",
    "a commit id has 40 or 64 hexadecimal digits"
);
name!(
    /// SHA-256 of everything that goes into an artifact, in hexadecimal.
    ArtifactHash,
    64,
    r"^[0-9a-f]{64}$",
    "an artifact hash has 64 hexadecimal digits"
);

impl ProjectIdentifier {
    /// The Project behind the colon. One installation is one home region, so the part before it does not decide who has access.
    #[must_use]
    pub fn project_key(&self) -> ProjectKey {
        let key = self.0.rsplit(':').next().unwrap_or_default();
        ProjectKey(key.to_owned())
    }
}

/// Where a Deployment runs (contract, section 1).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Region {
    /// Belgium.
    #[serde(rename = "europe-west1.gcp")]
    EuropeWest1Gcp,
    /// Iowa.
    #[serde(rename = "us-central1.gcp")]
    UsCentral1Gcp,
    /// Sydney.
    #[serde(rename = "australia-southeast1.gcp")]
    AustraliaSoutheast1Gcp,
    /// Ohio.
    #[serde(rename = "us-east-2.aws")]
    UsEast2Aws,
    /// Frankfurt.
    #[serde(rename = "eu-central-1.aws")]
    EuCentral1Aws,
}

impl Region {
    /// Every region, in the order of the contract's table.
    pub const ALL: [Self; 5] = [
        Self::EuropeWest1Gcp,
        Self::UsCentral1Gcp,
        Self::AustraliaSoutheast1Gcp,
        Self::UsEast2Aws,
        Self::EuCentral1Aws,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EuropeWest1Gcp => "europe-west1.gcp",
            Self::UsCentral1Gcp => "us-central1.gcp",
            Self::AustraliaSoutheast1Gcp => "australia-southeast1.gcp",
            Self::UsEast2Aws => "us-east-2.aws",
            Self::EuCentral1Aws => "eu-central-1.aws",
        }
    }

    /// Whether the region's events come through SNS (contract, section 10.1).
    #[must_use]
    pub fn is_aws(self) -> bool {
        matches!(self, Self::UsEast2Aws | Self::EuCentral1Aws)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_url_is_https_or_ssh() {
        for good in [
            "https://github.com/acme/x.git",
            "git@github.com:acme/x.git",
            "ssh://git@github.com/acme/x.git",
        ] {
            assert!(RepositoryUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "file:///etc",
            "http://github.com/acme/x.git",
            "https://user:pw@host/x.git",
            "ext::sh -c id",
            "--upload-pack=id",
            "https://github.com/acme/\u{445}.git",
            &format!("https://github.com/{}.git", "x".repeat(2048)),
        ] {
            assert!(RepositoryUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_tag_is_nothing_that_git_could_take_for_something_else() {
        for good in ["v1.0.0", "release/2024-01", "1"] {
            assert!(Tag::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-v1",
            "v1..2",
            "v1.",
            "a b",
            "v1^{}",
            "v~1",
            "*",
            &"v.1".repeat(86),
        ] {
            assert!(Tag::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_project_key_stands_behind_the_colon() {
        let id = ProjectIdentifier::parse("europe-west1.gcp:my-shop").expect("valid");
        assert_eq!(id.project_key().as_str(), "my-shop");
    }
}
