#!/bin/sh
# Builds the native library for one Android target: TARGET MIN_SDK OUT. Called by android/build.gradle, with
# ANDROID_NDK_HOME set.
set -eu
target=$1 min_sdk=$2 out=$3

case $target in
    aarch64-linux-android) abi=arm64-v8a clang=aarch64-linux-android ;;
    armv7-linux-androideabi) abi=armeabi-v7a clang=armv7a-linux-androideabi ;;
    x86_64-linux-android) abi=x86_64 clang=x86_64-linux-android ;;
    i686-linux-android) abi=x86 clang=i686-linux-android ;;
    *) echo "no Android target: $target" >&2; exit 1 ;;
esac

set -- "$ANDROID_NDK_HOME"/toolchains/llvm/prebuilt/*/bin
linker=$1/$clang$min_sdk-clang
name=$(echo "$target" | tr a-z- A-Z_)

rustup target add "$target"
# Pages of 16 KiB, which devices have from Android 15 on. RUSTFLAGS of the environment would replace flags of
# a configuration file, so they are extended here.
export RUSTFLAGS="${RUSTFLAGS:-} -Clink-arg=-Wl,-z,max-page-size=16384"
export "CARGO_TARGET_${name}_LINKER=$linker"
export "CC_$(echo "$target" | tr - _)=$linker"
export "AR_$(echo "$target" | tr - _)=$1/llvm-ar"

target_directory=${CARGO_TARGET_DIR:-$out/../cargo}
cargo build --release --package sealwood-dart --target "$target" --target-dir "$target_directory"
mkdir -p "$out/$abi"
cp "$target_directory/$target/release/libsealwood_dart.so" "$out/$abi/"
