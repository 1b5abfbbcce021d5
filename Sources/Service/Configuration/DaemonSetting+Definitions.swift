extension DaemonSetting {
  /// The one definition of each setting. Checks of its value are where it is understood: `StreamSettings`, `DaemonConfiguration`.
  public var definition: SettingDefinition {
    switch self {
    case .input:
      SettingDefinition(
        .stream,
        "Video to watch: a file, a FIFO, - for standard input, v4l2: and a device, a URL (docs/sources.md) or test: (simulated tennis, docs/simulation.md); relative paths start at the working folder",
        "video",
        .required,
        example: "/var/lib/spotd/court1.mp4")
    case .stream:
      SettingDefinition(.stream, "Name under which its messages are published", "name", .required, example: "court1")
    case .model:
      SettingDefinition(
        .stream, "Model folder with config.json, classes.txt and one weights file", "folder",
        .described("the model that comes with the program"), example: "/usr/share/spotd/Models/demo")
    case .openTimeout:
      SettingDefinition(
        .stream, "Longest time that a source may take to show its header, such as 10s", "time",
        .described("10s for networks and devices, none for others"), example: "10s")
    case .stallTimeout:
      SettingDefinition(
        .stream, "Longest time without a frame until a source counts as broken, such as 5s", "time",
        .described("5s for networks and devices, none for others"), example: "5s")
    case .reconnect:
      SettingDefinition(
        .stream, "Longest wait between two attempts to reach a source that is gone, such as 10s, or never", "time",
        .described("10s for networks and devices, never for others"), example: "10s")
    case .sourceOption:
      SettingDefinition(
        .stream, "Options for libav's protocol and container, name=value, separated by blanks", "options",
        .described("none"), example: "rtsp_transport=tcp")
    case .deinterlace:
      SettingDefinition(
        .stream, "Whether each field of interlaced pictures becomes a frame: auto (where they say so), off or on",
        "when",
        .value("auto"))
    case .realtime:
      SettingDefinition(switch: .stream, "Play a recording at its own rate instead of as fast as it can be scored")
    case .profile:
      SettingDefinition(
        .stream,
        "How frames are scored: exact (final events, seconds late), live (provisional events at once, final ones after the look-ahead) or both (provisional ones live, final ones exact)",
        "profile", .described("exact, or what fits the latency budget"), example: "live")
    case .latencyBudget:
      SettingDefinition(
        .stream, "Longest time from a frame's arrival to the last word on its events, such as 400ms or 1.5s", "time",
        .described("none"), example: "400ms")
    case .lookahead:
      SettingDefinition(
        .stream, "Later frames that a live score waits for", "frames", .described("8, or planned for the budget"),
        example: "8")
    case .revise:
      SettingDefinition(
        .stream, "Frames before the newest that each live revision computes again", "frames",
        .described("8, at least hop − 1, or planned for the budget"), example: "8")
    case .hop:
      SettingDefinition(
        .stream, "Frames from one live revision to the next", "frames", .described("1, or planned for the budget"),
        example: "1")
    case .frameRate:
      SettingDefinition(
        .stream, "Frames a second to plan a latency budget for where the video declares none", "rate",
        .described("what the video declares"), example: "25")
    case .announceWait:
      SettingDefinition(
        .stream,
        "Frames that must follow an event before it is announced provisionally: later, but fewer are retracted",
        "frames", .value("0"))
    case .finalsOnly:
      SettingDefinition(switch: .stream, "Publish final events only, none that is provisional or retracted")
    case .threshold:
      SettingDefinition(.stream, "Least score of an event, 0 to 1", "probability", .value("0.2"))
    case .nmsWindow:
      SettingDefinition(
        .stream, "Soft-NMS window: of two events of a class closer than this the weaker loses score", "frames",
        .described("12 for models of soccernetball, 2 for others"), example: "2")
    case .startPadding:
      SettingDefinition(
        .stream, "Black frames before the first, in exact and both (the clips)", "frames", .value("5"))
    case .bind:
      SettingDefinition(
        .daemon, "ZeroMQ endpoint to publish on; port * takes a free one, which the log names", "endpoint",
        .value("tcp://127.0.0.1:5570"))
    case .replayBind:
      SettingDefinition(
        .daemon, "Endpoint that sends missed messages again", "endpoint", .described("the port after that of bind"),
        example: "tcp://127.0.0.1:5571")
    case .replayLog:
      SettingDefinition(
        .daemon,
        "Folder in which published messages are also kept on disk (256 MiB, 7 days), for recovery after a restart",
        "folder", .described("none: in memory only"), example: "/var/lib/spotd/log")
    case .curveKey:
      SettingDefinition(
        .daemon,
        "File with the daemon's secret key (see spot keygen), mode 0600, to encrypt the bus; needs curve-allow",
        "file", .described("none: not encrypted"), example: "/var/lib/spotd/secret.key")
    case .curveAllow:
      SettingDefinition(
        .daemon, "File with the public keys of the clients that are let in, one a line; read again on SIGHUP", "file",
        .described("none"), example: "/etc/spotd/clients")
    case .allowPlainRemote:
      SettingDefinition(switch: .daemon, "Bind endpoints that others can reach also without encryption; HTTP, too")
    case .http:
      SettingDefinition(
        .daemon, "Address and port at which HTTP answers /live, /ready and /metrics; port * takes a free one",
        "address", .described("none"), example: "127.0.0.1:9570")
    case .waitForSubscriber:
      SettingDefinition(
        .daemon, "Seconds to wait, at most, for a first subscriber before the first frame is read", "seconds",
        .value("0"))
    case .logLevel:
      SettingDefinition(
        .daemon, "Least level that is logged: trace, debug, info, notice, warning, error or critical", "level",
        .value("info"))
    case .logFormat:
      SettingDefinition(
        .daemon, "Form of the log on standard error: text (key=value) or json", "format", .value("text"))
    }
  }
}
