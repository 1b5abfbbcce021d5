import Bus
import Foundation
import Logging
import Service
import Testing
import Timeline

@Suite("the end of a stream")
struct InferenceLoopTests {
  @Test("a source that is left behind and wakes up later finds a closed queue, and waits for nobody")
  func abandoned() throws {
    let queue = PictureQueue(rows: 1, columns: 1, capacity: 1)
    // What the decoder of the source still fills; there is no other picture that it could wait for.
    let filled = try #require(queue.spare())
    let publisher = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*"))
    let outlet = StreamOutlet(
      stream: try Name("court1"), labels: [try Name("serve")], frameStride: 1, publisher: publisher)
    queue.finish()
    InferenceLoop(
      engine: CountingEngine(), queue: queue, monitor: StreamMonitor(), outlet: outlet, pressure: nil,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    queue.put(
      filled,
      FrameStamp(
        index: 0, epoch: 0, time: MediaTime(pts: 0, timeBase: TimeBase(numerator: 1, denominator: 25)), arrival: 0))
    let ended = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      if queue.spare() == nil { ended.signal() }
    }
    #expect(ended.wait(timeout: .now() + 20) == .success)
  }

  @Test("each step of the engine shows that the thread gets on; when all is done it rests")
  func steps() throws {
    let (engine, monitor) = (CountingEngine(), StreamMonitor())
    let queue = PictureQueue(rows: 1, columns: 1, capacity: 1)
    let publisher = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*"))
    let outlet = StreamOutlet(
      stream: try Name("court1"), labels: [try Name("serve")], frameStride: 1, publisher: publisher)
    queue.finish()
    InferenceLoop(
      engine: engine, queue: queue, monitor: monitor, outlet: outlet, pressure: nil,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    #expect(monitor.inference.stillSeconds(at: .max) == 0)
    engine.onStep?()
    #expect(monitor.inference.stillSeconds(at: .max) > 0)
  }

  @Test("what a decoder holds back from every frame is no lag: nothing is dropped for it")
  func decodingDelay() throws {
    let frames = 12
    let queue = PictureQueue(rows: 1, columns: 1, capacity: frames)
    let publisher = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*"))
    for index in 0..<frames {
      let picture = try #require(queue.spare())
      let time = MediaTime(pts: Int64(index), timeBase: TimeBase(numerator: 1, denominator: 1))
      let now = MonotonicClock.now
      queue.put(picture, FrameStamp(index: index, epoch: 0, time: time, arrival: now - min(now, 1_800_000_000)))
    }
    queue.finish()
    let outlet = StreamOutlet(
      stream: try Name("court1"), labels: [try Name("serve")], frameStride: 1, publisher: publisher)
    let engine = CountingEngine()
    // Frames are dropped from a lag of 1 s on.
    let limits = PressureController.Limits(framePeriod: 0.25, slack: nil)
    InferenceLoop(
      engine: engine, queue: queue, monitor: StreamMonitor(), outlet: outlet,
      pressure: PressureController(limits: limits, mostSlowdown: 1),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).run()
    #expect(engine.frames == frames)
  }

  @Test("however long the thread is held up between two steps, an epoch that was ended for dropping has a gap after it")
  func heldUp() throws {
    let frames = 12
    let queue = PictureQueue(rows: 1, columns: 1, capacity: frames)
    let publisher = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*"))
    for index in 0..<frames {
      let picture = try #require(queue.spare())
      let time = MediaTime(pts: Int64(index), timeBase: TimeBase(numerator: 1, denominator: 25))
      queue.put(picture, FrameStamp(index: index, epoch: 0, time: time, arrival: MonotonicClock.now))
    }
    queue.finish()
    let outlet = StreamOutlet(
      stream: try Name("court1"), labels: [try Name("serve")], frameStride: 1, publisher: publisher)
    let engine = CountingEngine()
    // At each look at the clock more time has passed than dropping may take.
    var time = MonotonicClock.now
    InferenceLoop(
      engine: engine, queue: queue, monitor: StreamMonitor(), outlet: outlet,
      pressure: PressureController(limits: .init(framePeriod: 0.04, slack: nil), mostSlowdown: 1),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: {
        time += 1_500_000_000
        return time
      }
    ).run()
    // Every fourth lag in a row that is too long drops one.
    #expect(engine.epochs == [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1], []])
  }

  @Test(
    "where the decoder must wait for the network that is lag, though what it reads then has just arrived",
    arguments: [(4, true), (8, false)])
  func heldDecoder(capacity: Int, drops: Bool) throws {
    let (engine, frames) = (CountingEngine(), 60)
    let queue = PictureQueue(rows: 1, columns: 1, capacity: capacity)
    var time = MonotonicClock.now
    func put(_ index: Int) {
      let stamp = FrameStamp(
        index: index, epoch: 0, time: MediaTime(pts: Int64(index), timeBase: TimeBase(numerator: 1, denominator: 25)),
        arrival: time)
      queue.put(Picture(rows: 1, columns: 1), stamp)
    }
    // Four frames wait at any time; each was put in when four others were before it.
    for index in 0..<4 { put(index) }
    engine.onFrame = { stamp in
      time += 60_000_000
      if stamp.index + 4 < frames { put(stamp.index + 4) } else { queue.finish() }
    }
    let publisher = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*"))
    let outlet = StreamOutlet(
      stream: try Name("court1"), labels: [try Name("serve")], frameStride: 1, publisher: publisher)
    // A lag of 240 ms is no reason to drop anything: that begins at 1 s.
    let limits = PressureController.Limits(framePeriod: 0.04, slack: 1)
    InferenceLoop(
      engine: engine, queue: queue, monitor: StreamMonitor(), outlet: outlet,
      pressure: PressureController(limits: limits, mostSlowdown: 1),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { time }
    ).run()
    #expect(engine.frames == frames)
    #expect(queue.dropsOldest == drops)
  }
}
