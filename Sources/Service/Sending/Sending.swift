import Bus
import Foundation
internal import Timeline
import Video

/// Sends a recorded video as a live source would: each picture when it is due, over a line that may be bad.
///
/// A live source does not wait: what is due while the line is cut, or while a broken connection is being made again, is lost.
public struct Sending {
  /// The longest sleep; so often it is looked whether a signal came.
  private static let turn: UInt64 = 20_000_000
  /// How long to wait before a connection that was refused after a cut is tried again.
  private static let retry: UInt64 = 100_000_000

  private let settings: SendingSettings
  private let sender: VideoSender
  private let cancellation = Cancellation()
  private let impairment: Impairment
  private var cuts: CutSchedule
  private var jitter: SplitMix64
  /// Why a connection could not be made again, and when that is tried next.
  private var refusal: VideoError?
  private var retryTime: UInt64 = 0
  /// When the video began, in monotonic nanoseconds.
  private var start: UInt64 = 0
  /// Pictures due before this are lost.
  private var resumption: UInt64 = 0
  /// Seconds of the video sent, and the longest that a picture left after its time without being meant to.
  private var seconds = 0.0
  private var latest: UInt64 = 0

  /// Opens the video.
  public init(_ settings: SendingSettings) throws(ServiceError) {
    let target = try settings.checked()
    self.settings = settings
    signal(SIGPIPE, SIG_IGN)  // a reader that goes away shows as EPIPE
    impairment = Impairment(
      loss: settings.loss, damage: settings.damage, seed: settings.seed ?? .random(in: 0...UInt64(UInt32.max)))
    jitter = SplitMix64(seed: ~impairment.seed)  // other numbers than those that decide about loss
    cuts = CutSchedule(settings.cuts, length: settings.cutLength)
    do throws(VideoError) {
      sender = try VideoSender(
        settings.video, to: target, start: settings.start, loops: settings.loops, jumps: settings.jumps,
        impairment: impairment, cancellation: cancellation)
    } catch {
      throw .video(error)
    }
  }

  /// What will be sent, and how to have the same again.
  public var announcement: String {
    let info = sender.info
    let rate = info.frameRate.map { String(format: ", %.4g frames/s", $0.value) } ?? ""
    let isRandom = settings.loss > 0 || settings.damage > 0 || settings.jitter > 0
    return "sending \(settings.video) (\(info.codec), \(info.codedSize)\(rate)) to \(sender.target.name)"
      + (isRandom ? ", --seed \(impairment.seed)" : "")
  }

  /// What was sent; nil when nothing was.
  public var summary: String? {
    let counters = sender.counters
    if counters.pictures == 0 { return nil }
    var parts = [
      "\(counters.pictures) \(counters.pictures == 1 ? "picture" : "pictures") in \(String(format: "%.2f", seconds / settings.speed)) s",
      "\(counters.packets) packets",
    ]
    if counters.lost > 0 { parts.append("\(counters.lost) lost") }
    if counters.damaged > 0 { parts.append("\(counters.damaged) damaged") }
    if counters.cut > 0 { parts.append("\(counters.cut) not sent while cut") }
    if counters.unsendable > 0 { parts.append("\(counters.unsendable) pictures with impossible times left out") }
    parts.append(String(format: "at most %.1f ms late", Double(latest) / 1e6))
    return parts.joined(separator: ", ")
  }

  /// Sends until the video ends or a signal comes. Throws `ServiceError.video` also when the other side is not there or goes away.
  public mutating func run() throws(ServiceError) {
    TerminationSignals.onFirst { [cancellation] _ in cancellation.cancel() }
    do throws(VideoError) {
      try sender.connect()
      start = MonotonicClock.now
      while let seconds = try sender.next() {
        // However slow, it is due within this clock's range.
        let due = start + UInt64(min(seconds / settings.speed * 1e9, 1e18))
        let late = settings.jitter > 0 ? UInt64(Double.random(in: 0...settings.jitter, using: &jitter) * 1e6) : 0
        wait(until: due + late)
        if cancellation.isCancelled { break }
        self.seconds = seconds
        try sender.send(isLost: try !lineHolds(at: seconds, due: due))
        let now = MonotonicClock.now
        if due >= resumption && now > due + late { latest = max(latest, now - due - late) }
      }
      try sender.finish()
    } catch {
      if error.reason == .cancelled { return }
      throw .video(error)
    }
    if let refusal, !cancellation.isCancelled { throw .video(refusal) }
  }

  /// Breaks and mends the line as the schedule says. False when the picture that was due at `due` does not get through.
  private mutating func lineHolds(at seconds: Double, due: UInt64) throws(VideoError) -> Bool {
    if cuts.isCut(at: seconds) {
      sender.disconnect()
      return false
    }
    if !sender.isConnected {
      if MonotonicClock.now < retryTime { return false }
      do throws(VideoError) {
        try sender.connect()
        refusal = nil
        resumption = MonotonicClock.now
      } catch {
        guard error.reason == .refused else { throw error }
        refusal = error
        retryTime = MonotonicClock.now + Self.retry
        return false
      }
    }
    return due >= resumption
  }

  private func wait(until deadline: UInt64) {
    while !cancellation.isCancelled {
      let now = MonotonicClock.now
      guard now < deadline else { return }
      usleep(UInt32(min(deadline - now, Self.turn) / 1_000) + 1)
    }
  }
}
