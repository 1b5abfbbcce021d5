internal import AdaSpot
internal import Foundation
internal import Spotting
internal import Tensors
internal import Video

/// Tells in readable tables what a file or folder holds: a checkpoint, a model folder, a recording of the
/// bus, or a video.
public struct Inspector: Sendable {
  /// Lists every tensor of a checkpoint rather than groups of them.
  public var listsTensors = false
  /// Tells of a model how its operators lie in time, instead of what its files hold.
  public var tellsTime = false

  /// What was found.
  public struct Finding: Sendable {
    /// Tables.
    public let text: String
    /// False of a recording of the bus that is damaged, or lacks or repeats messages.
    public var isSound = true
  }

  public init() {}

  /// The tables for the file or folder at `path`. Throws also for an option that is not for what is there.
  public func inspect(_ path: String) throws(ServiceError) -> Finding {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      if listsTensors { throw .argument("\(path): --tensors is for a checkpoint, not for a folder") }
      return Finding(text: tellsTime ? try inspectTime(path) : try inspectModel(path))
    }
    guard !tellsTime else { throw .argument("\(path): only a model folder has reaches in time") }
    if Self.beginsLikeWeights(path) { return Finding(text: try inspectWeights(path)) }
    let isRecording = RecordingSummary.isRecording(path)
    if listsTensors, FileManager.default.fileExists(atPath: path) {
      throw .argument("\(path): --tensors is for a checkpoint, not for a \(isRecording ? "recording" : "video")")
    }
    guard isRecording else { return Finding(text: try inspectVideo(path)) }
    let summary = try RecordingSummary(path)
    return Finding(text: summary.text, isSound: summary.isSound)
  }

  private func inspectModel(_ folder: String) throws(ServiceError) -> String {
    // Loading it checks that its parts fit each other.
    let model = try ModelSource.folder(folder).load()
    let weightsPath: String
    do throws(AdaSpotError) {
      weightsPath = try Model.weightsFile(in: folder)
    } catch {
      throw .model(error)
    }
    return ModelReport(folder: folder, model: model, weights: try Self.readWeights(weightsPath)).text
  }

  private func inspectTime(_ folder: String) throws(ServiceError) -> String {
    let model = try ModelSource.folder(folder).load()
    do throws(SpottingError) {
      return try TemporalReport(model: model).text()
    } catch {
      throw .setting(error)
    }
  }

  private func inspectWeights(_ path: String) throws(ServiceError) -> String {
    let report = WeightsReport(try Self.readWeights(path))
    return listsTensors ? report.listing : report.text
  }

  private func inspectVideo(_ path: String) throws(ServiceError) -> String {
    do throws(VideoError) {
      return TextTable.facts([("video", path)] + (try VideoReader(path: path).info.table()))
    } catch {
      guard error.reason == .notAVideo else { throw .video(error) }
      throw .argument(
        "\(path): neither a weights file, a recording nor a video; expected one of these or a model folder")
    }
  }

  private static func readWeights(_ path: String) throws(ServiceError) -> StateDict {
    do throws(TensorsError) {
      return try StateDict.read(path: path)
    } catch {
      throw .weights(error)
    }
  }

  /// Whether a regular file begins like an archive or a pickle of PyTorch, or like safetensors; a video does not.
  private static func beginsLikeWeights(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 9)
    else { return false }
    let bytes = [UInt8](head)
    // Eight bytes of length, the upper ones zero, then a JSON object.
    let isSafetensors = bytes.count == 9 && bytes[5...7].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
    return isSafetensors || bytes.starts(with: "PK".utf8) || bytes.starts(with: [0x80, 0x02])
  }
}
