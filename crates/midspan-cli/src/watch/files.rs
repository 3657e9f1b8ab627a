//! Which files a component is made from, by the manifest's `watch` patterns.

use std::{
    collections::BTreeSet,
    fmt,
    path::{Component as Part, Path, PathBuf},
};

use globset::{GlobBuilder, GlobMatcher};
use midspan_host::{
    diagnostic::Diagnostic,
    manifest::{Component, Manifest},
};

/// Folders in which builds, the host and Git write: what changes there is no source.
const NOT_SOURCES: [&str; 3] = ["target", ".spin", ".git"];

/// All files whose change asks for a build or a reload.
pub(super) struct WatchedFiles {
    manifest: PathBuf,
    components: Vec<(String, Vec<Pattern>)>,
}

/// What changed, as far as it matters.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// The manifest, and so possibly everything.
    pub(super) manifest: bool,
    components: BTreeSet<String>,
}

/// A pattern of `watch`, split so that no more than necessary is watched: `src/**/*.rs` in the workdir `news` is
/// `**/*.rs` below the folder `news/src`.
struct Pattern {
    folder: PathBuf,
    rest: GlobMatcher,
    recursive: bool,
}

impl WatchedFiles {
    /// The files of a manifest and its components, and what of them cannot be watched.
    pub(super) fn of(manifest: &Manifest) -> (Self, Vec<Diagnostic>) {
        let mut warnings = Vec::new();
        let name = manifest.path.file_name().unwrap_or_default();
        let components = manifest.components.iter().map(|component| {
            let (patterns, found) = patterns_of(manifest, component);
            warnings.extend(found);
            (component.id.clone(), patterns)
        });
        let components = components.collect();
        (
            Self {
                manifest: real(&manifest.directory).join(name),
                components,
            },
            warnings,
        )
    }

    /// The folders to watch, and whether with all that is below.
    pub(super) fn folders(&self) -> BTreeSet<(&Path, bool)> {
        let patterns = self.components.iter().flat_map(|(_, patterns)| patterns);
        let folders = patterns.map(|pattern| (pattern.folder.as_path(), pattern.recursive));
        folders
            .chain(self.manifest.parent().map(|folder| (folder, false)))
            .collect()
    }

    /// What a change of this file means.
    pub(super) fn change_of(&self, path: &Path) -> Change {
        let concerned = self
            .components
            .iter()
            .filter(|(_, patterns)| patterns.iter().any(|pattern| pattern.matches(path)));
        Change {
            manifest: path == self.manifest,
            components: concerned.map(|(id, _)| id.clone()).collect(),
        }
    }
}

