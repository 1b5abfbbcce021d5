/// How long each part of a stream has not been heard of, and whether that is its fault.
package struct StreamPulse: Sendable {
  /// Whether the stream runs: it has begun and not ended.
  package var isRunning = true
  /// Whether its source is gone and being tried again.
  package var isReconnecting = false
  /// Seconds since the publisher last sent anything of it. A status is due each second; it passes the stream's own thread and the
  /// publisher's.
  package var silence = 0.0
  /// Seconds that the network has been at work without getting on.
  package var scoring = 0.0
  /// Seconds that the decoder has been at work, which includes waiting for the source, without getting on.
  package var decoding = 0.0
  /// Seconds since the source looked whether it should stop: one that only waits does so all the time.
  package var sourceSilence = 0.0

  package init() {}

  /// Which part does not get on for `patience` seconds, and how long; nil: all do, or have nothing to do. A source that is gone or
  /// silent is no fault.
  package func fault(patience: Double) -> String? {
    guard isRunning else { return nil }
    if silence > patience { return "publishing has not got on for \(Int(silence)) s" }
    if scoring > patience { return "scoring has not got on for \(Int(scoring)) s" }
    let stuck = min(decoding, sourceSilence)
    if !isReconnecting, stuck > patience { return "decoding has not got on for \(Int(stuck)) s" }
    return nil
  }
}
