//! How long it takes from a save until `slipway dev` runs what was saved.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::baseline::Answering;
use super::figure::{Figure, Target};
use super::sample::Sample;
use super::scene::Scene;
use crate::command;
use crate::platform::client::agent;

const SAVES: usize = 10;
const PATIENCE: Duration = Duration::from_secs(120);
/// Where the service listens when it runs alone.
const PORT: u16 = 8080;

/// From the end of the write until the service answers with what was written; it has no build.
pub(super) fn figure(scene: &Scene) -> Result<Figure> {
    let sources = scene.quick.application("service");
    let file = sources.join("index.js");
    let original = std::fs::read_to_string(&file)?;
    let (_dev, url) = start(scene)?;
    let (agent, mut measured, mut reference) = (agent(), Vec::new(), Vec::new());
    for number in 0..SAVES {
        let said = format!("saved {number}");
        std::fs::write(&file, original.replace("'ok'", &format!("'{said}'")))?;
        let saved = Instant::now();
        while agent.get(&url).call()?.body_mut().read_to_string()? != said {
            if saved.elapsed() > PATIENCE {
                bail!("what was saved does not run");
            }
            command::pause(Duration::from_millis(5));
        }
        measured.push(saved.elapsed());
        reference.push(Answering::application(&sources, "index.js", PORT)?.took());
    }
    std::fs::write(&file, original)?;
    Ok(Figure {
        name: "From a save until `slipway dev` runs it",
        unit: "ms",
        measured: Sample::of_times(measured),
        reference_name: "`node index.js` until it answers",
        reference: Sample::of_times(reference),
        target: Target::AtMost(2000.0),
    })
}

/// Ends with its value.
struct Dev(Child);

impl Drop for Dev {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn start(scene: &Scene) -> Result<(Dev, String)> {
    let mut dev = Command::new(scene.binary());
    dev.args(["dev", "--listen", "127.0.0.1:0", "--data"])
        .arg(scene.data("dev"));
    dev.arg(scene.quick.application(""));
    dev.stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut dev = Dev(dev.spawn().context("cannot start `slipway dev`")?);
    let output = dev.0.stdout.take().context("`slipway dev` has no output")?;
    let mut lines = BufReader::new(output).lines();
    let mut address = None;
    for line in lines.by_ref() {
        let line = line?;
        if let Some((_, url)) = line.split_once("at http://") {
            address = Some(format!("http://{url}"));
        }
        if line.contains("Save a file") {
            break;
        }
    }
    // Nobody reads on, and a full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    let url = address.context("`slipway dev` shows no address")?;
    Ok((dev, url))
}
