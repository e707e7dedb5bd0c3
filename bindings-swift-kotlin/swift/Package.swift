// swift-tools-version: 6.0

import PackageDescription

// The library itself: on Apple's platforms the framework that comes with a release. Elsewhere, and where it
// is built from source, one that the linker finds (`-Xlinker -L<its directory>`).
let isFromSource = Context.environment["SEALWOOD_FROM_SOURCE"] != nil
#if canImport(Darwin)
let hasFramework = !isFromSource
#else
let hasFramework = false
#endif
let native: Target =
    hasFramework
    ? .binaryTarget(name: "SealwoodFFI", path: "SealwoodFFI.xcframework")
    : .systemLibrary(name: "SealwoodFFI")

let package = Package(
    name: "Sealwood",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Sealwood", targets: ["Sealwood"])],
    targets: [
        native,
        // Written by uniffi-bindgen.
        .target(
            name: "SealwoodGenerated", dependencies: ["SealwoodFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)]),
        .target(name: "Sealwood", dependencies: ["SealwoodGenerated"]),
        // For tests.
        .target(name: "TestStores", dependencies: ["Sealwood"]),
        .executableTarget(name: "sealwood-conformance", dependencies: ["Sealwood", "TestStores"]),
        .testTarget(name: "SealwoodTests", dependencies: ["Sealwood", "TestStores"]),
    ]
)
