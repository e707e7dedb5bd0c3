//! Memory for what is read, of which there may be too little.

use crate::error::{Error, Result};

/// Returns so many bytes, all zero.
///
/// [`Error::Platform`] where memory has no room for them.
pub(crate) fn zeroed(len: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    resize(&mut bytes, len)?;
    Ok(bytes)
}

/// Brings bytes to a length, with zeros where there was nothing.
///
/// [`Error::Platform`] where memory has no room for them; then they are as they were.
pub(crate) fn resize(bytes: &mut Vec<u8>, len: u64) -> Result<()> {
    let len = usize::try_from(len).map_err(|_| too_little())?;
    let more = len.saturating_sub(bytes.len());
    bytes.try_reserve_exact(more).map_err(|_| too_little())?;
    bytes.resize(len, 0);
    Ok(())
}

fn too_little() -> Error {
    Error::Platform { what: "memory for what is to be read" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_there_is_is_an_error() {
        for len in [1 << 62, u64::MAX] {
            assert!(matches!(zeroed(len), Err(Error::Platform { .. })));
        }
        let mut bytes = vec![1, 2, 3];
        assert!(matches!(resize(&mut bytes, 1 << 62), Err(Error::Platform { .. })));
        assert_eq!(bytes, [1, 2, 3]);
        assert!(matches!(resize(&mut bytes, 5), Ok(())));
        assert_eq!(bytes, [1, 2, 3, 0, 0]);
    }
}
