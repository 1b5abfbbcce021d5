import AdaSpot
import Service
import Testing

/// What the planner chooses for a budget, with made-up costs.
@Suite struct PlannerTests {
  /// A network of three operators; one pass takes `pass` seconds, features lag 30 frames.
  private func planner(
    pass: Double, frameRate: Double = 25, clip: Int = 64, announcementWait: Int = 0
  ) -> LatencyPlanner {
    let cost = CostModel(
      operators: [0.4, 0.3, 0.3].map { $0 * pass * 0.98 }, repeats: [0.3, 0.2, 0.2].map { $0 * pass * 0.98 },
      delays: [0, 10, 30], reaches: [0, 20, 60], step: pass * 0.01, clipLength: clip)
    return LatencyPlanner(
      cost: cost, grid: ClipGrid(length: clip), frameRate: frameRate, nmsWait: 1, announcementWait: announcementWait)
  }

  private func driving(_ plan: LatencyPlan) -> LiveParameters.Driving? { plan.parameters?.driving }

  @Test("A budget that a whole clip fits into is met exactly")
  func exactForHugeBudgets() throws {
    let plan = try planner(pass: 0.005).plan(budget: 4, profile: nil)
    #expect(plan.profile == .exact)
    #expect(plan.parameters == nil)
    #expect(plan.waitedFrames == 64)
  }

  @Test("A budget longer than the network's reach, shorter than a clip, is met in one pass a frame")
  func lazyForLongBudgets() throws {
    let plan = try planner(pass: 0.005).plan(budget: 1.8, profile: nil)
    #expect(plan.profile == .live)
    #expect(driving(plan) == .lazy)
    let lookahead = try #require(plan.parameters?.lookahead)
    #expect((30 + LatencyPlanner.leastRecurrentLookahead...30 + LatencyPlanner.enoughLookahead).contains(lookahead))
    #expect(plan.passes < 1.5)
  }

  @Test("A shorter budget is met with revisions, as many as its look-ahead needs")
  func liveForShortBudgets() throws {
    let plan = try planner(pass: 0.005).plan(budget: 0.4, profile: nil)
    // 10 frames are the budget; one is for NMS, and one turn of computing has to fit as well.
    #expect(driving(plan) == .eager(revise: 8, hop: 1))
    #expect(plan.parameters?.lookahead == 8)
    #expect(try #require(plan.margin) > 0)
    let tight = try planner(pass: 0.005).plan(budget: 0.2, profile: nil)
    #expect(driving(tight) == .eager(revise: 4, hop: 1))
  }

  @Test("With budget left over, revisions come less often, to save passes")
  func fewestPasses() throws {
    let planner = planner(pass: 0.005)
    let tight = try planner.plan(budget: 0.8, profile: .live)
    let roomy = try planner.plan(budget: 1.1, profile: .live)
    #expect(tight.parameters?.lookahead == LatencyPlanner.enoughLookahead)
    #expect(roomy.parameters?.lookahead == LatencyPlanner.enoughLookahead)
    #expect(roomy.passes < tight.passes)
  }

  @Test("A slower machine makes fewer revisions and gives up look-ahead for that")
  func slowMachine() throws {
    let fast = try planner(pass: 0.004).plan(budget: 0.4, profile: .live)
    let slow = try planner(pass: 0.014).plan(budget: 0.4, profile: .live)
    #expect(try #require(slow.parameters).hop > #require(fast.parameters).hop)
    #expect(try #require(slow.parameters).lookahead < #require(fast.parameters).lookahead)
    #expect(slow.utilization <= LatencyPlanner.mostUtilization)
  }

