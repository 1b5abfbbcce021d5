import AdaSpot
import Spotting

/// Decides how a stream is driven, by its settings and its frame rate, and makes the engine that does so.
struct EngineFactory {
  private let shared: SharedModel
  private let share: CoreShare
  private let driving: DrivingSettings
  private let startPadding: Int
  private let rule: NMS

  private var model: Model { shared.model }

  init(_ model: SharedModel, _ settings: StreamSettings, share: CoreShare) throws(ServiceError) {
    shared = model
    self.share = share
    driving = settings.driving
    startPadding = settings.startPadding
    // A clip of nothing but black frames tells the network nothing.
    let most = model.model.configuration.clipLength - 1
    guard startPadding <= most else {
      throw settings.writtenPadding.error("a whole number from 0 to \(most), fewer than a clip of the model has frames")
    }
    do throws(SpottingError) {
      let window = settings.nmsWindow ?? DetectionSettings.defaultWindow(for: model.model.configuration)
      rule = try NMS(.soft, window: window, threshold: settings.threshold)
    } catch {
      throw .setting(error)
    }
  }

  /// Whether there is anything to plan: the exact profile without a budget is as it is.
  var isPlanned: Bool { driving.budget != nil || driving.profile ?? .exact != .exact }

  /// Measures the model's cost on this machine and chooses for the budget, or tells what the parameters given lead to.
  /// Nil where nothing is to be planned, or the frame rate is not known and nothing depends on it.
  ///
  /// - Parameter declaredRate: Frames a second that the video declares, all of them.
  /// - Throws: When the budget cannot be met, with the least that can be.
  func plan(declaredRate: Double?) throws(ServiceError) -> LatencyPlan? {
    guard isPlanned else { return nil }
    guard let videoRate = declaredRate ?? driving.frameRate else {
      guard driving.budget == nil else {
        throw .argument(
          "the video declares no frame rate to plan a latency budget for: give \(DaemonSetting.frameRate.flag)")
      }
      return nil
    }
    let planner = LatencyPlanner(
      cost: shared.cost.onShare(share.share),
      grid: ClipGrid(length: model.configuration.clipLength, padding: startPadding),
      frameRate: videoRate / Double(model.configuration.frameStride), nmsWait: rule.reach,
      announcementWait: driving.announcementWait)
    if let budget = driving.budget { return try planner.plan(budget: budget, profile: driving.profile) }
    return planner.live(driving.parameters, isExactBeside: driving.profile == .both)
  }

  /// The engine for a plan, or without one for the settings.
  func engine(_ plan: LatencyPlan?) throws(ServiceError) -> any StreamEngine {
    let profile = plan?.profile ?? driving.profile ?? .exact
    do {
      guard profile != .exact else { return try ExactEngine(model, startPadding: startPadding, rule: rule) }
      return try LiveEngine(
        model, parameters: plan?.parameters ?? driving.parameters, isExactBeside: profile == .both,
        startPadding: startPadding, rule: rule, announcementWait: driving.announcementWait,
        finalsOnly: driving.isFinalsOnly)
    } catch {
      throw .setting(error)
    }
  }
}
