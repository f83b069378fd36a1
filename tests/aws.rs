//! What stands between the platform and AWS, as far as it can be shown without AWS; `cargo xtask test aws` shows the rest.

mod bootstrap;
mod runtime;
mod template;

pub(crate) use runtime::invoke;
