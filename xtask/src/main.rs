//! Every chore of the repository as one command: `cargo xtask <chore>`.
//!
//! A chore ([`chore`]) is what a person types. `test` and `ci` consist of parts ([`part`]), each
//! of which may need a tool that is not Rust's own ([`toolchain`]); such tools are installed once
//! into a cache outside the checkout ([`cache`]).

mod cache;
mod chore;
mod codegen;
mod crates;
mod dart_build;
mod dart_names;
mod disk_room;
mod failures;
mod file_tree;
mod js_package;
mod mobile;
mod module_graph;
mod mutation;
mod part;
mod process;
mod public_api;
mod s3_server;
mod scenario_files;
mod shared_build;
mod snippets;
mod swift_build;
mod tally;
mod toolchain;
mod wasm_build;
mod wasm_imports;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::part::Part;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Chores of the repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Show a vault at work, in FOLDER or in a folder of its own.
    Demo(chore::demo::Demo),
    /// Run all parts of the tests, or those named.
    Test {
        /// The parts to run, separated by commas.
        #[arg(long, value_enum, value_delimiter = ',')]
        only: Vec<Part>,
    },
    /// Run one benchmark beside its peers.
    Bench(chore::bench::Bench),
    /// Check formatting, lints and documentation.
    Lint,
    /// Write anew what each published crate shows to those who use it.
    Api,
    /// Show which room of a package uses which, and the circles among them.
    Graph(chore::graph::Graph),
    /// Pass HTTP on to a server, and do to it what bad networks do.
    FaultProxy(chore::fault_proxy::FaultProxy),
    /// Run everything a change has to pass.
    Ci,
    /// Feed each fuzz target, or the one named, with random inputs.
    Fuzz(chore::fuzz::Fuzz),
    /// Test the kernels of LtHash under Miri, under AddressSanitizer, and on an emulated ARM.
    Kernels,
    /// Kill processes that write to the engine, and check what they leave.
    Kill(chore::kill::Kill),
    /// Put faults into the code, one at a time, each of which a test has to notice.
    Mutants(chore::mutants::Mutants),
    /// Compute the golden vectors anew.
    Vectors,
    /// Write the glue between Dart and Rust anew, or compare it.
    Codegen(chore::codegen::Codegen),
    /// Build the Kotlin package for this machine.
    Jar,
    /// Build the JavaScript package and pack it.
    Npm,
    /// Build the library for phones and Macs, as an XCFramework and an AAR.
    Mobile(chore::mobile::Mobile),
    /// Run a program of Debian sid's, such as `dart` or `swiftc`, where the user stands.
    Sid(chore::sid::Sid),
    /// Run a subcommand of `swift` on the example, with the library as it is in the checkout.
    Swift(chore::swift::Swift),
}

fn main() -> ExitCode {
    match run(Arguments::parse().chore) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: Chore) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    match chore {
        Chore::Demo(demo) => demo.run(&workspace),
        Chore::Test { only } if only.is_empty() => chore::test::run(&workspace, Part::ALL),
        Chore::Test { only } => chore::test::run(&workspace, &only),
        Chore::Bench(bench) => bench.run(&workspace),
        Chore::Api => chore::api::run(&workspace),
        Chore::Graph(graph) => graph.run(&workspace),
        Chore::Lint => chore::test::run(&workspace, &[Part::Lint]),
        Chore::Ci => chore::test::run(&workspace, Part::ALL),
        Chore::FaultProxy(proxy) => proxy.run(),
        Chore::Fuzz(fuzz) => fuzz.run(&workspace),
        Chore::Kernels => chore::kernels::run(&workspace),
        Chore::Kill(kill) => kill.run(&workspace),
        Chore::Mutants(mutants) => mutants.run(&workspace),
        Chore::Vectors => chore::vectors::run(&workspace),
        Chore::Codegen(codegen) => codegen.run(&workspace),
        Chore::Jar => chore::jar::run(&workspace),
        Chore::Npm => chore::npm::run(&workspace),
        Chore::Mobile(mobile) => mobile.run(&workspace),
        Chore::Sid(sid) => sid.run(&workspace),
        Chore::Swift(swift) => swift.run(&workspace),
    }
}