  @Test("Both counts the work of the exact lanes, too")
  func both() throws {
    let planner = planner(pass: 0.004)
    let live = try planner.plan(budget: 0.4, profile: .live)
    let both = try planner.plan(budget: 0.4, profile: .both)
    #expect(both.profile == .both)
    #expect(both.passes > live.passes - 1)
    #expect(try #require(both.parameters).lookahead <= #require(live.parameters).lookahead)
    let same = planner.live(try #require(live.parameters), isExactBeside: true)
    #expect(same.passes > live.passes + 1)
  }

  @Test("Both never plans a look-ahead after which an announcement would still wait", arguments: [0, 3, 8, 16])
  func bothAnnounces(wait: Int) throws {
    let planner = planner(pass: 0.002, announcementWait: wait)
    for milliseconds in stride(from: 10, through: 4000, by: 10) {
      guard let plan = try? planner.plan(budget: Double(milliseconds) / 1000, profile: .both) else { continue }
      let settled = try #require(plan.parameters).lookahead - (driving(plan) == .lazy ? 30 : 0)
      #expect(settled >= wait, "\(milliseconds) ms: \(plan)")
    }
    let error = #expect(throws: ServiceError.self) { try planner.plan(budget: 0.01, profile: .both) }
    let words = "\(try #require(error))".split(separator: " ")
    let least = try #require(Double(words[words.count - 2]))
    #expect(try planner.plan(budget: least / 1000, profile: .both).parameters?.lookahead == wait)
  }

  @Test("Both refuses a wait that is longer than any look-ahead; in live none is too long")
  func waitTooLong() throws {
    let planner = planner(pass: 0.002, announcementWait: 17)
    let error = #expect(throws: ServiceError.self) { try planner.plan(budget: 1, profile: .both) }
    #expect("\(try #require(error))".hasPrefix("an announce-wait of 17 frames is longer than any look-ahead"))
    #expect(error?.exitCode == 2)
    #expect(try planner.plan(budget: 1, profile: .live).profile == .live)
  }

  @Test("A budget that is too short is refused with the least possible one, which is then met")
  func refusal() throws {
    let planner = planner(pass: 0.005)
    let error = #expect(throws: ServiceError.self) { try planner.plan(budget: 0.01, profile: .live) }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("a latency budget of 10 ms cannot be met; the least possible here is "))
    let words = text.split(separator: " ")
    let least = try #require(Double(words[words.count - 2]))
    #expect(try planner.plan(budget: least / 1000, profile: .live).parameters?.lookahead == 0)
    #expect(throws: ServiceError.self) { try planner.plan(budget: (least - 1) / 1000, profile: .live) }
    #expect(error?.exitCode == 2)
  }

  @Test("Exact, when asked for, is refused with its own least budget")
  func exactRefusal() throws {
    let error = #expect(throws: ServiceError.self) { try planner(pass: 0.005).plan(budget: 1, profile: .exact) }
    let text = "\(try #require(error))"
    #expect(text.contains("a latency budget of 1000 ms cannot be met"))
  }

  @Test("A machine that no plan keeps up on is told what it lacks")
  func nothingKeepsUp() throws {
    let error = #expect(throws: ServiceError.self) { try planner(pass: 0.2).plan(budget: 0.4, profile: nil) }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("no plan keeps up with 25 frames/s: the lightest needs "))
    #expect(text.hasSuffix("% of one core, 75 % are allowed"))
  }

  @Test("A larger budget never gives a shorter look-ahead", arguments: [0.002, 0.005, 0.01, 0.02])
  func monotone(_ pass: Double) throws {
    let planner = planner(pass: pass)
    var last = -1
    for milliseconds in stride(from: 10, through: 4000, by: 10) {
      guard let plan = try? planner.plan(budget: Double(milliseconds) / 1000, profile: nil) else {
        #expect(last == -1, "\(milliseconds) ms are refused though less is enough")
        continue
      }
      let lookahead = plan.parameters?.lookahead ?? .max
      #expect(lookahead >= last, "\(milliseconds) ms")
      #expect(try #require(plan.margin) >= 0)
      #expect(plan.utilization <= LatencyPlanner.mostUtilization)
      last = lookahead
    }
    #expect(last >= 0)
  }

  @Test("A plan reads as a block")
  func block() throws {
    let plan = try planner(pass: 0.005).plan(budget: 0.4, profile: .live)
    #expect(
      plan.description == """
          profile          live
          look-ahead       8 frames
          revisions        every frame, of 8 frames back
          frame rate       25 frames/s
          announced after  0 frames, 0 ms, and computing
          final after      9 frames, 360 ms (algorithmic)
          computing        22.3 ms a turn, 4.46 passes a frame
          load             56 % of one core
          margin           18 ms of the budget of 400 ms
        """)
    let exact = planner(pass: 0.005).exact()
    #expect(exact.description.contains("  profile      exact\n"))
    #expect(!exact.description.contains("budget"))
  }
}
