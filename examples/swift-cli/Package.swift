// swift-tools-version: 6.0

import PackageDescription

let package = Package(
    name: "sealwood-swift",
    platforms: [.macOS(.v13)],
    dependencies: [
        // An app names a release: `.package(url: "…", from: "0.1.0")`.
        .package(name: "Sealwood", path: "../../bindings-swift-kotlin/swift")
    ],
    targets: [
        .executableTarget(
            name: "sealwood-swift", dependencies: [.product(name: "Sealwood", package: "Sealwood")]),
        .testTarget(name: "SealwoodSwiftTests", dependencies: ["sealwood-swift"]),
    ]
)
