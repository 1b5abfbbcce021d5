import Bus
import Testing

@Suite struct NameTests {
  @Test(arguments: [
    ("court1", "court1"), ("A_b-9", "A_b-9"), ("court.1", "court%2E1"), ("near court", "near%20court"),
    ("Schläger", "Schl%C3%A4ger"), ("100%", "100%25"), ("球", "%E7%90%83"),
  ])
  func escapesEverythingButPlainCharacters(text: String, token: String) throws {
    #expect(try Name(text).token == token)
    #expect(try Name(token: token).text == text)
  }

  @Test func refusesEmptyAndOverlongNames() throws {
    #expect(throws: BusError.invalidName(name: "", reason: "is empty")) { try Name("") }
    #expect(throws: BusError.self) { try Name(String(repeating: "ä", count: 65)) }
    #expect(try Name(String(repeating: "ä", count: 64)).token.count == 384)
    let error = #expect(throws: BusError.self) { try Name(String(repeating: "a\n", count: 65)) }
    #expect(error?.description.contains("\n") == false, "an error is one line")
  }

  @Test(arguments: ["a\u{0}", "a\n", "c\u{1B}[31m", "\u{7F}", "\u{9B}31m"])
  func refusesControlCharacters(text: String) throws {
    let error = #expect(throws: BusError.invalidName(name: text, reason: "has a control character")) { try Name(text) }
    #expect(error?.description.unicodeScalars.contains { $0.properties.generalCategory == .control } == false)
    let token = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    #expect(throws: BusError.self) { try Name(token: token.replacing("%61", with: "a")) }
  }

  @Test(arguments: ["", "a.b", "%2", "%", "%zz", "%2e", "%41", "a b", "%FF", "ä"])
  func refusesTokensThatTheRuleDoesNotWrite(token: String) {
    #expect(throws: BusError.self) { try Name(token: token) }
  }

  @Test func tellsNamesApartByTheirBytes() throws {
    // One looks like the other and Swift's texts are equal, but the topics differ.
    #expect(try Name("\u{E4}") != Name("a\u{308}"))
  }

  @Test func topicsAreDottedTokens() throws {
    let topic = Topic.event(stream: try Name("court.1"), label: try Name("near serve"))
    #expect(topic.text == "spot.court%2E1.event.near%20serve.")
  }

  @Test func prefixesMatchNoLongerName() throws {
    let short = try Name("court1")
    for other in ["court10", "court1.", "court1 b", "court1.event"] {
      let topic = Topic.event(stream: try Name(other), label: try Name("serve"))
      #expect(!topic.text.hasPrefix(Topic.prefix(stream: short)))
    }
    let serve = Topic.event(stream: short, label: try Name("serve"))
    #expect(!Topic.event(stream: short, label: try Name("serve2")).text.hasPrefix(serve.text))
    #expect(serve.text.hasPrefix(Topic.prefix(eventsOf: short)))
    #expect(serve.text.hasPrefix(Topic.everything))
  }
}
