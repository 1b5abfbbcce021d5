import Bus
import Foundation
import Logging
import Service
import Testing
import Timeline
import Video

@Suite("running a stream")
struct StreamRunnerTests {
  /// Gives some frames, and then neither another one nor an answer to the wish to stop.
  private final class Mute: FrameSource, @unchecked Sendable {  // `isMute` is a semaphore; the rest is one thread's
    let outputSize = PictureSize(rows: 1, columns: 1)
    let frameRate: Ratio? = Ratio(25, 1)
    let losses = VideoLosses()
    let isMute = DispatchSemaphore(value: 0)
    private var given = 0

    func next(into picture: Picture) throws(VideoError) -> FrameStamp? {
      if given == 3 {
        isMute.signal()
        while true { Thread.sleep(forTimeInterval: 60) }
      }
      defer { given += 1 }
      return FrameStamp(
        index: given, epoch: 0, time: MediaTime(pts: Int64(given), timeBase: TimeBase(numerator: 1, denominator: 25)),
        arrival: 0)
    }
  }

  @Test(
    "a source that does not answer the wish to stop is left behind, and what it gave is scored", .timeLimit(.minutes(1))
  )
  func abandoned() throws {
    let (source, engine, monitor) = (Mute(), CountingEngine(), StreamMonitor())
    let publisher = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*"))
    let outlet = StreamOutlet(
      stream: try Name("court1"), labels: [try Name("serve")], frameStride: 1, publisher: publisher)
    Thread.detachNewThread {
      source.isMute.wait()
      monitor.stop()
    }
    let begin = MonotonicClock.now
    try StreamRunner(
      limits: nil, subscriberWait: .zero, source: source, engine: engine, outlet: outlet, monitor: monitor,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    #expect(engine.frames == 3)
    #expect(engine.isFinished)
    // It has two seconds to answer, and is looked at each heartbeat.
    #expect(2_000_000_000..<10_000_000_000 ~= MonotonicClock.now - begin)
  }
}
