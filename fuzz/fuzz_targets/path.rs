//! Paths and names, as typed and as stored.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;
use sealwood::path::{EntryName, PATH_BYTES_MAX, VaultPath};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(path) = fuzzing::stored_path(bytes) {
        assert_eq!(path.as_str().as_bytes(), bytes);
    }
    if let Ok(name) = fuzzing::stored_name(bytes) {
        assert_eq!(name.as_bytes(), bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(path) = VaultPath::new(text) {
        // A path that is read may be longer than one of an operation.
        let stored = fuzzing::stored_path(path.as_str().as_bytes());
        assert_eq!(stored.is_ok(), path.as_str().len() <= PATH_BYTES_MAX);
        assert!(stored.is_ok_and(|again| again == path) || path.as_str().len() > PATH_BYTES_MAX);
        assert!(path.parent().is_none_or(|parent| path.is_within(&parent)));
        let names = path.segments().map(EntryName::new);
        let joined = names
            .fold(VaultPath::top(), |path, name| path.join(&name.expect("a segment is a name")));
        assert_eq!(joined, path);
    }
    if let Ok(name) = EntryName::new(text) {
        assert!(fuzzing::stored_name(name.as_bytes()).is_ok_and(|again| again == name));
    }
});
