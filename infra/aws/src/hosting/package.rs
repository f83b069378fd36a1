//! The code of an application's function: the artifact's tree, and this very executable as what runs it. Packed once for each artifact
//! and each version of the platform.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use blobs::{Blobs, keys};
use domain::names::ArtifactHash;
use files::TemporaryFolder;
use flate2::read::GzDecoder;
use hosting::Fault;
use tar::EntryType;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::application::TREE;
use crate::executable::Executable;

/// Where functions are packed.
pub(super) struct Packages {
    blobs: Blobs,
    scratch: PathBuf,
    executable: Executable,
}

impl Packages {
    pub(super) fn new(blobs: Blobs, scratch: PathBuf, executable: Executable) -> Self {
        Self {
            blobs,
            scratch,
            executable,
        }
    }

    /// The key of the package of an artifact, which is there when this returns.
    pub(super) async fn key(&self, artifact: &ArtifactHash) -> Result<String, Fault> {
        let fault = |cause: Box<dyn std::error::Error + Send + Sync>| {
            Fault::because(format!("the artifact {artifact} cannot be packed"), cause)
        };
        let digest = self.executable.digest().await;
        let digest = digest.map_err(|error| fault(error.into()))?;
        let key = keys::function(artifact, digest);
        let size = self.blobs.size(&key).await;
        if size.map_err(|error| fault(error.into()))?.is_some() {
            return Ok(key);
        }
        let folder = TemporaryFolder::create_in(&self.scratch, "package-")
            .map_err(|error| fault(error.into()))?;
        let archive = folder.path().join("artifact.tar.gz");
        let found = self
            .blobs
            .get_file(&keys::artifact(artifact), &archive)
            .await;
        if !found.map_err(|error| fault(error.into()))? {
            return Err(Fault::new(format!("the artifact {artifact} is not stored")));
        }
        let (package, executable) = (folder.path().join("function.zip"), self.executable.clone());
        let to = package.clone();
        tokio::task::spawn_blocking(move || pack(&archive, executable.path(), &to))
            .await
            .map_err(|error| fault(error.into()))?
            .map_err(|error| fault(error.into()))?;
        let stored = self.blobs.put_file(&key, &package).await;
        stored.map_err(|error| fault(error.into()))?;
        Ok(key)
    }
}

/// Packs the artifact's tree below [`TREE`], and the executable as `bootstrap`.
fn pack(archive: &Path, executable: &Path, to: &Path) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(to)?));
    // A higher level costs a function's time and wins little.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1));
    zip.start_file("bootstrap", options.unix_permissions(0o755))?;
    io::copy(&mut File::open(executable)?, &mut zip)?;
    let mut tar = tar::Archive::new(GzDecoder::new(BufReader::new(File::open(archive)?)));
    for entry in tar.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let name = format!("{TREE}/{}", path.display());
        let mode = entry.header().mode()? & 0o755;
        match entry.header().entry_type() {
            EntryType::Directory => {
                zip.add_directory(name, options.unix_permissions(0o755))?;
            }
            EntryType::Symlink => {
                let target = entry.link_name()?;
                let target = target.ok_or_else(|| io::Error::other("a link leads nowhere"))?;
                let target = target.display().to_string();
                zip.add_symlink(name, target, options.unix_permissions(0o777))?;
            }
            _ => {
                // What Lambda unpacks belongs to another user, who must be able to read it.
                zip.start_file(name, options.unix_permissions(mode | 0o444))?;
                io::copy(&mut entry.by_ref(), &mut zip)?;
            }
        }
    }
    zip.finish()?;
    Ok(())
}
