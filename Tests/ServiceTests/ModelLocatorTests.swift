import Foundation
import Service
import Testing

@Suite("where the model is looked for")
struct ModelLocatorTests {
  /// A folder with model folders at `places`, gone with the value.
  private final class Tree {
    let root = FileManager.default.temporaryDirectory.appending(path: "locator-tests-\(UUID().uuidString)")

    init(_ places: String...) throws {
      for place in places {
        let folder = root.appending(path: place)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: folder.appending(path: "config.json"))
      }
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func path(_ place: String) -> String { root.appending(path: place).path }
  }

  @Test("the environment comes first, unless it is empty")
  func environment() throws {
    let tree = try Tree("Models/demo")
    let executable = tree.path(".build/release/spot")
    let named = ModelLocator(environment: ["SPOTD_MODEL": "/models/tennis"], executable: executable)
    #expect(try named.folder() == "/models/tennis")
    let empty = ModelLocator(environment: ["SPOTD_MODEL": ""], executable: executable)
    #expect(try empty.folder() == tree.path("Models/demo"))
  }

  @Test("an installed program finds its shared files")
  func installed() throws {
    let tree = try Tree("share/spotd/Models/demo")
    let locator = ModelLocator(environment: [:], executable: tree.path("bin/spot"))
    #expect(try locator.folder() == tree.path("share/spotd/Models/demo"))
  }

  @Test("the nearest folder wins")
  func nearest() throws {
    let tree = try Tree("Models/demo", "inner/Models/demo")
    let locator = ModelLocator(environment: [:], executable: tree.path("inner/spot"))
    #expect(try locator.folder() == tree.path("inner/Models/demo"))
  }

  @Test("no model is an error that names where was looked")
  func none() throws {
    let tree = try Tree()
    let executable = tree.path("spot")
    let locator = ModelLocator(environment: [:], executable: executable)
    let error = try #require(throws: ServiceError.self) { try locator.folder() }
    #expect(error.exitCode == 2)
    #expect(
      "\(error)"
        == "no model named, none in SPOTD_MODEL, and no Models/demo or share/spotd/Models/demo above \(executable)"
    )
  }
}