impl Change {
    /// A change after which nothing is known to be as it was.
    pub(super) fn everything() -> Self {
        Self {
            manifest: true,
            components: BTreeSet::new(),
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn add(&mut self, other: Self) {
        self.manifest |= other.manifest;
        self.components.extend(other.components);
    }

    /// Whether the component has to be built.
    pub(super) fn concerns(&self, component: &str) -> bool {
        self.manifest || self.components.contains(component)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.manifest {
            return f.write_str("the application");
        }
        let components: Vec<_> = self.components.iter().map(String::as_str).collect();
        f.write_str(&components.join(", "))
    }
}

/// Of a component that something else builds, its own file.
fn patterns_of(manifest: &Manifest, component: &Component) -> (Vec<Pattern>, Vec<Diagnostic>) {
    let Some(build) = &component.build else {
        let source = globset::escape(&component.source.to_string_lossy());
        return (Pattern::new(Path::new(""), &source).into_iter().collect(), Vec::new());
    };
    let warning = |message: String| {
        Diagnostic::warning(
            &manifest.path,
            build.line,
            format!("component \"{}\" {message}", component.id),
        )
    };
    if build.watch.is_empty() {
        let warning = warning("is not built on change: it does not say which files it is made from".to_owned());
        return (
            Vec::new(),
            vec![warning.with_help("add `watch`, such as watch = [\"src/**/*.rs\", \"Cargo.toml\"]")],
        );
    }
    let (mut patterns, mut warnings) = (Vec::new(), Vec::new());
    for text in &build.watch {
        match Pattern::new(&build.workdir, text) {
            Ok(pattern) => patterns.push(pattern),
            Err(reason) => warnings.push(warning(format!("cannot watch \"{text}\": {reason}"))),
        }
    }
    (patterns, warnings)
}

impl Pattern {
    fn new(workdir: &Path, text: &str) -> Result<Self, String> {
        let (folder, rest) = match split(workdir, text) {
            (folder, rest) if folder.join(&rest).is_dir() => (folder.join(rest), "**".to_owned()),
            split => split,
        };
        let real = folder
            .canonicalize()
            .map_err(|_| format!("there is no folder \"{}\"", folder.display()))?;
        let recursive = rest.contains('/') || rest.contains("**");
        let glob = GlobBuilder::new(&rest)
            .literal_separator(true)
            .build()
            .map_err(|error| error.kind().to_string())?;
        Ok(Self {
            folder: real,
            rest: glob.compile_matcher(),
            recursive,
        })
    }

    fn matches(&self, path: &Path) -> bool {
        path.strip_prefix(&self.folder)
            .is_ok_and(|rest| self.rest.is_match(rest) && !is_written_by_tools(rest))
    }
}

/// The folder that the pattern names literally, and the pattern below it.
fn split(workdir: &Path, text: &str) -> (PathBuf, String) {
    let parts: Vec<&str> = text.split('/').collect();
    let literal = parts[..parts.len() - 1]
        .iter()
        .take_while(|part| !part.contains(['*', '?', '[', '{', '\\']))
        .count();
    let (folder, rest) = parts.split_at(literal);
    // An absolute pattern begins with an empty part; joined, it leaves the workdir behind.
    let folder = if folder == [""] {
        "/".to_owned()
    } else {
        folder.join("/")
    };
    (workdir.join(folder), rest.join("/"))
}

fn is_written_by_tools(path: &Path) -> bool {
    let in_output = path
        .components()
        .any(|part| matches!(part, Part::Normal(name) if NOT_SOURCES.iter().any(|folder| name == *folder)));
    // Vim's swap files come and go while somebody edits.
    in_output || path.extension().is_some_and(|extension| extension == "swp")
}

/// The path as the system reports it when the file changes.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    const MANIFEST: &str = r#"spin_manifest_version = 2
[application]
name = "a"
[[trigger.http]]
route = "/home"
component = "home"
[component.home]
source = "target/home.wasm"
build = { command = "make", workdir = "home", watch = ["src/**/*.rs", "Cargo.toml", "../shared", "gone/*.rs"] }
[[trigger.http]]
route = "/news"
component = "news"
[component.news]
source = "news.wasm"
[[trigger.http]]
route = "/apps"
component = "apps"
[component.apps]
source = "target/apps.wasm"
build = { command = "make" }
"#;

    fn application() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for below in ["home/src/deep", "shared/target"] {
            fs::create_dir_all(folder.path().join(below)).unwrap();
        }
        fs::write(folder.path().join("spin.toml"), MANIFEST).unwrap();
        folder
    }

    fn watched(folder: &TempDir) -> (WatchedFiles, Vec<Diagnostic>) {
        WatchedFiles::of(&Manifest::load(folder.path()).unwrap())
    }

    #[test]
    fn a_change_concerns_the_components_whose_patterns_match() {
        let folder = application();
        let (files, _) = watched(&folder);
        let check = |path: &str, expected: &str| {
            let change = files.change_of(&folder.path().canonicalize().unwrap().join(path));
            assert_eq!(change.to_string(), expected, "{path}");
            assert_eq!(change.is_nothing(), expected.is_empty(), "{path}");
        };
        check("spin.toml", "the application");
        check("home/src/lib.rs", "home");
        check("home/src/deep/down.rs", "home");
        check("home/Cargo.toml", "home");
        check("shared/any/file", "home");
        check("news.wasm", "news");
        check("home/src/lib.txt", "");
        check("home/src/.lib.rs.swp", "");
        check("shared/target/made", "");
        check("other/home/src/lib.rs", "");
        check("target/home.wasm", "");
    }

    #[test]
    fn no_more_than_the_folders_of_the_patterns_are_watched() {
        let folder = application();
        let (files, _) = watched(&folder);
        let root = folder.path().canonicalize().unwrap();
        let folders = files.folders();
        let relative: Vec<_> = folders
            .iter()
            .map(|(path, all)| (path.strip_prefix(&root).unwrap(), *all))
            .collect();
        let expected = [("", false), ("home", false), ("home/src", true), ("shared", true)];
        assert_eq!(relative, expected.map(|(path, all)| (Path::new(path), all)));
    }

    #[test]
    fn what_cannot_be_watched_is_said_by_line() {
        let folder = application();
        let (_, warnings) = watched(&folder);
        let root = folder.path().display();
        let said: Vec<_> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                format!(
                    "warning: {root}/spin.toml:9: component \"home\" cannot watch \"gone/*.rs\": there is no folder \"{root}/home/gone\""
                ),
                format!(
                    "warning: {root}/spin.toml:20: component \"apps\" is not built on change: it does not say which files it is made from\n  \
                     help: add `watch`, such as watch = [\"src/**/*.rs\", \"Cargo.toml\"]"
                ),
            ]
        );
    }

    #[test]
    fn a_change_of_the_manifest_concerns_every_component() {
        let mut change = Change {
            manifest: false,
            components: ["home".to_owned()].into(),
        };
        assert!(change.concerns("home") && !change.concerns("news"));
        change.add(Change::everything());
        assert!(change.concerns("news"));
    }
}
