import Foundation
import Video

extension Daemon {
  /// Checks all that can be checked without reading a video; the settings in force, a line each, and as comments the plans
  /// where there are any.
  public static func check(_ configuration: DaemonConfiguration) throws(ServiceError) -> String {
    try DaemonBus.check(configuration)
    let share = CoreShare(streams: configuration.streams.count)
    var library = ModelLibrary()
    var text = configuration.description
    if share.share < 1 { text += "\n# \(share)" }
    for settings in configuration.streams {
      if settings.test == nil {
        do throws(VideoError) { _ = try SourceAddress(settings.input) } catch { throw .video(error) }
      }
      let factory = try EngineFactory(library.model(in: settings.model), settings, share: share)
      text += try plan(settings, factory, title: configuration.streams.count == 1 ? "plan" : "plan of \(settings.name)")
    }
    return text
  }

  /// The plan of one stream as lines of comments; empty where there is nothing to plan.
  private static func plan(
    _ settings: StreamSettings, _ factory: EngineFactory, title: String
  ) throws(ServiceError) -> String {
    guard factory.isPlanned else {
      _ = try factory.engine(nil)
      return ""
    }
    let rate: Ratio?
    if let test = settings.test {
      rate = test.frameRate
    } else {
      guard settings.isFile else { return "\n# no \(title): the video is not here" }
      do throws(VideoError) {
        rate = try VideoReader(path: settings.input, options: settings.source.options).frameRate
      } catch {
        throw .video(error)
      }
    }
    let plan = try factory.plan(declaredRate: rate?.value)
    _ = try factory.engine(plan)
    let rows = plan?.description ?? "  none: the video declares no frame rate"
    return "\n# \(title)\n" + rows.split(separator: "\n").map { "#" + $0 }.joined(separator: "\n")
  }
}
