//! Query parameters: repeatable, decoded, and refused all at once.

use std::borrow::Cow;
use std::str::FromStr;

use domain::error::{ApiError, ErrorCode};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

/// The parameters in the order in which they were sent.
#[derive(Debug, Clone, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the `?`, or a form.
    ///
    /// # Errors
    /// `InvalidQueryParam` where it is no UTF-8.
    pub fn of(query: &str) -> Result<Self, ApiError> {
        let decode = |text: &str| {
            let plain = text.replace('+', " ");
            let decoded = percent_decode_str(&plain).decode_utf8();
            decoded.map(Cow::into_owned).map_err(|_| {
                let text: String = text.chars().take(100).collect();
                ErrorCode::InvalidQueryParam
                    .detail(format!("'{text}' is no UTF-8, percent-encoded"))
            })
        };
        let pairs = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Ok((decode(name)?, decode(value)?))
            });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// Every value of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(given, _)| given == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that takes one.
    ///
    /// # Errors
    /// `InvalidQueryParam` where it was given several times: which one was meant nobody knows.
    pub fn single<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, ApiError> {
        let mut values = self.all(name);
        match (values.next(), values.count()) {
            (first, 0) => Ok(first),
            (_, more) => Err(ErrorCode::InvalidQueryParam.detail(format!(
                "{name}: it was given {} times; it takes one value",
                more + 1
            ))),
        }
    }

    /// A whole number within a range.
    ///
    /// # Errors
    /// `InvalidQueryParam`, which says the range.
    pub fn number(
        &self,
        name: &str,
        default: u64,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, ApiError> {
        let Some(text) = self.single(name)? else {
            return Ok(default);
        };
        let number = text
            .parse::<u64>()
            .ok()
            .filter(|number| range.contains(number));
        number.ok_or_else(|| {
            invalid(
                name,
                text,
                &format!("a whole number from {} to {}", range.start(), range.end()),
            )
        })
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// `InvalidQueryParam`.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.single(name)?
            .map(|text| {
                text.parse()
                    .map_err(|_| invalid(name, text, "true or false"))
            })
            .transpose()
    }

    /// Every value of a parameter, read; `takes` says what it must look like.
    ///
    /// # Errors
    /// `InvalidQueryParam`.
    pub fn parsed<T: FromStr>(&self, name: &str, takes: &str) -> Result<Vec<T>, ApiError> {
        self.all(name)
            .map(|text| text.parse().map_err(|_| invalid(name, text, takes)))
            .collect()
    }

    /// Every value of a parameter that is one of an enumeration's names.
    ///
    /// # Errors
    /// `InvalidQueryParam`, with the names that there are.
    pub fn names<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, ApiError> {
        self.all(name)
            .map(|text| {
                serde_json::from_value(text.into())
                    .map_err(|error| invalid(name, text, &names_of(&error.to_string())))
            })
            .collect()
    }
}

/// The names that serde lists behind "expected", or its whole sentence where it lists none.
fn names_of(sentence: &str) -> String {
    let names = sentence
        .split_once("expected ")
        .map_or(sentence, |(_, names)| names);
    names.replace('`', "")
}

/// The error of a parameter's value.
#[must_use]
pub(crate) fn invalid(name: &str, value: &str, takes: &str) -> ApiError {
    let value: String = value.chars().take(100).collect();
    ErrorCode::InvalidQueryParam.detail(format!("{name}: '{value}' was given; it takes {takes}"))
}
