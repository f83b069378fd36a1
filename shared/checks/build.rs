//! The rules are part of the program: one text of all files under `rules`, so that no installation can lack one.

use std::fs;
use std::io::Result;
use std::path::{Path, PathBuf};

#[allow(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its folder in no other way"
)]
fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=rules");
    let mut files = Vec::new();
    for language in ["java", "javascript"] {
        collect(&Path::new("rules").join(language), &mut files)?;
    }
    files.sort();
    let mut all = String::new();
    for file in files {
        all.push_str("\n---\n");
        all.push_str(&fs::read_to_string(file)?);
    }
    let out = std::env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    fs::write(out.join("rules.yml"), all)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            files.push(path);
        }
    }
    Ok(())
}
