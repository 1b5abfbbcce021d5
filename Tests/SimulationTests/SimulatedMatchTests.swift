import Simulation
import Testing
import Timeline

@Suite struct SimulatedMatchTests {
  /// Small pictures, so that many can be drawn.
  private func settings(_ change: (inout SimulationSettings) -> Void = { _ in }) -> SimulationSettings {
    var settings = SimulationSettings()
    (settings.columns, settings.rows) = (398, 224)
    change(&settings)
    return settings
  }

  private func pixels(_ match: SimulatedMatch, _ frame: Int) -> [UInt8] {
    let picture = Picture(rows: match.settings.rows, columns: match.settings.columns)
    match.render(frame: frame, into: picture)
    return Array(picture.bytes)
  }

  @Test func `the same seed gives the same pictures, whatever was drawn before`() {
    let first = SimulatedMatch(seed: 5, settings: settings())
    let later = pixels(first, 2_000)
    let early = pixels(first, 7)
    let second = SimulatedMatch(seed: 5, settings: settings())
    #expect(pixels(second, 7) == early)
    #expect(pixels(second, 2_000) == later)
    #expect(first.events(in: 0..<2_000) == second.events(in: 0..<2_000))
    #expect(pixels(SimulatedMatch(seed: 6, settings: settings()), 7) != early)
  }

  /// Fowler, Noll and Vo's 64-bit FNV-1a.
  private func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  @Test(arguments: pinned) func `every machine draws these pictures`(seed: UInt64, frame: Int, expected: UInt64) {
    let drawn = hash(pixels(SimulatedMatch(seed: seed, settings: settings()), frame))
    #expect(drawn == expected, "0x\(String(drawn, radix: 16))")
  }

  @Test func `every machine has these events`() {
    let events = SimulatedMatch(seed: 1, settings: settings()).events(in: 0..<1_000)
    let text = events.map { "\($0.frame):\($0.label)" }.joined(separator: " ")
    #expect(text == pinnedEvents)
  }

