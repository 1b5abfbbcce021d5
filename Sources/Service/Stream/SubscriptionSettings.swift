/// What `spot subscribe` shows.
public struct SubscriptionSettings: Sendable {
  public var connection = BusConnection()
  /// Empty: all labels.
  public var labels: [String] = []
  public var leastScore = 0.0
  /// Leaves out provisional and retracted states.
  public var isFinalsOnly = false
  /// Prints messages as they came instead of lines for people.
  public var isJSON = false
  /// A file to which every message is written as it came, one line of JSON each; nil: none.
  public var savePath: String?
  /// Also tells watermarks and every status.
  public var isVerbose = false
  /// Ends with the first stream that ends.
  public var endsWithStream = false
  /// Seconds without any message after which it gives up; nil: never.
  public var timeout: Double?

  public init() {}
}
