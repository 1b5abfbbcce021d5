import ArgumentParser
import Service

/// The flags of what concerns a stream.
struct StreamOptions: ParsableArguments {
  @Option(.input) var input: String?
  @Option(.stream) var stream: String?
  @Option(.model) var model: String?
  @Option(.openTimeout) var openTimeout: String?
  @Option(.stallTimeout) var stallTimeout: String?
  @Option(.reconnect) var reconnect: String?
  @Option(.sourceOption) var sourceOption: String?
  @Option(.deinterlace) var deinterlace: String?
  @Flag(.realtime) var realtime = false
  @Option(.profile) var profile: String?
  @Option(.latencyBudget) var latencyBudget: String?
  @Option(.lookahead) var lookahead: String?
  @Option(.revise) var revise: String?
  @Option(.hop) var hop: String?
  @Option(.frameRate) var frameRate: String?
  @Option(.announceWait) var announceWait: String?
  @Flag(.finalsOnly) var finalsOnly = false
  @Option(.threshold) var threshold: String?
  @Option(.nmsWindow) var nmsWindow: String?
  @Option(.startPadding) var startPadding: String?

  /// What was given, as written.
  var given: [DaemonSetting: String] {
    let all: [DaemonSetting: String?] = [
      .input: input, .stream: stream, .model: model, .openTimeout: openTimeout, .stallTimeout: stallTimeout,
      .reconnect: reconnect, .sourceOption: sourceOption, .deinterlace: deinterlace, .realtime: realtime ? "true" : nil,
      .profile: profile,
      .latencyBudget: latencyBudget, .lookahead: lookahead, .revise: revise, .hop: hop, .frameRate: frameRate,
      .announceWait: announceWait, .finalsOnly: finalsOnly ? "true" : nil, .threshold: threshold,
      .nmsWindow: nmsWindow, .startPadding: startPadding,
    ]
    return all.compactMapValues { $0 }
  }
}
