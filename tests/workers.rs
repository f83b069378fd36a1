//! Workers: what comes of previews, deploys, undeploys and events, whatever the applications do.

mod advisories;
mod checks;
mod deliver_event;
mod deploy;
mod managers;
mod preview;
mod queue;
mod undeploy;
