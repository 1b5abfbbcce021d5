/// All settings of `spotd`, understood and in range.
public struct DaemonConfiguration: Sendable {
  /// One or more, of different names.
  package let streams: [StreamSettings]
  package let endpoint: String
  /// Nil: beside `endpoint`.
  package let replayEndpoint: String?
  /// Folder of the log on disk; nil: in memory only.
  package let replayLog: String?
  package let exposure: BusExposure
  package let subscriberWait: Duration
  package let log: LogSettings

  private let sources: SettingSources
  private static let longestWaitSeconds = 86_400.0

  /// Settings from the command line (as written there), the environment and a file, in this order of precedence.
  ///
  /// Throws for the first setting that is missing or wrong, naming where it was given.
  public init(
    flags: [DaemonSetting: String] = [:], environment: [String: String] = [:], file: String? = nil
  ) throws(ServiceError) {
    try self.init(SettingSources(flags: flags, environment: environment, file: file ?? environment["SPOTD_CONFIG"]))
  }

  package init(_ sources: SettingSources) throws(ServiceError) {
    self.sources = sources
    var streams: [StreamSettings] = []
    for stream in sources.streams { streams.append(try StreamSettings(stream)) }
    self.streams = streams
    endpoint = try sources[.bind].text("a ZeroMQ endpoint")
    replayEndpoint = try sources.value(of: .replayBind)?.text("a ZeroMQ endpoint")
    replayLog = try sources.value(of: .replayLog)?.text("a folder")
    var exposure = BusExposure()
    exposure.keyFile = try sources.value(of: .curveKey)?.text("a file")
    exposure.allowFile = try sources.value(of: .curveAllow)?.text("a file")
    exposure.allowsPlainRemote = try sources[.allowPlainRemote].flag()
    self.exposure = exposure
    subscriberWait = .seconds(try sources[.waitForSubscriber].number(0...Self.longestWaitSeconds))
    log = LogSettings(level: try sources[.logLevel].choice(), format: try sources[.logFormat].choice())
  }
}

extension DaemonConfiguration: CustomStringConvertible {
  /// The settings in force, a line each, as a configuration file would have them.
  public var description: String { sources.description }
}
