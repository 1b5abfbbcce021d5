import ArgumentParser
import Foundation
import Service

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Plays a recording as it came: of the bus to subscribers, of a video to a daemon.",
    discussion: """
      A recording of the bus is published as by a daemon, to test subscribers without video: messages keep their run, numbers and \
      times, carry "replay": true, and come at their original pace; what a subscriber misses it can fetch from the replay endpoint. \
      SIGHUP reads the list of --curve-allow again.

      A video is sent as by a live source (--to), to test the daemon as it runs live: its coded pictures in an MPEG transport stream, \
      each when it is due, over a line that may be bad. A live source does not wait: what is due while the line is cut is lost. After \
      a cut a receiver sees pictures again from the video's next key frame on.
      """)

  @Argument(help: ArgumentHelp("A recording of the bus (spot record) or a video.", valueName: "file")) var file: String
  @Option(help: ArgumentHelp("How many times as fast as it was recorded.", valueName: "factor")) var speed = 1.0
  @Option(
    help: ArgumentHelp(
      """
      Begin after so many seconds (+30.5); in a recording of the bus also at a sequence number (1200) or a time \
      (2026-03-01T12:00:00Z), in a video with the key frame there or before.
      """, valueName: "place"))
  var from: String?
  @Flag(help: "Begin again at the end, a recording of the bus each time as another run.") var loop = false
  @OptionGroup(title: "Recordings of the bus") var playback: PlaybackOptions
  @OptionGroup(title: "Security of a recording's endpoints") var exposure: ExposureOptions
  @OptionGroup(title: "Videos") var sending: SendingOptions

  func run() throws {
    if let target = sending.to {
      try send(to: target)
    } else {
      try play()
    }
  }

  private func send(to target: String) throws {
    if RecordingSummary.isRecording(file) {
      throw ValidationError("--to: \(file) is a recording of the bus, not a video: it is published (--bind)")
    }
    if let option = playback.given ?? exposure.given {
      throw ValidationError("\(option): \(file) is sent as a video (--to); that option is for recordings of the bus")
    }
    var settings = SendingSettings(video: file, target: target)
    settings.speed = speed
    if let from {
      guard case .seconds(let seconds) = PlaybackSettings.Start(from) else {
        throw ValidationError("--from: '\(from)' is not +seconds, as it must be for a video")
      }
      settings.start = seconds
    }
    settings.loops = loop
    try sending.apply(to: &settings)
    var sending = try Sending(settings)
    Terminal.say(sending.announcement)
    defer { if let summary = sending.summary { Terminal.say(summary) } }
    try sending.run()
  }

  private func play() throws {
    if let option = sending.given {
      throw ValidationError("\(option): it is for videos: expected --to, where to send \(file)")
    }
    if FileManager.default.fileExists(atPath: file) && !RecordingSummary.isRecording(file) {
      throw ValidationError("\(file): is no recording of the bus; a video is sent with --to")
    }
    var settings = PlaybackSettings(recording: file)
    settings.speed = speed
    if let from {
      guard let start = PlaybackSettings.Start(from) else {
        throw ValidationError("--from: '\(from)' is not a sequence number, +seconds or a time in UTC")
      }
      settings.start = start
    }
    settings.loops = loop
    playback.apply(to: &settings)
    settings.security = exposure.value
    let player = try Player(settings)
    Terminal.say("publishing on \(player.endpoint), replay endpoint \(player.replayEndpoint)")
    try player.run(tell: Terminal.say)
    for remark in player.remarks { Terminal.say("warning: \(file): \(remark)") }
    Terminal.say("\(player.messages) messages published")
  }
}
