//! The module that checks stores: the contract as a suite.

use sealwood_js as _;
