//! How long the checks take: static analysis of much code, many packages against many advisories, and the first entry of a report.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::figure::{Figure, Target};
use super::preview::resolve_tag;
use super::sample::Sample;
use super::scene::Visitor;
use crate::command;
use crate::platform::connector::validate;

const ROUNDS: usize = 5;
const SOURCES: u32 = 1000;
/// Routes of one source: 150 lines with the imports.
const ROUTES: u32 = 8;
const PACKAGES: u32 = 1500;
const ADVISORIES: u32 = 200_000;
/// Packages that advisories are about: those of the lockfile are among them.
const ADVISED: u32 = 50_000;
/// How long the first entry may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked for.
const INTERVAL: Duration = Duration::from_millis(5);

pub(super) fn figures(visitor: &Visitor) -> Result<Vec<Figure>> {
    let place = visitor.scene.data("checks");
    Ok(vec![
        first_entry(visitor)?,
        analysis(visitor, &place.join("sources"))?,
        dependencies(visitor, &place.join("dependencies"))?,
    ])
}

/// From the POST of `updatePreviewable` until a GET shows an entry, for a commit that nobody has looked at.
fn first_entry(visitor: &Visitor) -> Result<Figure> {
    let (starter, client) = (&visitor.scene.starter, &visitor.client);
    let path = starter.register(client, "bench-first-entry", &visitor.project)?;
    // Builds that are there already take no core from what is measured.
    validate(client, &path)?;
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        starter.commit_again()?;
        let draft = client.look(&path)?.context("the draft is gone")?;
        let update =
            json!({"version": draft["version"], "actions": [{"action": "updatePreviewable"}]});
        let start = Instant::now();
        client.post(&path, &update)?;
        while !has_entry(&client.look(&path)?.context("the draft is gone")?) {
            if start.elapsed() > PATIENCE {
                bail!("{path} shows no entry after {PATIENCE:?}");
            }
            command::pause(INTERVAL);
        }
        measured.push(start.elapsed());
        client.settled(&path, |draft| draft["isPreviewable"] == "pending", PATIENCE)?;
        let start = Instant::now();
        resolve_tag(starter)?;
        reference.push(start.elapsed());
    }
    Ok(Figure {
        name: "First entry of a report (`updatePreviewable` of a new commit until a GET shows it)",
        unit: "ms",
        measured: Sample::of_times(measured),
        reference_name: "`git ls-remote` of its tag",
        reference: Sample::of_times(reference),
        target: Target::AtMost(1000.0),
    })
}

fn has_entry(draft: &Value) -> bool {
    let entries = draft["previewableReport"]["entries"].as_array();
    entries.is_some_and(|entries| !entries.is_empty())
}

/// What `slipway validate` says of its static analysis.
fn analysis(visitor: &Visitor, tree: &Path) -> Result<Figure> {
    connector(tree)?;
    let sources = tree.join("service/src");
    fs::create_dir_all(&sources)?;
    let mut all = String::new();
    for number in 0..SOURCES {
        let text = source(number);
        fs::write(sources.join(format!("routes-{number}.ts")), &text)?;
        all += &text;
    }
    let whole = tree.with_extension("ts");
    fs::write(&whole, &all)?;
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let checked = checked(visitor, tree, None)?;
        let scope = checked["results"][1]["scope"].as_str().unwrap_or_default();
        if !scope.starts_with(&format!("Files: {SOURCES}, lines: {}", all.lines().count())) {
            bail!("not all of the sources were analysed: {scope}");
        }
        measured.push(millis(&checked, "sast")?);
        let mut gzip = command::program("gzip", &["--best", "--stdout"]);
        gzip.arg(&whole).stdout(Stdio::null());
        let start = Instant::now();
        if !gzip.status()?.success() {
            bail!("gzip failed");
        }
        reference.push(start.elapsed());
    }
    Ok(Figure {
        name: "Static analysis of 1,000 TypeScript files with 150,000 lines (`slipway validate --json`)",
        unit: "ms",
        measured: Sample::of(measured),
        reference_name: "`gzip --best` of the same",
        reference: Sample::of_times(reference),
        target: Target::AtMost(3000.0),
    })
}

/// What `slipway validate` says of its check of dependencies, which begins when the advisories are loaded.
fn dependencies(visitor: &Visitor, tree: &Path) -> Result<Figure> {
    connector(tree)?;
    let lockfile = tree.join("service/package-lock.json");
    fs::write(&lockfile, locked())?;
    let advisories = tree.with_extension("osv");
    fs::create_dir_all(&advisories)?;
    println!("{ADVISORIES} advisories are written and loaded; neither is measured.");
    for number in 0..ADVISORIES {
        fs::write(
            advisories.join(format!("{number}.json")),
            advisory(number).to_string(),
        )?;
    }
    let (mut measured, mut reference) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let checked = checked(visitor, tree, Some(&advisories))?;
        let scope = checked["results"][2]["scope"].as_str().unwrap_or_default();
        if !scope.starts_with(&format!("Packages: {PACKAGES}; advisories: {ADVISORIES} ")) {
            bail!("not all of the packages were looked up: {scope}");
        }
        measured.push(millis(&checked, "sca")?);
        let read = "JSON.parse(require('node:fs').readFileSync(process.argv[1]))";
        let mut node = command::program("node", &["-e", read]);
        node.arg(&lockfile);
        let start = Instant::now();
        command::output(node)?;
        reference.push(start.elapsed());
    }
    Ok(Figure {
        name: "1,500 packages of a lockfile against 200,000 advisories (`slipway validate --json`)",
        unit: "ms",
        measured: Sample::of(measured),
        reference_name: "Node.js starts and parses the lockfile",
        reference: Sample::of_times(reference),
        target: Target::AtMost(300.0),
    })
}

