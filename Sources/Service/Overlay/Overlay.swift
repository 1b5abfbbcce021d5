public import AdaSpot
internal import Evaluation
internal import Foundation
internal import Timeline
internal import Video

/// Draws on a video what the network saw in it: saliency, region of interest, scores and events, beside the true ones.
///
/// The video is scored first, with the exact profile, and then read again and drawn on: scores of later frames show, too.
public struct Overlay {
  /// What was drawn.
  public struct Summary: Sendable, Equatable {
    public let frames: Int
    public let events: Int
  }

  private let model: Model
  private let settings: OverlaySettings

  public init(model: Model, settings: OverlaySettings) {
    self.model = model
    self.settings = settings
  }

  /// - Parameter progress: Hears how far the scoring is.
  public func run(progress: (DetectionProgress) -> Void = { _ in }) throws(ServiceError) -> Summary {
    try OutputPath.check(settings.output)
    guard FileManager.default.fileExists(atPath: settings.video) else {
      throw .argument("\(settings.video): there is no such file; an overlay reads its video twice")
    }
    var files: [OutputPath.Role] = [("the video", settings.video)]
    if let truth = settings.truth { files.append(("the true events", truth)) }
    files.append(("the overlay", settings.output))
    try OutputPath.checkDistinct(files)
    // All that can be refused is, before the scoring takes its time.
    let configuration = model.configuration
    let layout = OverlayLayout(
      picture: configuration.highResolution, classes: OverlayScene.shownCount(of: configuration.classes))
    let reader = try open()
    let truth = try settings.truth.map { (path) throws(ServiceError) in
      try readTruth(path, fps: reader.info.frameRate?.value)
    }
    let writer = try makeWriter(layout, reader)
    var detection = settings.detection
    detection.keepsScores = true
    detection.keepsSaliency = true
    let result = try Detector(model: model, settings: detection).detect(settings.video, progress: progress)
    guard let scores = result.scores, result.frames > 0 else {
      throw .argument("\(settings.video): no frame to draw on")
    }
    let painter = OverlayPainter(
      OverlayScene(result, scores, truth: truth, model: model), layout: layout,
      geometry: RegionGeometry(configuration), saliency: model.saliencySize)
    do throws(VideoError) {
      return Summary(frames: try draw(painter, layout, reader, writer), events: result.events.count)
    } catch {
      throw .video(error)
    }
  }

  /// The video's true events in the file at `path`; `fps` is the video's rate, at which milliseconds are counted.
  private func readTruth(_ path: String, fps: Double?) throws(ServiceError) -> TruthVideo {
    let videos: [TruthVideo]
    do throws(EvaluationError) {
      videos = try EventFile.truth(path: path, fps: fps)
    } catch {
      throw .events(error)
    }
    let own = EvaluationInput.candidates(settings.video, in: videos)
    if own.count > 1 { throw EvaluationInput.ambiguous(settings.video, own.map(\.video)) }
    guard let truth = own.first else {
      throw .argument("\(path): expected the true events of one video, found \(videos.count) videos")
    }
    if let unknown = truth.events.first(where: { !model.classes.names.contains($0.label) }) {
      throw .argument("\(path): the model has no class \"\(unknown.label.printable)\"")
    }
    return truth
  }

  private func open() throws(ServiceError) -> VideoReader {
    let size = model.configuration.highResolution
    do throws(VideoError) {
      return try VideoReader(
        path: settings.video, output: PictureSize(rows: size.rows, columns: size.columns),
        stride: model.configuration.frameStride)
    } catch {
      throw .video(error)
    }
  }

  private func makeWriter(_ layout: OverlayLayout, _ reader: VideoReader) throws(ServiceError) -> VideoWriter {
    guard let own = reader.info.frameRate,
      let rate = Ratio(own.numerator, own.denominator * model.configuration.frameStride)
    else { throw .argument("\(settings.video): the video tells no frame rate to show the overlay at") }
    do throws(VideoError) {
      return try VideoWriter(
        path: settings.output, size: PictureSize(rows: layout.size.rows, columns: layout.size.columns), rate: rate)
    } catch {
      throw .video(error)
    }
  }

  /// Number of frames written.
  private func draw(
    _ painter: OverlayPainter, _ layout: OverlayLayout, _ reader: VideoReader, _ writer: VideoWriter
  ) throws(VideoError) -> Int {
    let size = model.configuration.highResolution
    let source = Picture(rows: size.rows, columns: size.columns)
    let target = Picture(rows: layout.size.rows, columns: layout.size.columns)
    var frame = 0
    while try reader.next(into: source) != nil {
      painter.paint(frame, source, on: target)
      try writer.write(target)
      frame += 1
    }
    try writer.finish()
    return frame
  }
}
