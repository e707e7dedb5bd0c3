//! Elements of 4096 bytes.

fn main() {
    benchmarks_web::add_elements(4096);
}
