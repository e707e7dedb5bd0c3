//! One fuzz target over a bounded number of inputs, on the stable compiler: what of fuzzing every
//! change has to pass. `cargo xtask fuzz` looks further, with libFuzzer.
//!
//! The inputs are made of the target's seeds by a generator that starts the same each time, small
//! ones in thousands and some of up to 1 MiB. Each is written to a file before the target gets it,
//! so that whatever becomes of this process (a panic, an abort for want of memory, a kill for want
//! of time) that file is the input that did it.
//!
//! `sealwood-fuzz-share` alone names the targets; `TARGET SEEDS FILE` runs one.

mod mutator;

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use cap::Cap;

use mutator::Mutator;

type Target = fn(&[u8]);

include!(concat!(env!("OUT_DIR"), "/targets.rs"));

// The targets ask for libFuzzer. Here they get this crate.
extern crate self as libfuzzer_sys;
pub use arbitrary;

/// Makes a target a function, where libFuzzer would make it a program.
#[macro_export]
macro_rules! fuzz_target {
    (|$input:ident: $type:ty| $body:block) => {
        pub(crate) fn run(bytes: &[u8]) {
            let input = $crate::arbitrary::Unstructured::new(bytes);
            let input = <$type as $crate::arbitrary::Arbitrary>::arbitrary_take_rest(input);
            let Ok($input) = input else { return };
            $body
        }
    };
}

#[global_allocator]
static ALLOCATOR: Cap<std::alloc::System> = Cap::new(std::alloc::System, usize::MAX);

/// Inputs of one size, and what a target may spend on each.
struct Round {
    inputs: usize,
    input_bytes_max: usize,
    /// Beyond what is in use before.
    memory_bytes_max: usize,
}

const ROUNDS: [Round; 2] = [
    Round { inputs: 20_000, input_bytes_max: 4 << 10, memory_bytes_max: 4 << 20 },
    Round { inputs: 60, input_bytes_max: 1 << 20, memory_bytes_max: 64 << 20 },
];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => {
            TARGETS.iter().for_each(|(name, _)| println!("{name}"));
            Ok(())
        }
        [name, seeds, file] => {
            let target = TARGETS.iter().find(|(target, _)| target == name);
            let (_, target) = target.with_context(|| format!("no fuzz target {name}"))?;
            run(*target, Mutator::new(read_seeds(Path::new(seeds))?), Path::new(file))
        }
        _ => bail!("give no argument, or a target, the folder of its seeds and a file"),
    }
}

fn run(target: Target, mut mutator: Mutator, file: &Path) -> Result<()> {
    let mut file =
        File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    for round in &ROUNDS {
        limit_memory(ALLOCATOR.allocated() + round.memory_bytes_max)?;
        for _ in 0..round.inputs {
            let input = mutator.next(round.input_bytes_max);
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&input)?;
            file.set_len(input.len() as u64)?;
            target(&input);
        }
        limit_memory(usize::MAX)?;
        println!("{} inputs up to {} bytes", round.inputs, round.input_bytes_max);
    }
    Ok(())
}

/// Makes allocations fail that would bring all of them together over `bytes_max`.
fn limit_memory(bytes_max: usize) -> Result<()> {
    ALLOCATOR.set_limit(bytes_max).ok().context("more memory is in use than the limit")
}

/// The files of a folder; none where it is missing.
fn read_seeds(folder: &Path) -> Result<Vec<Vec<u8>>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    files.iter().map(|file| Ok(fs::read(file)?)).collect()
}
