//! Pure: what stands for the files of a volume, how they are listed, and how they lie in a part.
//!
//! A part holds them as lines of JSON, compressed, where the worker makes an archive: nobody but the sandbox unpacks it.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::sums::digest;

/// Files by their paths, each with what is in it.
pub(crate) type Files = BTreeMap<String, String>;

/// Every file has the same time: files are equal where their paths and contents are.
const TIME: &str = "1760000000.000000000";
const BLOCK: u64 = 4096;
/// The most that is unpacked of a part: volumes of the sandbox hold a handful of names.
const MOST: u64 = 16 << 20;

/// Files, as a manifest lists them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ListedFiles {
    /// The manifest, compressed.
    pub(crate) manifest: Vec<u8>,
    /// The SHA-256 of its lines.
    pub(crate) digest: String,
    pub(crate) entries: u64,
    pub(crate) counts: BTreeMap<&'static str, u64>,
    /// Bytes of the files.
    pub(crate) bytes: u64,
    /// Bytes that they take on the disk.
    pub(crate) disk: u64,
}

/// What the folders begin with into which an import of that run moves what is in its way.
pub(crate) fn aside(run: &str) -> String {
    format!(".remediate-aside-{run}-")
}

/// The manifest of files, without those whose paths begin so.
pub(crate) fn listed(files: &Files, without: Option<&str>) -> ListedFiles {
    let files = files.iter().filter(|(path, _)| without.is_none_or(|start| !path.starts_with(start)));
    let mut entries: BTreeMap<Vec<&str>, Option<&str>> = BTreeMap::from([(Vec::new(), None)]);
    for (path, content) in files {
        let steps: Vec<&str> = path.split('/').collect();
        for depth in 1..steps.len() {
            entries.entry(steps.get(..depth).unwrap_or_default().to_vec()).or_default();
        }
        entries.insert(steps, Some(content));
    }
    let mut found = ListedFiles { entries: entries.len() as u64, ..ListedFiles::default() };
    let mut lines = format!("{}\n", json!({ "format": 1 }));
    for (steps, content) in &entries {
        let size = content.map_or(0, |content| content.len() as u64);
        let kind = if content.is_some() { "file" } else { "directory" };
        *found.counts.entry(kind).or_default() += 1;
        found.bytes += size;
        found.disk += if content.is_some() { size.div_ceil(BLOCK) * BLOCK } else { BLOCK };
        lines += &entry(steps, *content).to_string();
        lines.push('\n');
    }
    found.digest = digest(lines.as_bytes());
    found.manifest = compressed(lines.as_bytes());
    found
}

fn entry(steps: &[&str], content: Option<&str>) -> Value {
    let path = if steps.is_empty() { ".".to_owned() } else { steps.join("/") };
    let mut entry = json!({ "path": path, "uid": 1000, "gid": 1000 });
    let mut set = |name: &str, value: Value| entry[name] = value;
    set("type", json!(if content.is_some() { "file" } else { "directory" }));
    set("mode", json!(if content.is_some() { "0644" } else { "0755" }));
    if !steps.is_empty() {
        set("mtime", json!(TIME));
    }
    if let Some(content) = content {
        set("size", json!(content.len()));
        set("sha256", json!(digest(content.as_bytes())));
    }
    entry
}

/// A part that holds files.
pub(crate) fn packed(files: &Files) -> Vec<u8> {
    let lines: String = files.iter().map(|(path, content)| format!("{}\n", json!([path, content]))).collect();
    compressed(lines.as_bytes())
}

/// The files of a part; `None` where it holds something else.
pub(crate) fn unpacked(part: &[u8]) -> Option<Files> {
    let mut lines = String::new();
    GzDecoder::new(part).take(MOST).read_to_string(&mut lines).ok()?;
    lines.lines().map(|line| serde_json::from_str(line).ok()).collect()
}

/// Compressed: the same bytes for the same bytes, as no time is in it.
fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail; what were missing then would not unpack.
    let _ = packer.write_all(bytes);
    packer.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(of: &[(&str, &str)]) -> Files {
        of.iter().map(|(path, content)| ((*path).to_owned(), (*content).to_owned())).collect()
    }

    #[test]
    fn a_part_gives_back_what_was_put_in_and_nothing_else_does() {
        let some = files(&[("a.ipynb", "1\n\"2\""), ("b/c", "")]);
        assert_eq!(unpacked(&packed(&some)), Some(some));
        assert_eq!(unpacked(&packed(&Files::new())), Some(Files::new()));
        assert_eq!(unpacked(b"damaged"), None);
        assert_eq!(unpacked(&compressed(b"{\"format\":1}\n")), None);
    }

    #[test]
    fn equal_files_have_equal_manifests_and_what_was_moved_aside_does_not_count() {
        let one = files(&[("a", "1"), ("b/c", "2")]);
        let also = files(&[("a", "1"), ("b/c", "2"), (".remediate-aside-r-import-01/x", "3")]);
        let digest = |files: &Files| listed(files, Some(&aside("r"))).digest;
        assert_eq!(digest(&one), digest(&also));
        assert_ne!(digest(&one), listed(&also, None).digest);
        assert_ne!(digest(&one), digest(&files(&[("a", "2"), ("b/c", "2")])));
        let found = listed(&one, None);
        assert_eq!((found.entries, found.bytes), (4, 2));
        assert_eq!(found.counts, [("directory", 2), ("file", 2)].into());
    }
}
