import Foundation
import Tensors
import Testing
import Timeline

/// Damages valid files at random: each result must read or be a `TensorsError`, soon, and never crash.
@Suite("damaged weights files")
struct MutationTests {
  static let mutationsPerFile = 3000

  static var files: [(name: String, bytes: [UInt8])] {
    get throws {
      let directory = try TemporaryDirectory()
      let path = directory.path + "/w.safetensors"
      try SafetensorsWriter.write(SafetensorsTests.tensors, precision: .float16, metadata: ["a": "b"], to: path)
      let safetensors = Array(try Data(contentsOf: URL(filePath: path)))
      let fixtures = try CheckpointFixture.valid.map { (name: $0.file, bytes: try $0.bytes) }
      return fixtures + [(name: "w.safetensors", bytes: safetensors)]
    }
  }

  @Test("random damage never does more than cause an error")
  func mutations() throws {
    let files = try Self.files
    for (seed, file) in files.enumerated() {
      var generator = SplitMix64(seed: UInt64(seed))
      var readCount = 0
      for mutation in 0..<Self.mutationsPerFile {
        let donor = files.randomElement(using: &generator)!.bytes
        let bytes = Self.mutate(file.bytes, donor: donor, &generator)
        let start = ContinuousClock.now
        if Self.reads(bytes) { readCount += 1 }
        let time = ContinuousClock.now - start
        #expect(time < .seconds(2), "\(file.name), seed \(seed), mutation \(mutation)")
      }
      // Some damage must hit only element values, some must not: else the mutations would be too weak or too strong.
      #expect(1..<Self.mutationsPerFile ~= readCount, "\(file.name)")
    }
  }

  /// Reads and decodes everything; whether that worked. Anything but a `TensorsError` would not compile.
  static func reads(_ bytes: [UInt8]) -> Bool {
    do throws(TensorsError) {
      let weights = try StateDict(bytes: bytes, path: "mutation")
      for entry in weights.entries { _ = try weights.tensor(entry.name) }
      return true
    } catch {
      return false
    }
  }

  static func mutate(_ bytes: [UInt8], donor: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    // What describes the tensors stands at the beginning of most formats; there damage does most.
    func place() -> Int {
      let limit = Bool.random(using: &generator) ? bytes.count : min(bytes.count, 1000)
      return Int.random(in: 0..<max(limit, 1), using: &generator)
    }
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let start = place()
      let length = min(Int.random(in: 1...16, using: &generator), bytes.count - start)
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[start] = UInt8.random(in: 0...255, using: &generator)
      case 2: for index in start..<(start + length) { bytes[index] = 0xFF }
      case 3: bytes.removeSubrange(start..<(start + length))
      case 4: if Int.random(in: 0..<4, using: &generator) == 0 { bytes.removeSubrange(start...) }
      case 5: bytes.insert(contentsOf: bytes[start..<(start + length)], at: place())
      default:
        let source = Int.random(in: 0..<donor.count, using: &generator)
        let piece = donor[source..<min(source + 4 * length, donor.count)]
        bytes.replaceSubrange(start..<min(start + piece.count, bytes.count), with: piece)
      }
    }
    return bytes
  }
}
