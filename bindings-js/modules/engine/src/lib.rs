//! The module of the embedded engine and the hashes of rows.

use sealwood_js as _;
