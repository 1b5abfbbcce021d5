import Bus
import Foundation
import TestSupport
import Testing

@Suite struct ReplayLogTests {
  let folder = TemporaryFolder()

  private var onDisk: ReplayLogSettings {
    var settings = ReplayLogSettings()
    settings.disk = .init(folder: folder.path)
    return settings
  }

  /// What a new run's log still has of `position`'s run, a line each; that it broke off is left out.
  private func kept(after position: Position, _ settings: ReplayLogSettings) throws -> [String] {
    let daemon = try Daemon(log: settings)
    defer { daemon.close() }
    daemon.publisher.publish(.status(Samples.ended), stream: daemon.stream)
    daemon.wait(published: 1)
    // The former run's lines come first, then the "1" of this one.
    return try daemon.client(resume: [position]).lines(until: { $0.last == "1" }).dropLast()
      .filter { !$0.hasSuffix("the run broke off") }
  }

  private func write(_ count: Int, _ settings: ReplayLogSettings) throws -> Daemon {
    let daemon = try Daemon(log: settings)
    try daemon.publish(0..<count)
    daemon.close()
    #expect(daemon.log.unwritten.count == 0)
    return daemon
  }

  @Test func checksumsAsZlibDoes() {
    #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.checksum([UInt8]()) == 0)
  }

  @Test func aTornTailCostsOnlyItself() throws {
    let first = try write(3, onDisk)
    let file = try #require(try folder.files().first)
    let whole = try Data(contentsOf: URL(filePath: file))
    let record = (whole.count - 8) / 3
    for cut in [1, 5, 9, 40, record - 1, record] {
      for other in try folder.files() { try FileManager.default.removeItem(atPath: other) }
      try whole.prefix(8 + 2 * record + cut - (cut == record ? record : 0)).write(to: URL(filePath: file))
      #expect(try kept(after: first.position(1), onDisk) == ["2"], "cut after \(cut) bytes")
    }
  }

  @Test func aDamagedRecordEndsItsSegment() throws {
    let first = try write(3, onDisk)
    let file = URL(filePath: try #require(try folder.files().first))
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 10] ^= 0x20
    try bytes.write(to: file)
    #expect(try kept(after: first.position(1), onDisk) == ["2"])
  }

  @Test func segmentsInTheWrongOrderAreServedAsFarAsTheyGo() throws {
    var settings = onDisk
    settings.disk?.segmentBytes = 1
    let first = try write(3, settings)
    let files = try folder.files().sorted()
    try #require(files.count == 3)
    // The newest message now stands in the oldest segment.
    try FileManager.default.moveItem(atPath: files[2], toPath: folder.path + "/000000000000.spotlog")
    #expect(try kept(after: first.position(2), settings) == ["3"])
  }

  @Test func foreignFilesAreLeftAlone() throws {
    let first = try write(2, onDisk)
    try Data("hello".utf8).write(to: URL(filePath: folder.path + "/000000000007.spotlog"))
    try Data("hello".utf8).write(to: URL(filePath: folder.path + "/notes.txt"))
    #expect(try kept(after: first.position(1), onDisk) == ["2"])
    #expect(try folder.files().contains { $0.hasSuffix("notes.txt") })
  }

  @Test func rotatesBySizeAndDeletesTheOldest() throws {
    var settings = onDisk
    settings.disk?.segmentBytes = 4_000
    settings.disk?.maximumBytes = 20_000
    let first = try write(100, settings)
    let sizes = try folder.files().map { try Data(contentsOf: URL(filePath: $0)).count }
    #expect(sizes.count > 2)
    #expect(sizes.allSatisfy { $0 <= 4_000 })
    #expect(sizes.reduce(0, +) <= 20_000)
    let lines = try kept(after: first.position(1), settings)
    let lost = try #require(lines.first)
    #expect(lost.hasPrefix("2-") && lost.hasSuffix(" too old"))
    let oldest = try #require(lines.dropFirst().first.flatMap { Int($0) })
    #expect(lost == "2-\(oldest - 1) too old")
    #expect(Array(lines.dropFirst()) == (oldest...100).map(String.init))
  }

