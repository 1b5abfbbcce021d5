/// Where and how a `Publisher` publishes.
public struct PublisherSettings: Sendable {
  /// The endpoint that subscribers connect to unless told otherwise.
  public static let defaultEndpoint = "tcp://127.0.0.1:5570"

  /// A ZeroMQ endpoint; port `*` takes a free one.
  public var endpoint: String
  /// How many messages may wait for one subscriber (1 … 1,000,000). When that many do, further ones are dropped for
  /// this subscriber alone until it has caught up.
  public var highWaterMark: Int
  /// How many messages may wait for the publisher's thread (at least 1); further ones are dropped for everybody and
  /// counted, and their sequence numbers stay unused, so that subscribers notice.
  public var queueCapacity: Int
  /// Who may subscribe.
  public var security: ServerSecurity

  public init(
    endpoint: String = PublisherSettings.defaultEndpoint, highWaterMark: Int = 10_000, queueCapacity: Int = 8_192,
    security: ServerSecurity = .plain()
  ) {
    self.endpoint = endpoint
    self.security = security
    self.highWaterMark = highWaterMark
    self.queueCapacity = queueCapacity
  }
}
