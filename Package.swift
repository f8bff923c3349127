// swift-tools-version: 6.2
import PackageDescription

/// Language settings every Swift target shares (see CONTRIBUTING.md, "House style").
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The pixel kernels are useless unoptimised, in debug builds too: a debug `make test` runs real inference on real pictures.
let optimised: [CSetting] = [.unsafeFlags(["-O2"])]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let serviceLifecycleTestKit = Target.Dependency.product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "vedette",
    products: [
        .executable(name: "vedette", targets: ["vedette"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "VedetteCore", swiftSettings: strict),

        .systemLibrary(
            name: "CGStreamerLibrary", pkgConfig: "gstreamer-app-1.0",
            providers: [.apt(["libgstreamer1.0-dev", "libgstreamer-plugins-base1.0-dev"])]),
        .target(
            name: "CGStreamer", dependencies: ["CGStreamerLibrary"], cSettings: optimised,
            linkerSettings: [.linkedLibrary("gstvideo-1.0")]),
        .target(name: "VedetteMedia", dependencies: ["VedetteCore", "CGStreamer"], swiftSettings: strict),

        .systemLibrary(name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
        .target(
            name: "CImages", dependencies: ["CPango"], cSettings: optimised,
            linkerSettings: ["turbojpeg", "png", "webp", "yuv"].map { .linkedLibrary($0) }),
        .target(name: "VedetteImages", dependencies: ["VedetteCore", "CImages"], swiftSettings: strict),

        .target(name: "CPixels", cSettings: optimised, linkerSettings: [.linkedLibrary("yuv")]),
        .target(name: "COpenVINO", cSettings: optimised),
        .target(
            name: "VedetteVision", dependencies: ["VedetteCore", "CPixels", "COpenVINO", crypto], swiftSettings: strict),

        .target(name: "VedetteTracking", dependencies: ["VedetteCore"], swiftSettings: strict),
        .target(name: "VedetteGallery", dependencies: ["VedetteCore"], swiftSettings: strict),

        .target(
            name: "VedettePipeline",
            dependencies: ["VedetteCore", "VedetteTracking", "VedetteGallery", logging, metrics, serviceLifecycle],
            swiftSettings: strict),
        .target(
            name: "VedetteStore", dependencies: ["VedetteCore", deque, grdb, logging, metrics, serviceLifecycle],
            swiftSettings: strict),
        .target(
            name: "VedetteServer",
            dependencies: [
                "VedetteCore", "VedettePipeline", "VedetteGallery", coreMetrics, httpTypes, hummingbird,
                hummingbirdCore,
                logging, metrics, nioCore, serviceLifecycle,
            ], swiftSettings: strict),
        .target(name: "CMemory"),
        .executableTarget(
            name: "vedette",
            dependencies: [
                "CMemory", "VedetteCore", "VedetteImages", "VedetteMedia", "VedetteVision", "VedetteTracking",
                "VedetteGallery",
                "VedettePipeline", "VedetteStore", "VedetteServer", argumentParser, logging, metrics, serviceLifecycle,
                unixSignals, yams,
            ], swiftSettings: strict),

        // Not in a package of its own, which could not see what is `package` here.
        .target(name: "CAllocations", path: "Benchmarks/Allocations"),
        .executableTarget(
            name: "TrackingBenchmark", dependencies: ["CAllocations", "VedetteCore", "VedetteTracking"],
            path: "Benchmarks/Tracking", swiftSettings: strict),

        .testTarget(name: "VedetteCoreTests", dependencies: ["VedetteCore"], swiftSettings: strict),
        .testTarget(name: "VedetteMediaTests", dependencies: ["VedetteMedia", "VedetteCore"], swiftSettings: strict),
        .testTarget(
            name: "VedetteImagesTests", dependencies: ["VedetteImages", "VedetteCore", "CImages"], swiftSettings: strict
        ),
        .testTarget(
            name: "VedetteVisionTests", dependencies: ["VedetteVision", "VedetteCore", "VedetteImages", "CPixels"],
            swiftSettings: strict),
        .testTarget(
            name: "VedetteTrackingTests", dependencies: ["VedetteTracking", "VedetteCore"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "VedetteGalleryTests", dependencies: ["VedetteGallery", "VedetteCore"], swiftSettings: strict),
        .testTarget(
            name: "VedettePipelineTests",
            dependencies: ["VedettePipeline", "VedetteCore", "VedetteGallery", "VedetteTracking"], swiftSettings: strict
        ),
        .testTarget(
            name: "VedetteStoreTests",
            dependencies: [
                "VedetteStore", "VedetteCore", deque, grdb, logging, metrics, metricsTestKit, serviceLifecycle,
                serviceLifecycleTestKit,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "VedetteServerTests",
            dependencies: [
                "VedetteServer", "VedettePipeline", "VedetteGallery", "VedetteCore", coreMetrics, httpTypes,
                hummingbird,
                hummingbirdTesting, logging, nioCore, nioPosix, serviceLifecycle,
            ], swiftSettings: strict),
        .testTarget(
            name: "VedetteTests",
            dependencies: [
                "vedette", "VedetteCore", "VedetteImages", "VedettePipeline", "VedetteStore", logging, serviceLifecycle,
                yams,
            ], swiftSettings: strict),
    ]
)