/// What `slipway validate` prints of a tree, whatever it found.
fn checked(visitor: &Visitor, tree: &Path, advisories: Option<&PathBuf>) -> Result<Value> {
    let mut validate = command::program(
        visitor.scene.binary(),
        &["validate", "--json", "--npm-advisories", "off"],
    );
    validate.arg(tree);
    if let Some(advisories) = advisories {
        validate.arg("--advisories").arg(advisories);
    }
    let output = validate
        .output()
        .context("`slipway validate` does not start")?;
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`slipway validate --json` prints no JSON: {said}"))
}

fn millis(checked: &Value, check: &str) -> Result<f64> {
    let millis = checked["millis"][check].as_f64();
    millis.with_context(|| format!("`slipway validate --json` tells no time of {check}"))
}

/// A connector with one service.
fn connector(tree: &Path) -> Result<()> {
    fs::create_dir_all(tree.join("service"))?;
    let specification =
        "deployAs:\n  - name: service\n    applicationType: service\n    endpoint: /service\n";
    fs::write(tree.join("connect.yaml"), specification)?;
    let package = json!({"scripts": {"start": "node ."}, "dependencies": {"package-0": "^1.0.0"}});
    fs::write(tree.join("service/package.json"), package.to_string())?;
    Ok(())
}

/// Routes as a service has them; one in each file is what a rule looks for.
fn source(number: u32) -> String {
    let mut text = format!(
        "import {{ Router, type Request, type Response }} from 'express';\n\
         import {{ readFile }} from 'node:fs/promises';\n\
         import {{ orders }} from './store-{number}';\n\n\
         export const router = Router();\n\n"
    );
    for route in 0..ROUTES {
        let query = if route == 0 {
            "req.query.file"
        } else {
            "'terms.txt'"
        };
        write!(
            text,
            "/** Lists orders of a customer, route {route} of file {number}. */\n\
             router.get('/orders-{number}-{route}/:customer', async (req: Request, res: Response) => {{\n\
             \x20 const customer = String(req.params.customer ?? '');\n\
             \x20 if (!/^[a-z0-9-]{{1,36}}$/.test(customer)) {{\n\
             \x20   res.status(400).json({{ error: `no customer: ${{customer.length}}` }});\n\
             \x20   return;\n\
             \x20 }}\n\
             \x20 const terms = await readFile({query} as string, 'utf8');\n\
             \x20 const found = await orders.find({{ customer, limit: {route} + 10, sort: ['createdAt'] }});\n\
             \x20 const total = found.map((order) => order.price * order.count).reduce((a, b) => a + b, 0);\n\
             \x20 for (const order of found) {{\n\
             \x20   console.info('order', order.id, order.state);\n\
             \x20   order.tags = order.tags.filter((tag: string) => tag !== 'internal');\n\
             \x20 }}\n\
             \x20 const page = {{ results: found, total, terms: terms.slice(0, 80) }};\n\
             \x20 res.set('cache-control', 'private, no-store').json(page);\n\
             }});\n\n"
        )
        .expect("a text grows");
    }
    text
}

/// Packages that need each other in a row, as they do below a framework.
fn locked() -> String {
    let mut packages = serde_json::Map::new();
    packages.insert(
        String::new(),
        json!({"dependencies": {"package-0": "^1.0.0"}}),
    );
    for number in 0..PACKAGES {
        let needs = json!({format!("package-{}", (number + 1) % PACKAGES): "^1.0.0"});
        packages.insert(
            format!("node_modules/package-{number}"),
            json!({"version": format!("1.{number}.0"), "integrity": format!("sha512-{}", "A".repeat(86)), "dependencies": needs}),
        );
    }
    json!({"lockfileVersion": 3, "packages": packages}).to_string()
}

/// An advisory in the OSV format; one in a hundred is about a version that the lockfile may have.
fn advisory(number: u32) -> Value {
    let fixed = if number.is_multiple_of(100) {
        "2.0.0"
    } else {
        "0.9.0"
    };
    json!({
        "id": format!("BENCH-{number}"),
        "modified": "2026-01-01T00:00:00Z",
        "summary": "A crafted request hangs the process.",
        "database_specific": {"severity": "HIGH"},
        "affected": [{
            "package": {"ecosystem": "npm", "name": format!("package-{}", number % ADVISED)},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_about_150_lines() {
        assert_eq!(source(7).lines().count(), 150);
    }
}
