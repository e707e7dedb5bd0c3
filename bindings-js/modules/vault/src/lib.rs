//! The main module of the package: vaults and stores.

use sealwood_js as _;
