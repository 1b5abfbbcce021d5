/// Where and how a `BusClient` subscribes.
public struct BusClientSettings: Sendable {
  public var endpoint = PublisherSettings.defaultEndpoint
  /// Nil when there is none: holes are reported at once.
  public var replayEndpoint: String? = ReplayEndpoint.defaultEndpoint
  /// The streams wanted; all when empty.
  public var streams: [Name] = []
  /// Of a stream that is met for the first time, also fetches what its run has published before.
  public var beginsWithRun = false
  /// For endpoints with CURVE; nil for plain ones.
  public var security: ClientSecurity?
  /// How long one request may stay unanswered before it is sent again.
  public var requestTimeout = Duration.seconds(1)
  /// How long a hole may stay open without any answer before it is reported lost; ten times as long when the endpoint is busy.
  public var recoveryTimeout = Duration.seconds(15)
  /// After so long without a live message the connection is made anew, and after a third of it without any answer that to the replay
  /// endpoint: ZeroMQ itself gives up for good a connection that was refused. Longer than the time between two statuses.
  public var silenceTimeout = Duration.seconds(15)
  /// How many live messages may wait here (1 … 1,000,000); further ones are recovered later.
  public var highWaterMark = 10_000

  public init() {}
}
