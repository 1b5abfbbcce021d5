import ArgumentParser
import Service

/// The flags of what all streams share.
struct DaemonOptions: ParsableArguments {
  @Option(.bind) var bind: String?
  @Option(.replayBind) var replayBind: String?
  @Option(.replayLog) var replayLog: String?
  @Option(.curveKey) var curveKey: String?
  @Option(.curveAllow) var curveAllow: String?
  @Flag(.allowPlainRemote) var allowPlainRemote = false
  @Option(.http) var http: String?
  @Option(.waitForSubscriber) var waitForSubscriber: String?
  @Option(.logLevel) var logLevel: String?
  @Option(.logFormat) var logFormat: String?

  /// What was given, as written.
  var given: [DaemonSetting: String] {
    let all: [DaemonSetting: String?] = [
      .bind: bind, .replayBind: replayBind, .replayLog: replayLog, .curveKey: curveKey, .curveAllow: curveAllow,
      .allowPlainRemote: allowPlainRemote ? "true" : nil, .http: http, .waitForSubscriber: waitForSubscriber,
      .logLevel: logLevel, .logFormat: logFormat,
    ]
    return all.compactMapValues { $0 }
  }
}
