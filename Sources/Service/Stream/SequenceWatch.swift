package import Bus

/// Notices messages that were lost: on each topic the numbers must grow by one.
package struct SequenceWatch {
  private struct Place {
    var run: RunID
    var number: UInt64
  }

  private var last: [Topic: Place] = [:]

  package init() {}

  /// How many messages of its topic are missing between the last one and `message`; nil when none. What came before the first
  /// message of a topic or run is not counted: it was sent before this subscriber was there.
  package mutating func lost(before message: Message) -> UInt64? {
    guard !message.isRetained, !message.isReplay, let topic = message.topic else { return nil }
    let place = last.updateValue(Place(run: message.run, number: message.topicSequence), forKey: topic)
    guard let place, place.run == message.run, message.topicSequence > place.number + 1 else { return nil }
    return message.topicSequence - place.number - 1
  }
}
