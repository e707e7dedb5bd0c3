#!/bin/sh
# Builds the native library as a static one for what Xcode builds at the moment: the platform and the
# architectures are those of its environment. Called by the podspecs with the directory to write to.
set -eu
out=$1

# Xcode's compiler flags are for its own targets, not for the build scripts of crates.
unset SDKROOT
case $PLATFORM_NAME in
    iphoneos) system=apple-ios simulator= ;;
    iphonesimulator) system=apple-ios simulator=-sim ;;
    macosx) system=apple-darwin simulator= ;;
    *) echo "no platform of ours: $PLATFORM_NAME" >&2; exit 1 ;;
esac

PATH=$PATH:$HOME/.cargo/bin
target_directory=${CARGO_TARGET_DIR:-$out/cargo}
libraries=
for arch in $ARCHS; do
    case $arch-$simulator in
        arm64-*) target=aarch64-$system$simulator ;;
        # The simulator on Intel has no suffix.
        x86_64-*) target=x86_64-$system ;;
        *) echo "no architecture of ours: $arch" >&2; exit 1 ;;
    esac
    rustup target add "$target"
    cargo rustc --release --package sealwood-dart --lib --crate-type staticlib --target "$target" \
        --target-dir "$target_directory" --manifest-path "$(dirname "$0")/../rust/Cargo.toml"
    libraries="$libraries $target_directory/$target/release/libsealwood_dart.a"
done
mkdir -p "$out"
# One word a library: none of the names has a space of its own.
# shellcheck disable=SC2086
lipo -create $libraries -output "$out/libsealwood_dart.a"
