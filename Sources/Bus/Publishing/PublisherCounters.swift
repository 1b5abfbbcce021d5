/// What a `Publisher` has done since it began.
public struct PublisherCounters: Sendable, Equatable {
  /// Messages handed to ZeroMQ, whether anybody subscribes or not; repeats for new subscribers not among them.
  public var published = 0
  /// Messages dropped because the queue to the publisher's thread was full.
  public var overflowed = 0
  /// Messages that could not be written as JSON (a score that is no number, too many bytes).
  public var unencodable = 0
  /// Messages at which the queue of a subscriber (or several) was found full. From there until it has caught up a
  /// subscriber misses messages, which are not counted one by one; it sees which by their sequence numbers.
  public var subscriberStalls = 0
  /// Subscriptions that arrived.
  public var subscriptions = 0
  /// Subscriptions that are in force; a subscriber has one or more.
  public var activeSubscriptions = 0
  /// Statuses and watermarks repeated for new subscribers.
  public var retainedRepeats = 0
  /// Messages that ZeroMQ refused to send.
  public var failedSends = 0

  public init() {}
}
