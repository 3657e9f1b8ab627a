//! Compiled components on disk, so that the second start does not compile.
//!
//! An entry is named by the SHA-256 of the component and by what the engine's compiled code depends on. Beside it lies
//! the SHA-256 of the compiled code: an entry that does not match it, or that somebody else could have written, is
//! compiled anew.

mod mapped;
mod ownership;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// How the components of a host came to be, since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompileCount {
    /// Components that were compiled.
    pub compiled: usize,
    /// Components whose code was on disk.
    pub from_cache: usize,
}

/// Compiles components, or finds them compiled.
#[derive(Debug, Default)]
pub(crate) struct CodeCache {
    compiled: AtomicUsize,
    from_cache: AtomicUsize,
}

impl CodeCache {
    pub(crate) fn count(&self) -> CompileCount {
        CompileCount {
            compiled: self.compiled.load(Ordering::Relaxed),
            from_cache: self.from_cache.load(Ordering::Relaxed),
        }
    }

    /// The component, from the folder where it was compiled before; without a folder, each start compiles. Blocks.
    pub(crate) fn load(&self, engine: &Engine, directory: Option<&Path>, wasm: &[u8]) -> wasmtime::Result<Component> {
        let entry = directory.map(|directory| Entry::of(directory, engine, wasm));
        if let Some(component) = entry.as_ref().and_then(|entry| entry.read(engine)) {
            self.from_cache.fetch_add(1, Ordering::Relaxed);
            return Ok(component);
        }
        let component = Component::from_binary(engine, wasm)?;
        self.compiled.fetch_add(1, Ordering::Relaxed);
        if let Some(entry) = entry {
            // A cache that cannot be written costs the next start time, not this one its success.
            if let Err(error) = component
                .serialize()
                .map_err(io::Error::other)
                .and_then(|code| entry.write(&code))
            {
                tracing::warn!(%error, path = %entry.code.display(), "compiled code cannot be cached");
            }
        }
        Ok(component)
    }
}

/// The two files of one component.
struct Entry {
    code: PathBuf,
    digest: PathBuf,
}

impl Entry {
    fn of(directory: &Path, engine: &Engine, wasm: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let name = format!("{}-{:016x}", hex(&Sha256::digest(wasm)), hasher.finish());
        Self {
            code: directory.join(format!("{name}.cwasm")),
            digest: directory.join(format!("{name}.sha256")),
        }
    }

    /// The component, if the entry is whole and only we could have written it.
    fn read(&self, engine: &Engine) -> Option<Component> {
        let digest = fs::read_to_string(&self.digest).ok()?;
        if !ownership::only_ours(&self.code) {
            return None;
        }
        if hex(&Sha256::digest(fs::read(&self.code).ok()?)) != digest {
            return None;
        }
        mapped::component(engine, &self.code).ok()
    }

    fn write(&self, code: &[u8]) -> io::Result<()> {
        if let Some(directory) = self.code.parent() {
            ownership::create_private(directory)?;
        }
        write_atomically(&self.code, code)?;
        write_atomically(&self.digest, hex(&Sha256::digest(code)).as_bytes())
    }
}

/// Readers see the old file or the new one, never half of it: also when several hosts start at once.
fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static UNIQUE: AtomicUsize = AtomicUsize::new(0);
    let unique = UNIQUE.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_extension(format!("{}-{unique}.tmp", std::process::id()));
    let written = ownership::private_file(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
