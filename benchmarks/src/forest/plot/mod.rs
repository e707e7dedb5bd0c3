//! What a durable put costs as the vault grows: ours, measured, beside what other systems were
//! measured to need for the same work.

mod chart;

use anyhow::{Result, ensure};

use super::rows::Marginal;
use chart::{Axis, Chart, Panel, Series, Side, Style};

/// Entries in the directory.
const SIZES: Axis = Axis {
    from: 80.0,
    to: 2_000_000.0,
    ticks: &[
        (100.0, "100"),
        (1_000.0, "1,000"),
        (10_000.0, "10,000"),
        (100_000.0, "100,000"),
        (1_000_000.0, "1,000,000"),
    ],
};

const BYTES: Axis = Axis {
    from: 1_000.0,
    to: 200_000.0,
    ticks: &[
        (1_000.0, "1 KB"),
        (2_000.0, "2 KB"),
        (5_000.0, "5 KB"),
        (10_000.0, "10 KB"),
        (20_000.0, "20 KB"),
        (50_000.0, "50 KB"),
        (100_000.0, "100 KB"),
        (200_000.0, "200 KB"),
    ],
};

const REQUESTS: Axis = Axis {
    from: 0.8,
    to: 20.0,
    ticks: &[(1.0, "1"), (2.0, "2"), (3.0, "3"), (5.0, "5"), (10.0, "10"), (20.0, "20")],
};

const OURS: Style = Style { colour: "#0b7a4b", width: 3.0 };
const CLIENT: Style = Style { colour: "#b3261e", width: 1.5 };
const CLIENT_MENDED: Style = Style { colour: "#c77700", width: 1.5 };
const WNFS: Style = Style { colour: "#3559c7", width: 1.5 };
const FVM: Style = Style { colour: "#7b3fa0", width: 1.5 };

/// A client that keeps a HAMT of sealed nodes, 150 files of 4 KB: its means per file, before and
/// after its nodes stopped being written again. Manifests, about three requests a file, come on
/// top of the bytes and are in the requests.
const CLIENT_BYTES: (f64, f64) = (150.0, 81_000.0);
const CLIENT_REQUESTS: (f64, f64) = (150.0, 10.9 + 3.0);
const CLIENT_MENDED_BYTES: (f64, f64) = (150.0, 23_000.0);
const CLIENT_MENDED_REQUESTS: (f64, f64) = (150.0, 2.56 + 3.0);

/// wnfs-hamt and fvm_ipld_hamt (bit width 5) over a store that seals blocks: one insert and flush.
/// Whatever points to their root block is one more request, which is counted, and more bytes,
/// which are not.
const WNFS_BYTES: [(f64, f64); 3] = [(150.0, 2_615.0), (10_000.0, 5_340.0), (100_000.0, 5_406.0)];
const WNFS_REQUESTS: [(f64, f64); 3] = [(150.0, 2.68), (10_000.0, 4.48), (100_000.0, 5.21)];
const FVM_BYTES: [(f64, f64); 3] = [(150.0, 6_428.0), (10_000.0, 4_722.0), (100_000.0, 10_166.0)];
const FVM_REQUESTS: [(f64, f64); 3] = [(150.0, 2.39), (10_000.0, 4.0), (100_000.0, 4.62)];

/// The drawing, as SVG.
pub(super) fn cost_of_a_put(rows: &[Marginal]) -> Result<String> {
    ensure!(!rows.is_empty(), "no directory is small enough to be measured and drawn");
    let ours = |value: fn(&Marginal) -> f64| rows.iter().map(move |row| (row.entries, value(row)));
    let ours = |value| ours(value).map(|(entries, value)| (entries as f64, value)).collect();
    use Side::{Above, Below, Right};
    let before = "sealed-HAMT client, before its fix";
    let after = "the same, after";
    let bytes = Panel {
        title: "Index bytes a put (all but the file's content)",
        y: BYTES,
        series: vec![
            Series::new(before, CLIENT, vec![CLIENT_BYTES], Right, Right),
            Series::new(after, CLIENT_MENDED, vec![CLIENT_MENDED_BYTES], Right, Right),
            Series::new("fvm_ipld_hamt, sealed", FVM, FVM_BYTES.to_vec(), Right, Above),
            Series::new("wnfs-hamt, sealed", WNFS, WNFS_BYTES.to_vec(), Above, Right),
            Series::new("Sealwood", OURS, ours(|row| row.index_bytes), Below, Below),
        ],
    };
    let requests = Panel {
        title: "Index requests a put",
        y: REQUESTS,
        series: vec![
            Series::new(before, CLIENT, vec![CLIENT_REQUESTS], Right, Right),
            Series::new(after, CLIENT_MENDED, vec![CLIENT_MENDED_REQUESTS], Right, Right),
            Series::new("wnfs-hamt + root", WNFS, WNFS_REQUESTS.to_vec(), Above, Above),
            Series::new("fvm_ipld_hamt + root", FVM, FVM_REQUESTS.to_vec(), Below, Right),
            Series::new("Sealwood", OURS, ours(|row| row.index_requests), Above, Above),
        ],
    };
    let chart = Chart {
        title: "The cost of one durable put of a 4 KiB file",
        x_label: "entries in the directory",
        x: SIZES,
        panels: [bytes, requests],
        notes: [
            "Sealwood: 128 puts by a fresh session, root included, as `cargo xtask bench forest` \
             counts them. Others: earlier runs, the tries with one entry of 149 bytes,",
            "without the bytes of what points to their root (client: of its manifests); at 150 \
             the mean of the first 150 puts, of which Sealwood's would be lower.",
        ],
    };
    Ok(chart.svg())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::session::Cost;
    use super::*;

    fn row(entries: usize, index_bytes: u64) -> Marginal {
        let cost = Cost { index_requests: 1, index_bytes, ..Cost::default() };
        Marginal::new("marginal", entries, &[cost])
    }

    #[test]
    fn what_was_measured_is_drawn_and_labelled() {
        let svg = cost_of_a_put(&[row(150, 1_602), row(1_000_000, 4_444)]).unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        for label in ["1.6 KB", "4.4 KB", "81 KB", "wnfs-hamt, sealed"] {
            assert!(svg.contains(&format!(">{label}<")), "{label}");
        }
        assert!(!svg.contains("NaN"));
    }

    #[test]
    fn nothing_measured_is_not_drawn() {
        assert!(cost_of_a_put(&[]).is_err());
    }
}
