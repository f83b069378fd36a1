//! Functions that nobody reaches by HTTP: the operator calls them with the rights of the AWS account.

pub mod clients;
