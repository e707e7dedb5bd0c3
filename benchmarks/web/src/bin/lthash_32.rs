//! Elements of 32 bytes.

fn main() {
    benchmarks_web::add_elements(32);
}
