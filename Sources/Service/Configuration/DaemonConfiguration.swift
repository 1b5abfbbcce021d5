import Bus

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

  /// Where the daemon answers HTTP; nil: nowhere.
  package let http: HTTPAddress?

  let sources: SettingSources
  /// What the settings were read from.
  private let origin: Origin
  private static let longestWaitSeconds = 86_400.0
  private static let fileVariable = "SPOTD_CONFIG"

  /// Settings from the command line (as written there), the environment and a file, in this order of precedence.
  ///
  /// Throws for the first setting that is missing or wrong, naming where it was given.
  public init(
    flags: [DaemonSetting: String] = [:], environment: [String: String] = [:], file: String? = nil
  ) throws(ServiceError) {
    let flag = file.map { SettingValue(text: $0, origin: "--config") }
    let value = flag ?? environment[Self.fileVariable].map { SettingValue(text: $0, origin: Self.fileVariable) }
    try self.init(Origin(flags: flags, environment: environment, file: value?.text("a file")))
  }

  private struct Origin: Sendable {
    let flags: [DaemonSetting: String]
    let environment: [String: String]
    let file: String?
  }

  private init(_ origin: Origin) throws(ServiceError) {
    self.origin = origin
    let sources = try SettingSources(flags: origin.flags, environment: origin.environment, file: origin.file)
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
    http = try sources.value(of: .http).map { value throws(ServiceError) in try Self.address(value, exposure) }
    try Self.checkPlaces(sources, endpoint, replayEndpoint, http)
    subscriberWait = .seconds(try sources[.waitForSubscriber].number(0...Self.longestWaitSeconds))
    log = LogSettings(level: try sources[.logLevel].choice(), format: try sources[.logFormat].choice())
  }

  /// The settings as the file has them now; flags and environment stay as they were.
  func readAgain() throws(ServiceError) -> DaemonConfiguration { try DaemonConfiguration(origin) }

  /// What is bound by this daemon must not be in its own way.
  private static func checkPlaces(
    _ sources: SettingSources, _ endpoint: String, _ replayEndpoint: String?, _ http: HTTPAddress?
  ) throws(ServiceError) {
    let bus = BoundPlace(endpoint)
    let replay = (replayEndpoint ?? ReplayEndpoint.endpoint(beside: endpoint)).flatMap { BoundPlace($0) }
    if let bus, let replay, bus.overlaps(replay), let value = sources.value(of: .replayBind) {
      throw value.refusal("\(value.text) is taken by \(DaemonSetting.bind.key)")
    }
    guard let value = sources.value(of: .http), let page = http.flatMap({ BoundPlace($0.description) }) else { return }
    for (place, owner) in [(bus, DaemonSetting.bind), (replay, DaemonSetting.replayBind)] {
      if let place, place.overlaps(page) { throw value.refusal("\(value.text) is taken by \(owner.key)") }
    }
  }

  private static func address(_ value: SettingValue, _ exposure: BusExposure) throws(ServiceError) -> HTTPAddress {
    guard let address = HTTPAddress(value.text) else {
      throw value.error("an address with a port, such as 127.0.0.1:9570")
    }
    guard address.isLoopback || exposure.allowsPlainRemote else {
      throw value.refusal("\(value.text) is open to the network: expected a loopback address, or allow-plain-remote")
    }
    return address
  }
}

extension DaemonConfiguration: CustomStringConvertible {
  /// The settings in force, a line each, as a configuration file would have them.
  public var description: String { sources.description }
}
