/// The settings of `spotd`, defined once: the command line, the environment and the configuration file all go by this list.
///
/// The raw value is the flag without its dashes and the key in the file; `SPOTD_` and it in capitals is the variable.
public enum DaemonSetting: String, Sendable, CaseIterable {
  case input
  case stream
  case model
  case bind
  case replayBind = "replay-bind"
  case replayLog = "replay-log"
  case curveKey = "curve-key"
  case curveAllow = "curve-allow"
  case allowPlainRemote = "allow-plain-remote"
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
  case waitForSubscriber = "wait-for-subscriber"
  case logLevel = "log-level"
  case logFormat = "log-format"

  public var key: String { rawValue }

  public var flag: String { "--" + rawValue }

  /// The environment variable, such as `SPOTD_NMS_WINDOW`.
  public var variable: String { "SPOTD_" + rawValue.uppercased().replacing("-", with: "_") }

  /// What it does, in a sentence without its end.
  public var summary: String {
    switch self {
    case .input: "Video to watch: a file, a FIFO or a URL"
    case .stream: "Name under which its messages are published"
    case .model:
      "Model folder with config.json, classes.txt and one weights file; by default the model that comes with the program"
    case .bind: "ZeroMQ endpoint to publish on; port * takes a free one"
    case .replayBind: "Endpoint that sends missed messages again; by default at the port after that of bind"
    case .replayLog: "Folder in which published messages are also kept on disk, for recovery after a restart"
    case .curveKey: "File with the daemon's secret key (see spot keygen), to encrypt the bus; needs curve-allow"
    case .curveAllow: "File with the public keys of the clients that are let in, one a line; read again on SIGHUP"
    case .allowPlainRemote: "Bind endpoints that others can reach also without encryption"
    case .realtime: "Play a recording at its own rate instead of as fast as it can be scored"
    case .profile:
      "How frames are scored: exact (final events, seconds late), live (provisional events at once, final ones after the look-ahead) or both (provisional ones live, final ones exact); by default exact, or what fits the latency budget"
    case .latencyBudget: "Longest time from a frame's arrival to the last word on its events, such as 400ms or 1.5s"
    case .lookahead: "Later frames that a live score waits for; by default 8"
    case .revise: "Frames before the newest that each live revision computes again; by default 8"
    case .hop: "Frames from one live revision to the next; by default 1"
    case .frameRate: "Frames a second to plan a latency budget for where the video declares none"
    case .announceWait:
      "Frames that must follow an event before it is announced provisionally: later, but fewer are retracted"
    case .finalsOnly: "Publish final events only, none that is provisional or retracted"
    case .threshold: "Least score of an event, 0 to 1"
    case .nmsWindow:
      "Soft-NMS window: of two events of a class closer than this the weaker loses score; by default 12 for models of soccernetball, 2 for others"
    case .startPadding: "Black frames before the first"
    case .waitForSubscriber: "Seconds to wait, at most, for a first subscriber before the first frame is read"
    case .logLevel: "Least level that is logged: trace, debug, info, notice, warning, error or critical"
    case .logFormat: "Form of the log on standard error: text (key=value) or json"
    }
  }

  /// What stands for the value in help texts; nil for what is only on or off.
  public var valueName: String? {
    switch self {
    case .input: "video"
    case .stream: "name"
    case .model: "folder"
    case .bind, .replayBind: "endpoint"
    case .replayLog: "folder"
    case .curveKey, .curveAllow: "file"
    case .allowPlainRemote, .realtime, .finalsOnly: nil
    case .profile: "profile"
    case .latencyBudget: "time"
    case .frameRate: "rate"
    case .threshold: "probability"
    case .lookahead, .revise, .hop, .announceWait, .nmsWindow, .startPadding: "frames"
    case .waitForSubscriber: "seconds"
    case .logLevel: "level"
    case .logFormat: "format"
    }
  }

  /// The value where none is given; nil where one must be, or where it is not always the same.
  public var defaultText: String? {
    switch self {
    case .input, .stream, .model, .profile, .latencyBudget, .lookahead, .revise, .hop, .frameRate, .nmsWindow: nil
    case .replayBind, .replayLog, .curveKey, .curveAllow: nil
    case .bind: "tcp://127.0.0.1:5570"
    case .allowPlainRemote, .realtime, .finalsOnly: "false"
    case .announceWait: "0"
    case .threshold: "0.2"
    case .startPadding: "5"
    case .waitForSubscriber: "0"
    case .logLevel: "info"
    case .logFormat: "text"
    }
  }
}
