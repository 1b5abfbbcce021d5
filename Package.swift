// swift-tools-version: 6.2
import PackageDescription

/// One settings array for every Swift target.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift library target of the house; `dependencies` may only name targets of a lower row (docs/architecture.md).
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ target: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: target + "Tests", dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "spotd",
  products: [
    .executable(name: "spotd", targets: ["spotd"]),
    .executable(name: "spot", targets: ["spot"]),
    .library(name: "Bus", targets: ["Bus"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibav", pkgConfig: "libavformat", providers: [.apt(["libavformat-dev"])]),
    .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("openblas"), .linkedLibrary("m")]),

    library("Timeline", []),
    library("Tensors", ["CKernels"]),

    library("Video", ["Timeline", "CLibav"]),
    library("AdaSpot", ["Timeline", "Tensors"]),
    library("Spotting", ["Timeline"]),
    library("Bus", ["Timeline", "CZeroMQ"]),
    library("Evaluation", ["Timeline"]),
    library("Simulation", ["Timeline"]),

    library(
      "Service",
      [
        "Timeline", "Tensors", "Video", "AdaSpot", "Spotting", "Bus", "Evaluation", "Simulation", logging,
        .product(name: "Yams", package: "Yams"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]),

    .executableTarget(name: "spotd", dependencies: ["Service", "Tensors", argumentParser], swiftSettings: strict),
    .executableTarget(
      name: "spot", dependencies: ["Service", "Tensors", "AdaSpot", "Video", "Evaluation", argumentParser],
      swiftSettings: strict),

    // What fuzzers and tests feed with anybody's bytes; no part of the programs.
    library("FuzzTargets", ["Tensors", "AdaSpot", "Bus", "Evaluation", "Service"]),
    // Folders, servers and sockets that several test targets need.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("Timeline", ["Timeline"]),
    tests("Tensors", ["Tensors", "Timeline"], resources: [.copy("Fixtures")]),
    tests("Video", ["Video", "TestSupport"]),
    tests("AdaSpot", ["AdaSpot", "Spotting", "Tensors", "Timeline"], resources: [.copy("Fixtures")]),
    tests("Spotting", ["Spotting", "Timeline"], resources: [.copy("Fixtures")]),
    tests("Bus", ["Bus", "TestSupport"]),
    tests("Evaluation", ["Evaluation", "Timeline"], resources: [.copy("Fixtures")]),
    tests("Simulation", ["Simulation", "Timeline"]),
    tests(
      "Service",
      ["Service", "AdaSpot", "Bus", "Evaluation", "Spotting", "Tensors", "Timeline", "Video", "TestSupport", logging]),
    // The executables are run, not imported: naming them has them built.
    tests(
      "Command",
      ["spot", "spotd", "AdaSpot", "Bus", "Evaluation", "Service", "Tensors", "Timeline", "Video", "TestSupport"],
      resources: [.copy("Fixtures")]),
    tests("Fuzz", ["FuzzTargets"], resources: [.copy("Corpus")]),
  ]
)

// Links only with libFuzzer, which brings its `main`: for tools/fuzz.
if Context.environment["SPOTD_FUZZ"] != nil {
  package.targets.append(.executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], swiftSettings: strict))
}
