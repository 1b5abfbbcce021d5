import Foundation
import Simulation
import Tensors
import Timeline
public import Video

/// Makes simulated clips as video files with their truth beside them.
public struct ClipFiles {
  /// What stands for a clip's number in a path.
  public static let placeholder = "%d"

  private let settings: ClipSettings
  private let output: String
  private let truth: String?
  private let encoding: EncodingSettings

  /// - Parameters:
  ///   - output: Path of the video; with more than one clip, `%d` in it stands for the clip's number, from 0.
  ///   - truth: Path of the annotations, an array of all clips' unless `%d` in it makes it a file for each; nil: none is written.
  public init(
    _ settings: ClipSettings, output: String, truth: String?, encoding: EncodingSettings
  ) throws(ServiceError) {
    if settings.count > 1, !output.contains(Self.placeholder) {
      throw .argument("\(output): \(settings.count) clips need a name with %d in it, such as clip_%d.mp4")
    }
    self.settings = settings
    self.output = output
    self.truth = truth
    self.encoding = encoding
    _ = try settings.simulation(0)  // refuses what is out of range before anything is written
    for path in [output, truth].compactMap(\.self) { try OutputPath.check(Self.path(path, 0)) }
  }

  /// Makes all of them; `report` is called with a line for each that is done.
  public func make(_ report: (String) -> Void) throws(ServiceError) {
    var annotations: [ClipTruth.Annotation] = []
    for index in 0..<settings.count {
      let annotation = try makeClip(index)
      report("\(Self.path(output, index)): \(annotation.frameCount) frames, \(annotation.events.count) events")
      guard let truth else { continue }
      if settings.count == 1 || truth.contains(Self.placeholder) {
        try write(ClipTruth.json(annotation), to: Self.path(truth, index))
      } else {
        annotations.append(annotation)
      }
    }
    if let truth, !annotations.isEmpty { try write(ClipTruth.json(annotations), to: truth) }
  }

  private func makeClip(_ index: Int) throws(ServiceError) -> ClipTruth.Annotation {
    let path = Self.path(output, index)
    let match = try settings.match(index)
    let rate = try settings.frameRate()
    let size = PictureSize(rows: settings.rows, columns: settings.columns)
    let picture = Picture(rows: size.rows, columns: size.columns)
    do throws(VideoError) {
      let writer = try VideoWriter(path: path, size: size, rate: rate, settings: encoding)
      for frame in 0..<settings.frames {
        match.render(frame: frame, into: picture)
        try writer.write(picture)
      }
      try writer.finish()
    } catch {
      throw .video(error)
    }
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    return ClipTruth(match, frames: settings.frames, rate: rate.value).annotation(video: name)
  }

  private static func path(_ pattern: String, _ index: Int) -> String {
    pattern.replacing(placeholder, with: "\(index)")
  }

  private func write(_ bytes: [UInt8], to path: String) throws(ServiceError) {
    do throws(TensorsError) {
      try FileReplacement.write(to: path) { (file) throws(TensorsError) in try file.write(bytes) }
    } catch {
      throw .output(error)
    }
  }
}
