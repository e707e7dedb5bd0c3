//! Several processes of the system put into one vault on a real server at once. What each was told
//! is stored is there afterwards and whole, also of one that was killed.
//!
//! `cargo xtask test` starts the servers and names them to these tests. The processes are this test
//! program again.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::S3Store;

use crate::common::{credential, noise};
use crate::s3_server::S3Server;

/// Says to the program that it is one of the processes: the endpoint of the server, the place and
/// the number of the process.
const WRITER_VARIABLE: &str = "SEALWOOD_TEST_WRITER";
/// What a line begins with that names a file which was put.
const STORED: &str = "stored ";

const WRITERS: usize = 5;
const FILES: usize = 12;
/// Of the files of each: in the root, in a pack, in chunks.
const SIZES: [usize; 3] = [300, 5_000, 200_000];

/// The content of a file. Every third is the same in all processes, which then put one chunk at
/// once.
fn content(writer: usize, file: usize) -> Vec<u8> {
    let seed = if file % 3 == 2 { file } else { 100 * (writer + 1) + file };
    noise(seed as u64, SIZES[file % 3])
}

fn path(writer: usize, file: usize) -> String {
    format!("shared/{}/{writer}-{file}", file % 2)
}

fn open(server: &S3Server, place: &str) -> Vault {
    let store = Arc::new(S3Store::new(server.config(place).unwrap()).unwrap());
    block_on(Vault::open(store, &credential())).unwrap()
}

#[test]
#[ignore = "one of the processes of the test below"]
fn writer() {
    // Whoever runs all tests runs this one too.
    let Ok(task) = std::env::var(WRITER_VARIABLE) else { return };
    let words: Vec<_> = task.split(' ').collect();
    let server = S3Server { name: String::new(), endpoint: words[0].to_owned() };
    let writer: usize = words[2].parse().unwrap();
    let vault = open(&server, words[1]);
    // All begin when all are ready.
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    for file in 0..FILES {
        let path = path(writer, file);
        block_on(vault.put(&path, content(writer, file))).unwrap();
        println!("{STORED}{path}");
    }
}

struct Writer {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Writer {
    fn start(server: &S3Server, place: &str, number: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--nocapture", "--test-threads=1"]);
        command.args(["--exact", "s3_processes::writer"]);
        command.env(WRITER_VARIABLE, format!("{} {place} {number}", server.endpoint));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// Waits for a line with this in it.
    fn wait_for(&mut self, text: &str) -> Option<String> {
        self.lines.find_map(|line| {
            let line = line.unwrap();
            line.find(text).map(|at| line[at + text.len()..].to_owned())
        })
    }

    fn begin(&mut self) {
        let mut stdin = self.process.stdin.take().unwrap();
        writeln!(stdin).unwrap();
    }
}

#[test]
#[ignore = "needs the S3 servers that cargo xtask test starts"]
fn what_processes_put_at_once_is_all_there() {
    for server in S3Server::all().unwrap() {
        let config = server.new_place().unwrap();
        let place = format!("{}/{}", config.bucket, config.prefix);
        let store = Arc::new(S3Store::new(config).unwrap());
        block_on(Vault::create(store, &credential())).unwrap();
        let mut writers: Vec<_> =
            (0..WRITERS).map(|number| Writer::start(&server, &place, number)).collect();
        for writer in &mut writers {
            assert!(writer.wait_for("ready").is_some());
        }
        writers.iter_mut().for_each(Writer::begin);
        // One is killed in the middle of its work.
        let mut stored: Vec<_> =
            (0..FILES / 2).map(|_| writers[0].wait_for(STORED).unwrap()).collect();
        writers[0].process.kill().unwrap();
        for writer in &mut writers {
            stored.extend(std::iter::from_fn(|| writer.wait_for(STORED)));
        }
        for (number, writer) in writers.iter_mut().enumerate() {
            let status = writer.process.wait().unwrap();
            assert!(number == 0 || status.success(), "{}: writer {number}: {status}", server.name);
        }
        let vault = open(&server, &place);
        for writer in 0..WRITERS {
            for file in 0..FILES {
                let path = path(writer, file);
                let found = block_on(vault.get(&path));
                if stored.contains(&path) {
                    assert!(found.unwrap() == content(writer, file), "{}: {path}", server.name);
                } else {
                    // Of the one that was killed: whole if it is there.
                    assert_eq!(writer, 0, "{}: {path} was not stored", server.name);
                    assert!(found.is_err() || found.unwrap() == content(writer, file));
                }
            }
        }
        assert!(stored.len() >= (WRITERS - 1) * FILES + FILES / 2);
    }
}
