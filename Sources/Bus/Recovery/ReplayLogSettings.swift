/// How much a `ReplayLog` keeps.
public struct ReplayLogSettings: Sendable {
  /// What is also kept on disk, to be there after a restart.
  public struct Disk: Sendable {
    /// Created when missing, for its owner only; holds nothing else.
    public var folder: String
    /// A segment is closed when it would grow over `segmentBytes` or is older than `segmentAge`.
    public var segmentBytes = 8 << 20
    public var segmentAge = Duration.seconds(3_600)
    /// The oldest segments are deleted when all together would exceed `maximumBytes`, or when older than `maximumAge`.
    public var maximumBytes = 256 << 20
    public var maximumAge = Duration.seconds(7 * 86_400)

    public init(folder: String) { self.folder = folder }
  }

  /// Messages in memory, of all streams together.
  public var maximumMessages = 100_000
  /// Bytes of topics and JSON in memory, of all streams together.
  public var maximumBytes = 64 << 20
  public var disk: Disk?
  /// The first message of a run to be appended need not be the first that it published, as in a recording: what was before it
  /// is too old rather than never published.
  public var beginsMidway = false

  public init() {}
}
