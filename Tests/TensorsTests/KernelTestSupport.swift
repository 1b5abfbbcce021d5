import Tensors
import Testing
import Timeline

/// All kernel suites are inside this one.
@Suite enum KernelsTests {}

extension InstructionSet {
  /// Those that the machine at hand can run.
  static let available = allCases.filter { problem(requesting: $0.rawValue) == nil }
}

/// Floats between two bands of marked NaN: a read past either end turns a result into NaN, a write past it is found by
/// `values`.
final class Guarded {
  private static let band = 64
  private static let mark: UInt32 = 0x7FC0_5AFE
  private let storage: UnsafeMutableBufferPointer<Float>
  let count: Int

  /// `count` unset values, NaN as well, so that one that a kernel leaves out shows.
  init(count: Int) {
    self.count = count
    storage = .allocate(capacity: count + 2 * Self.band)
    storage.initialize(repeating: Float(bitPattern: Self.mark))
  }

  convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit { storage.deallocate() }

  /// Valid as long as the owner lives; tests keep it in a local for the whole call.
  var pointer: UnsafeMutablePointer<Float> { storage.baseAddress! + Self.band }
  var input: UnsafePointer<Float> { UnsafePointer(pointer) }

  /// The values, after checking that both bands are as they were.
  func values(_ location: SourceLocation = #_sourceLocation) -> [Float] {
    let bands = storage[..<Self.band].map(\.bitPattern) + storage[(Self.band + count)...].map(\.bitPattern)
    #expect(bands.allSatisfy { $0 == Self.mark }, "written outside the output", sourceLocation: location)
    return Array(storage[Self.band..<Self.band + count])
  }
}

/// The same numbers on every run.
struct SeededNumbers: RandomNumberGenerator {
  private var numbers: SplitMix64

  init(_ seed: UInt64) { numbers = SplitMix64(seed: seed) }

  mutating func next() -> UInt64 { numbers.next() }

  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }
}

/// Every value within `tolerance` of the reference (absolute, or relative where the reference exceeds 1).
func expectClose(
  _ actual: [Float], _ expected: [Double], tolerance: Double = 1e-5, _ what: @autoclosure () -> String = "",
  _ location: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record("\(what()): \(actual.count) values, expected \(expected.count)", sourceLocation: location)
    return
  }
  let wrong = actual.indices.first {
    !(abs(Double(actual[$0]) - expected[$0]) <= tolerance * max(1, abs(expected[$0])))
  }
  if let wrong {
    Issue.record(
      "\(what()): value \(wrong) is \(actual[wrong]), expected \(expected[wrong])", sourceLocation: location)
  }
}
