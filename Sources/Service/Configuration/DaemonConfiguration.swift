package import Bus
import Spotting

/// All settings of `spotd`, understood and in range.
public struct DaemonConfiguration: Sendable {
  package let input: String
  package let stream: Name
  package let model: String
  package let endpoint: String
  /// Nil: beside `endpoint`.
  package let replayEndpoint: String?
  /// Folder of the log on disk; nil: in memory only.
  package let replayLog: String?
  package let exposure: BusExposure
  package let isRealtime: Bool
  package let driving: DrivingSettings
  package let threshold: Double
  /// Nil: the model's data set decides.
  package let nmsWindow: Int?
  package let startPadding: Int
  package let subscriberWait: Duration
  package let log: LogSettings

  /// The largest start padding; more than a clip's length of black frames tells the network nothing.
  private static let mostPadding = 10_000
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
    input = try sources[.input].text("a path or URL")
    let streamValue = try sources[.stream]
    do { stream = try Name(streamValue.text) } catch { throw streamValue.error("a stream name: \(error)") }
    if let folder = sources.value(of: .model) {
      model = try folder.text("a folder")
    } else {
      model = try ModelLocator().folder()
    }
    endpoint = try sources[.bind].text("a ZeroMQ endpoint")
    replayEndpoint = try sources.value(of: .replayBind)?.text("a ZeroMQ endpoint")
    replayLog = try sources.value(of: .replayLog)?.text("a folder")
    var exposure = BusExposure()
    exposure.keyFile = try sources.value(of: .curveKey)?.text("a file")
    exposure.allowFile = try sources.value(of: .curveAllow)?.text("a file")
    exposure.allowsPlainRemote = try sources[.allowPlainRemote].flag()
    self.exposure = exposure
    isRealtime = try sources[.realtime].flag()
    driving = try DrivingSettings(sources)
    threshold = try sources[.threshold].number(0...1)
    nmsWindow = try sources.value(of: .nmsWindow)?.integer(1...NMS.largestWindow)
    startPadding = try sources[.startPadding].integer(0...Self.mostPadding)
    subscriberWait = .seconds(try sources[.waitForSubscriber].number(0...Self.longestWaitSeconds))
    log = LogSettings(level: try sources[.logLevel].choice(), format: try sources[.logFormat].choice())
  }
}

extension DaemonConfiguration: CustomStringConvertible {
  /// The settings in force, a line each, as a configuration file would have them.
  public var description: String { sources.description }
}
