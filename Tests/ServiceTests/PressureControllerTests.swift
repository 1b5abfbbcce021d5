import Service
import Testing

@Suite("pressure")
struct PressureControllerTests {
  private typealias Step = PressureController.Step

  /// Of 25 frames a second without a budget: 80 ms, 1 s.
  private let limits = PressureController.Limits(framePeriod: 0.04, slack: nil)

  /// Observes the same lag so often; how often frames had to be dropped.
  private func observe(
    _ controller: inout PressureController, lag: Double, _ count: Int, interval: Int = 1
  ) -> Int {
    (0..<count).count { _ in controller.observe(lag: lag, interval: interval) }
  }

  @Test("limits follow the budget, else two frame periods and a second")
  func limitsOfBudgets() {
    #expect(limits.slowing == 0.08 && limits.dropping == 1)
    let roomy = PressureController.Limits(framePeriod: 0.04, slack: 0.6)
    #expect(roomy.slowing == 0.3 && roomy.dropping == 0.6)
    let tight = PressureController.Limits(framePeriod: 0.04, slack: 0.05)
    #expect(tight.slowing == 0.08 && tight.dropping == 0.16)
    let endless = PressureController.Limits(framePeriod: 0.04, slack: 3_000)
    #expect(endless.slowing == 0.5 && endless.dropping == 1)
    #expect(PressureController.Limits(framePeriod: 0.001, slack: nil).slowing == 0.02)
  }

  @Test("steps are taken in order, each after a few samples above its limit")
  func order() {
    var controller = PressureController(limits: limits, mostSlowdown: 4)
    for step in [Step.halfRevisions, .quarterRevisions] {
      let former = controller.step
      #expect(observe(&controller, lag: 0.081, PressureController.samplesToEnter - 1) == 0)
      #expect(controller.step == former)
      #expect(observe(&controller, lag: 0.081, 1) == 0)
      #expect(controller.step == step)
    }
    // A lag that costs no frames, however long.
    #expect(observe(&controller, lag: 0.9, 1_000) == 0)
    #expect(controller.step == .quarterRevisions)
    #expect(observe(&controller, lag: 1.1, PressureController.samplesToEnter) == 1)
    #expect(controller.step == .frames)
    // And again while it stays as bad.
    #expect(observe(&controller, lag: 1.1, 3 * PressureController.samplesToEnter) == 3)
  }

  @Test("an engine without revisions gives up frames only")
  func withoutRevisions() {
    var controller = PressureController(limits: limits, mostSlowdown: 1)
    #expect(observe(&controller, lag: 0.5, 1_000) == 0)
    #expect(controller.step == nil)
    #expect(observe(&controller, lag: 1.1, PressureController.samplesToEnter) == 1)
    #expect(controller.step == .frames)
    #expect(observe(&controller, lag: 0.1, Step.frames.framesToLeave) == 0)
    #expect(controller.step == nil)
  }

  @Test("steps are taken back one by one, after many frames below half the limit")
  func recovery() {
    var controller = PressureController(limits: limits, mostSlowdown: 4)
    _ = observe(&controller, lag: 2, 3 * PressureController.samplesToEnter)
    for (step, next) in [(Step.frames, Step.quarterRevisions), (.quarterRevisions, .halfRevisions)] {
      #expect(controller.step == step)
      _ = observe(&controller, lag: 0.01, step.framesToLeave - 1)
      #expect(controller.step == step)
      _ = observe(&controller, lag: 0.01, 1)
      #expect(controller.step == next)
    }
    _ = observe(&controller, lag: 0.01, Step.halfRevisions.framesToLeave)
    #expect(controller.step == nil)
  }

  @Test("rare revisions make recovery no slower")
  func rareRevisions() {
    var controller = PressureController(limits: limits, mostSlowdown: 4)
    _ = observe(&controller, lag: 2, 3 * PressureController.samplesToEnter)
    #expect(controller.step == .frames)
    _ = observe(&controller, lag: 0.01, Step.frames.framesToLeave + 4, interval: 4)
    #expect(controller.step == .quarterRevisions)
  }

  @Test("between half the limit and the limit nothing changes, and single outliers count for nothing")
  func hysteresis() {
    var controller = PressureController(limits: limits, mostSlowdown: 4)
    for _ in 0..<100 {
      _ = observe(&controller, lag: 0.5, PressureController.samplesToEnter - 1)
      _ = observe(&controller, lag: 0.07, 1)
    }
    #expect(controller.step == nil)
    _ = observe(&controller, lag: 0.5, PressureController.samplesToEnter)
    #expect(controller.step == .halfRevisions)
    for _ in 0..<100 {
      _ = observe(&controller, lag: 0.01, Step.halfRevisions.framesToLeave - 1)
      _ = observe(&controller, lag: 0.05, 16)
    }
    #expect(controller.step == .halfRevisions)
  }

  @Test("coded pictures that wait in the decoder, being ahead of their turn, do not keep a step from being taken back")
  func reorderedPictures() {
    var controller = PressureController(limits: limits, mostSlowdown: 4)
    // Three B-frames between two P-frames, decoded when 2 pictures more have come; 5 ms for the rest.
    func play(groups: Int, interval: Int) {
      for _ in 0..<groups {
        for lag in [0.085, 0.045, 0.205, 0.005] { _ = controller.observe(lag: lag, interval: interval) }
      }
    }
    _ = observe(&controller, lag: 0.5, 2 * PressureController.samplesToEnter)
    #expect(controller.step == .quarterRevisions)
    play(groups: 26, interval: 4)
    #expect(controller.step == .halfRevisions)
    play(groups: 26, interval: 2)
    #expect(controller.step == nil)
    play(groups: 100, interval: 1)
    #expect(controller.step == nil)
  }

  @Test("the frames that wait for a revision are no lack of pace")
  func revisionIntervals() {
    var controller = PressureController(limits: limits, mostSlowdown: 4)
    for _ in 0..<100 {
      for lag in [0.2, 0.16, 0.12, 0.01] { _ = controller.observe(lag: lag, interval: 4) }
    }
    #expect(controller.step == nil)
    _ = observe(&controller, lag: 0.2, 4 * PressureController.samplesToEnter, interval: 4)
    #expect(controller.step == .halfRevisions)
  }
}
