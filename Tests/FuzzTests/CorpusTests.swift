import Foundation
import FuzzTargets
import Testing

/// Every input that was worth keeping: examples of what is taken, and those that once did harm.
@Suite("readers of untrusted bytes, on the corpus of the fuzzers")
struct CorpusTests {
  private static let folder = Bundle.module.resourceURL?.appending(path: "Corpus")

  /// What the fuzzers found, and the readers now refuse or take without harm. Their names tell what it was.
  private func files(_ target: FuzzTarget) throws -> [URL] {
    let folder = try #require(Self.folder).appending(path: target.rawValue)
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }

  @Test("what is named good is taken, anything else is refused, and nothing takes long", arguments: FuzzTarget.allCases)
  func corpus(target: FuzzTarget) throws {
    let files = try files(target)
    #expect(files.contains { $0.lastPathComponent.hasPrefix("good") })
    #expect(files.contains { !$0.lastPathComponent.hasPrefix("good") })
    for file in files {
      let start = ContinuousClock.now
      let isTaken = target.run([UInt8](try Data(contentsOf: file)))
      #expect(isTaken == file.lastPathComponent.hasPrefix("good"), "\(file.lastPathComponent)")
      #expect(ContinuousClock.now - start < .seconds(10), "\(file.lastPathComponent)")
    }
  }

  @Test("every kind of input has its reader")
  func complete() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: try #require(Self.folder).path)
    #expect(Set(folders) == Set(FuzzTarget.allCases.map(\.rawValue)))
  }
}
