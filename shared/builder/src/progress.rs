//! Whoever waits for a build can see what it does.

use std::time::Duration;

use crate::error::Step;

/// One thing to show to whoever waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Something that is no step, such as a download; a phrase.
    Note(&'a str),
    /// A step begins.
    Started(Step),
    /// One line that the step's command wrote.
    Output(&'a str),
    /// The step succeeded.
    Ended(Step, Duration),
}

/// Where progress goes to.
pub(crate) type OnProgress<'a> = &'a mut (dyn FnMut(Progress<'_>) + Send);
