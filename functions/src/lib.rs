//! The catalogue: one file per Lambda function.
