import Bus
import Testing

@Suite struct WallTimeTests {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000000000Z"),
    (1_709_210_096_000_000_007, "2024-02-29T12:34:56.000000007Z"),
    (4_102_444_799_999_999_999, "2099-12-31T23:59:59.999999999Z"),
  ])
  func writesAndReadsRFC3339(nanoseconds: Int64, text: String) {
    #expect(WallTime(nanosecondsSince1970: nanoseconds).description == text)
    #expect(WallTime(text)?.nanosecondsSince1970 == nanoseconds)
  }

  @Test func readsAnyFraction() {
    #expect(WallTime("1970-01-01T00:00:01Z")?.nanosecondsSince1970 == 1_000_000_000)
    #expect(WallTime("1970-01-01T00:00:01.5Z")?.nanosecondsSince1970 == 1_500_000_000)
  }

  @Test(arguments: [
    "", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "2024-01-01",
    "2024-01-01T00:00:00+01:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.0123456789Z", "1969-12-31T23:59:59Z",
    "2024-00-01T00:00:00Z", "9999-01-01T00:00:00Z", "2024-01-01T00:00:-1Z", "ääääääääää",
  ])
  func refusesOtherTexts(text: String) { #expect(WallTime(text) == nil) }

  @Test func runIDsAreSortableAndUnique() throws {
    let ids = (0..<100).map { _ in RunID() }
    #expect(Set(ids).count == 100)
    for id in ids { #expect(try RunID(id.text) == id) }
    for text in ["", "a/b", "ä", String(repeating: "a", count: 65)] {
      #expect(throws: BusError.self) { try RunID(text) }
    }
  }
}
