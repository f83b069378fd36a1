//! Version 2 of the git protocol, of which three questions are asked: what can you do, where is this tag, send me this object.

use std::ops::ControlFlow;
use std::sync::Arc;

use domain::names::Tag;
use gix_hash::ObjectId;
use gix_object::bstr::BString;
use gix_protocol::fetch::{Arguments, Response};
use gix_protocol::handshake::Ref;
use gix_protocol::ls_refs::RefPrefixes;
use gix_protocol::{Command, LsRefsCommand};
use gix_transport::client::Capabilities;
use gix_transport::client::blocking_io::ExtendedBufRead;
use gix_transport::{Protocol, Service};
use gix_utils::progress::Discard;

use crate::attempt::Attempt;
use crate::error::{Failure, Internal};
use crate::pack::Pack;
use crate::refusal::Refusal;
use crate::unreachable::Unreachable;
use crate::wire::Wire;

/// A conversation with one server.
pub(crate) struct Session {
    wire: Wire,
    capabilities: Capabilities,
    attempt: Arc<Attempt>,
}

/// Where a tag points.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// The object that the tag names: an annotated tag's own, which every server gives out.
    pub(crate) named: ObjectId,
    /// What remains when all annotations are taken off.
    pub(crate) peeled: ObjectId,
}

/// Which files come with a commit and its folders.
#[derive(Clone, Copy)]
pub(crate) enum Files {
    /// None, where the server can leave them out.
    None,
    /// All up to this size in bytes, where the server can leave out larger ones.
    UpTo(u64),
}

impl Session {
    /// Greets the server.
    pub(crate) fn open(mut wire: Wire, attempt: Arc<Attempt>) -> Result<Self, Failure> {
        let greeting = wire.transport.handshake(Service::UploadPack, &[]);
        let greeting = greeting.map(|answer| (answer.actual_protocol, answer.capabilities));
        let (protocol, capabilities) = greeting.map_err(|error| {
            wire.failure(&attempt, || {
                Failure::Unreachable(Unreachable::NotGit, Some(error.into()))
            })
        })?;
        if protocol != Protocol::V2 {
            return Err(Unreachable::OldProtocol.into());
        }
        let format = capabilities.capability("object-format");
        if format.is_some_and(|format| format.supports("sha256") == Some(true)) {
            return Err(Refusal::Sha256.into());
        }
        Ok(Self {
            wire,
            capabilities,
            attempt,
        })
    }

    /// Asks for the tag, and for a branch of the same name, to say which of the two there is.
    pub(crate) fn find_tag(&mut self, tag: &Tag) -> Result<Target, Failure> {
        let names = [format!("refs/tags/{tag}"), format!("refs/heads/{tag}")].map(BString::from);
        let mut prefixes = RefPrefixes::new();
        prefixes.extend(names.clone());
        let listing = LsRefsCommand::new(Some(prefixes), &self.capabilities, agent());
        let references = listing
            .invoke_blocking(&mut self.wire.transport, &mut Discard, false)
            .map_err(|error| broken(&mut self.wire, &self.attempt, error))?;
        // Prefixes match longer names as well.
        let of = |name: &BString| {
            references
                .iter()
                .find_map(|reference| target(reference, name))
        };
        of(&names[0]).ok_or_else(|| Failure::NoTag {
            branch: of(&names[1]).is_some(),
        })
    }

    /// Fetches a commit without its history, by its id or that of a tag, with its folders and some of its files.
    pub(crate) fn fetch_commit(&mut self, id: ObjectId, files: Files) -> Result<Pack, Failure> {
        let largest = self.attempt.limits.file_bytes;
        self.fetch(id, largest, |arguments| {
            if arguments.can_use_shallow() {
                arguments.deepen(1);
            }
            if arguments.can_use_filter() {
                arguments.filter(&match files {
                    Files::None => "blob:none".to_owned(),
                    Files::UpTo(bytes) => format!("blob:limit={}", bytes.saturating_add(1)),
                });
            }
        })
    }

    /// Fetches one file by its id.
    pub(crate) fn fetch_file(&mut self, id: ObjectId) -> Result<Pack, Failure> {
        let largest = self.attempt.limits.read_bytes;
        self.fetch(id, largest, |_| ())
    }

    /// Whether the server leaves out files when asked to.
    pub(crate) fn filters(&self) -> bool {
        self.capabilities
            .capability("fetch")
            .is_some_and(|fetch| fetch.supports("filter") == Some(true))
    }

    fn fetch(
        &mut self,
        id: ObjectId,
        largest: u64,
        ask: impl FnOnce(&mut Arguments),
    ) -> Result<Pack, Failure> {
        let mut features = Command::Fetch.default_features(Protocol::V2, &self.capabilities);
        // With this one, progress could come before the answer; nobody looks at progress.
        features.retain(|(name, _)| *name != "sideband-all");
        features.push(agent());
        let mut arguments = Arguments::new(Protocol::V2, features, false);
        arguments.want(id);
        ask(&mut arguments);
        self.attempt.expect_pack();
        let attempt = Arc::clone(&self.attempt);
        let received = receive(&mut arguments, &mut self.wire, largest, &attempt);
        received.map_err(|failure| match failure {
            Ok(failure) => failure,
            Err(error) => broken(&mut self.wire, &attempt, error),
        })
    }
}

/// Sends the request and reads the pack. A failure is ours, or gitoxide's that is yet to be explained.
fn receive(
    arguments: &mut Arguments,
    wire: &mut Wire,
    largest: u64,
    attempt: &Attempt,
) -> Result<Pack, Result<Failure, Internal>> {
    let mut answer: Box<dyn ExtendedBufRead<'_> + Unpin + '_> = arguments
        .send(&mut wire.transport, true)
        .map_err(|error| Err(error.into()))?;
    let response = Response::from_line_reader(Protocol::V2, &mut answer, true, false)
        .map_err(|error| Err(error.into()))?;
    if !response.has_pack() {
        return Err(Err("the answer holds no pack".into()));
    }
    // A handler makes gitoxide take the progress messages out of the stream.
    answer.set_progress_handler(Some(Box::new(|_, _| ControlFlow::Continue(()))));
    let pack = Pack::receive(&mut answer, largest, attempt).map_err(Ok)?;
    std::io::copy(&mut answer, &mut std::io::sink()).map_err(|error| Err(error.into()))?;
    Ok(pack)
}

fn broken(wire: &mut Wire, attempt: &Attempt, error: impl Into<Internal>) -> Failure {
    wire.failure(attempt, || {
        Failure::Unreachable(Unreachable::Broken, Some(error.into()))
    })
}

fn target(reference: &Ref, name: &BString) -> Option<Target> {
    let (full_name, named, peeled) = match reference {
        Ref::Peeled {
            full_ref_name,
            tag,
            object,
        } => (full_ref_name, tag, object),
        Ref::Direct {
            full_ref_name,
            object,
        } => (full_ref_name, object, object),
        Ref::Symbolic {
            full_ref_name,
            tag,
            object,
            ..
        } => (full_ref_name, tag.as_ref().unwrap_or(object), object),
        Ref::Unborn { .. } => return None,
    };
    (full_name == name).then_some(Target {
        named: *named,
        peeled: *peeled,
    })
}

fn agent() -> (&'static str, Option<String>) {
    (
        "agent",
        Some(concat!("slipway/", env!("CARGO_PKG_VERSION")).to_owned()),
    )
}

#[cfg(test)]
mod tests;
