import Service
import Testing

@Suite("what a subscriber makes of messages")
struct StreamSubscriptionTests {
  @Test(
    "media time reads hh:mm:ss.mmm",
    arguments: [
      (0, "00:00:00.000"), (1.16, "00:00:01.160"), (3_599.9996, "01:00:00.000"), (360_000.5, "100:00:00.500"),
      (-1.5, "-00:00:01.500"), (Double.infinity, "277777777:46:40.000"),
    ])
  func mediaTime(seconds: Double, text: String) { #expect(MediaClock.text(seconds) == text) }
}