  @Test func rotatesByAge() throws {
    var settings = onDisk
    settings.disk?.segmentAge = .zero
    let first = try write(5, settings)
    #expect(try folder.files().count == 5)
    #expect(try kept(after: first.position(1), onDisk) == ["2", "3", "4", "5"])
  }

  @Test func deletesWhatIsTooOldByAge() throws {
    let first = try write(5, onDisk)
    for file in try folder.files() {
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -1_000)], ofItemAtPath: file)
    }
    var settings = onDisk
    settings.disk?.maximumAge = .seconds(500)
    // The segment goes when this run's first message begins another; before that it can still be read.
    _ = try write(1, settings)
    #expect(try kept(after: first.position(1), settings) == ["2-? unknown run"])
  }

  @Test func servesFromDiskWhatMemoryHasLost() throws {
    var settings = onDisk
    settings.maximumMessages = 10
    let daemon = try Daemon(log: settings)
    try daemon.publish(0..<1_000)
    daemon.wait(published: 1_000)
    daemon.log.close()
    #expect(try daemon.client(resume: [daemon.position(1)]).lines(999) == (2...1_000).map(String.init))
  }

  @Test func memoryIsBoundedInBytes() throws {
    var settings = ReplayLogSettings()
    settings.maximumBytes = 5_000
    let daemon = try Daemon(log: settings)
    try daemon.publish(0..<100)
    daemon.wait(published: 100)
    let lines = try daemon.client(resume: [daemon.position(1)]).lines(until: { $0.last == "100" })
    #expect((3...9).contains(lines.count - 1), "\(lines)")
    #expect(lines.first?.hasSuffix(" too old") == true)
  }

  @Test func saysWhenTheFolderCannotBeUsed() throws {
    var settings = ReplayLogSettings()
    settings.disk = .init(folder: "/dev/null/log")
    let error = #expect(throws: BusError.self) { try ReplayLog(settings, run: RunID()) }
    #expect(error?.description == "/dev/null/log: cannot open the log folder: Not a directory (errno 20)")
  }

  // MARK: What a request costs

  /// The head of an answer, and the sequence numbers that the JSON of its messages holds.
  private func ask(
    _ log: ReplayLog, _ key: StreamRun, from first: Int, admitsDisk: Bool = true
  ) throws -> (head: [String: Any], numbers: [Int]) {
    let request =
      #"{"type":"spotd.replay.request.v1","request":"r","run":"\#(key.run)","stream":"\#(key.stream)","from":\#(first)}"#
    let parts = ReplayResponder(log: log).answer(to: Array(request.utf8)) { admitsDisk }.parts
    let head = try #require(try JSONSerialization.jsonObject(with: Data(parts[0])) as? [String: Any])
    let numbers = stride(from: 2, to: parts.count, by: 2).compactMap { index in
      Int(String(decoding: parts[index], as: UTF8.self).prefix { $0 != " " })
    }
    return (head, numbers)
  }

  private func entry(_ key: StreamRun, _ sequence: Int, bytes: Int = 400) -> LogEntry {
    LogEntry(
      key: key, sequence: UInt64(sequence), topic: Array("spot.a.gap.".utf8),
      json: Array("\(sequence) ".utf8) + Array(repeating: 32, count: bytes))
  }

  @Test func readsOfTheDiskAboutWhatItAnswersWith() throws {
    let run = RunID()
    let keys = try ["a", "b", "rare"].map { StreamRun(run: run, stream: try Name($0)) }
    let count = 7_000
    let written = try ReplayLog(onDisk, run: run)
    for sequence in 1...count {
      written.append(entry(keys[0], sequence))
      written.append(entry(keys[1], sequence))
      if sequence.isMultiple(of: 1_000) { written.append(entry(keys[2], sequence / 1_000)) }
      if sequence.isMultiple(of: 500) { usleep(20_000) }  // the disk's queue is bounded
    }
    written.close()
    #expect(written.unwritten.count == 0)
    let log = try ReplayLog(onDisk, run: RunID())
    for key in keys.prefix(2) {
      for first in [1, 2, 150, 151, 3_333, 6_999, 7_000] {
        let (head, numbers) = try ask(log, key, from: first)
        let next = try #require(head["next"] as? Int)
        #expect(numbers == Array(first..<next) && !numbers.isEmpty)
        #expect(head["complete"] as? Bool == (next == count + 1))
      }
    }
    #expect(try ask(log, keys[2], from: 3).numbers == [3, 4, 5, 6, 7])
    // Parsing the whole segment took 100 ms for each.
    let start = ContinuousClock.now
    for first in stride(from: 1, to: count, by: 100) { _ = try ask(log, keys[0], from: first) }
    #expect(ContinuousClock.now - start < .seconds(3))
  }

  @Test func segmentsThatAreLongerThanNewOnesMayBeAreServedAndCountedInFull() throws {
    let key = StreamRun(run: RunID(), stream: try Name("a"))
    let former = try ReplayLog(onDisk, run: key.run)
    for sequence in 1...300 { former.append(entry(key, sequence)) }
    former.close()
    let files = try folder.files()
    try #require(files.count == 1)
    #expect(try Data(contentsOf: URL(filePath: files[0])).count > 140_000)
    var settings = onDisk
    settings.disk?.segmentBytes = 1
    settings.disk?.maximumBytes = 100_000
    let log = try ReplayLog(settings, run: RunID())
    #expect(try ask(log, key, from: 290).numbers == Array(290...300))
    // The first message of this run begins a segment, and the former one is over the bound.
    log.append(entry(StreamRun(run: log.run, stream: key.stream), 1))
    log.close()
    let left = try folder.files()
    #expect(left.count == 1 && left != files)
  }

  @Test func theDiskIsLeftAloneWhenItIsAskedTooOften() throws {
    let first = try write(3, onDisk)
    let log = try ReplayLog(onDisk, run: RunID())
    let key = StreamRun(run: first.run, stream: first.stream)
    let refused = try ask(log, key, from: 1, admitsDisk: false).head
    #expect(refused["state"] as? String == "busy" && refused["request"] as? String == "r")
    #expect(refused["retry_after_ms"] as? Int == 100)
    let here = StreamRun(run: log.run, stream: first.stream)
    log.append(entry(here, 1))
    #expect(try ask(log, here, from: 1, admitsDisk: false).numbers == [1])
  }

  @Test func aSegmentThatCannotBeReadNowIsNotTakenForEmpty() throws {
    var settings = onDisk
    settings.disk?.segmentBytes = 1
    let key = StreamRun(run: RunID(), stream: try Name("a"))
    let former = try ReplayLog(settings, run: key.run)
    for sequence in 1...4 { former.append(entry(key, sequence)) }
    former.close()
    let log = try ReplayLog(settings, run: RunID())
    let file = try folder.files()[2]
    let away = folder.path + "-away"
    try FileManager.default.moveItem(atPath: file, toPath: away)
    // Whoever runs the tests may read any file, but nobody a folder as a file.
    try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
    let before = try ask(log, key, from: 1)
    #expect(before.numbers == [1, 2] && before.head["next"] as? Int == 3)
    #expect(before.head["complete"] as? Bool == false)
    let there = try ask(log, key, from: 3).head
    #expect(there["state"] as? String == "busy" && there["retry_after_ms"] as? Int == 100)
    log.close()
    let error = #expect(throws: BusError.self) { try ReplayLog(settings, run: RunID()) }
    #expect(error?.description == "\(file): cannot read the segment: Is a directory (errno 21)")
    try FileManager.default.removeItem(atPath: file)
    // One that has been deleted is passed over.
    #expect(try ask(log, key, from: 1).numbers == [1, 2, 4])
    try FileManager.default.moveItem(atPath: away, toPath: file)
    #expect(try ask(log, key, from: 3).numbers == [3, 4])
    _ = try ReplayLog(settings, run: RunID())
  }

  @Test func aFolderIsOneLogsAtATime() throws {
    let first = try ReplayLog(onDisk, run: RunID())
    #expect(throws: BusError.inUse(path: folder.path)) { try ReplayLog(onDisk, run: RunID()) }
    first.close()
    _ = try ReplayLog(onDisk, run: RunID())
  }

  /// As a child has it between fork and exec.
  @Test func aClosedLogsFolderIsFreeThoughAnotherHasItsDescriptor() throws {
    let first = try ReplayLog(onDisk, run: RunID())
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
    let held = open.filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == folder.path
    }.map { dup($0) }
    defer { held.forEach { close($0) } }
    #expect(held.count == 1)
    first.close()
    _ = try ReplayLog(onDisk, run: RunID())
  }

  @Test func segmentsOfOthersAreSteppedOver() throws {
    let daemon = try Daemon(log: onDisk)
    for number in 1...3 { try Data().write(to: URL(filePath: "\(folder.path)/00000000000\(number).spotlog")) }
    try daemon.publish(0..<3)
    daemon.close()
    #expect(daemon.log.unwritten.count == 0)
    #expect(try folder.files().last?.hasSuffix("000000000004.spotlog") == true)
  }

  // MARK: Runs

  @Test func ofARecordingThatBeginsMidwayTheRestIsTooOld() throws {
    var settings = ReplayLogSettings()
    settings.beginsMidway = true
    settings.maximumMessages = 5
    let keys = try ["1", "2"].map { StreamRun(run: try RunID($0), stream: try Name("a")) }
    let log = try ReplayLog(settings, run: keys[0].run)
    for sequence in 10...12 { log.append(entry(keys[0], sequence)) }
    let early = try ask(log, keys[0], from: 1).head
    #expect(early["state"] as? String == "too-old" && early["oldest"] as? Int == 10)
    #expect(try ask(log, keys[0], from: 10).numbers == [10, 11, 12])
    for sequence in 1...4 { log.append(entry(keys[1], sequence)) }
    let over = try ask(log, keys[0], from: 11)
    #expect(over.numbers == [] && over.head["oldest"] as? Int == 12)
    #expect(over.head["next_run"] as? String == "2" && over.head["current_run"] as? String == "2")
    log.append(entry(keys[1], 5))
    // Nothing is left of the first run, and nothing is known of it any more.
    let gone = try ask(log, keys[0], from: 11).head
    #expect(gone["state"] as? String == "unknown-run" && gone["next_run"] as? String == "2")
  }

  // MARK: A disk that refuses for a while

  /// A log of 22 messages whose disk has the first `count` and the last two; memory has the newest ten.
  private func logWithAHole(after count: Int) throws -> (log: ReplayLog, key: StreamRun) {
    var settings = onDisk
    settings.maximumMessages = 10
    settings.disk?.segmentBytes = 1
    let key = StreamRun(run: RunID(), stream: try Name("a"))
    let log = try ReplayLog(settings, run: key.run)
    for sequence in 0..<count { log.append(entry(key, sequence + 1)) }
    waitUntil { (try? folder.files().count) == count }
    let away = folder.path + "-away"
    try FileManager.default.moveItem(atPath: folder.path, toPath: away)
    for sequence in count..<20 { log.append(entry(key, sequence + 1)) }
    waitUntil { log.unwritten.count == 20 - count }
    try FileManager.default.moveItem(atPath: away, toPath: folder.path)
    for sequence in 21...22 { log.append(entry(key, sequence)) }
    log.close()
    return (log, key)
  }

  @Test func whatTheDiskRefusedComesOutOfMemory() throws {
    let (log, key) = try logWithAHole(after: 5)
    var numbers: [Int] = []
    var next = 1
    var isComplete = false
    while !isComplete {
      let answer = try ask(log, key, from: next)
      numbers += answer.numbers
      isComplete = answer.head["complete"] as? Bool ?? true
      next = answer.head["next"] as? Int ?? 0
    }
    #expect(numbers == Array(1...5) + Array(13...22))
    #expect(next == 23)
    #expect(try ask(log, key, from: 8).numbers == Array(13...22))
  }

  @Test func theOldestIsThatOfMemoryWhereTheDiskBeginsLater() throws {
    let (log, key) = try logWithAHole(after: 0)
    let head = try ask(log, key, from: 1).head
    #expect(head["state"] as? String == "too-old" && head["oldest"] as? Int == 13 && head["last"] as? Int == 22)
    #expect(try ask(log, key, from: 13).numbers == Array(13...22))
  }

  @Test func countsWhatTheDiskRefuses() throws {
    let daemon = try Daemon(log: onDisk)
    try FileManager.default.removeItem(atPath: folder.path)
    try daemon.publish(0..<3)
    daemon.close()
    #expect(daemon.log.unwritten.count == 3)
    #expect(daemon.log.unwritten.lastError?.description.contains("cannot create the file: No such file") == true)
  }
}
