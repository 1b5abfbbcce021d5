import Bus

/// Whether the recorded messages of one run and stream follow each other without hole or repetition.
///
/// A recording of a whole stream has each `sequence`. One that somebody made of some topics only has none of the statuses, which
/// come each second: of it the numbers of each topic tell.
struct Continuity {
  /// Messages that are there again.
  private(set) var repeated: UInt64 = 0
  /// Messages that are missing and of which no note tells.
  var missing: UInt64 { hasStatus ? sequenceHoles : topicHoles }

  private var next: UInt64?
  private var nextOfTopic: [Topic: UInt64] = [:]
  private var sequenceHoles: UInt64 = 0
  private var topicHoles: UInt64 = 0
  private var hasStatus = false

  mutating func add(_ message: Message) {
    if case .status = message.body { hasStatus = true }
    if let next, message.sequence < next {
      repeated += 1
      return
    }
    // Sequence numbers are below half of what UInt64 holds, but a file may have many holes.
    sequenceHoles = Self.sum(sequenceHoles, message.sequence - (next ?? message.sequence))
    next = message.sequence + 1
    guard let topic = message.topic else { return }
    if let expected = nextOfTopic[topic], message.topicSequence > expected {
      topicHoles = Self.sum(topicHoles, message.topicSequence - expected)
    }
    nextOfTopic[topic] = message.topicSequence + 1
  }

  /// A note of the recorder.
  mutating func add(_ loss: Loss) {
    nextOfTopic = [:]  // whose messages were lost nobody knows
    guard let last = loss.last else { return next = nil }
    if let next, loss.first > next { sequenceHoles = Self.sum(sequenceHoles, loss.first - next) }
    next = max(next ?? 0, last + 1)
  }

  private static func sum(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let (sum, isTooMany) = first.addingReportingOverflow(second)
    return isTooMany ? .max : sum
  }
}
