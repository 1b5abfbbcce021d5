/// What `spot record` records.
public struct RecorderSettings: Sendable {
  public var connection = BusConnection()
  /// Must not exist yet, unless it is continued.
  public var output: String
  /// Goes on with the recording that is there, if any, so that it has every message once.
  public var continues = false
  /// Also what the run has published before, as far as the daemon's log has it.
  public var beginsWithRun = false
  /// Ends with the first stream that ends.
  public var endsWithStream = false
  /// Seconds after which it ends; nil: never.
  public var duration: Double?

  public init(output: String) { self.output = output }
}
