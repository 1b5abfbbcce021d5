/// Hands out the numbers of messages: per stream over all topics, and per topic. Both start at 1.
struct SequenceBook {
  private var ofStream: [Name: UInt64] = [:]
  private var ofTopic: [Topic: UInt64] = [:]

  /// The next numbers for a message on `topic` of `stream`.
  mutating func next(stream: Name, topic: Topic) -> (stream: UInt64, topic: UInt64) {
    skip(1, stream: stream, topic: topic)
    return (ofStream[stream, default: 0], ofTopic[topic, default: 0])
  }

  /// Leaves out the numbers of messages that were lost before they could be sent, so that the loss shows.
  mutating func skip(_ count: Int, stream: Name, topic: Topic) {
    ofStream[stream, default: 0] += UInt64(count)
    ofTopic[topic, default: 0] += UInt64(count)
  }
}
