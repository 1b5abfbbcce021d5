/// The settings of `spotd`: the command line, the environment and the configuration file all go by this list, and by
/// each one's `definition`.
///
/// The raw value is the flag without its dashes and the key in the file; `SPOTD_` and it in capitals is the variable.
public enum DaemonSetting: String, Sendable, CaseIterable {
  case input
  case stream
  case model
  case openTimeout = "open-timeout"
  case stallTimeout = "stall-timeout"
  case reconnect
  case sourceOption = "source-option"
  case deinterlace
  case realtime
  case profile
  case latencyBudget = "latency-budget"
  case lookahead
  case revise
  case hop
  case frameRate = "frame-rate"
  case announceWait = "announce-wait"
  case finalsOnly = "finals-only"
  case threshold
  case nmsWindow = "nms-window"
  case startPadding = "start-padding"
  case bind
  case replayBind = "replay-bind"
  case replayLog = "replay-log"
  case curveKey = "curve-key"
  case curveAllow = "curve-allow"
  case allowPlainRemote = "allow-plain-remote"
  case http
  case waitForSubscriber = "wait-for-subscriber"
  case logLevel = "log-level"
  case logFormat = "log-format"

  public var key: String { rawValue }

  public var flag: String { "--" + rawValue }

  /// The environment variable, such as `SPOTD_NMS_WINDOW`.
  public var variable: String { "SPOTD_" + rawValue.uppercased().replacing("-", with: "_") }

  /// The value where none is given; nil where one must be, or where it is not always the same.
  public var defaultText: String? {
    if case .value(let text) = definition.fallback { text } else { nil }
  }

  /// What can stand below a name of `streams`.
  static let ofNamedStreams = allCases.filter { $0.definition.scope == .stream && $0 != .stream }
}