  @Test func `events do not depend on the pictures' size, and a part has the events and pictures of the whole`() {
    let small = SimulatedMatch(seed: 9, settings: settings())
    let large = SimulatedMatch(seed: 9)
    let all = large.events(in: 0..<3_000)
    #expect(small.events(in: 0..<3_000) == all)
    for from in stride(from: 2_700, through: 0, by: -300) {
      #expect(large.events(in: from..<from + 300) == all.filter { (from..<from + 300).contains($0.frame) })
    }
    let later = SimulatedMatch(seed: 9, settings: settings { $0.firstFrame = 500 })
    #expect(
      later.events(in: 0..<1_000)
        == all.filter { (500..<1_500).contains($0.frame) }.map {
          Event(frame: $0.frame - 500, label: $0.label, score: 1)
        })
    #expect(pixels(later, 3) == pixels(small, 503))
  }

  @Test func `another rate samples the same match`() {
    let slow = SimulatedMatch(seed: 3, settings: settings()).events(in: 0..<1_000)
    let fast = SimulatedMatch(
      seed: 3, settings: settings { $0.frameDuration = TimeBase(numerator: 1_001, denominator: 60_000) }
    ).events(in: 0..<3_000).prefix(slow.count)
    #expect(slow.map(\.label) == fast.map(\.label))
    for (one, other) in zip(slow, fast) {
      #expect(abs(Double(one.frame) / 25 - Double(other.frame) * 1_001 / 60_000) < 0.03)
    }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `points are played by the rules`(seed: UInt64) throws {
    let events = SimulatedMatch(seed: seed, settings: settings()).events(in: 0..<4_000)
    #expect(events.count > 60)
    #expect(try #require(events.first).score == 1)
    for (before, after) in zip(events, events.dropFirst()) {
      #expect(before.frame < after.frame)
      let (one, next) = (
        try #require(RallyLabel(rawValue: before.label)), try #require(RallyLabel(rawValue: after.label))
      )
      // A serve may always follow: the point is over.
      if next == .nearServe || next == .farServe { continue }
      switch one {
      case .nearServe, .nearSwing: #expect(next == .farBounce)
      case .farServe, .farSwing: #expect(next == .nearBounce)
      case .nearBounce: #expect(next == .nearSwing)
      case .farBounce: #expect(next == .farSwing)
      }
    }
  }

  @Test func `all classes are common`() {
    var counts = [Int](repeating: 0, count: 7)
    for seed in 1...8 as ClosedRange<UInt64> {
      for event in SimulatedMatch(seed: seed, settings: settings()).events(in: 0..<3_000) { counts[event.label] += 1 }
    }
    #expect(counts[0] == 0)
    for label in RallyLabel.allCases { #expect(counts[label.rawValue] >= 30, "\(label.name): \(counts)") }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `racket and ball meet in the frame of a hit, and the ball is on the ground in that of a bounce`(seed: UInt64)
    throws
  {
    let match = SimulatedMatch(seed: seed, settings: settings())
    for event in match.events(in: 0..<1_500) {
      // The nearest frame's moment lies within half a frame of the event.
      var (gap, height) = (Double.infinity, Double.infinity)
      for step in -50...50 {
        let world = match.world(atFrame: Double(event.frame) + Double(step) / 100)
        let ball = try #require(world.ball)
        let isNear = ball.y < 0
        let racket = (isNear ? world.nearRacket : world.farRacket) - ball
        gap = min(gap, (racket * racket).sum().squareRoot())
        height = min(height, ball.z)
      }
      switch try #require(RallyLabel(rawValue: event.label)) {
      case .nearBounce, .farBounce: #expect(height < 0.1, "\(event)")
      case .nearServe, .farServe, .nearSwing, .farSwing:
        #expect(gap < 0.2, "\(event)")
        // And as the viewer sees it.
        let world = match.world(atFrame: Double(event.frame))
        let ball = try #require(world.ball)
        let racket = match.pixel(of: ball.y < 0 ? world.nearRacket : world.farRacket, inFrame: event.frame)
        let apart = racket - match.pixel(of: ball, inFrame: event.frame)
        #expect((apart * apart).sum().squareRoot() < 14, "\(event)")
      }
    }
  }

  @Test func `between hits and bounces the ball is in the air`() {
    let match = SimulatedMatch(seed: 4, settings: settings { ($0.hasCuts, $0.hasReplays) = (false, false) })
    let events = match.events(in: 0..<2_000)
    var checked = 0
    for (before, after) in zip(events, events.dropFirst())
    where after.label != RallyLabel.nearServe.rawValue && after.label != RallyLabel.farServe.rawValue {
      for frame in before.frame + 2..<max(before.frame + 2, after.frame - 1) {
        #expect(match.world(atFrame: Double(frame)).ball.map { $0.z > 0.06 } == true, "frame \(frame)")
        checked += 1
      }
    }
    #expect(checked > 300)
  }

  @Test func `the ball is where it is said to be`() throws {
    func plain(_ scale: Double) -> SimulatedMatch {
      SimulatedMatch(
        seed: 11,
        settings: settings { settings in
          (settings.hasCuts, settings.hasReplays, settings.ballScale, settings.noise) = (false, false, scale, 0)
        })
    }
    let (small, large) = (plain(0.25), plain(5))
    var checked = 0
    for frame in 0..<400 {
      let ball = large.ball(in: frame)
      #expect(ball == small.ball(in: frame))
      guard ball.isVisible, (20..<378).contains(ball.column), (20..<204).contains(ball.row) else { continue }
      // Where a larger ball makes the picture brighter: not in its shadow.
      let (with, without) = (pixels(large, frame), pixels(small, frame))
      var (mass, column, row) = (0.0, 0.0, 0.0)
      for index in stride(from: 0, to: with.count, by: 3) {
        let gain = Double(max(0, Int(with[index + 1]) - Int(without[index + 1])))
        mass += gain
        column += gain * (Double(index / 3 % 398) + 0.5)
        row += gain * (Double(index / 3 / 398) + 0.5)
      }
      // Before a bright player or behind one there is little to see.
      guard mass > 600 else { continue }
      #expect(abs(column / mass - ball.column) < 2.5, "frame \(frame)")
      #expect(abs(row / mass - ball.row) < 2.5, "frame \(frame)")
      checked += 1
    }
    #expect(checked > 150)
  }

  @Test func `without camera, light and noise the corners stand still`() {
    let match = SimulatedMatch(
      seed: 2,
      settings: settings { settings in
        (settings.movesCamera, settings.changesLight, settings.noise) = (false, false, 0)
        (settings.hasCuts, settings.hasReplays) = (false, false)
      })
    let first = pixels(match, 0)
    for frame in [50, 333] { #expect(pixels(match, frame).prefix(300) == first.prefix(300)) }
    let moving = SimulatedMatch(seed: 2, settings: settings { $0.noise = 0 })
    #expect(pixels(moving, 50).prefix(300) != pixels(moving, 0).prefix(300))
  }

  @Test func `light and noise change what they say`() {
    func mean(_ bytes: [UInt8]) -> Double { Double(bytes.reduce(0) { $0 + Int($1) }) / Double(bytes.count) }
    func match(_ change: (inout SimulationSettings) -> Void) -> SimulatedMatch {
      SimulatedMatch(
        seed: 8,
        settings: settings { settings in
          (settings.movesCamera, settings.changesLight, settings.noise) = (false, false, 0)
          change(&settings)
        })
    }
    let steady = match { _ in }
    let lit = match { $0.changesLight = true }
    let (quiet, noisy) = (pixels(steady, 0), pixels(match { $0.noise = 4 }, 0))
    #expect((0..<8).map { mean(pixels(lit, $0 * 100)) / mean(pixels(steady, $0 * 100)) }.max()! > 1.03)
    let squares = zip(quiet, noisy).map { Double((Int($0) - Int($1)) * (Int($0) - Int($1))) }
    let deviation = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    #expect(abs(deviation - 4) < 0.4)
  }

  @Test func `settings out of range are named`() {
    func problem(_ change: (inout SimulationSettings) -> Void) -> String? { settings(change).problem }
    #expect(problem { _ in } == nil)
    #expect(problem { $0.columns = 63 } == "a size of 63x224 is not from 64 to 4096 a side")
    #expect(problem { $0.rows = 4_097 } == "a size of 398x4097 is not from 64 to 4096 a side")
    #expect(
      problem { $0.frameDuration = TimeBase(numerator: 2, denominator: 1) }
        == "a rate of 1/2 is not from 1 to 1000 frames/s")
    #expect(problem { $0.ballScale = .nan } == "a ball scale of nan is not from 0.25 to 8")
    #expect(problem { $0.noise = -1 } == "a noise of -1.0 is not from 0 to 32")
    #expect(problem { $0.firstFrame = 360_000 } == nil)
    #expect(
      problem { $0.firstFrame = 360_001 }
        == "a first frame of 360001 is not from 0 to 360000, 4 hours into the match")
    #expect(problem { $0.firstFrame = -1 } == "a first frame of -1 is not from 0 to 360000, 4 hours into the match")
  }

  @Test(arguments: [(64, 64), (4_096, 64), (100, 333), (1_921, 1_081)])
  func `any size is drawn`(columns: Int, rows: Int) {
    let match = SimulatedMatch(seed: 1, settings: settings { ($0.columns, $0.rows) = (columns, rows) })
    let bytes = pixels(match, 80)
    #expect(bytes.count == columns * rows * 3)
    #expect(Set(bytes).count > 20)
  }
}

/// Of 398×224 pictures: FNV-1a over all bytes. They change when the drawing does, never with the machine.
private let pinned: [(UInt64, Int, UInt64)] = [
  (1, 0, 0x1085_A0F1_789A_AC3B), (1, 260, 0x0F35_96D1_FC46_765E), (2, 999, 0x4BB9_DB07_BB5C_6DF4),
  (0xFFFF_FFFF_FFFF_FFFF, 5_000, 0x4D3C_FCF1_E639_4928),
]

/// Of seed 1 at 25 frames a second.
private let pinnedEvents = """
  50:6 64:1 168:6 179:1 187:2 209:4 218:5 238:1 245:2 268:4 363:6 373:1 380:2 403:4 412:5 429:1 437:2 460:4 600:3 610:4 \
  622:5 667:1 828:3 842:4 958:6 970:1 981:2
  """
