internal import Foundation
internal import Tensors

extension ModelConfiguration {
  /// Reads the reference's configuration file: JSON with the sections `data` and `model`.
  ///
  /// Keys that inference does not need are ignored, as their training values do not matter here.
  public static func read(path: String) throws(AdaSpotError) -> ModelConfiguration {
    try parse(ModelText.read(path), path: path)
  }

  /// As `read`, with the bytes at hand; `path` stands for the file in errors.
  package static func parse(_ bytes: [UInt8], path: String) throws(AdaSpotError) -> ModelConfiguration {
    let file: ConfigurationFile
    do {
      file = try JSONDecoder().decode(ConfigurationFile.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw error.asAdaSpotError(path: path)
    } catch {
      throw .unreadable(path: path, reason: "is not JSON: \(error.localizedDescription)")
    }
    return try file.configuration(path: path)
  }
}

/// The keys of the reference's file that inference needs.
private struct ConfigurationFile: Decodable {
  struct DataSection: Decodable {
    let dataset: String
    let classes: Int
    let clipLength: Int

    enum CodingKeys: String, CodingKey {
      case dataset
      case classes = "num_classes"
      case clipLength = "clip_len"
    }
  }

  struct ModelSection: Decodable {
    let highResolution: [Int]
    let highCrop: [Int]
    let lowResolution: [Int]
    let lowCrop: [Int]
    let regionSize: [Int]
    let architecture: String
    let temporalStages: [Bool]
    let aggregation: String
    let recurrence: String
    let threshold: Float
    let padding: String

    enum CodingKeys: String, CodingKey {
      case highResolution = "hr_dim"
      case highCrop = "hr_crop"
      case lowResolution = "lr_dim"
      case lowCrop = "lr_crop"
      case regionSize = "roi_size"
      case architecture = "feature_arch"
      case temporalStages = "blocks_temporal"
      case aggregation
      case recurrence = "temporal_arch"
      case threshold
      case padding
    }
  }

  let data: DataSection
  let model: ModelSection

  /// Which data sets there are, and how many frames of a video each steps on.
  private static let frameStrides = ["tennis": 1, "finediving": 1, "finegym": 1, "f3set": 1, "soccernetball": 2]

  /// The most pixels of a decoded picture and of the low-resolution crop: 4096 columns and 2304 rows, more than any
  /// camera's 4K. What a stream keeps grows with them, and storage that the system refuses would end the process.
  private static let mostPixels = 4096 * 2304

  func configuration(path: String) throws(AdaSpotError) -> ModelConfiguration {
    func wrong(_ key: String, _ problem: String) -> AdaSpotError {
      .configuration(path: path, key: key, problem: problem)
    }

    guard let stride = Self.frameStrides[data.dataset] else {
      let known = Self.frameStrides.keys.sorted().joined(separator: ", ")
      throw wrong("data.dataset", "'\(data.dataset)' is not one of \(known)")
    }
    guard (1...100_000).contains(data.classes) else {
      throw wrong("data.num_classes", "\(data.classes) is not from 1 to 100000")
    }
    // The saliency smoothing reflects three frames at a clip's ends and so needs four.
    guard (4...10_000).contains(data.clipLength) else {
      throw wrong("data.clip_len", "\(data.clipLength) is not from 4 to 10000")
    }
    let architecture = model.architecture.split(separator: "_").map(String.init)
    guard architecture.count == 2, let variant = RegNetVariant.all.first(where: { $0.name == architecture[0] }),
      let shift = TemporalShift(rawValue: architecture[1])
    else {
      let known = RegNetVariant.all.map(\.name).joined(separator: ", ")
      throw wrong("model.feature_arch", "'\(model.architecture)' is not one of \(known) with _gsf or _gsm")
    }
    guard model.aggregation == "max" else {
      throw wrong("model.aggregation", "'\(model.aggregation)' is not supported; expected max")
    }
    guard model.recurrence == "gru" else {
      throw wrong("model.temporal_arch", "'\(model.recurrence)' is not supported; expected gru")
    }
    guard model.temporalStages.count == 4 else {
      throw wrong(
        "model.blocks_temporal", "has \(model.temporalStages.count) entries; expected one for each of 4 stages")
    }
    guard (0...1).contains(model.threshold) else {
      throw wrong("model.threshold", "\(model.threshold) is not from 0 to 1")
    }

    func size(_ key: String, _ list: [Int]) throws(AdaSpotError) -> PixelSize {
      guard list.count == 2, list.allSatisfy({ (32...8192).contains($0) }) else {
        throw wrong("model.\(key)", "\(list) is not two sizes (rows, columns) from 32 to 8192")
      }
      return PixelSize(rows: list[0], columns: list[1])
    }
    func bounded(_ key: String, _ size: PixelSize) throws(AdaSpotError) {
      guard size.rows * size.columns <= Self.mostPixels else {
        throw wrong(
          "model.\(key)",
          "\(size) are \(size.rows * size.columns) pixels, more than \(Self.mostPixels) (2304×4096)")
      }
    }
    func inside(_ key: String, _ inner: PixelSize, _ outerKey: String, _ outer: PixelSize) throws(AdaSpotError) {
      guard inner.rows <= outer.rows && inner.columns <= outer.columns else {
        throw wrong("model.\(key)", "\(inner) is larger than \(outerKey) \(outer)")
      }
    }
    let highResolution = try size("hr_dim", model.highResolution)
    let highCrop = try size("hr_crop", model.highCrop)
    let lowResolution = try size("lr_dim", model.lowResolution)
    let lowCrop = try size("lr_crop", model.lowCrop)
    let region = try size("roi_size", model.regionSize)
    try bounded("hr_dim", highResolution)
    try bounded("lr_crop", lowCrop)
    try inside("hr_crop", highCrop, "hr_dim", highResolution)
    try inside("lr_crop", lowCrop, "lr_dim", lowResolution)
    guard region.rows == region.columns else { throw wrong("model.roi_size", "\(region) is not square") }
    // Regions are tried strictly below the crop's sides.
    guard region.rows < highCrop.rows, region.columns < highCrop.columns else {
      throw wrong("model.roi_size", "\(region) is not smaller than hr_crop \(highCrop)")
    }
    return ModelConfiguration(
      dataset: data.dataset, classes: data.classes, clipLength: data.clipLength, frameStride: stride,
      highResolution: highResolution, highCrop: highCrop, lowResolution: lowResolution, lowCrop: lowCrop,
      regionSize: region, variant: variant, shift: shift, temporalStages: model.temporalStages,
      threshold: model.threshold, padding: Self.padding(model.padding))
  }

  /// Any other word than the two means zero padding, as in the reference.
  private static func padding(_ word: String) -> Kernels.Padding {
    switch word {
    case "replicate": .replicate
    case "reflect": .reflect
    default: .zero
    }
  }
}

extension DecodingError {
  /// The same in a reader's words: which key, and what is wrong with it.
  fileprivate func asAdaSpotError(path: String) -> AdaSpotError {
    func key(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
      let keys = context.codingPath + (last.map { [$0] } ?? [])
      return keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    switch self {
    case .keyNotFound(let missing, let context):
      return .configuration(path: path, key: key(context, missing), problem: "is missing")
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return .configuration(path: path, key: key(context), problem: "is not of the type \(type)")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return .configuration(path: path, key: key(context), problem: "has an unusable value")
    default:
      return .unreadable(path: path, reason: "is not a JSON object")
    }
  }
}
