import Bus
import Testing

@Suite struct MessageTests {
  @Test func everyMessageRoundTrips() throws {
    for var message in try Samples.messages() {
      message.isRetained.toggle()
      message.isReplay.toggle()
      let topic = try #require(message.topic)
      #expect(try Message(topic: Array(topic.text.utf8), json: message.json()) == message)
    }
  }

  @Test func carriesCloudEventsAttributes() throws {
    let text = String(decoding: try Samples.messages()[2].json(), as: UTF8.self)
    for attribute in [
      #""specversion":"1.0""#, #""id":"00000000000000000003""#, #""type":"spotd.event.v1""#, #""subject":"0-1-43""#,
      #""source":"/spotd/20260301T120000Z-00c0ffee00c0ffee/court%2E1""#, #""sequence":"00000000000000000003""#,
      #""time":"2026-03-01T12:00:00.500000002Z""#, #""timebase":{"den":90000,"num":1}"#, #""state":"final""#,
    ] { #expect(text.contains(attribute)) }
  }

  @Test func readsTypesOfLaterVersionsWithoutTheirData() throws {
    let text = try changed("spotd.status.v1", "spotd.applause.v2")
    let message = try Message(topic: Array("spot.court%2E1.applause.".utf8), json: Array(text.utf8))
    #expect(message.body == .unknown(type: "spotd.applause.v2"))
    #expect(message.sequence == 1)
    #expect(throws: BusError.self) { try message.json() }
  }

  @Test(arguments: [
    "", "spot.", "spot.court%2E1", "spot.court%2E10.applause.", "spot.court%2E2.applause.", "sport.court%2E1.applause.",
  ])
  func refusesTypesOfLaterVersionsUnderATopicOfAnotherStream(topic: String) throws {
    let text = try changed("spotd.status.v1", "spotd.applause.v2")
    #expect(throws: BusError.invalidMessage(reason: "its topic does not begin with spot.court%2E1.")) {
      try Message(topic: Array(topic.utf8), json: Array(text.utf8))
    }
  }

  @Test(arguments: [(1_024, true), (1_025, false), (65_536, false)])
  func boundsTheTopicOfTypesOfLaterVersions(bytes: Int, isTaken: Bool) throws {
    let text = try changed("spotd.status.v1", "spotd.applause.v2")
    let prefix = Array("spot.court%2E1.".utf8)
    let topic = prefix + [UInt8](repeating: 97, count: bytes - prefix.count)
    let message = try? Message(topic: topic, json: Array(text.utf8))
    #expect((message != nil) == isTaken)
  }

  @Test func ignoresFieldsOfLaterVersions() throws {
    let text = try changed(#""state":"starting""#, #""state":"starting","applause":[1,2]"#)
    _ = try read(text)
  }

  @Test(arguments: [
    ("\"specversion\":\"1.0\"", "\"specversion\":\"2.0\"", "specversion is not 1.0"),
    ("\"stream\":\"court.1\"", "\"stream\":\"court.2\"", "source is not"),
    ("\"stream\":\"court.1\"", "\"stream\":\"\"", "is empty"),
    ("\"sequence\":\"0000", "\"sequence\":\"000", "sequence is not a number of 20 digits"),
    ("\"topicsequence\":\"00000000000000000001\"", "\"topicsequence\":1", "topicsequence: "),
    ("\"state\":\"starting\"", "\"state\":\"dancing\"", "data.state: "),
    ("\"state\":\"starting\"", "\"mood\":1", "data.state: is missing"),
    ("\"time\":\"2026", "\"time\":\"202", "time: not an RFC 3339 time"),
  ])
  func namesTheFieldThatIsWrong(field: String, replacement: String, complaint: String) throws {
    let text = try changed(field, replacement)
    let error = #expect(throws: BusError.self) { try read(text) }
    #expect(error?.description.contains(complaint) == true, "\(error?.description ?? "no error")")
  }

  @Test(arguments: [
    ("\"score\":0.875", "\"score\":1.5"), ("\"frame\":43", "\"frame\":-1"), ("\"num\":1", "\"num\":0"),
    ("\"den\":90000", "\"den\":99999999999"), ("\"id\":\"0-1-43\"", "\"id\":\"\""),
    ("\"label_index\":1", "\"label_index\":0"), ("\"frame\":43", "\"frame\":1e400"),
  ])
  func refusesEventValuesOutOfRange(field: String, replacement: String) throws {
    let topic = Array("spot.court%2E1.event.serve.".utf8)
    let text = try changed(field, replacement, message: 2)
    #expect(throws: BusError.self) { try Message(topic: topic, json: Array(text.utf8)) }
  }

  @Test(arguments: [
    ("\"overload\":3", "\"overload\":-1", false), ("\"frames\":120", "\"frames\":-1", false),
    ("\"frames\":120", "\"frames\":9223372036854775808", false), ("\"fps\":25", "\"fps\":-0.5", false),
    ("\"lag_ms\":12.5", "\"lag_ms\":-12.5", false), ("\"next_within_ms\":1000", "\"next_within_ms\":0", false),
    ("\"overload\":3", "\"overload\":0", true), ("\"frames\":120", "\"frames\":9223372036854775807", true),
    ("\"fps\":25", "\"fps\":0", true), ("\"lag_ms\":12.5", "\"lag_ms\":0", true),
    ("\"next_within_ms\":1000", "\"next_within_ms\":1", true),
  ])
  func statusValuesHaveTheRangeOfTheSchema(field: String, replacement: String, isTaken: Bool) throws {
    let message = try? read(changed(field, replacement, message: 7))
    #expect((message != nil) == isTaken)
  }

  @Test func refusesHostileBytes() throws {
    let deep = String(repeating: "[", count: 60_000)
    let deepField = try changed(#""state":"starting""#, #""state":"starting","x":"# + deep)
    for text in ["", "null", "[]", "{}", "\u{0}", deep, deepField, String(repeating: " ", count: 70_000)] {
      #expect(throws: BusError.self) { try read(text) }
    }
    #expect(throws: BusError.self) { try Message(topic: [], json: [0xFF, 0xFE, 0x00]) }
  }

  @Test func refusesAMessageUnderAnotherTopic() throws {
    let message = try Samples.messages()[0]
    #expect(throws: BusError.invalidMessage(reason: "its topic is not spot.court%2E1.status.")) {
      try Message(topic: Array("spot.court%2E1.gap.".utf8), json: message.json())
    }
  }

  @Test func cannotWriteWhatIsNoNumber() throws {
    var event = try Samples.event(1)
    event.score = .nan
    var message = try Samples.messages()[0]
    message.body = .event(event)
    #expect(throws: BusError.self) { try message.json() }
  }

  /// The JSON of a sample message with one text replaced, which it must hold.
  private func changed(_ text: String, _ replacement: String, message index: Int = 0) throws -> String {
    let json = String(decoding: try Samples.messages()[index].json(), as: UTF8.self)
    let range = try #require(json.firstRange(of: text))
    return json.replacingCharacters(range, replacement)
  }

  private func read(_ text: String) throws -> Message {
    try Message(topic: Array("spot.court%2E1.status.".utf8), json: Array(text.utf8))
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<String.Index>, _ replacement: String) -> String {
    self[..<range.lowerBound] + replacement + self[range.upperBound...]
  }
}
