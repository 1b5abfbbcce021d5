import Bus
import Video

extension StreamSession {
  /// How long each part has not been heard of at `now`, in nanoseconds of the monotonic clock.
  func pulse(at now: UInt64) -> StreamPulse {
    let (lastSent, state) = monitor.update { ($0.lastSent, $0.status?.state) }
    var pulse = StreamPulse()
    pulse.isRunning = lastSent > 0 && state != .ended
    pulse.isReconnecting = state == .reconnecting
    pulse.silence = Double(now - min(lastSent, now)) / 1e9
    pulse.scoring = monitor.inference.stillSeconds(at: now)
    pulse.decoding = monitor.decoding.stillSeconds(at: now)
    pulse.sourceSilence = cancellation.secondsSinceAsked(at: now)
    return pulse
  }
}
