//! Our rows held against the others': the figures K1 to K13.
//!
//! Counts and bytes have to be met exactly. Times on one machine in one run differ by up to half
//! for the same code, so a time is short only beyond that.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::conductor::Row;
use crate::metric::Metric;
use crate::report::short;

/// Our name in the rows.
const OURS: &str = "sealwood";

/// How much worse a time may look for the same code.
const NOISE: f64 = 1.5;

/// What durable puts by eight threads gain at least over those by one.
const GROUP_COMMIT_GAIN: f64 = 3.0;

/// Which share of its puts a namespace keeps at least whose rows are hashed.
const TRACKED_SHARE: f64 = 0.9;

/// How many bytes of log a put it costs at most.
const TRACKED_LOG_BYTES: f64 = 100.0;

/// The medians of a run.
struct Medians<'a>(BTreeMap<(&'a str, &'a str), &'a Row>);

/// One comparison.
struct Check {
    figure: &'static str,
    what: &'static str,
    /// Ours, and the most it may be; `None` if a row is missing.
    figures: Option<(f64, f64)>,
    kind: Kind,
}

/// How ours has to stand to the limit.
#[derive(Clone, Copy)]
enum Kind {
    /// A count or a size: at most the limit.
    CountAtMost,
    /// At least the limit, itself a ratio of two figures.
    RatioAtLeast,
    /// A time: at most the limit, but for noise.
    TimeAtMost,
    /// A speed: at least the limit, but for noise.
    SpeedAtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Met,
    MetWithinNoise,
    Short,
    NotMeasured,
}

/// Prints a line for each comparison to standard error, beside a report that a tool may read, and
/// returns how many fell short.
pub(crate) fn print(rows: &[Row]) -> Result<usize> {
    let medians = Medians(rows.iter().map(|row| ((row.bench.as_str(), row.engine), row)).collect());
    let mut short_of = 0;
    for check in checks(&medians) {
        let verdict = check.verdict();
        short_of += usize::from(verdict == Verdict::Short);
        let word = match verdict {
            Verdict::Met => "met",
            Verdict::MetWithinNoise => "met within noise",
            Verdict::Short => "SHORT",
            Verdict::NotMeasured => "not measured",
        };
        let figures = check.figures.map_or(String::new(), |(ours, limit)| {
            let times =
                if limit == 0.0 { String::new() } else { format!(" ({:.2}x)", ours / limit) };
            format!(": {}, limit {}{times}", short(ours), short(limit))
        });
        eprintln!("{:<4} {:<16} {}{figures}", check.figure, word, check.what);
    }
    Ok(short_of)
}

fn checks(medians: &Medians) -> Vec<Check> {
    use Kind::{CountAtMost, RatioAtLeast, SpeedAtLeast, TimeAtMost};
    use Metric::{
        BytesPerOp, DiskOverLive, MbPerS, OpenMs, OpsPerS, P50Us, RelocatedBytes, RowsRead,
        RssBytes, SyncsPerOp, UsPerOp, WriteAmplification,
    };
    let fixed = |bench, metric, limit| Some((medians.ours(bench, metric)?, limit));
    let against = |bench, metric, peer| {
        Some((medians.ours(bench, metric)?, medians.of(bench, peer, metric)?))
    };
    let ratio = |over: Option<f64>, under: Option<f64>, limit| Some((over? / under?, limit));
    let check = |figure, what, kind, figures| Check { figure, what, kind, figures };
    let best_get = medians
        .of("get", "holt", UsPerOp)
        .zip(medians.of("get-snapshot", "redb", UsPerOp))
        .map(|(holt, redb)| holt.min(redb));
    let best_roll_up = ["fjall", "redb", "sled", "holt", "rocksdb", "sqlite"]
        .into_iter()
        .filter_map(|peer| medians.of("roll-up", peer, P50Us))
        .reduce(f64::min);
    let mut checks = vec![
        check("K1", "syncs a durable put", CountAtMost, fixed("durable-put", SyncsPerOp, 1.0)),
        check("K1", "bytes a durable put", CountAtMost, fixed("durable-put", BytesPerOp, 4250.0)),
        check(
            "K2",
            "p50 of a durable put, us",
            TimeAtMost,
            against("durable-put", P50Us, "rocksdb"),
        ),
        check(
            "K2",
            "durable puts by eight threads over one's",
            RatioAtLeast,
            ratio(
                medians.ours("durable-put-8", OpsPerS),
                medians.ours("durable-put", OpsPerS),
                GROUP_COMMIT_GAIN,
            ),
        ),
        check("K3", "put and sync, us", TimeAtMost, against("load", UsPerOp, "fjall")),
        check(
            "K4",
            "hot get, us; the best of holt and redb's snapshot",
            TimeAtMost,
            medians.ours("get", UsPerOp).zip(best_get),
        ),
        check("K5", "full scan, us a key", TimeAtMost, against("scan", UsPerOp, "redb")),
        check("K6", "scan of 100 keys, us", TimeAtMost, against("prefix-scan", UsPerOp, "redb")),
        check(
            "K6",
            "roll-up of 16 directories, us; the best peer",
            TimeAtMost,
            medians.ours("roll-up", P50Us).zip(best_roll_up),
        ),
        check(
            "K7",
            "write amplification",
            CountAtMost,
            fixed("overwrite", WriteAmplification, 1.15),
        ),
        check("K7", "disk over live", CountAtMost, fixed("overwrite", DiskOverLive, 1.1)),
        check(
            "K7",
            "relocated bytes, inline over separated",
            RatioAtLeast,
            ratio(
                medians.of("script", "sealwood+inline", RelocatedBytes),
                medians
                    .of("script", "sealwood+separated", RelocatedBytes)
                    .map(|bytes| bytes.max(1.0)),
                2000.0,
            ),
        ),
        check(
            "K8",
            "1 MiB put and sync, MB/s",
            SpeedAtLeast,
            against("large-put", MbPerS, "rocksdb+blob"),
        ),
        check(
            "K8",
            "write amplification at 1 MiB",
            CountAtMost,
            fixed("large-put", WriteAmplification, 1.02),
        ),
        check("K9", "1 MiB get, MB/s", SpeedAtLeast, against("large-get", MbPerS, "fjall")),
        check(
            "K9",
            "1 MiB get again, MB/s",
            SpeedAtLeast,
            against("large-get-again", MbPerS, "fjall"),
        ),
        check(
            "K9",
            "resident bytes at 1 MiB; a tenth of fjall's",
            CountAtMost,
            against("large-get", RssBytes, "fjall").map(|(ours, fjall)| (ours, fjall / 10.0)),
        ),
        check("K10", "reopen, ms", TimeAtMost, against("reopen", OpenMs, "holt")),
        check(
            "K10",
            "reopen after abort, ms",
            TimeAtMost,
            against("reopen-aborted", OpenMs, "holt"),
        ),
        check(
            "K10",
            "full log scan over open, 1M keys",
            RatioAtLeast,
            ratio(
                medians.ours("rebuild-million", OpenMs),
                medians.ours("reopen-million", OpenMs),
                10.0,
            ),
        ),
        check("K11", "resident bytes", CountAtMost, against("memory", RssBytes, "rocksdb")),
        check(
            "K13",
            "rows read of a million to find them equal",
            CountAtMost,
            medians.of("compare-equal", "sealwood+buckets", RowsRead).map(|read| (read, 0.0)),
        ),
        check(
            "K13",
            "rows read to find one of a million; a hundredth of a full scan's",
            CountAtMost,
            medians
                .of("compare-one-row", "sealwood+buckets", RowsRead)
                .zip(medians.of("verify-state", "sealwood+buckets", RowsRead))
                .map(|(read, all)| (read, all / 100.0)),
        ),
    ];
    for engine in ["sealwood+tracked", "sealwood+buckets"] {
        checks.extend(checks_of_tracking(medians, engine));
    }
    checks
}

