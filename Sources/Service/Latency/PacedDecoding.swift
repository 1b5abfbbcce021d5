import Bus
import Foundation
import Timeline
import Video

/// The decode thread of `LatencyBench`: each frame's data arrive when they are due, and are decoded from then on.
final class PacedDecoding: @unchecked Sendable {  // made on one thread, run by one other
  private let reader: VideoReader
  private let queue: PictureQueue
  private let recorder: LatencyRecorder
  /// Nanoseconds between frames; nil: as fast as they are taken.
  private let period: Double?
  /// When the first frame is due, in nanoseconds of the monotonic clock.
  private let start: UInt64

  init(reader: VideoReader, queue: PictureQueue, recorder: LatencyRecorder, period: Double?, start: UInt64) {
    self.reader = reader
    self.queue = queue
    self.recorder = recorder
    self.period = period
    self.start = start
  }

  func run() {
    do throws(VideoError) {
      var frame = 0
      while let picture = queue.spare() {
        let arrival = arrival(of: frame)
        guard let stamp = try reader.next(into: picture) else { break }
        recorder.add(.receive, reader.times.receive)
        recorder.add(.decode, reader.times.decode)
        recorder.add(.scale, reader.times.convert)
        queue.put(
          picture, FrameStamp(index: stamp.index, epoch: stamp.epoch, time: stamp.time, arrival: arrival))
        frame += 1
      }
      queue.finish()
    } catch {
      queue.finish(error)
    }
  }

  /// When frame `frame` arrives, waiting for it.
  private func arrival(of frame: Int) -> UInt64 {
    let now = MonotonicClock.now
    guard let period else { return now }
    let due = start + UInt64(period * Double(frame))
    if due > now { Thread.sleep(forTimeInterval: Double(due - now) / 1e9) }
    return due
  }
}
