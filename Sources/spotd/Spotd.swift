import ArgumentParser
import Foundation
import Service

@main
struct Spotd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spotd",
    abstract: "Spots fast events in a video, to the frame, and publishes them on ZeroMQ.",
    discussion: """
      Every setting can also stand in the environment (SPOTD_NMS_WINDOW for --nms-window) or in a YAML file \
      (nms-window: 2); flags win over the environment, the environment over the file.


      Exit codes: 0 the video ended, or a signal did it; 1 a failure at run time, such as a port in use; 2 wrong arguments, or a \
      video that cannot be used; 6 configuration or model files that cannot be used. The first SIGINT or SIGTERM ends in order, \
      the second at once.
      """,
    version: "0.1.0")

  @Option(.input) var input: String?
  @Option(.stream) var stream: String?
  @Option(.model) var model: String?
  @Option(.bind) var bind: String?
  @Option(.replayBind) var replayBind: String?
  @Option(.replayLog) var replayLog: String?
  @Option(.curveKey) var curveKey: String?
  @Option(.curveAllow) var curveAllow: String?
  @Flag(.allowPlainRemote) var allowPlainRemote = false
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
  @Option(.waitForSubscriber) var waitForSubscriber: String?
  @Option(.logLevel) var logLevel: String?
  @Option(.logFormat) var logFormat: String?

  @Option(help: ArgumentHelp("Read settings from this YAML file.", valueName: "file")) var config: String?
  @Flag(help: "Check the settings and the model, tell the settings in force, and end.") var checkConfig = false

  /// Runs the command line, with every failure as one line on standard error.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ServiceError {
      fail("\(error)", code: error.exitCode)
    } catch  where exitCode(for: error) == .success {
      // Help and version arrive as errors, too.
      exit(withError: error)
    } catch {
      fail(message(for: error), code: 2)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    LineWriter.standardError.write("spotd: \(line)")
    Foundation.exit(code)
  }

  private var flags: [DaemonSetting: String] {
    let given: [DaemonSetting: String?] = [
      .input: input, .stream: stream, .model: model, .bind: bind, .replayBind: replayBind,
      .replayLog: replayLog, .curveKey: curveKey, .curveAllow: curveAllow,
      .allowPlainRemote: allowPlainRemote ? "true" : nil, .realtime: realtime ? "true" : nil,
      .profile: profile, .latencyBudget: latencyBudget, .lookahead: lookahead, .revise: revise, .hop: hop,
      .frameRate: frameRate, .announceWait: announceWait, .finalsOnly: finalsOnly ? "true" : nil, .threshold: threshold,
      .nmsWindow: nmsWindow,
      .startPadding: startPadding,
      .waitForSubscriber: waitForSubscriber, .logLevel: logLevel, .logFormat: logFormat,
    ]
    return given.compactMapValues { $0 }
  }

  func run() throws {
    let configuration = try DaemonConfiguration(
      flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
    if checkConfig {
      print(try Daemon.check(configuration))
    } else {
      try Daemon.run(configuration)
    }
  }
}

extension Option where Value == String? {
  /// A setting's option: name, help and default are those of its definition.
  init(_ setting: DaemonSetting) {
    self.init(name: .customLong(setting.key), help: ArgumentHelp(setting))
  }
}

extension Flag where Value == Bool {
  init(wrappedValue: Bool, _ setting: DaemonSetting) {
    self.init(wrappedValue: wrappedValue, name: .customLong(setting.key), help: ArgumentHelp(setting))
  }
}

extension ArgumentHelp {
  init(_ setting: DaemonSetting) {
    let definition = setting.definition
    let ending =
      switch definition.fallback {
      case .value(let text) where definition.valueName != nil: " (default: \(text))"
      case .described(let text): " (default: \(text))"
      case .value, .required: ""
      }
    self.init("\(definition.summary)\(ending).", valueName: definition.valueName)
  }
}
