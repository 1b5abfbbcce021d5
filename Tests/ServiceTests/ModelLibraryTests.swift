import Foundation
import Service
import Testing

@Suite("the models of a daemon")
struct ModelLibraryTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("streams of one model load its weights once, however its folder is written")
  func sharedWeights() throws {
    var library = ModelLibrary()
    let folder = Self.root.appending(path: "Models/demo").path
    let first = try library.model(in: folder)
    #expect(try library.model(in: folder) === first)
    #expect(try library.model(in: folder + "/../demo/") === first)
  }
}
