//! What the library is built for.

/// A platform, of which one library is made for all its processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    /// iPhones and iPads.
    Ios,
    /// Their simulator.
    IosSimulator,
    /// Macs.
    Macos,
    /// Android, whose libraries are for one processor each.
    Android {
        /// The name of the processor in an AAR.
        abi: &'static str,
        /// The name of the target in the NDK's compilers.
        clang: &'static str,
    },
}

/// A target of the Rust compiler.
#[derive(Debug)]
pub(crate) struct Target {
    /// Its name.
    pub(crate) triple: &'static str,
    /// Where its code runs.
    pub(crate) platform: Platform,
    /// The processor, as the platform calls it.
    pub(crate) processor: &'static str,
}

const fn android(
    triple: &'static str,
    abi: &'static str,
    clang: &'static str,
    processor: &'static str,
) -> Target {
    Target { triple, platform: Platform::Android { abi, clang }, processor }
}

const fn apple(triple: &'static str, platform: Platform, processor: &'static str) -> Target {
    Target { triple, platform, processor }
}

/// Every target.
pub(crate) const ALL: &[Target] = &[
    apple("aarch64-apple-ios", Platform::Ios, "arm64"),
    apple("aarch64-apple-ios-sim", Platform::IosSimulator, "arm64"),
    apple("x86_64-apple-ios", Platform::IosSimulator, "x86_64"),
    apple("aarch64-apple-darwin", Platform::Macos, "arm64"),
    apple("x86_64-apple-darwin", Platform::Macos, "x86_64"),
    android("aarch64-linux-android", "arm64-v8a", "aarch64-linux-android", "aarch64"),
    android("armv7-linux-androideabi", "armeabi-v7a", "armv7a-linux-androideabi", "arm"),
    android("x86_64-linux-android", "x86_64", "x86_64-linux-android", "x86_64"),
];
