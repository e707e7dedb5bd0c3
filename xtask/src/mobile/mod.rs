//! The library for phones and Macs, laid out as Swift and Android take it.
//!
//! Static libraries need no linker of their platform, so all of them are built on any machine
//! ([`build`]), and looked into before they are given out ([`inspect`]). They make up an
//! XCFramework ([`xcframework`]) inside the Swift package. An Android app loads a dynamic library,
//! which only the linker of Android's NDK makes: with it the layout of the AAR ([`aar`]) is
//! completed and packed. Code signing of the framework is for whoever publishes it, on a Mac.

pub(crate) mod aar;
pub(crate) mod build;
mod cross_c;
mod inspect;
pub(crate) mod target;
pub(crate) mod xcframework;

use target::{Platform, Target};

fn is_apple(target: &Target) -> bool {
    !matches!(target.platform, Platform::Android { .. })
}