/// What a namespace loses whose rows are hashed.
fn checks_of_tracking(medians: &Medians, engine: &str) -> Vec<Check> {
    let of = |bench, metric, limit| Some((medians.of(bench, engine, metric)?, limit));
    let puts = [
        ("hashed-put", "puts a second, tracked over not"),
        ("hashed-replace", "puts that replace, a second, tracked over not"),
        ("hashed-durable-put", "durable puts a second, tracked over not"),
    ];
    let checks = puts.into_iter().flat_map(|(bench, what)| {
        let share = of(bench, Metric::ShareOfUntracked, TRACKED_SHARE);
        let log = of(bench, Metric::MoreLogBytesPerOp, TRACKED_LOG_BYTES);
        let more = "bytes of log a put, tracked more than not";
        [
            Check { figure: "K12", what, figures: share, kind: Kind::RatioAtLeast },
            Check { figure: "K12", what: more, figures: log, kind: Kind::CountAtMost },
        ]
    });
    checks.collect()
}

impl Medians<'_> {
    fn of(&self, bench: &str, engine: &str, metric: Metric) -> Option<f64> {
        self.0.get(&(bench, engine))?.median(metric)
    }

    fn ours(&self, bench: &str, metric: Metric) -> Option<f64> {
        self.of(bench, OURS, metric)
    }
}

impl Check {
    fn verdict(&self) -> Verdict {
        let Some((ours, limit)) = self.figures else { return Verdict::NotMeasured };
        let (is_met, is_near) = match self.kind {
            Kind::CountAtMost => (ours <= limit, false),
            Kind::RatioAtLeast => (ours >= limit, false),
            Kind::TimeAtMost => (ours <= limit, ours <= limit * NOISE),
            Kind::SpeedAtLeast => (ours >= limit, ours * NOISE >= limit),
        };
        match (is_met, is_near) {
            (true, _) => Verdict::Met,
            (false, true) => Verdict::MetWithinNoise,
            (false, false) => Verdict::Short,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(kind: Kind, ours: f64, limit: f64) -> Verdict {
        Check { figure: "K1", what: "test", figures: Some((ours, limit)), kind }.verdict()
    }

    #[test]
    fn counts_are_held_exactly_and_times_but_for_noise() {
        assert_eq!(verdict(Kind::CountAtMost, 4250.0, 4250.0), Verdict::Met);
        assert_eq!(verdict(Kind::CountAtMost, 4251.0, 4250.0), Verdict::Short);
        assert_eq!(verdict(Kind::TimeAtMost, 1.4, 1.0), Verdict::MetWithinNoise);
        assert_eq!(verdict(Kind::TimeAtMost, 1.6, 1.0), Verdict::Short);
        assert_eq!(verdict(Kind::SpeedAtLeast, 0.7, 1.0), Verdict::MetWithinNoise);
        assert_eq!(verdict(Kind::SpeedAtLeast, 0.6, 1.0), Verdict::Short);
        assert_eq!(verdict(Kind::RatioAtLeast, 2.9, 3.0), Verdict::Short);
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_short() {
        let medians = Medians(BTreeMap::new());
        assert!(checks(&medians).iter().all(|check| check.verdict() == Verdict::NotMeasured));
    }
}
