//! Elements of 300 bytes.

fn main() {
    benchmarks_web::add_elements(300);
}
