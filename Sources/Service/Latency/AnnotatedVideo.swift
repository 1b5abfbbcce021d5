package import AdaSpot
package import Evaluation
package import Timeline
import Video

/// A video decoded into memory, with its true events: many settings are measured on the same pictures.
package struct AnnotatedVideo {
  package let name: String
  package let pictures: [Picture]
  /// Frames count the pictures.
  package let truth: [TruthVideo.Event]
  /// What could not be decoded, in words; nil where nothing is missing.
  let damage: String?

  package init(name: String, pictures: [Picture], truth: [TruthVideo.Event]) {
    self.name = name
    self.pictures = pictures
    self.truth = truth
    damage = nil
  }

  /// Decodes the whole of `video` in the size and stride of `model`.
  package init(_ video: LatencyCurveSettings.Video, _ model: Model) throws(ServiceError) {
    name = video.path
    let stride = model.configuration.frameStride
    truth = try Self.events(video, model.classes).map { .init(frame: $0.frame / stride, label: $0.label) }
    do throws(VideoError) {
      (pictures, damage) = try Self.decode(video.path, model.configuration)
    } catch {
      throw .video(error)
    }
  }

  private static func decode(
    _ path: String, _ configuration: ModelConfiguration
  ) throws(VideoError) -> (pictures: [Picture], damage: String?) {
    let size = configuration.highResolution
    let reader = try VideoReader(
      path: path, output: PictureSize(rows: size.rows, columns: size.columns), stride: configuration.frameStride)
    var pictures: [Picture] = []
    var picture = Picture(rows: size.rows, columns: size.columns)
    while try reader.next(into: picture) != nil {
      pictures.append(picture)
      picture = Picture(rows: size.rows, columns: size.columns)
    }
    return (pictures, reader.losses.summary)
  }

  private static func events(
    _ video: LatencyCurveSettings.Video, _ classes: ClassList
  ) throws(ServiceError) -> [TruthVideo.Event] {
    let annotated: [TruthVideo]
    do throws(EvaluationError) {
      annotated = try EventFile.truth(path: video.truth, fps: video.fps)
    } catch {
      throw .argument("\(error)")
    }
    let told = EvaluationInput.candidates(video.path, in: annotated)
    if told.count > 1 { throw EvaluationInput.ambiguous(video.path, told.map(\.video)) }
    guard let events = told.first?.events else {
      throw .argument("\(video.truth): expected the true events of one video, found \(annotated.count) videos")
    }
    if events.isEmpty { throw .argument("\(video.truth): no true events to compare with") }
    for event in events where !classes.names.contains(event.label) {
      throw .argument("\(video.truth): the model has no class \"\(event.label.printable)\"")
    }
    return events
  }
}
