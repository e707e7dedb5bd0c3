//! `uniffi-bindgen`, of the version the binding is built with.

fn main() {
    uniffi::uniffi_bindgen_main();
}
