import Timeline

/// What is known of the packets that a decoder has been sent, for when their frames come out. Allocated once.
struct PacketLog {
  struct Entry {
    /// Nanoseconds of the monotonic clock.
    var arrival: UInt64 = 0
    var capture: CaptureTime?
  }

  /// More packets than any decoder holds back, threads and reordering included.
  private static let capacity = 1_024

  private var entries = Array(repeating: Entry(), count: capacity)
  /// The number of the newest; they count from 1, since libav's fields are 0 where nothing was put.
  private(set) var newest: Int64 = 0

  /// Adds a packet; its number goes through the decoder with it.
  mutating func add(_ entry: Entry) -> Int64 {
    newest += 1
    entries[Int(newest) % Self.capacity] = entry
    return newest
  }

  /// The packet that `number` was given to; the newest where a decoder did not carry the number.
  subscript(number: Int64) -> Entry {
    let isKnown = number > 0 && number <= newest && newest - number < Int64(Self.capacity)
    return entries[Int(isKnown ? number : newest) % Self.capacity]
  }
}
