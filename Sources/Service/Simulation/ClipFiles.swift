import Foundation
import Simulation
import Tensors
import Timeline
public import Video

/// Makes simulated clips as video files with their truth beside them.
public struct ClipFiles {
  /// What stands for a clip's number in a path.
  public static let placeholder = "%d"
  /// Clips whose files are looked at beforehand, from the first on: with more the look alone would take seconds.
  private static let mostChecked = 100_000

  private let settings: ClipSettings
  private let output: String
  private let truth: String?
  private let encoding: EncodingSettings

  /// - Parameters:
  ///   - output: Path of the video; with more than one clip, `%d` in it stands for the clip's number, from 0. Where all clips' annotations
  ///     are in one file, it stands in the video's name, not only in a folder's.
  ///   - truth: Path of the annotations, an array of all clips' unless `%d` in it makes it a file for each; nil: none is written.
  ///
  /// Throws, before a file is made, if the settings cannot be met, a file cannot be made where it should be or two of them are the same.
  public init(
    _ settings: ClipSettings, output: String, truth: String?, encoding: EncodingSettings
  ) throws(ServiceError) {
    if settings.count > 1, !output.contains(Self.placeholder) {
      throw .argument("\(output): \(settings.count) clips need a name with %d in it, such as clip_%d.mp4")
    }
    if let truth, settings.count > 1, !truth.contains(Self.placeholder),
      Self.name(Self.path(output, 0)) == Self.name(Self.path(output, 1))
    {
      let name = Self.name(Self.path(output, 0))
      throw .argument("\(output): all clips would be '\(name)' in \(truth): expected %d in the video's own name")
    }
    self.settings = settings
    self.output = output
    self.truth = truth
    self.encoding = encoding
    try settings.check(encoding, path: Self.path(output, 0))
    let files = files
    for file in files { try OutputPath.check(file.path) }
    try OutputPath.checkDistinct(files)
  }

  /// Whether every clip has its events in a file of its own.
  private var hasTruthEach: Bool { settings.count == 1 || truth?.contains(Self.placeholder) == true }

  /// What is written, of as many clips as are looked at.
  private var files: [OutputPath.Role] {
    let clips = 0..<min(settings.count, Self.mostChecked)
    func name(_ what: String, _ index: Int) -> String { settings.count == 1 ? what : "\(what) of clip \(index)" }
    let videos = clips.map { (name: name("the video", $0), path: Self.path(output, $0)) }
    guard let truth else { return videos }
    guard hasTruthEach else { return videos + [(name: "the events", path: truth)] }
    return videos + clips.map { (name: name("the events", $0), path: Self.path(truth, $0)) }
  }

  /// Makes all of them; `report` is called with a line for each that is done.
  public func make(_ report: (String) -> Void) throws(ServiceError) {
    var annotations: [ClipTruth.Annotation] = []
    for index in 0..<settings.count {
      let annotation = try makeClip(index)
      report("\(Self.path(output, index)): \(annotation.frameCount) frames, \(annotation.events.count) events")
      guard let truth else { continue }
      if hasTruthEach {
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
    return ClipTruth(match, frames: settings.frames, rate: rate.value).annotation(video: Self.name(path))
  }

  /// What the video at `path` is called among the true events.
  private static func name(_ path: String) -> String {
    URL(filePath: path).deletingPathExtension().lastPathComponent
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
