//! The one error of this binding.

/// What went wrong.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The stable code.
    pub code: String,
    /// What happened, in English, without paths or secrets.
    pub message: String,
    /// The path it is about, where there is one.
    pub path: Option<String>,
}

impl From<sealwood::Error> for Failure {
    fn from(error: sealwood::Error) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            path: error.path().map(|path| path.as_str().to_owned()),
        }
    }
}
