//! Elements of 100 bytes.

fn main() {
    benchmarks_web::add_elements(100);
}
