import Bus
import Service
import Testing

@Suite("what a subscriber makes of messages")
struct StreamSubscriptionTests {
  private let run = RunID()

  private func message(_ number: UInt64, run: RunID? = nil, stream: String = "a") throws -> Message {
    Message(
      run: run ?? self.run, stream: try Name(stream), sequence: number, topicSequence: number, time: .now,
      body: .status(StatusData(state: .running)))
  }

  @Test("a hole in a topic's numbers counts what was lost; a new run and the first message count nothing")
  func holes() throws {
    var watch = SequenceWatch()
    #expect(watch.lost(before: try message(7)) == nil)
    #expect(watch.lost(before: try message(8)) == nil)
    #expect(watch.lost(before: try message(12)) == 3)
    #expect(watch.lost(before: try message(40, stream: "b")) == nil)
    #expect(watch.lost(before: try message(13)) == nil)
    #expect(watch.lost(before: try message(5, run: RunID())) == nil)
  }

  @Test("repeats take no part")
  func repeats() throws {
    var watch = SequenceWatch()
    #expect(watch.lost(before: try message(7)) == nil)
    var repeated = try message(3)
    repeated.isRetained = true
    #expect(watch.lost(before: repeated) == nil)
    #expect(watch.lost(before: try message(8)) == nil)
  }

  @Test(
    "media time reads hh:mm:ss.mmm",
    arguments: [
      (0, "00:00:00.000"), (1.16, "00:00:01.160"), (3_599.9996, "01:00:00.000"), (360_000.5, "100:00:00.500"),
      (-1.5, "-00:00:01.500"), (Double.infinity, "277777777:46:40.000"),
    ])
  func mediaTime(seconds: Double, text: String) { #expect(MediaClock.text(seconds) == text) }
}
