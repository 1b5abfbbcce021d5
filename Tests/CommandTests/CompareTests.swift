import Bus
import Foundation
import Testing

@Suite("spot compare")
struct CompareTests {
  @Test("recordings of the same results are the same: 0; else 1 and a line for each difference")
  func compare() throws {
    let (first, path) = try Court.recording(0..<50)
    let (second, same) = try Court.recording(0..<50, score: 0.87505)
    let (third, other) = try Court.recording(1..<51, score: 0.5, total: 99)
    #expect(try Program.spot.run(["compare", path, same]).status == 0)
    let strict = try Program.spot.run(["compare", path, same, "--epsilon", "0"])
    #expect(strict.status == 1)
    #expect(strict.output.hasPrefix("court1: serve at frame 0 of epoch 0: score 0.875 and 0.87505\n"))
    let result = try Program.spot.run(["compare", path, other])
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("court1: serve at frame 0 of epoch 0: only in \(path)\n"))
    #expect(result.output.hasSuffix("and 32 more differences\n"), "\(result.output)")
    withExtendedLifetime((first, second, third)) {}
  }

  @Test("with --states all also what was only announced, and the end's counters")
  func compareAnnouncements() throws {
    func recording(_ score: Double, retracts: Bool, retracted: Int) throws -> (Court, String) {
      let court = try Court()
      try court.announce(10, .provisional, 0, score: score)
      if retracts { try court.announce(10, .retracted, 1, score: 0) }
      try court.publish(20..<22)
      court.end(counters: ["frames": 100, "retracted": retracted, "budget_missed": .random(in: 0...9)])
      let result = try court.record("run.spotlog", ["--from-start", "--exit-on-end"]).finish(timeout: 20)
      #expect(result.status == 0, "\(result)")
      return (court, court.path("run.spotlog"))
    }
    let (first, path) = try recording(0.5, retracts: true, retracted: 1)
    let (second, same) = try recording(0.50005, retracts: true, retracted: 1)
    let (third, other) = try recording(0.7, retracts: true, retracted: 1)
    let (fourth, unfinished) = try recording(0.5, retracts: false, retracted: 0)
    let compare = { (one: String, two: String) in
      try Program.spot.run(["compare", one, two, "--states", "all"])
    }
    #expect(try Program.spot.run(["compare", path, other]).status == 0)
    #expect(try compare(path, same).status == 0)
    let moved = try compare(path, other)
    #expect(moved.status == 1)
    #expect(
      moved.output == """
        court1: serve at frame 10 of epoch 0, as first announced: then provisional 0 at frame 10 with score 0.5, \
        and provisional 0 at frame 10 with score 0.7

        """)
    let missing = try compare(path, unfinished)
    #expect(missing.status == 1)
    #expect(
      missing.output == """
        court1: serve at frame 10 of epoch 0, as first announced: told 2 times, and 1
        court1: counter retracted: 1, and 0

        """)
    #expect(try Program.spot.run(["compare", path, path, "--states", "some"]).status == 2)
    withExtendedLifetime((first, second, third, fourth)) {}
  }
}
